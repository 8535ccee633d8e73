// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reductions by BLAS routines, which round differently from our kernels: dot, nrm2 and asum of vectors, and sums over
// one axis of a matrix as the product of the matrix and a vector of ones (gemv).

#ifndef RAPTORS_OPS_BLAS_REDUCE_H_
#define RAPTORS_OPS_BLAS_REDUCE_H_

#include <stdint.h>

#include "raptors/array/view.h"
#include "raptors/base/op.h"

namespace raptors::internal {

// Whether a routine computes op(x) over the axes of `reduced` (bit k: axis k of x), and takes these strides. `y` is the
// second input of dot, else nullptr.
bool HasBlasReduction(Op op, const ArrayView& x, const ArrayView* y, uint64_t reduced, const MutableArrayView& out);

// Computes it, on up to `threads` threads; returns how many took part. For nrm2 the output is float64, whatever the
// dtype of x, and gets the norm. Preconditions: HasBlasReduction(), blas::Available(), x is not empty, and the output
// overlaps no input.
int RunBlasReduction(Op op, const ArrayView& x, const ArrayView* y, uint64_t reduced, const MutableArrayView& out,
                     int threads);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_BLAS_REDUCE_H_
