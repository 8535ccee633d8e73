// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Names of the per-ISA tables of the reductions, for the dispatch table and the kernel tests.

#ifndef RAPTORS_SIMD_KERNELS_REDUCTIONS_H_
#define RAPTORS_SIMD_KERNELS_REDUCTIONS_H_

#include "raptors/base/dtype.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/op.h"

#define RAPTORS_REDUCTIONS_TABLE_(isa) kReductions_##isa
#define RAPTORS_REDUCTIONS_TABLE(isa) RAPTORS_REDUCTIONS_TABLE_(isa)

namespace raptors {

inline constexpr int kNumReductions = kNumReduceOps * kNumDTypes;

// Each table has an entry for every pair of RAPTORS_REDUCE_OPS and RAPTORS_DTYPES, dtypes running fastest; its `reduce`
// is nullptr where the operation does not take the dtype.
#define RAPTORS_X(id, lower, ...) extern const KernelEntry RAPTORS_REDUCTIONS_TABLE(lower)[kNumReductions];
RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X

// The test-only backend with odd sizes.
extern const KernelEntry RAPTORS_REDUCTIONS_TABLE(stress)[kNumReductions];

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_REDUCTIONS_H_
