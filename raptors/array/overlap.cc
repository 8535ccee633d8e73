// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/overlap.h"

#include <utility>

#include "raptors/array/strided_search.h"

namespace raptors {

AddressRange AddressesOf(const ArrayView& view) {
  auto begin = reinterpret_cast<uintptr_t>(view.data());
  if (view.empty()) return {begin, begin};
  uintptr_t end = begin + static_cast<uintptr_t>(view.item_size());
  if (view.IsContiguous()) return {begin, begin + static_cast<uintptr_t>(view.size() * view.item_size())};
  for (int axis = 0; axis < view.ndim(); ++axis) {
    // Unsigned: adding a negative reach wraps to the right address.
    const auto reach = static_cast<uintptr_t>((view.shape(axis) - 1) * view.stride(axis));
    (view.stride(axis) < 0 ? begin : end) += reach;
  }
  return {begin, end};
}

bool SameView(const ArrayView& a, const ArrayView& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) return false;
  if (a.empty()) return true;
  if (a.data() != b.data()) return false;
  if (a.IsContiguous() && b.IsContiguous()) return true;
  for (int axis = 0; axis < a.ndim(); ++axis) {
    if (a.shape(axis) > 1 && a.stride(axis) != b.stride(axis)) return false;
  }
  return true;
}

bool MayOverlap(const ArrayView& a, const ArrayView& b) {
  if (a.empty() || b.empty()) return false;
  const AddressRange x = AddressesOf(a);
  const AddressRange y = AddressesOf(b);
  return x.begin < y.end && y.begin < x.end;
}

bool Overlaps(const ArrayView& a, const ArrayView& b) {
  if (!MayOverlap(a, b)) return false;
  if (a.IsContiguous() && b.IsContiguous()) return true;
  if (a.item_size() != b.item_size()) return true;
  // Element i of a meets element j of b when address(b) - address(a) + j * strides(b) - i * strides(a) is near 0.
  // Bounds that intersect are less than 2**63 apart.
  const auto offset =
      static_cast<int64_t>(reinterpret_cast<uintptr_t>(b.data()) - reinterpret_cast<uintptr_t>(a.data()));
  internal::StrideTerms terms;
  for (int axis = 0; axis < b.ndim(); ++axis) terms.push_back({b.stride(axis), 0, b.shape(axis) - 1});
  for (int axis = 0; axis < a.ndim(); ++axis) terms.push_back({a.stride(axis), 1 - a.shape(axis), 0});
  return internal::SearchStrides(std::move(terms), offset, a.item_size(), /*skip_zero=*/false) != internal::Found::kNo;
}

bool SelfOverlaps(const ArrayView& view) { return StridesSelfOverlap(view.shape(), view.strides(), view.item_size()); }

}  // namespace raptors
