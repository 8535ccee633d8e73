// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/views.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "absl/log/absl_check.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/shape.h"
#include "raptors/testing/reference.h"

namespace raptors::test {
namespace {

constexpr char kPattern = '\xC3';
constexpr int64_t kAlignment = 64;

template <typename T>
void Fill(char* first, absl::Span<const int64_t> shape, absl::Span<const int64_t> strides) {
  int64_t next = 0;
  ForEachIndex(shape, [&](auto index) {
    int64_t offset = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis) offset += index[axis] * strides[axis];
    const T value = static_cast<T>(next++ % 251 + 1);
    memcpy(first + offset, &value, sizeof(T));
  });
}

}  // namespace

std::vector<int64_t> LayoutCase::Shape() const {
  std::vector<int64_t> shape;
  for (const Axis& axis : axes) shape.push_back(axis.extent);
  return shape;
}

bool LayoutCase::HasZeroStride() const {
  return std::any_of(axes.begin(), axes.end(), [](const Axis& a) { return a.step == 0 && a.extent > 1; });
}

LayoutCase LayoutCase::Output() const {
  LayoutCase output = *this;
  for (Axis& axis : output.axes) axis.step = axis.step == 0 ? 1 : axis.step;
  return output;
}

std::ostream& operator<<(std::ostream& os, const LayoutCase& layout) { return os << layout.name; }

std::vector<LayoutCase> LayoutsOf(absl::Span<const int64_t> shape) {
  const int rank = static_cast<int>(shape.size());
  LayoutCase plain;
  for (const int64_t extent : shape) plain.axes.push_back({extent});
  plain.order.resize(shape.size());
  std::iota(plain.order.begin(), plain.order.end(), 0);
  const std::string prefix = absl::StrCat("s", FormatShape(shape), "_");

  std::vector<LayoutCase> cases;
  const auto add = [&](LayoutCase layout, const std::string& name) {
    layout.name = prefix + name;
    cases.push_back(std::move(layout));
  };
  add(plain, "c");
  for (const int64_t bytes : {1, 4, 7}) {
    LayoutCase layout = plain;
    layout.misalign = bytes;
    add(layout, absl::StrCat("misaligned", bytes));
  }
  if (rank == 0) return cases;

  LayoutCase permuted = plain;
  if (rank <= 4) {
    while (std::next_permutation(permuted.order.begin(), permuted.order.end())) {
      std::string name = "order";
      for (const int axis : permuted.order) absl::StrAppend(&name, axis);
      add(permuted, name);
    }
  } else {
    std::reverse(permuted.order.begin(), permuted.order.end());
    add(permuted, "fortran");
  }
  for (int axis = 0; axis < rank; ++axis) {
    for (const int64_t step : {0, -1, -2, 2, 3, 113}) {
      if (step == 113 && axis + 1 < rank) continue;
      LayoutCase layout = plain;
      layout.axes[axis].step = step;
      add(layout, absl::StrCat("axis", axis, step < 0 ? "_back" : "_step", std::abs(step)));
    }
    LayoutCase layout = plain;
    layout.axes[axis].extra = axis + 1 < rank ? 5 : 1;
    add(layout, absl::StrCat("axis", axis, "_odd"));
    layout.axes[axis].step = -2;
    add(layout, absl::StrCat("axis", axis, "_odd_back2"));
    if (axis + 1 < rank) {
      layout = plain;
      layout.axes[axis].extra = 64;
      add(layout, absl::StrCat("axis", axis, "_gap"));
      layout = plain;
      layout.axes[axis].step = 2;
      layout.axes[rank - 1].step = 2;
      add(layout, absl::StrCat("axis", axis, "_step2_both"));
    }
  }
  for (const int64_t step : {-1, 0}) {
    LayoutCase layout = plain;
    for (LayoutCase::Axis& axis : layout.axes) axis.step = step;
    add(layout, step == 0 ? "scalar" : "all_back");
  }
  return cases;
}

std::vector<LayoutCase> AllLayouts() {
  const std::vector<std::vector<int64_t>> shapes = {
      {},       {0},       {1},        {7},       {64},      {65},         {1025},          {0, 5},
      {3, 0},   {1, 1},    {5, 3},     {200, 3},  {3, 200},  {17, 33},     {64, 64},        {1, 129},
      {129, 1}, {2, 3, 4}, {8, 16, 5}, {4, 1, 6}, {2, 0, 3}, {2, 3, 4, 5}, {2, 3, 2, 3, 2}, {2, 1, 2, 1, 2, 2, 1, 2, 3},
  };
  std::vector<LayoutCase> cases;
  for (const auto& shape : shapes) {
    for (LayoutCase& layout : LayoutsOf(shape)) cases.push_back(std::move(layout));
  }
  return cases;
}

LayoutBuffer::LayoutBuffer(const LayoutCase& layout, DType dtype) {
  const std::vector<int64_t> shape = layout.Shape();
  std::vector<int64_t> strides(shape.size());
  const int64_t item = ItemSize(dtype);
  int64_t place = item;  // bytes that one step along the current axis covers
  int64_t lowest = 0;    // offset of the lowest element from the first
  int64_t highest = 0;
  for (size_t k = layout.order.size(); k-- > 0;) {
    const int axis = layout.order[k];
    const LayoutCase::Axis& a = layout.axes[axis];
    if (a.step != 0) {
      const int64_t stride = place * std::abs(a.step) + a.extra;
      strides[axis] = a.step < 0 ? -stride : stride;
      place = stride * std::max<int64_t>(a.extent, 1);
      if (a.extent > 1) (a.step < 0 ? lowest : highest) += strides[axis] * (a.extent - 1);
    }
  }
  const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  const int64_t span = empty ? 0 : highest - lowest + item;
  memory_.assign(static_cast<size_t>(span + layout.misalign + 2 * kAlignment), kPattern);
  const auto address = reinterpret_cast<uintptr_t>(memory_.data());
  const int64_t to_aligned = static_cast<int64_t>((kAlignment - address % kAlignment) % kAlignment);
  char* const first = memory_.data() + to_aligned + layout.misalign - (empty ? 0 : lowest);
  element_.assign(memory_.size(), false);
  ForEachIndex(shape, [&](auto index) {
    int64_t at = first - memory_.data();
    for (size_t axis = 0; axis < shape.size(); ++axis) at += index[axis] * strides[axis];
    std::fill_n(element_.begin() + at, item, true);
  });
  switch (dtype) {
#define RAPTORS_X(id, type, name)      \
  case DType::id:                      \
    Fill<type>(first, shape, strides); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  absl::StatusOr<ArrayView> view = ArrayView::Create(dtype, first, shape, strides);
  ABSL_CHECK_OK(view.status());
  view_ = *std::move(view);
}

MutableArrayView LayoutBuffer::out() const {
  absl::StatusOr<MutableArrayView> out =
      MutableArrayView::Create(view_.dtype(), const_cast<void*>(view_.data()), view_.shape(), view_.strides());
  ABSL_CHECK_OK(out.status());
  return *std::move(out);
}

bool LayoutBuffer::GapsIntact() const {
  for (size_t i = 0; i < memory_.size(); ++i) {
    if (!element_[i] && memory_[i] != kPattern) return false;
  }
  return true;
}

}  // namespace raptors::test
