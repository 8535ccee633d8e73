// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The BLAS routines that stand in for map kernels, in the shape of map kernels, so that a route is a function pointer.

#ifndef RAPTORS_OPS_BLAS_KERNELS_H_
#define RAPTORS_OPS_BLAS_KERNELS_H_

#include "raptors/base/dtype.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"

namespace raptors::internal {

// Fills shape->blas_values and shape->blas_strides of an in-place call: whether a BLAS routine exists for it that takes
// its strides, and means the same for these scalars.
void DescribeForBlas(Op op, DType dtype, const KernelArgs& args, policy::CallShape* shape);

// The routine. Precondition: the policy chose the BLAS route, which it does only where DescribeForBlas() allowed it.
MapKernel BlasKernel(Op op, DType dtype);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_BLAS_KERNELS_H_
