// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products through cblas, and who provides which.

#include "raptors/blas/products.h"

#include <assert.h>
#include <stdint.h>

#include <algorithm>

#include "raptors/blas/blas.h"
#include "raptors/blas/library.h"

#if RAPTORS_HAVE_BLAS
#include "cblas.h"
#endif

namespace raptors::blas {

#if RAPTORS_HAVE_BLAS
namespace {

template <typename T>
struct Routines;
template <>
struct Routines<float> {
  static constexpr auto kGemv = cblas_sgemv;
  static constexpr auto kGemm = cblas_sgemm;
};
template <>
struct Routines<double> {
  static constexpr auto kGemv = cblas_dgemv;
  static constexpr auto kGemm = cblas_dgemm;
};

constexpr CBLAS_TRANSPOSE Transpose(bool transpose) { return transpose ? CblasTrans : CblasNoTrans; }

// The address of element (row, col) of op(a).
template <typename T>
T* At(bool transpose, const Matrix<T>& a, int64_t row, int64_t col) {
  return transpose ? a.data + col * a.stride + row : a.data + row * a.stride + col;
}

template <typename T>
void Gemv(bool transpose, T alpha, Matrix<const T> a, const T* x, int64_t x_stride, T beta, T* y, int64_t y_stride) {
  const int64_t rows = transpose ? a.cols : a.rows;
  const int64_t inner = transpose ? a.rows : a.cols;
  const bool fit = a.stride <= kMaxStride && IntegersHold(x_stride) && IntegersHold(y_stride);
  // Without an inner size libraries return early, whatever beta; some kernels read their operands for alpha == 0.
  if (!fit || inner == 0 || alpha == 0) {
    return ProductsOf<T>(Provider::kEigen).gemv(transpose, alpha, a, x, x_stride, beta, y, y_stride);
  }
  EnsureSerial();
  for (int64_t i = 0; i < rows; i += kMaxSize) {
    const int64_t m = std::min(kMaxSize, rows - i);
    for (int64_t l = 0; l < inner; l += kMaxSize) {
      const int64_t k = std::min(kMaxSize, inner - l);
      Routines<T>::kGemv(CblasRowMajor, Transpose(transpose), static_cast<int>(transpose ? k : m),
                         static_cast<int>(transpose ? m : k), alpha, At(transpose, a, i, l), static_cast<int>(a.stride),
                         LibraryAddress(x + l * x_stride, k, x_stride), LibraryStride(k, x_stride), l == 0 ? beta : 1,
                         LibraryAddress(y + i * y_stride, m, y_stride), LibraryStride(m, y_stride));
    }
  }
}

template <typename T>
void Gemm(bool transpose_a, bool transpose_b, T alpha, Matrix<const T> a, Matrix<const T> b, T beta, Matrix<T> c) {
  const int64_t inner = transpose_a ? a.rows : a.cols;
  const bool fit = a.stride <= kMaxStride && b.stride <= kMaxStride && c.stride <= kMaxStride;
  if (!fit || inner == 0 || alpha == 0) {
    return ProductsOf<T>(Provider::kEigen).gemm(transpose_a, transpose_b, alpha, a, b, beta, c);
  }
  EnsureSerial();
  for (int64_t i = 0; i < c.rows; i += kMaxSize) {
    const int64_t m = std::min(kMaxSize, c.rows - i);
    for (int64_t j = 0; j < c.cols; j += kMaxSize) {
      const int64_t n = std::min(kMaxSize, c.cols - j);
      for (int64_t l = 0; l < inner; l += kMaxSize) {
        const int64_t k = std::min(kMaxSize, inner - l);
        Routines<T>::kGemm(CblasRowMajor, Transpose(transpose_a), Transpose(transpose_b), static_cast<int>(m),
                           static_cast<int>(n), static_cast<int>(k), alpha, At(transpose_a, a, i, l),
                           static_cast<int>(a.stride), At(transpose_b, b, l, j), static_cast<int>(b.stride),
                           l == 0 ? beta : 1, c.data + i * c.stride + j, static_cast<int>(c.stride));
      }
    }
  }
}

}  // namespace
#endif

template <typename T>
Products<T> ProductsOf(Provider provider) {
  switch (provider) {
#if RAPTORS_HAVE_BLAS
    case Provider::kLibrary:
      return {&Gemv<T>, &Gemm<T>};
#else
    case Provider::kLibrary:
      assert(false);
      break;
#endif
    case Provider::kEigen:
      break;
    case Provider::kEigenScalar:
      return EigenScalarProducts<T>();
  }
  return EigenSimdProducts<T>();
}

template Products<float> ProductsOf<float>(Provider provider);
template Products<double> ProductsOf<double>(Provider provider);

}  // namespace raptors::blas
