// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

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

// Type and provider of the products under test.
template <typename T, Provider kProvider>
struct Case {
  using Type = T;
  static constexpr Provider provider = kProvider;
};

template <typename C>
class ProductTest : public testing::Test {
 protected:
  using T = typename C::Type;

  void SetUp() override {
    if (C::provider != Provider::kLibrary) return;
    const std::string why_not = WhyNot();
    if (!why_not.empty()) GTEST_SKIP() << why_not;
    ASSERT_TRUE(IsExpectedCore()) << Core();
  }

  static void Gemv(bool transpose, T alpha, Matrix<const T> a, const T* x, int64_t x_stride, T beta, T* y,
                   int64_t y_stride) {
    ProductsOf<T>(C::provider).gemv(transpose, alpha, a, x, x_stride, beta, y, y_stride);
  }
  static void Gemm(bool transpose_a, bool transpose_b, T alpha, Matrix<const T> a, Matrix<const T> b, T beta,
                   Matrix<T> c) {
    ProductsOf<T>(C::provider).gemm(transpose_a, transpose_b, alpha, a, b, beta, c);
  }
};
using Cases = testing::Types<Case<float, Provider::kLibrary>, Case<double, Provider::kLibrary>,
                             Case<float, Provider::kEigen>, Case<double, Provider::kEigen>,
                             Case<float, Provider::kEigenScalar>, Case<double, Provider::kEigenScalar>>;
TYPED_TEST_SUITE(ProductTest, Cases);

// A matrix in memory of its own, with `pad` elements between rows that nobody may touch.
template <typename T>
struct Buffer {
  Buffer(int64_t rows, int64_t cols, int64_t pad, std::mt19937& random)
      : rows(rows), cols(cols), stride(cols + pad), data(static_cast<size_t>(rows * (cols + pad) + 1), T(-99)) {
    std::uniform_real_distribution<T> values(-1, 1);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) At(i, j) = values(random);
    }
  }
  T& At(int64_t i, int64_t j) { return data[static_cast<size_t>(i * stride + j)]; }
  T& Op(bool transpose, int64_t i, int64_t j) { return transpose ? At(j, i) : At(i, j); }
  Matrix<const T> In() const { return {data.data(), rows, cols, stride}; }
  Matrix<T> Out() { return {data.data(), rows, cols, stride}; }
  void ExpectPaddingUntouched() {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = cols; j < stride; ++j) ASSERT_EQ(data[static_cast<size_t>(i * stride + j)], T(-99));
    }
  }

  int64_t rows, cols, stride;
  std::vector<T> data;
};

// Bound on the rounding error of a sum of n products of numbers up to 1 with factors up to 2, in any order.
template <typename T>
T Tolerance(int64_t n) {
  return static_cast<T>(2 * (n + 4)) * std::numeric_limits<T>::epsilon() * 2;
}

// Sizes on both sides of Eigen's and the library's switches between small and blocked products; none square.
constexpr int64_t kSizes[][3] = {{1, 1, 1},   {1, 7, 3},    {5, 1, 2},   {3, 2, 1},    {2, 3, 5},  {7, 8, 9},
                                 {16, 4, 31}, {33, 50, 17}, {60, 3, 64}, {35, 40, 50}, {3, 300, 5}};

TYPED_TEST(ProductTest, GemmAgreesWithALoop) {
  using T = typename TypeParam::Type;
  std::mt19937 random(1);
  const T nan = std::numeric_limits<T>::quiet_NaN();
  for (const auto& [m, n, k] : kSizes) {
    for (int variant = 0; variant < 16; ++variant) {
      const bool ta = variant & 1, tb = variant & 2;
      const int64_t pad = variant & 4 ? 3 : 0;
      Buffer<T> a(ta ? k : m, ta ? m : k, pad, random);
      Buffer<T> b(tb ? n : k, tb ? k : n, pad, random);
      Buffer<T> c(m, n, pad, random);
      const bool overwrite = variant & 8;
      const T alpha = T(1.5), beta = overwrite ? 0 : T(-0.75);
      Buffer<T> before = c;
      if (overwrite) {
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < n; ++j) c.At(i, j) = nan;  // must not be read
        }
      }
      this->Gemm(ta, tb, alpha, a.In(), b.In(), beta, c.Out());
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          double sum = 0;
          for (int64_t l = 0; l < k; ++l) sum += static_cast<double>(a.Op(ta, i, l)) * b.Op(tb, l, j);
          const double expected = alpha * sum + (overwrite ? 0 : beta * static_cast<double>(before.At(i, j)));
          ASSERT_NEAR(c.At(i, j), expected, Tolerance<T>(k)) << m << "x" << n << "x" << k << " variant " << variant;
        }
      }
      c.ExpectPaddingUntouched();
    }
  }
}

