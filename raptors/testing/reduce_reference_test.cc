// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The reference against sums written out by hand, against docs/reductions.md's reading of axes, and against its error
// bounds.

#include "raptors/testing/reduce_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/testing/tolerance.h"

namespace raptors::test {
namespace {

template <typename T>
std::vector<T> Numbers(int64_t n, uint64_t seed = 1) {
  std::vector<T> values;
  for (int64_t i = 0; i < n; ++i) {
    const uint64_t hash = (static_cast<uint64_t>(i) + seed) * 0x9E3779B97F4A7C15u;
    values.push_back(static_cast<T>(static_cast<double>(hash >> 11) * 0x1p-53 * 7 - 3));  // of full precision
  }
  return values;
}

// Same bits; a NaN's included.
template <typename T>
bool SameBits(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

TEST(ReduceReferenceTest, LanesFoldByHalving) {
  using R = Reduction<Op::kSum, float>;
  const std::vector<float> x = Numbers<float>(5);
  // Four lanes: element 4 meets element 0 in lane 0.
  EXPECT_EQ(FoldLanes<R>(x, 0, 5, 4), ((x[0] + x[4]) + x[2]) + (x[1] + x[3]));
  EXPECT_EQ(FoldLanes<R>(x, 1, 4, 4), (x[1] + x[3]) + x[2]);
}

TEST(ReduceReferenceTest, ShortSequence) {
  const std::vector<float> x = Numbers<float>(3);
  EXPECT_EQ((ReferenceReduce<Op::kSum, float>({x}, {0}))[0], (x[0] + x[2]) + x[1]);
  EXPECT_EQ((ReferenceReduce<Op::kMean, float>({x}, {0}))[0], ((x[0] + x[2]) + x[1]) / 3);
}

TEST(ReduceReferenceTest, BlocksFoldPairwise) {
  using R = Reduction<Op::kSum, double>;
  const std::vector<double> t = Numbers<double>(7);
  EXPECT_EQ(FoldBlocks<R>(t, 0, 7), ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + t[6]));
  EXPECT_EQ(FoldBlocks<R>(t, 0, 4), (t[0] + t[1]) + (t[2] + t[3]));
}

TEST(ReduceReferenceTest, WideColumnsFoldGroupsOfEight) {
  const std::vector<double> x = Numbers<double>(10 * 4);
  const auto view = ArrayView::Matrix(x.data(), 10, 4);
  ASSERT_TRUE(view.ok());
  const auto sums = ReferenceReduce<Op::kSum, double>({*view}, {0});
  ASSERT_EQ(sums.size(), 4u);
  for (int j = 0; j < 4; ++j) {
    const auto r = [&](int i) { return x[i * 4 + j]; };
    EXPECT_EQ(sums[j], (((r(0) + r(4)) + (r(2) + r(6))) + ((r(1) + r(5)) + (r(3) + r(7)))) + (r(8) + r(9)));
  }
}

TEST(ReduceReferenceTest, AxesAreReadInTheOrderOfMemory) {
  const std::vector<float> x = Numbers<float>(20 * 30 * 40);
  const auto c_order = ArrayView::Create(x.data(), {20, 30, 40});
  ASSERT_TRUE(c_order.ok());
  // Stored as (20, 30, 40), seen as (40, 20, 30).
  const auto turned = c_order->Permuted({2, 0, 1});
  ASSERT_TRUE(turned.ok());
  EXPECT_EQ((ReferenceReduce<Op::kSum, float>({*c_order}, {0, 1, 2})),
            (ReferenceReduce<Op::kSum, float>({*turned}, {0, 1, 2})));
  EXPECT_EQ((ReferenceReduce<Op::kSum, float>({*c_order}, {0, 2})),
            (ReferenceReduce<Op::kSum, float>({*turned}, {0, 1})));

  const ReferencePlan sequences(*turned, {0, 2});
  EXPECT_EQ(sequences.form, ReduceForm::kSequences);
  EXPECT_EQ(sequences.reduced, (std::vector<int>{2, 0}));
  EXPECT_EQ(sequences.kept, (std::vector<int>{1}));
  const ReferencePlan columns(*turned, {1});
  EXPECT_EQ(columns.form, ReduceForm::kColumns);
  EXPECT_EQ(columns.lanes, 0);
  EXPECT_EQ(columns.kept, (std::vector<int>{0, 2}));
}

TEST(ReduceReferenceTest, ZeroStridesKeepTheirPlaceAndOnesVanish) {
  const std::vector<float> x = Numbers<float>(100);
  const auto view = ArrayView::Create(x.data(), {3, 5, 1, 4}, {4, 0, 999, 16});
  ASSERT_TRUE(view.ok());
  // By stride: axis 3, then axis 0; axis 1 stays in the middle.
  EXPECT_EQ(ReferencePlan(*view, {0, 1, 2, 3}).reduced, (std::vector<int>{3, 1, 0}));
  // The kept rows are 3 * 4 bytes: 32 lanes.
  EXPECT_EQ(ReferencePlan(*view, {1, 3}).lanes, RowLanes(12));
  EXPECT_EQ(ReferencePlan(*view, {1, 3}).lanes, 32);
}

TEST(ReduceReferenceTest, NaNAndZeros) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> nan = {1, -kNaN, 2}, zeros = {-0.0, 0.0, -0.0}, negative = {-0.0, -0.0};
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kMin, double>({nan}, {0})[0], kNaN));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kMax, double>({nan}, {0})[0], kNaN));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kSum, double>({nan}, {0})[0], kNaN));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kMax, double>({zeros}, {0})[0], 0.0));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kMin, double>({zeros}, {0})[0], -0.0));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kMax, double>({negative}, {0})[0], -0.0));
  EXPECT_TRUE(SameBits(ReferenceReduce<Op::kSum, double>({negative}, {0})[0], 0.0));
}

