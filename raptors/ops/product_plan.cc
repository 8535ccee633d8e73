// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/product_plan.h"

#include <algorithm>

namespace raptors::internal {
namespace {

bool IsAligned(const Plane& plane, int64_t item_size) {
  return reinterpret_cast<uintptr_t>(plane.data) % static_cast<uintptr_t>(item_size) == 0;
}

// Consecutive items along `inner`, and no overlap of the rows that they form. *stride: elements between rows.
bool AreRows(const Plane& plane, int inner, int64_t item_size, int64_t* stride) {
  const int64_t length = plane.extent[inner];
  if (length > 1 && plane.stride[inner] != item_size) return false;
  *stride = std::max<int64_t>(length, 1);
  if (plane.extent[1 - inner] <= 1) return true;
  const int64_t between = plane.stride[1 - inner];
  if (between % item_size != 0 || between / item_size < *stride) return false;
  *stride = between / item_size;
  return true;
}

bool HasGaps(const Plane& plane, const Factor& factor) {
  return plane.extent[factor.transpose] > 1 && factor.stride > plane.extent[!factor.transpose];
}

}  // namespace

Plane PlaneOf(const ArrayView& view, bool row) {
  char* const data = static_cast<char*>(const_cast<void*>(view.data()));
  if (view.ndim() == 2) return {data, {view.shape(0), view.shape(1)}, {view.stride(0), view.stride(1)}};
  if (view.ndim() == 0) return {data, {1, 1}, {0, 0}};
  if (row) return {data, {1, view.shape(0)}, {0, view.stride(0)}};
  return {data, {view.shape(0), 1}, {view.stride(0), 0}};
}

Passed<Factor> AsFactor(const Plane& plane, int64_t item_size) {
  int64_t stride;
  if (!IsAligned(plane, item_size)) return {false, {}};
  if (AreRows(plane, 1, item_size, &stride)) return {true, {plane.data, stride, false}};
  if (AreRows(plane, 0, item_size, &stride)) return {true, {plane.data, stride, true}};
  return {false, {}};
}

Passed<Line> AsLine(const Plane& plane, int axis, int64_t item_size) {
  if (!IsAligned(plane, item_size)) return {false, {}};
  if (plane.extent[axis] <= 1) return {true, {plane.data, 1}};
  const int64_t stride = plane.stride[axis];
  if (stride % item_size != 0 || stride == 0) return {false, {}};
  return {true, {plane.data, stride / item_size}};
}

ProductPlan PlanProduct(const ArrayView& a, const ArrayView& b, const MutableArrayView& out) {
  ProductPlan plan;
  plan.a = PlaneOf(a, /*row=*/true);
  plan.b = PlaneOf(b, /*row=*/false);
  plan.m = plan.a.extent[0];
  plan.k = plan.a.extent[1];
  plan.n = plan.b.extent[1];
  plan.out = PlaneOf(out, /*row=*/a.ndim() == 1);
  plan.by_column = plan.n == 1;
  plan.by_row = !plan.by_column && plan.m == 1;
  const int64_t item_size = a.item_size();
  bool transposed = false, gaps = false;
  const auto matrix = [&](const Plane& plane) {
    const Passed<Factor> factor = AsFactor(plane, item_size);
    transposed = transposed || (factor.ok && factor.value.transpose);
    gaps = gaps || (factor.ok && HasGaps(plane, factor.value));
    return !factor.ok;
  };
  plan.copy_a = plan.by_row ? !AsLine(plan.a, 1, item_size).ok : matrix(plan.a);
  plan.copy_b = plan.by_column ? !AsLine(plan.b, 0, item_size).ok : matrix(plan.b);
  plan.copy_out = plan.by_vector() ? !AsLine(plan.out, plan.by_column ? 0 : 1, item_size).ok : matrix(plan.out);
  plan.layout = plan.by_vector()                              ? Layout::kNarrow
                : plan.copy_a || plan.copy_b || plan.copy_out ? Layout::kStrided
                : transposed                                  ? Layout::kTransposed
                : gaps                                        ? Layout::kRows
                                                              : Layout::kContiguous;
  return plan;
}

}  // namespace raptors::internal
