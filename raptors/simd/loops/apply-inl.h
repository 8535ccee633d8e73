// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the loop skeletons share: the functor convention, walking rows, and classifying the operands of a call.
//
// An operation is a functor of a few lines:
//   struct Negate { static constexpr int kInputs = 1; template <class D> Vec<D> operator()(D d, Vec<D> x) const; };
// constructible from KernelArgs (it keeps its scalar parameters). It sees full vectors and partial ones alike, so a
// result can never depend on its position in the array.

#ifndef RAPTORS_SIMD_LOOPS_APPLY_INL_H_
#define RAPTORS_SIMD_LOOPS_APPLY_INL_H_

#include <stddef.h>
#include <stdint.h>

#include "raptors/base/kernel_args.h"
#include "raptors/simd/backends/backend.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// op(d, load(0), ..., load(kInputs - 1)).
template <class Op, class D, class Load>
HWY_INLINE hn::Vec<D> Apply(const Op& op, D d, const Load& load) {
  static_assert(Op::kInputs >= 1 && Op::kInputs < kMaxOperands);
  if constexpr (Op::kInputs == 1) {
    return op(d, load(d, 0));
  } else if constexpr (Op::kInputs == 2) {
    return op(d, load(d, 0), load(d, 1));
  } else {
    return op(d, load(d, 0), load(d, 1), load(d, 2));
  }
}

// The input pointers of one row, typed.
template <class Op, typename T>
struct Inputs {
  const T* at[Op::kInputs];
};

// Walks the rows of a call. Functors and this struct are local copies in every loop: a store of vectors may alias
// anything, so that whatever is reached through a reference would be loaded again after each one.
template <class Op, typename T>
struct RowWalk {
  Inputs<Op, T> in;
  T* out;
  int64_t in_stride[Op::kInputs];  // bytes
  int64_t out_stride;
  int64_t rows_left;

  explicit HWY_INLINE RowWalk(const KernelArgs& args)
      : out(reinterpret_cast<T*>(args.ptr[0])), out_stride(args.stride[0][0]), rows_left(args.extent[0]) {
    for (int k = 0; k < Op::kInputs; ++k) {
      in.at[k] = reinterpret_cast<const T*>(args.ptr[k + 1]);
      in_stride[k] = args.stride[k + 1][0];
    }
  }

  // Goes to the next row; false, and no pointer has left its operand, when there is none.
  HWY_INLINE bool Next() {
    if (--rows_left == 0) return false;
    for (int k = 0; k < Op::kInputs; ++k) {
      in.at[k] = reinterpret_cast<const T*>(reinterpret_cast<const char*>(in.at[k]) + in_stride[k]);
    }
    out = reinterpret_cast<T*>(reinterpret_cast<char*>(out) + out_stride);
    return true;
  }
};

// Whether an input starts where the output does: by the kernels' precondition it is then the output itself.
template <class Op>
HWY_INLINE bool InPlace(const KernelArgs& args) {
  bool in_place = false;
  for (int k = 1; k <= Op::kInputs; ++k) in_place = in_place || args.ptr[k] == args.ptr[0];
  return in_place;
}

// Bit k: input k is one scalar along the inner axis.
template <class Op>
HWY_INLINE unsigned ScalarMask(const KernelArgs& args) {
  unsigned mask = 0;
  for (int k = 0; k < Op::kInputs; ++k) mask |= (args.stride[k + 1][1] == 0 ? 1u : 0u) << k;
  return mask;
}

// Whether the elements of operand k are all at multiples of the item size.
HWY_INLINE bool Aligned(const KernelArgs& args, int k, size_t item) {
  const uintptr_t bits = reinterpret_cast<uintptr_t>(args.ptr[k]) | static_cast<uintptr_t>(args.stride[k][0]) |
                         static_cast<uintptr_t>(args.stride[k][1]);
  return bits % item == 0;
}

template <class Op, typename T>
HWY_INLINE bool AllAligned(const KernelArgs& args) {
  bool aligned = true;
  for (int k = 0; k <= Op::kInputs; ++k) aligned = aligned && Aligned(args, k, sizeof(T));
  return aligned;
}

// The rectangle of `args` that starts at (row, column) with the given extents.
HWY_INLINE KernelArgs SubBlock(const KernelArgs& args, int operands, int64_t row, int64_t column, int64_t rows,
                               int64_t columns) {
  KernelArgs sub = args;
  for (int k = 0; k < operands; ++k) sub.ptr[k] += row * args.stride[k][0] + column * args.stride[k][1];
  sub.extent[0] = rows;
  sub.extent[1] = columns;
  return sub;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_APPLY_INL_H_
