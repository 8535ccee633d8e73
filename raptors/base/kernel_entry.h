// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// KernelEntry: what the dispatch table knows about one kernel. Facts fixed at compile time only; thresholds that depend
// on a machine live in the profile (raptors/heuristics).

#ifndef RAPTORS_BASE_KERNEL_ENTRY_H_
#define RAPTORS_BASE_KERNEL_ENTRY_H_

#include <stdint.h>

#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/op.h"
#include "raptors/base/reduce_args.h"

namespace raptors {

struct KernelEntry {
  Op op;
  DType dtype;
  Isa isa;
  MapKernel map;          // of a map, else nullptr
  ReduceKernel reduce;    // of a reduction, else nullptr
  int lane_bits;          // width of a vector register; 0: scalable (known at run time only)
  int align_required;     // bytes; 1: any address works
  int align_preferred;    // bytes: where stores do not split cache lines
  int unroll;             // vectors per iteration of the contiguous loop
  int tile_granularity;   // elements: tile sizes are multiples of this
  int prefetch_distance;  // bytes that long runs are asked for ahead; 0: left to the hardware
};

}  // namespace raptors

#endif  // RAPTORS_BASE_KERNEL_ENTRY_H_
