// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Names of the per-ISA tables of the element-wise family, for the dispatch table and the kernel tests.

#ifndef RAPTORS_SIMD_KERNELS_ELEMENTWISE_H_
#define RAPTORS_SIMD_KERNELS_ELEMENTWISE_H_

#include "raptors/base/dtype.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/op.h"

#define RAPTORS_ELEMENTWISE_TABLE_(isa) kElementwise_##isa
#define RAPTORS_ELEMENTWISE_TABLE(isa) RAPTORS_ELEMENTWISE_TABLE_(isa)

namespace raptors {

// Each table has a row per map operation and dtype: row (op, dtype) is at op * kNumDTypes + dtype, in the order of
// RAPTORS_MAP_OPS. Rows of dtypes that an operation does not take have no kernel.
#define RAPTORS_X(id, lower, ...) extern const KernelEntry RAPTORS_ELEMENTWISE_TABLE(lower)[kNumMapOps * kNumDTypes];
RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X

// The test-only backend with odd sizes.
extern const KernelEntry RAPTORS_ELEMENTWISE_TABLE(stress)[kNumMapOps * kNumDTypes];

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_ELEMENTWISE_H_
