// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/broadcast.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "raptors/base/status.h"

namespace raptors {

absl::StatusOr<Dims> BroadcastShapes(absl::Span<const absl::Span<const int64_t>> shapes,
                                     absl::Span<const absl::string_view> names) {
  Dims result;
  for (size_t k = 0; k < shapes.size(); ++k) {
    const absl::Span<const int64_t> shape = shapes[k];
    if (shape.size() > result.size()) result.insert(result.begin(), shape.size() - result.size(), 1);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t& common = result[result.size() - shape.size() + i];
      if (common == 1) {
        common = shape[i];
      } else if (shape[i] != 1 && shape[i] != common) {
        return ArgumentError(names[k], absl::StrCat("shape ", FormatTuple(shape)),
                             absl::StrCat("a shape that broadcasts with ", FormatTuple(result)));
      }
    }
  }
  return result;
}

absl::StatusOr<ArrayView> BroadcastTo(const ArrayView& view, absl::Span<const int64_t> shape,
                                      absl::string_view argument) {
  const absl::StatusOr<int64_t> count = CheckedElementCount(shape, view.item_size());
  if (!count.ok()) return count.status();
  const int missing = static_cast<int>(shape.size()) - view.ndim();
  bool fits = missing >= 0;
  Dims strides(shape.size(), 0);
  for (int axis = 0; fits && axis < view.ndim(); ++axis) {
    const int64_t wanted = shape[missing + axis];
    if (view.shape(axis) == wanted) {
      strides[missing + axis] = view.stride(axis);
    } else {
      fits = view.shape(axis) == 1;
    }
  }
  if (!fits) {
    return ArgumentError(argument, absl::StrCat("shape ", FormatTuple(view.shape())),
                         absl::StrCat("a shape that broadcasts to ", FormatTuple(shape)));
  }
  return internal::ViewBuilder::Make(view.data(), view.dtype(), Dims(shape.begin(), shape.end()), std::move(strides));
}

}  // namespace raptors
