// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Computes a matrix product tile by tile: each tile of the result is one call of a product routine, on one thread.

#ifndef RAPTORS_OPS_PRODUCT_RUN_H_
#define RAPTORS_OPS_PRODUCT_RUN_H_

#include <stdint.h>

#include "raptors/base/dtype.h"
#include "raptors/blas/blas.h"
#include "raptors/ops/product_plan.h"

namespace raptors::internal {

// A result of m x n cut into rows x cols tiles of nearly equal size.
struct ProductGrid {
  int64_t m, n;
  int64_t row_unit, col_unit;  // tiles begin at multiples of these
  int rows, cols;

  int64_t size() const { return int64_t{rows} * cols; }
};

// At most `tiles` tiles (>= 1), so that the largest one takes the least time. Cuts are at multiples of 64 bytes along a
// row of the result, so that no two tiles write one cache line, and at groups of rows that the routines work on.
ProductGrid CutProduct(int64_t m, int64_t n, int tiles, int64_t item_size);

// Computes the product. Preconditions: k > 0, m * n > 0, and planes that can be passed as they are.
// Returns the threads that took part, up to `threads`.
int RunProduct(const ProductPlan& plan, DType dtype, blas::Provider provider, int threads);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_PRODUCT_RUN_H_