TYPED_TEST(ProductTest, GemvAgreesWithALoop) {
  using T = typename TypeParam::Type;
  std::mt19937 random(2);
  for (const auto& [m, n, unused] : kSizes) {
    for (int variant = 0; variant < 64; ++variant) {
      const bool transpose = variant & 1;
      const int64_t x_step = variant & 2 ? 2 : 1, y_step = variant & 4 ? 3 : 1;
      const T alpha = T(-0.5), beta = variant & 8 ? 0 : T(2);
      const bool x_backwards = variant & 16, y_backwards = variant & 32;
      Buffer<T> a(m, n, 5, random);
      const int64_t out = transpose ? n : m, in = transpose ? m : n;
      // Vectors are the first columns of matrices: what lies between their elements must stay.
      Buffer<T> x(in, 1, x_step - 1, random), y(out, 1, y_step - 1, random);
      Buffer<T> before = y;
      if (beta == 0) {
        for (int64_t i = 0; i < out; ++i) y.At(i, 0) = std::numeric_limits<T>::quiet_NaN();
      }
      this->Gemv(transpose, alpha, a.In(), &x.At(x_backwards ? in - 1 : 0, 0), x_backwards ? -x_step : x_step, beta,
                 &y.At(y_backwards ? out - 1 : 0, 0), y_backwards ? -y_step : y_step);
      for (int64_t i = 0; i < out; ++i) {
        double sum = 0;
        for (int64_t l = 0; l < in; ++l) {
          sum += static_cast<double>(a.Op(transpose, i, l)) * x.At(x_backwards ? in - 1 - l : l, 0);
        }
        const int64_t at = y_backwards ? out - 1 - i : i;
        const double expected = alpha * sum + (beta == 0 ? 0 : beta * static_cast<double>(before.At(at, 0)));
        ASSERT_NEAR(y.At(at, 0), expected, Tolerance<T>(in)) << m << "x" << n << " variant " << variant;
      }
      y.ExpectPaddingUntouched();
    }
  }
}

TYPED_TEST(ProductTest, EmptyAndZeroFactors) {
  using T = typename TypeParam::Type;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  std::vector<T> a(6, nan), b(6, nan), c(4, T(3));
  // alpha == 0 does not read a and b.
  this->Gemm(false, false, T(0), Matrix<const T>{a.data(), 2, 3, 3}, Matrix<const T>{b.data(), 3, 2, 2}, T(2),
             Matrix<T>{c.data(), 2, 2, 2});
  EXPECT_EQ(c, std::vector<T>(4, T(6)));
  // An empty sum is 0.
  this->Gemm(false, false, T(1), Matrix<const T>{a.data(), 2, 0, 1}, Matrix<const T>{b.data(), 0, 2, 2}, T(0),
             Matrix<T>{c.data(), 2, 2, 2});
  EXPECT_EQ(c, std::vector<T>(4, T(0)));
  // Empty results.
  this->Gemm(false, false, T(1), Matrix<const T>{a.data(), 0, 3, 3}, Matrix<const T>{b.data(), 3, 2, 2}, T(0),
             Matrix<T>{c.data(), 0, 2, 2});
  this->Gemv(false, T(1), Matrix<const T>{a.data(), 2, 0, 1}, b.data(), 1, T(0), c.data(), 1);
  EXPECT_EQ(c, std::vector<T>(4, T(0)));
  this->Gemv(true, T(1), Matrix<const T>{a.data(), 2, 0, 1}, b.data(), 1, T(0), c.data(), 1);
}

