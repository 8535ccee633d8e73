// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "raptors/base/status.h"

namespace raptors {
namespace {

// A valid axis number, or InvalidArgument.
absl::StatusOr<int> CheckedAxis(int axis, int ndim) {
  if (axis < -ndim || axis >= ndim) {
    return ArgumentError("axis", axis,
                         ndim == 0 ? std::string("a view with at least one axis")
                                   : absl::StrCat("an axis from ", -ndim, " to ", ndim - 1));
  }
  return axis < 0 ? axis + ndim : axis;
}

absl::Status CheckData(const void* data, ByteRange range) {
  if (range.begin == range.end) return absl::OkStatus();
  if (data == nullptr) return ArgumentError("data", "a null pointer", "the address of the first element");
  const auto address = reinterpret_cast<uintptr_t>(data);
  uintptr_t last;
  if (address < uintptr_t{0} - static_cast<uintptr_t>(range.begin) ||
      __builtin_add_overflow(address, static_cast<uintptr_t>(range.end - 1), &last)) {
    return ArgumentError("data", absl::StrCat("address 0x", absl::Hex(address)),
                         absl::StrCat("elements at byte offsets from ", range.begin, " to ", range.end - 1,
                                      " within the address space"));
  }
  return absl::OkStatus();
}

}  // namespace

ArrayView::ArrayView(const void* data, DType dtype, Dims shape, Dims strides)
    : data_(const_cast<void*>(data)),
      size_(1),
      dtype_(dtype),
      contiguous_(IsCContiguous(shape, strides, ItemSize(dtype))),
      shape_(std::move(shape)),
      strides_(std::move(strides)) {
  for (const int64_t extent : shape_) size_ = extent == 0 ? 0 : size_ * extent;
}

absl::StatusOr<ArrayView> ArrayView::Create(DType dtype, const void* data, absl::Span<const int64_t> shape) {
  const absl::StatusOr<int64_t> count = CheckedElementCount(shape, ItemSize(dtype));
  if (!count.ok()) return count.status();
  RAPTORS_RETURN_IF_ERROR(CheckData(data, {0, *count * ItemSize(dtype)}));
  return ArrayView(data, dtype, Dims(shape.begin(), shape.end()), CStrides(shape, ItemSize(dtype)));
}

absl::StatusOr<ArrayView> ArrayView::Create(DType dtype, const void* data, absl::Span<const int64_t> shape,
                                            absl::Span<const int64_t> strides) {
  const absl::StatusOr<int64_t> count = CheckedElementCount(shape, ItemSize(dtype));
  if (!count.ok()) return count.status();
  if (strides.size() != shape.size()) {
    return ArgumentError("strides", FormatTuple(strides),
                         absl::StrCat(shape.size(), " byte strides, one for each axis of shape ", FormatTuple(shape)));
  }
  const absl::StatusOr<ByteRange> range = CheckedByteRange(shape, strides, ItemSize(dtype));
  if (!range.ok()) return range.status();
  RAPTORS_RETURN_IF_ERROR(CheckData(data, *range));
  return ArrayView(data, dtype, Dims(shape.begin(), shape.end()), Dims(strides.begin(), strides.end()));
}

ArrayView ArrayView::Transposed() const {
  return ArrayView(data_, dtype_, Dims(shape_.rbegin(), shape_.rend()), Dims(strides_.rbegin(), strides_.rend()));
}

absl::StatusOr<ArrayView> ArrayView::Permuted(absl::Span<const int> axes) const {
  const auto error = [&] {
    return ArgumentError("axes", absl::StrCat("(", absl::StrJoin(axes, ", "), ")"),
                         absl::StrCat("each of the ", ndim(), " axes once"));
  };
  if (axes.size() != shape_.size()) return error();
  Dims shape, strides;
  uint64_t seen = 0;  // one bit an axis; kMaxRank of them
  for (const int named : axes) {
    const absl::StatusOr<int> axis = CheckedAxis(named, ndim());
    if (!axis.ok() || ((seen >> *axis) & 1)) return error();
    seen |= uint64_t{1} << *axis;
    shape.push_back(shape_[*axis]);
    strides.push_back(strides_[*axis]);
  }
  return ArrayView(data_, dtype_, std::move(shape), std::move(strides));
}

absl::StatusOr<ArrayView> ArrayView::Slice(int axis, std::optional<int64_t> start, std::optional<int64_t> stop,
                                           int64_t step) const {
  const absl::StatusOr<int> checked = CheckedAxis(axis, ndim());
  if (!checked.ok()) return checked.status();
  if (step == 0) return ArgumentError("step", step, "a step other than 0");
  const int64_t n = shape_[*checked];
  const bool up = step > 0;
  // Positions run over [0, n) upwards and over (-1, n - 1] downwards.
  const auto clamp = [&](std::optional<int64_t> position, int64_t otherwise) {
    if (!position.has_value()) return otherwise;
    const int64_t p = *position < 0 ? *position + n : *position;
    return std::clamp(p, up ? int64_t{0} : int64_t{-1}, up ? n : n - 1);
  };
  const int64_t from = clamp(start, up ? 0 : n - 1);
  const int64_t to = clamp(stop, up ? n : -1);
  const int64_t distance = up ? to - from : from - to;
  // In unsigned arithmetic, since -step may not exist.
  const uint64_t stride = up ? static_cast<uint64_t>(step) : uint64_t{0} - static_cast<uint64_t>(step);
  const int64_t extent = distance <= 0 ? 0 : 1 + static_cast<int64_t>((static_cast<uint64_t>(distance) - 1) / stride);
  Dims shape = shape_;
  Dims strides = strides_;
  shape[*checked] = extent;
  char* data = static_cast<char*>(data_);
  // Only what is between existing elements is known not to overflow.
  if (size_ > 0 && extent > 0) data += from * strides_[*checked];
  if (size_ > 0 && extent > 1) strides[*checked] *= step;
  return ArrayView(data, dtype_, std::move(shape), std::move(strides));
}

absl::StatusOr<ArrayView> ArrayView::Reversed(int axis) const { return Slice(axis, std::nullopt, std::nullopt, -1); }

std::string ArrayView::DebugString() const {
  return absl::StrCat(Name(dtype_), " ", FormatTuple(shape_), " strides ", FormatTuple(strides_));
}

absl::StatusOr<MutableArrayView> MutableArrayView::Create(DType dtype, void* data, absl::Span<const int64_t> shape) {
  return Wrap(ArrayView::Create(dtype, data, shape));
}

absl::StatusOr<MutableArrayView> MutableArrayView::Create(DType dtype, void* data, absl::Span<const int64_t> shape,
                                                          absl::Span<const int64_t> strides) {
  absl::StatusOr<ArrayView> view = ArrayView::Create(dtype, data, shape, strides);
  if (view.ok() && StridesSelfOverlap(shape, strides, ItemSize(dtype))) {
    return ArgumentError("strides", FormatTuple(strides),
                         absl::StrCat("no two elements of an output of shape ", FormatTuple(shape), " and ",
                                      ItemSize(dtype), "-byte items to share a byte"));
  }
  return Wrap(std::move(view));
}

}  // namespace raptors
