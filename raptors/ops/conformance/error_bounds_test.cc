// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The error bounds of raptors/ops/reduce.h on data that is hard to sum: one value over and over, a mountain, large
// numbers that cancel, a sine wave, and small numbers under growing ones that cancel. Exact sums are compensated ones,
// whose error is below any bound here. In fast mode the BLAS's bound holds.

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/base/choice.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/tolerance.h"

namespace raptors {
namespace {

// A sum in two float64, after Neumaier.
struct ExactSum {
  double high = 0, low = 0;
  void Add(double x) {
    const double sum = high + x;
    low += std::fabs(high) >= std::fabs(x) ? (high - sum) + x : (x - sum) + high;
    high = sum;
  }
  // A product and what its rounding lost.
  void AddProduct(double x, double y) {
    const double product = x * y;
    Add(product);
    Add(std::fma(x, y, -product));
  }
  double value() const { return high + low; }
  double Distance(double other) const { return std::fabs((other - high) - low); }
};

// The longest vector.
const int64_t kLongest = test::IsEmulated() ? 40000 : 300000;

struct Data {
  const char* name;
  double (*value)(int64_t i, int64_t n);
};

constexpr Data kData[] = {
    {"constant", [](int64_t, int64_t) { return 0.1; }},
    {"mountain",
     [](int64_t i, int64_t n) {
       const double x = static_cast<double>(i) / static_cast<double>(n);
       return 1e4 * x * (1 - x) + 1e-3;
     }},
    {"alternating", [](int64_t i, int64_t) { return (i % 2 == 0 ? 1e7 : -1e7) + 1.0 / static_cast<double>(i + 3); }},
    {"sine",
     [](int64_t i, int64_t n) {
       return std::sin(6.283185307179586 * 3 * static_cast<double>(i) / static_cast<double>(n));
     }},
    {"growing",
     [](int64_t i, int64_t n) {
       const double grown = 1e6 * static_cast<double>(i + 1) / static_cast<double>(n);
       return 1e-3 + (i % 2 == 0 ? grown : -grown);
     }},
};

// d of the header: additions that a term goes through.
template <typename T>
int64_t Depth(int64_t n) {
  int64_t log = 0;
  while ((int64_t{8192} << log) < n) ++log;
  return (sizeof(T) == 4 ? 134 : 261) + log;
}

// An exact result and the sum of the magnitudes of its terms.
struct Exact {
  ExactSum sum, magnitudes;
};

template <typename T>
void ExpectWithin(double got, const Exact& exact, double divisor, double gamma, const std::string& what) {
  // What the result may be off, and one rounding of the comparison itself.
  const double slack = 4 * test::UnitRoundoff<double>() * test::UnitRoundoff<double>() * exact.magnitudes.value();
  ASSERT_LE(exact.sum.Distance(got * divisor),
            gamma * exact.magnitudes.value() + slack + test::UnitRoundoff<double>() * std::fabs(got * divisor))
      << what << ": got " << got << ", exact " << exact.sum.value() / divisor;
}

template <typename T>
std::vector<T> Make(const Data& data, int64_t n) {
  std::vector<T> values;
  for (int64_t i = 0; i < n; ++i) values.push_back(static_cast<T>(data.value(i, n)));
  return values;
}

bool OnBlas() {
  metrics::Choice choice;
  return metrics::LastDecision(&choice) && choice.route == Route::kBlas;
}

// Values over all elements. Returns how many calls the BLAS computed.
template <typename T>
int CheckVectors(int threads) {
  int by_blas = 0;
  for (const Data& data : kData) {
    for (const int64_t n : {int64_t{7}, int64_t{1000}, int64_t{8193}, kLongest}) {
      const std::string name = std::string(data.name) + " of " + std::to_string(n);
      const std::vector<T> x = Make<T>(data, n);
      std::vector<T> y = Make<T>(kData[3], n);
      for (T& v : y) v += T(1.25);
      Exact sum, dot, squares;
      for (size_t i = 0; i < x.size(); ++i) {
        const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
        sum.sum.Add(a);
        sum.magnitudes.Add(std::fabs(a));
        dot.sum.AddProduct(a, b);
        dot.magnitudes.AddProduct(std::fabs(a), std::fabs(b));
        squares.sum.AddProduct(a, a);
      }
      Exact magnitudes;
      magnitudes.sum = magnitudes.magnitudes = sum.magnitudes;
      CallOptions options;
      options.max_threads = threads;
      const auto gamma = [&](int64_t more) {
        const bool blas = OnBlas();
        by_blas += blas;
        return test::Gamma<T>(blas ? n + more : Depth<T>(n) + more);
      };
      double got = static_cast<double>(*Sum<T>(x, options));
      ExpectWithin<T>(got, sum, 1, gamma(0), name + ", sum");
      got = static_cast<double>(*Mean<T>(x, options));
      ExpectWithin<T>(got, sum, static_cast<double>(n), gamma(2), name + ", mean");
      got = *Dot(x, y, options);
      ExpectWithin<T>(got, dot, 1, gamma(1), name + ", dot");
      got = *Asum(x, options);
      ExpectWithin<T>(got, magnitudes, 1, gamma(0), name + ", asum");
      got = *Nrm2(x, options);
      const double norm = std::sqrt(squares.sum.value());
      const double relative =
          OnBlas() ? gamma(8)
                   : (static_cast<double>(Depth<double>(n)) + 4) / 2 * 0x1p-53 + (sizeof(T) == 4 ? 0x1p-24 : 0);
      EXPECT_NEAR(got, norm, norm * (relative + 0x1p-52)) << name << ", nrm2";
    }
  }
  return by_blas;
}

// Sums over each axis of a matrix.
template <typename T>
int CheckAxes(int threads) {
  int by_blas = 0;
  for (const Data& data : kData) {
    for (const auto& [rows, cols] : {std::pair<int64_t, int64_t>{20000, 3}, {3, 20000}, {700, 130}}) {
      const std::vector<T> values = Make<T>(data, rows * cols);
      for (const int axis : {0, 1}) {
        ReduceOptions options;
        options.axes = axis;
        options.max_threads = threads;
        const absl::StatusOr<Array> sums = Sum(*ArrayView::Matrix(values.data(), rows, cols), options);
        if (!sums.ok()) {
          ADD_FAILURE() << sums.status();
          return by_blas;
        }
        const bool blas = OnBlas();
        by_blas += blas;
        const int64_t terms = axis == 0 ? rows : cols;
        const double gamma = test::Gamma<T>(blas ? terms : Depth<T>(terms));
        for (int64_t i = 0; i < sums->size(); ++i) {
          Exact exact;
          for (int64_t k = 0; k < terms; ++k) {
            const double v = static_cast<double>(values[static_cast<size_t>(axis == 0 ? k * cols + i : i * cols + k)]);
            exact.sum.Add(v);
            exact.magnitudes.Add(std::fabs(v));
          }
          ExpectWithin<T>(static_cast<double>(sums->data<T>()[i]), exact, 1, gamma,
                          std::string(data.name) + " axis " + std::to_string(axis));
          if (testing::Test::HasFatalFailure()) return by_blas;
        }
      }
    }
  }
  return by_blas;
}

class ErrorBoundsTest : public testing::TestWithParam<int> {
 protected:
  ErrorBoundsTest() : profile_(test::EagerProfile(std::numeric_limits<double>::infinity())) {}

 private:
  context::Scope profile_;
};
INSTANTIATE_TEST_SUITE_P(Threads, ErrorBoundsTest, testing::Values(1, 3));

TEST_P(ErrorBoundsTest, Reproducible) {
  int by_blas = CheckVectors<float>(GetParam());
  by_blas += CheckVectors<double>(GetParam());
  by_blas += CheckAxes<float>(GetParam());
  by_blas += CheckAxes<double>(GetParam());
  EXPECT_EQ(by_blas, 0);
}

TEST_P(ErrorBoundsTest, Fast) {
  if (!context::Current().machine.blas) GTEST_SKIP() << "built without a BLAS";
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  const context::Scope fast = context::ScopedDeterminism(Determinism::kFast);
  int by_blas = CheckVectors<float>(GetParam());
  by_blas += CheckVectors<double>(GetParam());
  EXPECT_GT(by_blas, 50);
  by_blas = CheckAxes<float>(GetParam());
  by_blas += CheckAxes<double>(GetParam());
  EXPECT_GT(by_blas, 5);
}

}  // namespace
}  // namespace raptors
