// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/array.h"

#include <string.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace raptors {
namespace {

// Axis numbers from the smallest stride to the largest. Axes that the strides do not order (one of the two is 0, or has
// extent 1) stay in C order between themselves; the sort is an insertion sort, as in NumPy's iterator, since with such
// axes the result depends on it.
absl::InlinedVector<int, kInlineRank> MemoryOrder(const ArrayView& view) {
  const auto size = [&](int axis) {
    const int64_t stride = view.shape(axis) == 1 ? 0 : view.stride(axis);
    return stride < 0 ? uint64_t{0} - static_cast<uint64_t>(stride) : static_cast<uint64_t>(stride);
  };
  absl::InlinedVector<int, kInlineRank> order;
  for (int axis = view.ndim() - 1; axis >= 0; --axis) {
    size_t to = order.size();
    for (size_t at = order.size(); at-- > 0;) {
      if (size(axis) == 0 || size(order[at]) == 0) continue;
      if (size(axis) >= size(order[at])) break;
      to = at;
    }
    order.insert(order.begin() + to, axis);
  }
  return order;
}

}  // namespace

Array::Array(Array&& other) noexcept
    : block_(std::exchange(other.block_, {})), view_(std::exchange(other.view_, MutableArrayView())) {}

Array& Array::operator=(Array&& other) noexcept {
  if (this != &other) {
    Allocator::Global().Free(block_);
    block_ = std::exchange(other.block_, {});
    view_ = std::exchange(other.view_, MutableArrayView());
  }
  return *this;
}

absl::StatusOr<Array> Array::Make(DType dtype, Dims shape, Dims strides, int64_t bytes) {
  Array array;
  if (bytes > 0) {
    array.block_ = Allocator::Global().Allocate(bytes);
    if (array.block_.data == nullptr) {
      return absl::ResourceExhaustedError(absl::StrCat("not enough memory for ", bytes, " bytes (", Name(dtype),
                                                       " array of shape ", FormatTuple(shape), ")"));
    }
  }
  array.view_ = internal::ViewBuilder::MakeMutable(array.block_.data, dtype, std::move(shape), std::move(strides));
  return array;
}

absl::StatusOr<Array> Array::Create(DType dtype, absl::Span<const int64_t> shape) {
  const absl::StatusOr<int64_t> count = CheckedElementCount(shape, ItemSize(dtype));
  if (!count.ok()) return count.status();
  return Make(dtype, Dims(shape.begin(), shape.end()), CStrides(shape, ItemSize(dtype)), *count * ItemSize(dtype));
}

absl::StatusOr<Array> Array::Zeros(DType dtype, absl::Span<const int64_t> shape) {
  absl::StatusOr<Array> array = Create(dtype, shape);
  if (array.ok() && array->size() > 0) memset(array->data(), 0, static_cast<size_t>(array->size() * ItemSize(dtype)));
  return array;
}

absl::StatusOr<Array> Array::EmptyLike(const ArrayView& like) {
  Dims shape(like.shape().begin(), like.shape().end());
  Dims strides = CStrides(shape, like.item_size());
  if (!like.IsContiguous()) {
    int64_t stride = like.item_size();
    for (const int axis : MemoryOrder(like)) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
  }
  return Make(like.dtype(), std::move(shape), std::move(strides), like.size() * like.item_size());
}

}  // namespace raptors
