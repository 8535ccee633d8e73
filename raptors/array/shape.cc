// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/shape.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "raptors/array/strided_search.h"
#include "raptors/base/status.h"

namespace raptors {
namespace {

// (absolute stride, extent) of the axes with more than one element, by ascending stride; none when the shape is empty.
using Axes = absl::InlinedVector<std::pair<int64_t, int64_t>, kInlineRank>;

Axes LongAxes(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides) {
  Axes axes;
  for (size_t k = 0; k < shape.size(); ++k) {
    if (shape[k] == 0) return {};
    if (shape[k] > 1) axes.emplace_back(strides[k], shape[k]);
  }
  for (auto& axis : axes) axis.first = std::abs(axis.first);
  std::sort(axes.begin(), axes.end());
  return axes;
}

}  // namespace

absl::StatusOr<int64_t> CheckedElementCount(absl::Span<const int64_t> shape, int64_t item_size,
                                            absl::string_view argument) {
  if (shape.size() > kMaxRank) {
    return ArgumentError(argument, absl::StrCat(shape.size(), " axes"), absl::StrCat("at most ", kMaxRank, " axes"));
  }
  int64_t bytes = item_size;  // of the non-zero extents
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (extent < 0) return ArgumentError(argument, FormatTuple(shape), "extents of at least 0");
    if (extent == 0) {
      count = 0;
    } else if (__builtin_mul_overflow(bytes, extent, &bytes)) {
      return ArgumentError(argument, FormatTuple(shape), "a size in bytes that fits into 63 bits");
    } else {
      count *= extent;
    }
  }
  return count;
}

absl::StatusOr<ByteRange> CheckedByteRange(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides,
                                           int64_t item_size, absl::string_view argument) {
  ByteRange range = {0, item_size};
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return ByteRange{0, 0};
  for (size_t k = 0; k < shape.size(); ++k) {
    int64_t reach;
    int64_t* const side = strides[k] < 0 ? &range.begin : &range.end;
    if (__builtin_mul_overflow(shape[k] - 1, strides[k], &reach) || __builtin_add_overflow(*side, reach, side)) {
      return ArgumentError(argument, FormatTuple(strides),
                           absl::StrCat("byte offsets of shape ", FormatTuple(shape), " that fit into 63 bits"));
    }
  }
  // Callers subtract the bounds.
  int64_t length;
  if (__builtin_sub_overflow(range.end, range.begin, &length)) {
    return ArgumentError(argument, FormatTuple(strides),
                         absl::StrCat("byte offsets of shape ", FormatTuple(shape), " that span less than 2**63"));
  }
  return range;
}

Dims CStrides(absl::Span<const int64_t> shape, int64_t item_size) {
  Dims strides(shape.size());
  int64_t stride = item_size;
  for (int k = static_cast<int>(shape.size()) - 1; k >= 0; --k) {
    strides[k] = stride;
    if (shape[k] > 1) stride *= shape[k];
  }
  return strides;
}

bool IsCContiguous(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size) {
  int64_t expected = item_size;
  bool contiguous = true;
  for (int k = static_cast<int>(shape.size()) - 1; k >= 0; --k) {
    if (shape[k] == 0) return true;
    if (shape[k] == 1) continue;
    contiguous = contiguous && strides[k] == expected;
    if (contiguous) expected *= shape[k];
  }
  return contiguous;
}

bool StridesNest(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size) {
  const Axes axes = LongAxes(shape, strides);
  int64_t reach = item_size;
  for (const auto& [stride, extent] : axes) {
    if (stride < reach) return false;
    reach += stride * (extent - 1);
  }
  return true;
}

bool StridesSelfOverlap(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size) {
  if (StridesNest(shape, strides, item_size)) return false;
  internal::StrideTerms terms;
  for (const auto& [stride, extent] : LongAxes(shape, strides)) terms.push_back({stride, 1 - extent, extent - 1});
  return internal::SearchStrides(std::move(terms), 0, item_size, /*skip_zero=*/true) != internal::Found::kNo;
}

std::string FormatTuple(absl::Span<const int64_t> values) {
  return absl::StrCat("(", absl::StrJoin(values, ", "), values.size() == 1 ? ",)" : ")");
}

std::string FormatShape(absl::Span<const int64_t> shape) {
  return shape.empty() ? "scalar" : absl::StrJoin(shape, "x");
}

}  // namespace raptors
