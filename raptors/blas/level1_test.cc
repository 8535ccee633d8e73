// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Axpy, Dot, Nrm2 and Asum; scal has a test of its own.

#include <gtest/gtest.h>
#include <math.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "raptors/blas/blas.h"
#include "raptors/blas/core_testing.h"

namespace raptors::blas {
namespace {

template <typename T>
class Level1Test : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why_not = WhyNot();
    if (!why_not.empty()) GTEST_SKIP() << why_not;
    ASSERT_TRUE(IsExpectedCore()) << Core();
  }
};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Level1Test, Types);

constexpr int64_t kStrides[] = {1, 2, 5, -1, -3};

// n elements at a stride in memory of its own; what lies between them must stay.
template <typename T>
struct Vector {
  Vector(int64_t n, int64_t stride, std::mt19937& random)
      : n(n), stride(stride), data(static_cast<size_t>(n * (stride < 0 ? -stride : stride) + 1), T(-99)) {
    std::uniform_real_distribution<T> values(-1, 1);
    for (int64_t i = 0; i < n; ++i) First()[i * stride] = values(random);
  }
  T* First() { return data.data() + (stride < 0 && n > 0 ? (1 - n) * stride : 0); }
  T& operator[](int64_t i) { return First()[i * stride]; }

  int64_t n, stride;
  std::vector<T> data;
};

template <typename T>
double Epsilon() {
  return static_cast<double>(std::numeric_limits<T>::epsilon());
}

TYPED_TEST(Level1Test, AgreeWithLoops) {
  using T = TypeParam;
  std::mt19937 random(1);
  for (int64_t n = 0; n <= 200; n = n < 40 ? n + 1 : n + 37) {
    for (const int64_t x_stride : kStrides) {
      for (const int64_t y_stride : kStrides) {
        Vector<T> x(n, x_stride, random), y(n, y_stride, random);
        double dot = 0, squares = 0, asum = 0;
        for (int64_t i = 0; i < n; ++i) {
          dot += static_cast<double>(x[i]) * y[i];
          squares += static_cast<double>(x[i]) * x[i];
          asum += fabs(static_cast<double>(x[i]));
        }
        const double bound = static_cast<double>(n + 2) * Epsilon<T>();
        ASSERT_NEAR(Dot(n, x.First(), x_stride, y.First(), y_stride), dot, bound * static_cast<double>(n)) << n;
        ASSERT_NEAR(Nrm2(n, x.First(), x_stride), sqrt(squares), bound * sqrt(squares)) << n;
        ASSERT_NEAR(Asum(n, x.First(), x_stride), asum, bound * asum) << n;
        Vector<T> expected = y;
        for (int64_t i = 0; i < n; ++i) expected[i] = static_cast<T>(1.5 * static_cast<double>(x[i]) + y[i]);
        Axpy(T(1.5), n, x.First(), x_stride, y.First(), y_stride);
        for (size_t i = 0; i < y.data.size(); ++i) {
          ASSERT_NEAR(y.data[i], expected.data[i], 3 * Epsilon<T>()) << n << " " << x_stride << " " << y_stride;
        }
      }
    }
  }
}

// Several infinities are not one divided by the other.
TYPED_TEST(Level1Test, NormsOfSeveralInfinities) {
  using T = TypeParam;
  const T inf = std::numeric_limits<T>::infinity();
  std::mt19937 random(3);
  for (int64_t n = 2; n <= 150; n += n < 20 ? 1 : 13) {
    for (const int64_t stride : kStrides) {
      Vector<T> x(n, stride, random);
      x[0] = inf;
      for (int64_t at = 1; at < n; ++at) {
        x[at] = at % 2 == 0 ? inf : -inf;
        ASSERT_EQ(Nrm2(n, x.First(), stride), inf) << n << " " << at;
      }
      x[n / 2] = std::numeric_limits<T>::quiet_NaN();
      ASSERT_TRUE(isnan(Nrm2(n, x.First(), stride))) << n;
    }
  }
}

// What is not finite, at every place of vectors around every unrolled loop.
TYPED_TEST(Level1Test, SpecialValues) {
  using T = TypeParam;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  std::mt19937 random(2);
  for (int64_t n = 1; n <= 150; n += n < 20 ? 1 : 13) {
    for (const int64_t stride : kStrides) {
      for (int64_t at = 0; at < n; ++at) {
        Vector<T> x(n, stride, random), y(n, 1, random);
        for (const T special : {inf, -inf, nan}) {
          x[at] = special;
          y[at] = 0;
          ASSERT_TRUE(isnan(Dot(n, x.First(), stride, y.First(), 1))) << "0 * " << special;
          ASSERT_TRUE(isnan(Dot(n, y.First(), 1, x.First(), stride))) << special << " * 0";
          const T norm = Nrm2(n, x.First(), stride), sum = Asum(n, x.First(), stride);
          if (isnan(special)) {
            ASSERT_TRUE(isnan(norm)) << n << " " << at;
            ASSERT_TRUE(isnan(sum)) << n << " " << at;
          } else {
            ASSERT_EQ(norm, inf) << n << " " << at;
            ASSERT_EQ(sum, inf) << n << " " << at;
          }
          Axpy(T(2), n, x.First(), stride, y.First(), 1);
          ASSERT_TRUE(isnan(special) ? isnan(y[at]) != 0 : y[at] == special);
          // An infinite factor: 0 * inf.
          y[at] = 1;
          x[at] = 0;
          Axpy(special, n, x.First(), stride, y.First(), 1);
          ASSERT_TRUE(isnan(y[at])) << "0 * " << special;
          y = Vector<T>(n, 1, random);
        }
      }
    }
  }
}

TYPED_TEST(Level1Test, NormsNeitherOverflowNorUnderflow) {
  using T = TypeParam;
  using L = std::numeric_limits<T>;
  for (const T size : {L::max() / 8, L::min(), L::min() / 4, T(1)}) {
    for (const int64_t n : {1, 2, 16, 33}) {
      const std::vector<T> x(static_cast<size_t>(n), size);
      const double expected = static_cast<double>(size) * sqrt(static_cast<double>(n));
      EXPECT_NEAR(static_cast<double>(Nrm2(n, x.data(), 1)) / expected, 1, 1e-5) << size << " " << n;
    }
  }
}

TYPED_TEST(Level1Test, ZerosAreNotNegative) {
  using T = TypeParam;
  for (int64_t n = 0; n <= 100; ++n) {
    const std::vector<T> x(static_cast<size_t>(n), T(-0.0)), ones(static_cast<size_t>(n), T(1));
    EXPECT_FALSE(signbit(Dot(n, x.data(), 1, ones.data(), 1))) << n;
    EXPECT_FALSE(signbit(Nrm2(n, x.data(), 1))) << n;
    EXPECT_FALSE(signbit(Asum(n, x.data(), 1))) << n;
  }
}

TYPED_TEST(Level1Test, OneElementTakesAnyStride) {
  using T = TypeParam;
  for (const int64_t stride : {int64_t{0}, int64_t{1} << 40, -(int64_t{1} << 40)}) {
    const T x = -3;
    T y = 5;
    EXPECT_EQ(Dot(1, &x, stride, &y, -stride), T(-15));
    EXPECT_EQ(Nrm2(1, &x, stride), T(3));
    EXPECT_EQ(Asum(1, &x, stride), T(3));
    Axpy(T(2), 1, &x, stride, &y, -stride);
    EXPECT_EQ(y, T(-1));
  }
}

}  // namespace
}  // namespace raptors::blas
