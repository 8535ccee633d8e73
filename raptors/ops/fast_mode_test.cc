// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What fast mode admits: BLAS routines for operations whose bits they do not reproduce. Same meaning, other roundings.

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/tolerance.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::LayoutBuffer;
using test::LayoutCase;

Route LastRoute() {
  metrics::Choice last = {};
  EXPECT_TRUE(metrics::LastDecision(&last));
  return last.route;
}

// Fast mode with BLAS wherever it may be, on as many threads.
class FastModeTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!blas::Available()) GTEST_SKIP() << "this build has no BLAS";
    scopes_.push_back(test::EagerProfile(1));
    scopes_.push_back(context::ScopedBlas(policy::BlasMode::kPrefer));
    scopes_.push_back(context::ScopedDeterminism(Determinism::kFast));
    scopes_.push_back(*context::ScopedThreads(GetParam()));
  }
  void TearDown() override {
    while (!scopes_.empty()) scopes_.pop_back();  // newest first
  }

 private:
  std::vector<context::Scope> scopes_;
};
INSTANTIATE_TEST_SUITE_P(Threads, FastModeTest, testing::Values(1, 3));

template <typename T>
std::vector<T> Random(int64_t n, std::mt19937& random) {
  std::normal_distribution<double> values;
  std::vector<T> x(static_cast<size_t>(n));
  for (T& v : x) v = static_cast<T>(values(random));
  return x;
}

template <typename T>
void VectorsWithinBounds(int threads) {
  std::mt19937 random(1);
  for (const int64_t n : {1, 2, 17, 100, 1000, 30000}) {
    std::vector<T> x = Random<T>(n, random), y = Random<T>(n, random);
    double dot = 0, magnitudes = 0, squares = 0, sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      dot += static_cast<double>(x[i]) * y[i];
      magnitudes += std::fabs(static_cast<double>(x[i]) * y[i]);
      squares += static_cast<double>(x[i]) * x[i];
      sum += std::fabs(static_cast<double>(x[i]));
    }
    const double gamma = test::Gamma<T>(n + 8) + test::Gamma<double>(n);
    ASSERT_NEAR(*Dot(x, y), dot, gamma * magnitudes) << n;
    ASSERT_EQ(LastRoute(), Route::kBlas);
    ASSERT_NEAR(*Nrm2(x), std::sqrt(squares), gamma * std::sqrt(squares)) << n;
    ASSERT_EQ(LastRoute(), Route::kBlas);
    ASSERT_NEAR(*Asum(x), sum, gamma * sum) << n;
    ASSERT_EQ(LastRoute(), Route::kBlas);
    std::vector<T> z = y;
    ASSERT_TRUE(AxpyInPlace(1.5, x, z).ok());
    ASSERT_EQ(LastRoute(), Route::kBlas);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = 1.5 * static_cast<double>(x[i]) + y[i];
      ASSERT_NEAR(z[i], exact, test::Gamma<T>(2) * (std::fabs(1.5 * x[i]) + std::fabs(y[i])));
    }
    if (n >= 1000) {
      metrics::Choice last;
      ASSERT_TRUE(metrics::LastDecision(&last));
      EXPECT_EQ(last.threads, threads);
    }
  }
}
TEST_P(FastModeTest, VectorsWithinBoundsFloat32) { VectorsWithinBounds<float>(GetParam()); }
TEST_P(FastModeTest, VectorsWithinBoundsFloat64) { VectorsWithinBounds<double>(GetParam()); }

