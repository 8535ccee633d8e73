// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <math.h>

#include <limits>
#include <random>
#include <vector>

#include "raptors/blas/blas.h"

namespace raptors::blas {
namespace {

template <typename T>
class ProductTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(ProductTest, Types);

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
  T Op(bool transpose, int64_t i, int64_t j) { return transpose ? At(j, i) : At(i, j); }
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
  using T = TypeParam;
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
      ASSERT_TRUE(Gemm(ta, tb, alpha, a.In(), b.In(), beta, c.Out()));
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
  using T = TypeParam;
  std::mt19937 random(2);
  for (const auto& [m, n, unused] : kSizes) {
    for (int variant = 0; variant < 16; ++variant) {
      const bool transpose = variant & 1;
      const int64_t x_stride = variant & 2 ? 2 : 1, y_stride = variant & 4 ? 3 : 1;
      const T alpha = T(-0.5), beta = variant & 8 ? 0 : T(2);
      Buffer<T> a(m, n, 5, random);
      const int64_t out = transpose ? n : m, in = transpose ? m : n;
      // Vectors are the first columns of matrices: what lies between their elements must stay.
      Buffer<T> x(in, 1, x_stride - 1, random), y(out, 1, y_stride - 1, random);
      Buffer<T> before = y;
      if (beta == 0) {
        for (int64_t i = 0; i < out; ++i) y.At(i, 0) = std::numeric_limits<T>::quiet_NaN();
      }
      ASSERT_TRUE(Gemv(transpose, alpha, a.In(), x.data.data(), x_stride, beta, y.data.data(), y_stride));
      for (int64_t i = 0; i < out; ++i) {
        double sum = 0;
        for (int64_t l = 0; l < in; ++l) sum += static_cast<double>(a.Op(transpose, i, l)) * x.At(l, 0);
        const double expected = alpha * sum + (beta == 0 ? 0 : beta * static_cast<double>(before.At(i, 0)));
        ASSERT_NEAR(y.At(i, 0), expected, Tolerance<T>(in)) << m << "x" << n << " variant " << variant;
      }
      y.ExpectPaddingUntouched();
    }
  }
}

TYPED_TEST(ProductTest, EmptyAndZeroFactors) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  std::vector<T> a(6, nan), b(6, nan), c(4, T(3));
  // alpha == 0 does not read a and b.
  ASSERT_TRUE(Gemm(false, false, T(0), Matrix<const T>{a.data(), 2, 3, 3}, Matrix<const T>{b.data(), 3, 2, 2}, T(2),
                   Matrix<T>{c.data(), 2, 2, 2}));
  EXPECT_EQ(c, std::vector<T>(4, T(6)));
  // An empty sum is 0.
  ASSERT_TRUE(Gemm(false, false, T(1), Matrix<const T>{a.data(), 2, 0, 1}, Matrix<const T>{b.data(), 0, 2, 2}, T(0),
                   Matrix<T>{c.data(), 2, 2, 2}));
  EXPECT_EQ(c, std::vector<T>(4, T(0)));
  // Empty results.
  ASSERT_TRUE(Gemm(false, false, T(1), Matrix<const T>{a.data(), 0, 3, 3}, Matrix<const T>{b.data(), 3, 2, 2}, T(0),
                   Matrix<T>{c.data(), 0, 2, 2}));
  ASSERT_TRUE(Gemv(false, T(1), Matrix<const T>{a.data(), 2, 0, 1}, b.data(), 1, T(0), c.data(), 1));
  EXPECT_EQ(c, std::vector<T>(4, T(0)));
  ASSERT_TRUE(Gemv(true, T(1), Matrix<const T>{a.data(), 2, 0, 1}, b.data(), 1, T(0), c.data(), 1));
}

TYPED_TEST(ProductTest, NonFiniteInputsArePropagated) {
  using T = TypeParam;
  const T inf = std::numeric_limits<T>::infinity();
  for (const int64_t size : {3, 40}) {
    std::vector<T> a(static_cast<size_t>(size * size), T(1)), b = a, c = a;
    a[1] = inf;                                                          // row 0
    a[static_cast<size_t>(size)] = std::numeric_limits<T>::quiet_NaN();  // row 1
    b[static_cast<size_t>(size)] = 0;                                    // inf * 0 in c[0][0]
    ASSERT_TRUE(Gemm(false, false, T(1), Matrix<const T>{a.data(), size, size, size},
                     Matrix<const T>{b.data(), size, size, size}, T(0), Matrix<T>{c.data(), size, size, size}));
    EXPECT_TRUE(isnan(c[0]));
    EXPECT_EQ(c[1], inf);
    EXPECT_TRUE(isnan(c[static_cast<size_t>(size)]));
    EXPECT_EQ(c[static_cast<size_t>(2 * size + 1)], static_cast<T>(size));
  }
}

// Rows further apart than a BLAS with 32-bit integers can say: no memory behind the gaps is touched, so one row does.
TYPED_TEST(ProductTest, StridesBeyond32Bits) {
  using T = TypeParam;
  const int64_t huge = int64_t{1} << 40;
  std::vector<T> a = {1, 2, 3}, b = {4, 5, 6}, c = {0};
  ASSERT_TRUE(Gemm(false, true, T(1), Matrix<const T>{a.data(), 1, 3, huge}, Matrix<const T>{b.data(), 1, 3, huge},
                   T(0), Matrix<T>{c.data(), 1, 1, huge}));
  EXPECT_EQ(c[0], T(32));
  ASSERT_TRUE(Gemv(false, T(1), Matrix<const T>{a.data(), 1, 3, huge}, b.data(), 1, T(1), c.data(), huge));
  EXPECT_EQ(c[0], T(64));
}

}  // namespace
}  // namespace raptors::blas