// One element of `a` is not finite, and what it is multiplied with is 0: all results that it belongs to are NaN, no
// others.
TYPED_TEST(ProductTest, ZeroTimesNonFiniteIsNaN) {
  using T = typename TypeParam::Type;
  std::mt19937 random(3);
  int checked = 0;
  for (const auto& [m, n, k] : kSizes) {
    for (int variant = 0; variant < 16; ++variant) {
      const bool ta = variant & 1, tb = variant & 2, in_a = variant & 4;
      const T special = variant & 8 ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::quiet_NaN();
      Buffer<T> a(ta ? k : m, ta ? m : k, 0, random), b(tb ? n : k, tb ? k : n, 0, random), c(m, n, 0, random);
      const int64_t row = random() % m, at = random() % k, col = random() % n;
      if (in_a) {
        a.Op(ta, row, at) = special;
        for (int64_t j = 0; j < n; ++j) b.Op(tb, at, j) = 0;
      } else {
        for (int64_t i = 0; i < m; ++i) a.Op(ta, i, at) = 0;
        b.Op(tb, at, col) = special;
      }
      this->Gemm(ta, tb, T(1), a.In(), b.In(), T(0), c.Out());
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          const bool expect_nan = in_a ? i == row : j == col;
          ASSERT_EQ(isnan(c.At(i, j)) != 0, expect_nan) << m << "x" << n << "x" << k << " variant " << variant;
        }
      }
      if (in_a) {  // the same by matrix and vector, the vector being a column of b, then of zeros alone
        std::vector<T> x(static_cast<size_t>(k)), y(static_cast<size_t>(m));
        for (int64_t l = 0; l < k; ++l) x[static_cast<size_t>(l)] = b.Op(tb, l, 0);
        for (int round = 0; round < 2; ++round) {
          this->Gemv(ta, T(1), a.In(), x.data(), 1, T(0), y.data(), 1);
          for (int64_t i = 0; i < m; ++i) ASSERT_EQ(isnan(y[static_cast<size_t>(i)]) != 0, i == row);
          x.assign(x.size(), T(0));
        }
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 100);
}

TYPED_TEST(ProductTest, InfinitiesAdd) {
  using T = typename TypeParam::Type;
  const T inf = std::numeric_limits<T>::infinity();
  for (const int64_t size : {3, 40}) {
    std::vector<T> a(static_cast<size_t>(size * size), T(1)), b = a, c = a;
    a[1] = inf;
    a[static_cast<size_t>(size)] = inf;
    a[static_cast<size_t>(size + 1)] = -inf;
    this->Gemm(false, false, T(1), Matrix<const T>{a.data(), size, size, size},
               Matrix<const T>{b.data(), size, size, size}, T(0), Matrix<T>{c.data(), size, size, size});
    EXPECT_EQ(c[0], inf);
    EXPECT_TRUE(isnan(c[static_cast<size_t>(size)])) << "inf - inf";
    EXPECT_EQ(c[static_cast<size_t>(2 * size + 1)], static_cast<T>(size));
  }
}

TYPED_TEST(ProductTest, ASumOfNegativeZerosIsZero) {
  using T = typename TypeParam::Type;
  for (const auto& [m, n, k] : kSizes) {
    const std::vector<T> a(static_cast<size_t>(m * k), T(-0.0)), b(static_cast<size_t>(k * n), T(1));
    std::vector<T> c(static_cast<size_t>(m * n), T(3));
    this->Gemm(false, false, T(1), Matrix<const T>{a.data(), m, k, k}, Matrix<const T>{b.data(), k, n, n}, T(0),
               Matrix<T>{c.data(), m, n, n});
    for (const T value : c) ASSERT_TRUE(value == 0 && !signbit(value)) << m << "x" << n << "x" << k;
    this->Gemv(false, T(1), Matrix<const T>{a.data(), m, k, k}, b.data(), 1, T(0), c.data(), 1);
    for (int64_t i = 0; i < m; ++i) ASSERT_FALSE(signbit(c[static_cast<size_t>(i)])) << m << "x" << k;
  }
}

// Rows further apart than a BLAS with 32-bit integers can say: no memory behind the gaps is touched, so one row does.
TYPED_TEST(ProductTest, StridesBeyond32Bits) {
  using T = typename TypeParam::Type;
  const int64_t huge = int64_t{1} << 40;
  std::vector<T> a = {1, 2, 3}, b = {4, 5, 6}, c = {0};
  this->Gemm(false, true, T(1), Matrix<const T>{a.data(), 1, 3, huge}, Matrix<const T>{b.data(), 1, 3, huge}, T(0),
             Matrix<T>{c.data(), 1, 1, huge});
  EXPECT_EQ(c[0], T(32));
  this->Gemv(false, T(1), Matrix<const T>{a.data(), 1, 3, huge}, b.data(), 1, T(1), c.data(), huge);
  EXPECT_EQ(c[0], T(64));
}

}  // namespace
}  // namespace raptors::blas