// Small integers: exact in any order. The layouts that BLAS does not take go to our kernels, and mean the same.
TEST_P(FastModeTest, EveryLayout) {
  int by_blas = 0;
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{60}, {7, 9}, {1, 20}, {20, 1}, {40, 70}, {3, 2000}}) {
    for (const LayoutCase& layout : test::LayoutsOf(shape)) {
      SCOPED_TRACE(layout);
      LayoutBuffer x(layout, DType::kFloat64);
      if (shape.size() == 1) {
        double dot = 0, sum = 0;
        for (const double v : test::ToVector<double>(x.view())) {
          dot += v * v;
          sum += v;
        }
        ASSERT_EQ(*Dot(x.view(), x.view()), dot);
        by_blas += LastRoute() == Route::kBlas;
        ASSERT_EQ(*Asum(x.view()), sum);
        ASSERT_NEAR(*Nrm2(x.view()), std::sqrt(dot), 1e-12 * std::sqrt(dot));
        continue;
      }
      for (const int axis : {0, 1}) {
        for (const bool keepdims : {false, true}) {
          ReduceOptions options;
          options.axes = axis;
          options.keepdims = keepdims;
          const absl::StatusOr<Array> fast = Sum(x.view(), options);
          ASSERT_TRUE(fast.ok()) << fast.status();
          by_blas += LastRoute() == Route::kBlas;
          options.determinism = Determinism::kReproducible;
          const absl::StatusOr<Array> want = Sum(x.view(), options);
          ASSERT_NE(LastRoute(), Route::kBlas);
          ASSERT_EQ(fast->shape(), want->shape());
          for (int64_t i = 0; i < want->size(); ++i) ASSERT_EQ(fast->data<double>()[i], want->data<double>()[i]) << i;
          // A result in memory with gaps.
          std::vector<double> gaps(static_cast<size_t>(3 * want->size()), -1.0);
          if (keepdims) continue;
          options.determinism = std::nullopt;
          ASSERT_TRUE(Sum(x.view(), *MutableArrayView::Create(gaps.data(), {want->size()}, {24}), options).ok());
          for (int64_t i = 0; i < want->size(); ++i) {
            ASSERT_EQ(gaps[static_cast<size_t>(3 * i)], want->data<double>()[i]);
            ASSERT_EQ(gaps[static_cast<size_t>(3 * i + 1)], -1.0);
          }
        }
      }
    }
  }
  EXPECT_GT(by_blas, 50);
}

TEST_P(FastModeTest, AxpyOfEveryLayout) {
  int by_blas = 0;
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{60}, {7, 9}, {40, 70}}) {
    const std::vector<LayoutCase> layouts = test::LayoutsOf(shape);
    for (size_t i = 0; i < layouts.size() * 2; ++i) {
      const LayoutCase x_case = layouts[i % layouts.size()];
      const LayoutCase y_case = layouts[(i * 5 + i / layouts.size()) % layouts.size()].Output();
      SCOPED_TRACE(testing::Message() << x_case << " to " << y_case);
      LayoutBuffer x(x_case, DType::kFloat32), y(y_case, DType::kFloat32), want(y_case, DType::kFloat32);
      ASSERT_TRUE(AxpyInPlace(2, x.view(), y.out()).ok());
      by_blas += LastRoute() == Route::kBlas;
      CallOptions reproducible;
      reproducible.determinism = Determinism::kReproducible;
      ASSERT_TRUE(AxpyInPlace(2, x.view(), want.out(), reproducible).ok());
      ASSERT_NE(LastRoute(), Route::kBlas);
      const auto values = [](const LayoutBuffer& buffer) { return test::ToVector<float>(buffer.view()); };
      ASSERT_EQ(values(y), values(want));
      ASSERT_TRUE(y.GapsIntact());
    }
  }
  EXPECT_GT(by_blas, 20);
}

