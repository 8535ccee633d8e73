// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Test-only kernels of two and three float32 inputs, one table a level: x - y, and x * y - z with two roundings.

#ifndef RAPTORS_SIMD_KERNELS_MANY_INPUTS_H_
#define RAPTORS_SIMD_KERNELS_MANY_INPUTS_H_

#include "raptors/base/isa.h"
#include "raptors/base/kernel_args.h"

#define RAPTORS_MANY_INPUTS_TABLE_(isa) kManyInputs_##isa
#define RAPTORS_MANY_INPUTS_TABLE(isa) RAPTORS_MANY_INPUTS_TABLE_(isa)

namespace raptors {

#define RAPTORS_X(id, lower, ...) extern const MapKernel RAPTORS_MANY_INPUTS_TABLE(lower)[2];
RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
extern const MapKernel RAPTORS_MANY_INPUTS_TABLE(stress)[2];

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_MANY_INPUTS_H_
