// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/view.h"

#include <stdint.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "Eigen/Core"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "raptors/testing/reference.h"

namespace raptors {
namespace {

using ::raptors::test::ToVector;

static_assert(std::is_convertible_v<MutableArrayView, ArrayView>);
static_assert(!std::is_constructible_v<MutableArrayView, ArrayView>);
static_assert(!std::is_constructible_v<MutableArrayView, const std::vector<float>&>);
static_assert(!std::is_constructible_v<MutableArrayView, absl::Span<const float>>);
static_assert(!std::is_constructible_v<ArrayView, std::vector<char>>);

std::vector<float> Iota(int n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

template <typename T>
std::string Message(const absl::StatusOr<T>& result) {
  return std::string(result.status().message());
}

TEST(ViewTest, FromVectorAndSpan) {
  std::vector<double> x = {1, 2, 3};
  const ArrayView view = x;
  EXPECT_EQ(view.data(), x.data());
  EXPECT_EQ(view.data<double>(), x.data());
  EXPECT_EQ(view.data<float>(), nullptr);
  EXPECT_EQ(view.dtype(), DType::kFloat64);
  EXPECT_EQ(view.shape(), absl::MakeConstSpan({int64_t{3}}));
  EXPECT_EQ(view.strides(), absl::MakeConstSpan({int64_t{8}}));
  EXPECT_EQ(view.size(), 3);
  EXPECT_TRUE(view.IsContiguous());
  const MutableArrayView out = absl::MakeSpan(x);
  out.data<double>()[1] = 9;
  EXPECT_EQ(x[1], 9);
  EXPECT_EQ(MutableArrayView(x).data(), x.data());
  EXPECT_EQ(ArrayView(absl::MakeConstSpan(x)).size(), 3);
  EXPECT_EQ(ArrayView(absl::MakeSpan(x)).size(), 3);
}

TEST(ViewTest, DefaultIsEmpty) {
  EXPECT_TRUE(ArrayView().empty());
  EXPECT_TRUE(MutableArrayView().empty());
  EXPECT_EQ(ArrayView().ndim(), 1);
}

TEST(ViewTest, CreateInCOrder) {
  const auto x = Iota(24);
  const ArrayView view = *ArrayView::Create(x.data(), {2, 3, 4});
  EXPECT_EQ(view.strides(), absl::MakeConstSpan({int64_t{48}, int64_t{16}, int64_t{4}}));
  EXPECT_EQ(ToVector<float>(view), x);
  EXPECT_TRUE(view.IsContiguous());
  const ArrayView scalar = *ArrayView::Create(x.data(), {});
  EXPECT_EQ(scalar.ndim(), 0);
  EXPECT_EQ(scalar.size(), 1);
  EXPECT_EQ(ArrayView::Create(static_cast<const float*>(nullptr), {0, 3})->size(), 0);
}

TEST(ViewTest, CreateWithStrides) {
  const auto x = Iota(12);
  const ArrayView backwards = *ArrayView::Create(x.data() + 11, {3, 4}, {-16, -4});
  auto reversed = x;
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(ToVector<float>(backwards), reversed);
  EXPECT_FALSE(backwards.IsContiguous());
  const ArrayView broadcast = *ArrayView::Create(x.data(), {2, 3}, {0, 4});
  EXPECT_EQ(ToVector<float>(broadcast), (std::vector<float>{0, 1, 2, 0, 1, 2}));
  const ArrayView rows = *ArrayView::Matrix(x.data(), 3, 2, 16);
  EXPECT_EQ(ToVector<float>(rows), (std::vector<float>{0, 1, 4, 5, 8, 9}));
}

TEST(ViewTest, MisalignedData) {
  char bytes[21] = {};
  const float values[] = {1, 2, 3, 4};
  memcpy(bytes + 3, values, sizeof(values));
  const ArrayView view = *ArrayView::Create(DType::kFloat32, bytes + 3, {2, 2});
  EXPECT_EQ(ToVector<float>(view), (std::vector<float>{1, 2, 3, 4}));
}

TEST(ViewTest, ErrorsNameArgumentValueAndExpectation) {
  const auto x = Iota(12);
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Message(ArrayView::Create(static_cast<const float*>(nullptr), {3})),
            "data: got a null pointer; expected the address of the first element");
  EXPECT_EQ(Message(ArrayView::Create(x.data(), {3, -4})), "shape: got (3, -4); expected extents of at least 0");
  EXPECT_EQ(Message(ArrayView::Create(x.data(), {3, 4}, {4})),
            "strides: got (4,); expected 2 byte strides, one for each axis of shape (3, 4)");
  EXPECT_EQ(Message(ArrayView::Create(x.data(), std::vector<int64_t>(70, 1))),
            "shape: got 70 axes; expected at most 64 axes");
  EXPECT_FALSE(ArrayView::Create(x.data(), {kMax}).ok());
  EXPECT_FALSE(ArrayView::Create(x.data(), {3}, {kMax}).ok());
  // Addresses that wrap around, upwards and downwards.
  EXPECT_FALSE(ArrayView::Create(reinterpret_cast<const float*>(~uintptr_t{0} - 7), {4}).ok());
  EXPECT_FALSE(ArrayView::Create(reinterpret_cast<const float*>(uintptr_t{8}), {4}, {-4}).ok());
  EXPECT_TRUE(ArrayView::Create(reinterpret_cast<const float*>(uintptr_t{12}), {4}, {-4}).ok());
}

TEST(ViewTest, OutputsDoNotOverlapThemselves) {
  auto x = Iota(24);
  EXPECT_EQ(Message(MutableArrayView::Create(x.data(), {2, 3}, {0, 4})),
            "strides: got (0, 4); expected no two elements of an output of shape (2, 3) and 4-byte items to share a "
            "byte");
  EXPECT_FALSE(MutableArrayView::Create(x.data(), {3}, {3}).ok());
  EXPECT_FALSE(MutableArrayView::Create(x.data(), {4, 4}, {4, 4}).ok());
  EXPECT_TRUE(MutableArrayView::Create(x.data(), {1, 3}, {0, 4}).ok());
  EXPECT_TRUE(MutableArrayView::Create(x.data(), {0, 3}, {0, 0}).ok());
  EXPECT_TRUE(MutableArrayView::Create(x.data(), {3, 2}, {8, 12}).ok());  // interleaved
  EXPECT_TRUE(MutableArrayView::Create(x.data(), {3}, {5}).ok());
}

TEST(ViewTest, TransposedAndPermuted) {
  const auto x = Iota(24);
  const ArrayView view = *ArrayView::Create(x.data(), {2, 3, 4});
  const ArrayView t = view.Transposed();
  EXPECT_EQ(t.shape(), absl::MakeConstSpan({int64_t{4}, int64_t{3}, int64_t{2}}));
  EXPECT_EQ(test::Load<float>(t, {3, 1, 1}), test::Load<float>(view, {1, 1, 3}));
  EXPECT_FALSE(t.IsContiguous());
  const ArrayView p = *view.Permuted({1, -1, 0});
  EXPECT_EQ(p.shape(), absl::MakeConstSpan({int64_t{3}, int64_t{4}, int64_t{2}}));
  EXPECT_EQ(test::Load<float>(p, {2, 3, 1}), test::Load<float>(view, {1, 2, 3}));
  EXPECT_EQ(Message(view.Permuted({0, 1})), "axes: got (0, 1); expected each of the 3 axes once");
  EXPECT_EQ(Message(view.Permuted({0, 1, -2})), "axes: got (0, 1, -2); expected each of the 3 axes once");
  EXPECT_FALSE(view.Permuted({0, 1, 3}).ok());
}

// The element numbers that Python's range(n)[start:stop:step] has.
std::vector<int64_t> PythonSlice(int64_t n, std::optional<int64_t> start, std::optional<int64_t> stop, int64_t step) {
  std::vector<int64_t> result;
  const auto at = [&](std::optional<int64_t> p, int64_t otherwise) {
    if (!p) return otherwise;
    return *p < 0 ? *p + n : *p;
  };
  // Far enough outside for every position tested, so that clamping happens by leaving out.
  int64_t i = at(start, step > 0 ? 0 : n - 1);
  const int64_t end = at(stop, step > 0 ? n : -1);
  if (step > 0) {
    for (i = std::max<int64_t>(i, 0); i < std::min(end, n); i += step) result.push_back(i);
  } else {
    for (i = std::min(i, n - 1); i > std::max<int64_t>(end, -1); i += step) result.push_back(i);
  }
  return result;
}

TEST(ViewTest, SliceFollowsPython) {
  const auto x = Iota(7);
  for (int64_t n = 0; n <= 7; ++n) {
    const ArrayView view = *ArrayView::Create(x.data(), {n});
    std::vector<std::optional<int64_t>> positions = {std::nullopt};
    for (int64_t p = -9; p <= 9; ++p) positions.push_back(p);
    for (const auto& start : positions) {
      for (const auto& stop : positions) {
        for (const int64_t step : {-8, -3, -2, -1, 1, 2, 3, 8}) {
          const ArrayView slice = *view.Slice(0, start, stop, step);
          const auto values = ToVector<float>(slice);
          const auto expected = PythonSlice(n, start, stop, step);
          ASSERT_EQ(std::vector<int64_t>(values.begin(), values.end()), expected)
              << n << "[" << start.value_or(99) << ":" << stop.value_or(99) << ":" << step << "]";
        }
      }
    }
  }
}

TEST(ViewTest, SliceOfExtremes) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  const auto x = Iota(10);
  const ArrayView view = *ArrayView::Create(x.data(), {10});
  EXPECT_EQ(view.Slice(0, kMin, kMax, kMax)->size(), 1);
  EXPECT_EQ(view.Slice(0, kMax, kMin, kMin)->size(), 1);
  EXPECT_EQ(ToVector<float>(*view.Slice(0, kMax, kMin, kMin)), std::vector<float>{9});
  EXPECT_EQ(view.Slice(0, kMin, kMax, -1)->size(), 0);
  // Strides of an empty view are unchecked; slicing it must not compute with them.
  const ArrayView empty = *ArrayView::Create(x.data(), {0, 10}, {kMax, kMax});
  EXPECT_EQ(empty.Slice(1, 5, std::nullopt, 2)->shape(1), 3);
  EXPECT_EQ(Message(view.Slice(0, 0, 1, 0)), "step: got 0; expected a step other than 0");
  EXPECT_EQ(Message(view.Slice(1, 0, 1)), "axis: got 1; expected an axis from -1 to 0");
  EXPECT_EQ(Message(ArrayView::Create(x.data(), {})->Slice(0, 0, 1)),
            "axis: got 0; expected a view with at least one axis");
  EXPECT_EQ(ToVector<float>(*view.Reversed(-1)).front(), 9);
  EXPECT_FALSE(view.Reversed(2).ok());
}

TEST(ViewTest, MutableAlgebraWritesThrough) {
  std::vector<float> x(6);
  const MutableArrayView out = *MutableArrayView::Matrix(x.data(), 2, 3);
  const MutableArrayView column = *out.Transposed().Slice(0, -1, std::nullopt);
  test::Assign<float>(*column.Reversed(1), {1, 2});
  EXPECT_EQ(x, (std::vector<float>{0, 0, 2, 0, 0, 1}));
  EXPECT_FALSE(out.Permuted({0, 0}).ok());
  EXPECT_TRUE(out.Permuted({1, 0}).ok());
}

TEST(ViewTest, HighRank) {
  const auto x = Iota(12);
  std::vector<int64_t> shape(64, 1);
  shape[3] = 3;
  shape[60] = 4;
  const ArrayView view = *ArrayView::Create(x.data(), shape);
  const ArrayView copy = view;
  EXPECT_EQ(ToVector<float>(copy.Transposed()).size(), 12u);
  EXPECT_EQ(copy.DebugString(), view.DebugString());
  EXPECT_EQ(ArrayView::Create(x.data(), {3, 4})->DebugString(), "float32 (3, 4) strides (16, 4)");
}

TEST(ViewTest, FromEigen) {
  Eigen::Matrix<float, 3, 4> columns;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows(3, 4);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) columns(i, j) = static_cast<float>(rows(i, j) = 10 * i + j);
  }
  const std::vector<double> expected = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
  EXPECT_EQ(ToVector<double>(*ArrayView::FromEigen(rows)), expected);
  EXPECT_EQ(ToVector<float>(*ArrayView::FromEigen(columns)), std::vector<float>(expected.begin(), expected.end()));
  EXPECT_EQ(ToVector<float>(*ArrayView::FromEigen(columns.block(1, 1, 2, 2))), (std::vector<float>{11, 12, 21, 22}));
  EXPECT_EQ(ToVector<double>(*ArrayView::FromEigen(rows.row(2))), (std::vector<double>{20, 21, 22, 23}));
  EXPECT_EQ(ToVector<double>(*ArrayView::FromEigen(rows.col(1))), (std::vector<double>{1, 11, 21}));
  EXPECT_EQ(ToVector<float>(*ArrayView::FromEigen(columns.row(1))), (std::vector<float>{10, 11, 12, 13}));

  float data[12] = {};
  using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  Eigen::Map<Eigen::MatrixXf, 0, Strides> map(data, 2, 2, Strides(6, 2));
  map << 1, 2, 3, 4;
  const MutableArrayView out = *MutableArrayView::FromEigen(map);
  EXPECT_EQ(ToVector<float>(out), (std::vector<float>{1, 2, 3, 4}));
  test::Store<float>(out, {1, 0}, 7);
  EXPECT_EQ(map(1, 0), 7);
  const Eigen::Map<const Eigen::VectorXf> constant(data, 12);
  EXPECT_EQ(ArrayView::FromEigen(constant)->shape(0), 12);
  EXPECT_EQ(MutableArrayView::FromEigen(columns.row(1))->shape(1), 4);
}

}  // namespace
}  // namespace raptors
