// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of min and max, which the table of reductions (reductions.h) names. They are a family of their own only
// because one object of all reductions would take long to compile. For kernel sources: RAPTORS_ISA says whose kernels.

#ifndef RAPTORS_SIMD_KERNELS_EXTREMES_H_
#define RAPTORS_SIMD_KERNELS_EXTREMES_H_

#include "raptors/base/dtype.h"
#include "raptors/base/reduce_args.h"

#define RAPTORS_EXTREME_KERNEL_(functor, dtype, isa) functor##_##dtype##_##isa
#define RAPTORS_EXTREME_KERNEL(functor, dtype, isa) RAPTORS_EXTREME_KERNEL_(functor, dtype, isa)

namespace raptors {

#define RAPTORS_X(dtype, ...)                                              \
  void RAPTORS_EXTREME_KERNEL(Min, dtype, RAPTORS_ISA)(const ReduceArgs&); \
  void RAPTORS_EXTREME_KERNEL(Max, dtype, RAPTORS_ISA)(const ReduceArgs&);
RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_EXTREMES_H_
