// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// KernelArgs: the one argument of every map kernel, and the classification of a two-axis loop by its strides.
//
// A kernel owns the two innermost axes of a call; a LoopNest (array/loop_nest.h) iterates the others. Operand 0 is the
// output, operands 1.. are the inputs. Everything here is plain data: kernels know no Abseil, no std containers and no
// exceptions.

#ifndef RAPTORS_BASE_KERNEL_ARGS_H_
#define RAPTORS_BASE_KERNEL_ARGS_H_

#include <stdint.h>

#include "raptors/base/choice.h"

namespace raptors {

inline constexpr int kMaxOperands = 4;  // the output and up to three inputs
inline constexpr int kMaxScalars = 2;

// A scalar parameter, already of the call's dtype.
union KernelScalar {
  float f32;
  double f64;
  int32_t i32;
  int64_t i64;
};

struct KernelArgs {
  // First element of each operand. Inputs are only read (const_cast by contract). Any alignment, even of the item.
  char* ptr[kMaxOperands];
  // Byte strides: [operand][0] of the outer axis, [operand][1] of the inner axis. Any value; output strides are not 0
  // along an axis with extent > 1.
  int64_t stride[kMaxOperands][2];
  int64_t extent[2];  // outer, inner; both >= 1
  KernelScalar scalar[kMaxScalars];
  Layout layout;  // Classify() of the call (of the whole call: a tile keeps the class of its call)
  bool stream;    // store past the caches; the caller vouches that the output overlaps no input
};

// The one kernel type. Precondition: the output either is exactly an input view (same pointer and strides) or overlaps
// none.
using MapKernel = void (*)(const KernelArgs&);

// Inner extents up to this many elements, with more rows than that, are narrow: a vector loop along the inner axis
// would be all tail.
inline constexpr int64_t kNarrowExtent = 8;

// The layout class of a two-axis loop. `operands` counts the output. Inner axes with extent 1 do not occur (LoopNest
// drops them), so stride[...][1] always means something when extent[1] > 1.
inline Layout Classify(const KernelArgs& args, int operands, int64_t item_size) {
  bool inner_contiguous = args.stride[0][1] == item_size;
  bool outer_input = false;
  for (int k = 1; k < operands; ++k) {
    const int64_t inner = args.stride[k][1];
    if (inner != item_size && inner != 0) {
      inner_contiguous = false;
      outer_input = outer_input || args.stride[k][0] == item_size;
    }
  }
  if (args.extent[1] == 1 && args.extent[0] == 1) return Layout::kContiguous;
  if (inner_contiguous) {
    if (args.extent[0] == 1) return Layout::kContiguous;
    return args.extent[1] <= kNarrowExtent ? Layout::kNarrow : Layout::kRows;
  }
  if (outer_input && args.stride[0][1] == item_size && args.extent[0] > 1) return Layout::kTransposed;
  return Layout::kStrided;
}

}  // namespace raptors

#endif  // RAPTORS_BASE_KERNEL_ARGS_H_
