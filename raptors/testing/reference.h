// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reference loops: plain C++ over views, element by element, by index. They share no code with the library beyond the
// view's accessors, know no order but C order, and are slow on purpose.

#ifndef RAPTORS_TESTING_REFERENCE_H_
#define RAPTORS_TESTING_REFERENCE_H_

#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "raptors/array/view.h"

namespace raptors::test {

// Calls f(index) for every index of a shape, in C order.
template <typename F>
void ForEachIndex(absl::Span<const int64_t> shape, F f) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return;
  std::vector<int64_t> index(shape.size(), 0);
  for (;;) {
    f(absl::Span<const int64_t>(index));
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

// Byte offset of an element from the first one.
inline int64_t OffsetOf(const ArrayView& view, absl::Span<const int64_t> index) {
  int64_t offset = 0;
  for (int axis = 0; axis < view.ndim(); ++axis) offset += index[axis] * view.stride(axis);
  return offset;
}

// One element; at any byte address.
template <typename T>
T Load(const ArrayView& view, absl::Span<const int64_t> index) {
  T value;
  memcpy(&value, static_cast<const char*>(view.data()) + OffsetOf(view, index), sizeof(T));
  return value;
}

template <typename T>
void Store(const MutableArrayView& view, absl::Span<const int64_t> index, T value) {
  memcpy(static_cast<char*>(view.data()) + OffsetOf(view, index), &value, sizeof(T));
}

// The elements in C order.
template <typename T>
std::vector<T> ToVector(const ArrayView& view) {
  std::vector<T> values;
  ForEachIndex(view.shape(), [&](auto index) { values.push_back(Load<T>(view, index)); });
  return values;
}

// Sets the elements, in C order, from as many values.
template <typename T>
void Assign(const MutableArrayView& view, absl::Span<const T> values) {
  size_t next = 0;
  ForEachIndex(view.shape(), [&](auto index) { Store<T>(view, index, values[next++]); });
}

// f(inputs[0][i], inputs[1][i], ...) for every i, in C order. All views have one shape.
template <typename T, typename F, typename... Views>
std::vector<T> Map(F f, const ArrayView& first, const Views&... rest) {
  std::vector<T> values;
  ForEachIndex(first.shape(), [&](auto index) { values.push_back(f(Load<T>(first, index), Load<T>(rest, index)...)); });
  return values;
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_REFERENCE_H_
