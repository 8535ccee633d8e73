// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/cast.h"

#include "raptors/python/call.h"

// After call.h, which brings Python.h.
#include <string.h>

#include <atomic>
#include <limits>
#include <type_traits>
#include <utility>

#include "raptors/array/shape.h"

namespace raptors::python {
namespace {

std::atomic<int64_t> cast_copies{0};

template <typename To, typename From>
To Convert(From value) {
  if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    // Both bounds are exact in From; the comparison is false for NaN.
    constexpr From kLow = static_cast<From>(std::numeric_limits<To>::min());
    if (!(value > kLow && value < -kLow)) return std::numeric_limits<To>::min();
  }
  return static_cast<To>(value);
}

template <typename From, typename To>
void CastRow(const char* from, int64_t from_stride, char* to, int64_t to_stride, int64_t count) {
  const auto one = [&](int64_t from_step, int64_t to_step, int64_t i) {
    From value;
    memcpy(&value, from + i * from_step, sizeof(value));
    const To converted = Convert<To>(value);
    memcpy(to + i * to_step, &converted, sizeof(converted));
  };
  if (from_stride == sizeof(From) && to_stride == sizeof(To)) {
    // Known steps, which the compiler vectorizes.
    for (int64_t i = 0; i < count; ++i) one(sizeof(From), sizeof(To), i);
  } else {
    for (int64_t i = 0; i < count; ++i) one(from_stride, to_stride, i);
  }
}

using RowFunction = void (*)(const char*, int64_t, char*, int64_t, int64_t);

template <typename From>
RowFunction RowTo(DType to) {
  switch (to) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return &CastRow<From, type>;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return nullptr;
}

RowFunction RowFor(DType from, DType to) {
  switch (from) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return RowTo<type>(to);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return nullptr;
}

}  // namespace

DType Promote(DType a, DType b) {
  if (a == b) return a;
  if (IsFloat(a) == IsFloat(b)) return ItemSize(a) > ItemSize(b) ? a : b;
  return DType::kFloat64;
}

void CastElements(const ArrayView& from, const MutableArrayView& to) {
  const RowFunction row = RowFor(from.dtype(), to.dtype());
  const int ndim = to.ndim();
  const char* source = static_cast<const char*>(from.data());
  char* target = static_cast<char*>(to.data());
  if (to.empty()) return;
  if (ndim == 0) return row(source, 0, target, 0, 1);
  const MaybeReleaseGil released(to.size() * (from.item_size() + to.item_size()));
  const int inner = ndim - 1;
  Dims index(static_cast<size_t>(ndim), 0);
  while (true) {
    row(source, from.stride(inner), target, to.stride(inner), to.shape(inner));
    int axis = inner - 1;
    for (; axis >= 0; --axis) {
      source += from.stride(axis);
      target += to.stride(axis);
      if (++index[axis] < to.shape(axis)) break;
      source -= from.stride(axis) * to.shape(axis);
      target -= to.stride(axis) * to.shape(axis);
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

namespace {

// A view of the elements that CastCopy() stores.
ArrayView Distinct(const ArrayView& from, DType dtype) {
  Dims shape(from.shape().begin(), from.shape().end());
  const Dims strides(from.strides().begin(), from.strides().end());
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (strides[axis] == 0 && shape[axis] > 1) shape[axis] = 1;
  }
  return internal::ViewBuilder::Make(from.data(), dtype, std::move(shape), strides);
}

}  // namespace

absl::StatusOr<raptors::Array> EmptyCast(const ArrayView& from, DType dtype) {
  // Of the view in another dtype only the memory order counts, which depends on the strides' sizes alone.
  return raptors::Array::EmptyLike(Distinct(from, dtype));
}

absl::StatusOr<raptors::Array> CastCopy(const ArrayView& from, DType dtype) {
  absl::StatusOr<raptors::Array> copy = EmptyCast(from, dtype);
  if (!copy.ok()) return copy;
  CastElements(Distinct(from, from.dtype()), copy->mutable_view());
  cast_copies.fetch_add(1, std::memory_order_relaxed);
  return copy;
}

int64_t CastCopies() { return cast_copies.load(std::memory_order_relaxed); }

}  // namespace raptors::python