// Zeros, infinities and NaN mean what they mean elsewhere.
TEST_P(FastModeTest, SpecialValues) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const size_t n : {1, 5, 33, 200}) {
    for (const double special : {inf, -inf, nan}) {
      for (size_t at = 0; at < n; at += 1 + n / 7) {
        std::vector<double> x(n, 1.0), y(n, 1.0);
        x[at] = special;
        y[at] = 0;
        EXPECT_TRUE(std::isnan(*Dot(x, y)));
        EXPECT_EQ(LastRoute(), Route::kBlas);
        const double norm = *Nrm2(x), sum = *Asum(x);
        EXPECT_TRUE(std::isnan(special) ? std::isnan(norm) && std::isnan(sum) : norm == inf && sum == inf) << norm;
        ASSERT_TRUE(AxpyInPlace(2, x, y).ok());
        EXPECT_TRUE(std::isnan(special) ? std::isnan(y[at]) : y[at] == special);
        // Factors that libraries take shortcuts for.
        ASSERT_TRUE(AxpyInPlace(0, x, y).ok());
        EXPECT_NE(LastRoute(), Route::kBlas);
        EXPECT_TRUE(std::isnan(y[at])) << "0 * " << special;
        // A row and a column of a matrix.
        std::vector<double> matrix(n * 9, 1.0);
        matrix[at * 9 + 4] = special;
        for (const int axis : {0, 1}) {
          const absl::StatusOr<Array> sums = Sum(*ArrayView::Matrix(matrix.data(), static_cast<int64_t>(n), 9), {axis});
          ASSERT_TRUE(sums.ok());
          EXPECT_EQ(LastRoute(), Route::kBlas);
          for (int64_t i = 0; i < sums->size(); ++i) {
            const double value = sums->data<double>()[i];
            if (i == static_cast<int64_t>(axis == 0 ? 4 : at)) {
              EXPECT_TRUE(std::isnan(special) ? std::isnan(value) : value == special);
            } else {
              EXPECT_EQ(value, axis == 0 ? static_cast<double>(n) : 9.0);
            }
          }
        }
      }
    }
    std::vector<double> zeros(n, -0.0);
    const std::vector<double> ones(n, 1.0);
    EXPECT_FALSE(std::signbit(*Dot(zeros, ones)));
    EXPECT_FALSE(std::signbit(*Asum(zeros)));
    EXPECT_FALSE(
        std::signbit(Sum(*ArrayView::Matrix(zeros.data(), 1, static_cast<int64_t>(n)), {1})->data<double>()[0]));
    // 2 * -0 + -0 is -0.
    ASSERT_TRUE(AxpyInPlace(2, std::vector<double>(n, -0.0), zeros).ok());
    for (const double zero : zeros) EXPECT_TRUE(zero == 0 && std::signbit(zero));
  }
  const std::vector<double> none;
  EXPECT_EQ(*Dot(none, none), 0);
  EXPECT_EQ(*Nrm2(none), 0);
  EXPECT_EQ(*Asum(none), 0);
  for (const double size : {1e300, 1e-300}) {
    const std::vector<double> x(100, size);
    EXPECT_NEAR(*Nrm2(x) / size, 10, 1e-12);
  }
}

TEST_P(FastModeTest, AnOutputThatOverlaps) {
  std::vector<double> x(100);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(i);
  const ArrayView matrix = *ArrayView::Matrix(x.data(), 10, 10);
  ASSERT_TRUE(Sum(matrix, *MutableArrayView::Create(x.data() + 5, {10}), {1}).ok());
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(x[5 + i], 45.0 + 100.0 * static_cast<double>(i));
}

// Who says so: the call, the scope, the environment, in this order.
TEST(DeterminismTest, CallThenScopeThenEnvironment) {
  if (!blas::Available()) GTEST_SKIP() << "this build has no BLAS";
  const std::vector<double> x(50, 1.0);
  std::vector<double> y(50);
  const auto route = [&](std::optional<Determinism> determinism) {
    CallOptions options;
    options.determinism = determinism;
    EXPECT_TRUE(Dot(x, x, options).ok());
    const Route dot = LastRoute();
    EXPECT_TRUE(AxpyInPlace(2, x, y, options).ok());
    EXPECT_EQ(dot == Route::kBlas, LastRoute() == Route::kBlas);
    return dot == Route::kBlas;
  };
  context::ResetForTesting({"RAPTORS_BLAS=prefer"});
  EXPECT_FALSE(route(std::nullopt)) << "reproducible by default";
  EXPECT_TRUE(route(Determinism::kFast));
  context::ResetForTesting({"RAPTORS_BLAS=prefer", "RAPTORS_DETERMINISM=fast"});
  EXPECT_TRUE(route(std::nullopt));
  EXPECT_FALSE(route(Determinism::kReproducible));
  {
    const context::Scope scope = context::ScopedDeterminism(Determinism::kReproducible);
    EXPECT_FALSE(route(std::nullopt));
    EXPECT_TRUE(route(Determinism::kFast));
  }
  context::ResetForTesting({});
}

}  // namespace
}  // namespace raptors