TEST(ReduceReferenceTest, IntegersWrapAround) {
  const std::vector<int64_t> x = {std::numeric_limits<int64_t>::max(), 1};
  EXPECT_EQ((ReferenceReduce<Op::kSum, int64_t>({x}, {0}))[0], std::numeric_limits<int64_t>::min());
  const std::vector<int32_t> y(3, std::numeric_limits<int32_t>::max());
  EXPECT_EQ((ReferenceReduce<Op::kSum, int32_t>({y}, {0}))[0], 3 * int64_t{std::numeric_limits<int32_t>::max()});
  EXPECT_EQ((ReferenceReduce<Op::kMean, int32_t>({y}, {0}))[0], std::numeric_limits<int32_t>::max());
}

TEST(ReduceReferenceTest, VectorOperations) {
  const std::vector<float> x = {3, -4}, y = {2, 5};
  EXPECT_EQ((ReferenceReduce<Op::kDot, float>({x, y}, {0}))[0], -14);
  EXPECT_EQ((ReferenceReduce<Op::kAsum, float>({x}, {0}))[0], 7);
  EXPECT_EQ((ReferenceReduce<Op::kNrm2, float>({x}, {0}))[0], 25);
  const std::vector<double> huge = {0x1p1000, -0x1p1000};
  EXPECT_EQ((ReferenceReduce<Op::kNrm2, double>({huge}, {0}, 0x1p-1000))[0], 2);
}

// A sum whose error is below any bound here: Neumaier's compensated sum in double-double.
struct ExactSum {
  double high = 0, low = 0;
  void Add(double x) {
    const double sum = high + x;
    low += std::fabs(high) >= std::fabs(x) ? (high - sum) + x : (x - sum) + high;
    high = sum;
  }
  // |other - this|, where the difference of the high parts is exact.
  double Distance(double other) const { return std::fabs((other - high) - low); }
};

template <typename T>
void CheckErrorBounds(int64_t rows, int64_t columns, const std::vector<int>& axes) {
  const std::vector<T> x = Numbers<T>(rows * columns, 7);
  const auto view = ArrayView::Matrix(x.data(), rows, columns);
  ASSERT_TRUE(view.ok());
  const ReferencePlan plan(*view, axes);
  const auto sums = ReferenceReduce<Op::kSum, T>({*view}, axes);
  const bool all = axes.size() == 2;
  const int64_t n = all ? rows * columns : rows;
  const double gamma = Gamma<T>(FoldDepth(n, plan.form, plan.lanes, sizeof(T)));
  double largest = 0;
  for (size_t j = 0; j < sums.size(); ++j) {
    ExactSum exact, magnitudes;
    for (int64_t i = 0; i < n; ++i) {
      const double value = static_cast<double>(all ? x[i] : x[i * columns + static_cast<int64_t>(j)]);
      exact.Add(value);
      magnitudes.Add(std::fabs(value));
    }
    const double error = exact.Distance(static_cast<double>(sums[j]));
    ASSERT_LE(error, gamma * magnitudes.high) << rows << " x " << columns << ", result " << j;
    largest = std::max(largest, error / (UnitRoundoff<T>() * magnitudes.high));
  }
  // The reference rounds: a bound that holds because everything is exact would prove nothing.
  if (rows * columns > 2000) EXPECT_GT(largest, 0);
}

TEST(ReduceReferenceTest, ErrorBoundsHold) {
  for (const int64_t n : {1, 5, 64, 1000, 8192, 8193, 100000, 1000000}) {
    CheckErrorBounds<float>(n, 1, {0, 1});
    CheckErrorBounds<double>(n, 1, {0, 1});
  }
  for (const int64_t rows : {1, 7, 128, 5000, 20000}) {
    for (const int64_t columns : {2, 3, 8, 20}) {
      CheckErrorBounds<float>(rows, columns, {0});
      CheckErrorBounds<double>(rows, columns, {0});
    }
  }
}

TEST(ReduceReferenceTest, DepthOfTheFold) {
  EXPECT_EQ(FoldDepth(1000000, ReduceForm::kSequences, 0, 4), 128 + 6 + 7);
  EXPECT_EQ(FoldDepth(1000000, ReduceForm::kSequences, 0, 8), 256 + 5 + 7);
  EXPECT_EQ(FoldDepth(1000, ReduceForm::kColumns, 0, 4), 3 + 16 + 3);
  EXPECT_EQ(FoldDepth(300000, ReduceForm::kColumns, 32, 4), 128 + 5 + 7);
  // The depth is reached: a one among terms that vanish beside the running total loses nothing in fewer steps.
  using R = Reduction<Op::kSum, float>;
  std::vector<float> terms(8192, static_cast<float>(UnitRoundoff<float>()));
  terms[0] = 1;
  const float sum = FoldTerms<R, float>(terms, ReduceForm::kSequences, 0);
  const double exact = 1 + 8191 * UnitRoundoff<float>();
  EXPECT_LE(exact - static_cast<double>(sum),
            SumBoundOfDepth<float>(FoldDepth(8192, ReduceForm::kSequences, 0, 4), exact));
  EXPECT_GT(exact - static_cast<double>(sum), 100 * UnitRoundoff<float>());
}

}  // namespace
}  // namespace raptors::test
