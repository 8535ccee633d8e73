// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How the views of a matrix product become arguments of product routines: which of them lie in memory as the routines
// take them, which are transposes, and which must be copied first.

#ifndef RAPTORS_OPS_PRODUCT_PLAN_H_
#define RAPTORS_OPS_PRODUCT_PLAN_H_

#include <stdint.h>

#include "raptors/array/view.h"
#include "raptors/base/choice.h"

namespace raptors::internal {

// A view as a matrix: extents and byte strides of rows [0] and columns [1]. An axis that the view does not have has
// extent 1.
struct Plane {
  char* data;
  int64_t extent[2];
  int64_t stride[2];
};

// A vector of one axis is a row where `row` says so, else a column. Precondition: one or two axes.
Plane PlaneOf(const ArrayView& view, bool row);

// A matrix in the way of product routines: consecutive items within a row, `stride` elements between rows; or that of
// its transpose.
struct Factor {
  char* data;
  int64_t stride;
  bool transpose;
};

// A vector: `stride` elements between items, not 0.
struct Line {
  char* data;
  int64_t stride;
};

// What product routines get. `ok` says whether the plane can be passed so.
template <typename T>
struct Passed {
  bool ok;
  T value;
};
// Rows are preferred to columns where both would do.
Passed<Factor> AsFactor(const Plane& plane, int64_t item_size);
// The items of a plane along `axis`; the other axis has extent 1.
Passed<Line> AsLine(const Plane& plane, int axis, int64_t item_size);

// The operands of out = a x b, with out of m x n and an inner size of k.
struct ProductPlan {
  int64_t m, n, k;
  Plane a, b, out;
  // n == 1: matrix a and a vector; else m == 1: a vector and matrix b; else two matrices.
  bool by_column, by_row;
  bool copy_a, copy_b, copy_out;
  Layout layout;

  bool by_vector() const { return by_column || by_row; }
};

// Preconditions: one or two axes each, and shapes that belong together. Copies of operands that overlap the output are
// not part of it.
ProductPlan PlanProduct(const ArrayView& a, const ArrayView& b, const MutableArrayView& out);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_PRODUCT_PLAN_H_
