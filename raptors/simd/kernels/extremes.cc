// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The kernels of min and max. Compiled once per ISA by kernel_family() of isa.bzl; the loops are the skeletons', the
// results are defined in docs/reductions.md.

#include "raptors/simd/target.h"
//
#include "raptors/simd/backends/backend.h"
#include "raptors/simd/kernels/extremes.h"
#include "raptors/simd/loops/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
using Min = TotalIsResult<Extreme<T, /*kMax=*/false>>;

template <typename T>
using Max = TotalIsResult<Extreme<T, /*kMax=*/true>>;

// Out of line also at the scalar level, where the disassembly test looks for it.
template <class Functor>
HWY_NOINLINE void Kernel(const ReduceArgs& args) {
  RunReduce<SimdBackend>(Functor(args), &FinishTotals<Functor>, args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

namespace raptors {

#define RAPTORS_X(dtype, type, ...)                                              \
  void RAPTORS_EXTREME_KERNEL(Min, dtype, RAPTORS_ISA)(const ReduceArgs& args) { \
    HWY_NAMESPACE::Kernel<HWY_NAMESPACE::Min<type>>(args);                       \
  }                                                                              \
  void RAPTORS_EXTREME_KERNEL(Max, dtype, RAPTORS_ISA)(const ReduceArgs& args) { \
    HWY_NAMESPACE::Kernel<HWY_NAMESPACE::Max<type>>(args);                       \
  }
RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X

}  // namespace raptors
