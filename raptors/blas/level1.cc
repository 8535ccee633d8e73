// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The library's name and its routines for vectors.

#include <assert.h>
#include <math.h>
#include <stdint.h>

#include <algorithm>
#include <limits>
#include <string>

#include "raptors/blas/blas.h"
#include "raptors/blas/library.h"

#if RAPTORS_HAVE_BLAS
#include "cblas.h"
#endif

namespace raptors::blas {

#if RAPTORS_HAVE_BLAS

namespace {

// The routines of one element type.
template <typename T>
struct Routines;
template <>
struct Routines<float> {
  static constexpr auto kScal = cblas_sscal;
  static constexpr auto kAxpy = cblas_saxpy;
  static constexpr auto kDot = cblas_sdot;
  static constexpr auto kNrm2 = cblas_snrm2;
  static constexpr auto kAsum = cblas_sasum;
};
template <>
struct Routines<double> {
  static constexpr auto kScal = cblas_dscal;
  static constexpr auto kAxpy = cblas_daxpy;
  static constexpr auto kDot = cblas_ddot;
  static constexpr auto kNrm2 = cblas_dnrm2;
  static constexpr auto kAsum = cblas_dasum;
};

// Calls f(size, x, x's stride) for pieces of n elements that the library's integers hold. The order of the elements
// does not matter to f: a negative stride is turned, because routines of one vector do nothing for stride <= 0.
template <typename T, typename F>
void ForPieces(int64_t n, T* x, int64_t stride, F f) {
  if (n <= 0) return;
  EnsureSerial();
  if (stride < 0) {
    x += (n - 1) * stride;
    stride = -stride;
  }
  assert(stride > 0 || n == 1);
  if (n == 1) stride = 1;
  // A stride beyond its integers: one element a call.
  const int64_t piece = stride <= kMaxStride ? kMaxSize : 1;
  for (int64_t i = 0; i < n; i += piece) {
    f(static_cast<int>(std::min(piece, n - i)), x + i * stride, piece == 1 ? 1 : static_cast<int>(stride));
  }
}

// The same for two vectors: f(size, x, x's stride, y, y's stride), addresses as the library wants them.
template <typename X, typename Y, typename F>
void ForPieces(int64_t n, X* x, int64_t x_stride, Y* y, int64_t y_stride, F f) {
  if (n <= 0) return;
  EnsureSerial();
  assert((x_stride != 0 && y_stride != 0) || n == 1);
  const bool fit = IntegersHold(x_stride) && IntegersHold(y_stride);
  const int64_t piece = fit ? kMaxSize : 1;
  for (int64_t i = 0; i < n; i += piece) {
    const int64_t size = std::min(piece, n - i);
    f(static_cast<int>(size), LibraryAddress(x + i * x_stride, size, x_stride), LibraryStride(size, x_stride),
      LibraryAddress(y + i * y_stride, size, y_stride), LibraryStride(size, y_stride));
  }
}

template <typename T>
void ScalImpl(T alpha, T* x, int64_t n, int64_t stride) {
  ForPieces(n, x, stride, [&](int size, T* at, int step) { Routines<T>::kScal(size, alpha, at, step); });
}

template <typename T>
void AxpyImpl(T alpha, int64_t n, const T* x, int64_t x_stride, T* y, int64_t y_stride) {
  ForPieces(n, x, x_stride, y, y_stride, [&](int size, const T* from, int from_step, T* to, int to_step) {
    Routines<T>::kAxpy(size, alpha, from, from_step, to, to_step);
  });
}

template <typename T>
T DotImpl(int64_t n, const T* x, int64_t x_stride, const T* y, int64_t y_stride) {
  T total = 0;
  ForPieces(n, x, x_stride, y, y_stride, [&](int size, const T* a, int a_step, const T* b, int b_step) {
    total += Routines<T>::kDot(size, a, a_step, b, b_step);
  });
  return total;
}

// Whether an element is NaN.
template <typename T>
bool HasNan(int64_t n, const T* x, int64_t stride) {
  for (int64_t i = 0; i < n; ++i) {
    if (isnan(x[i * stride])) return true;
  }
  return false;
}

template <typename T>
T Nrm2Impl(int64_t n, const T* x, int64_t stride) {
  T norm = 0;
  ForPieces(n, x, stride, [&](int size, const T* at, int step) {
    T part = Routines<T>::kNrm2(size, at, step);
    // A library that scales by the largest element divides one infinity by another.
    if (isnan(part) && !HasNan(size, at, step)) part = std::numeric_limits<T>::infinity();
    // hypot() calls infinity and NaN infinite; a norm with a NaN is NaN.
    norm = norm == 0 ? part : isnan(part) || isnan(norm) ? part + norm : hypot(norm, part);
  });
  return norm;
}

template <typename T>
T AsumImpl(int64_t n, const T* x, int64_t stride) {
  T total = 0;
  ForPieces(n, x, stride, [&](int size, const T* at, int step) { total += Routines<T>::kAsum(size, at, step); });
  return total;
}

}  // namespace

bool Available() { return true; }

// Only OpenBLAS's cblas.h defines this.
#if defined(OPENBLAS_SEQUENTIAL)
std::string Name() { return "OpenBLAS"; }
std::string Core() { return openblas_get_corename(); }
std::string Config() { return openblas_get_config(); }
void EnsureSerial() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)done;
}
#else
std::string Name() { return "cblas"; }
std::string Core() { return ""; }
std::string Config() { return ""; }
void EnsureSerial() {}
#endif

#else

namespace {

// Not called: Available() is a precondition.
template <typename T>
void ScalImpl(T, T*, int64_t, int64_t) {
  assert(false);
}
template <typename T>
void AxpyImpl(T, int64_t, const T*, int64_t, T*, int64_t) {
  assert(false);
}
template <typename T>
T DotImpl(int64_t, const T*, int64_t, const T*, int64_t) {
  assert(false);
  return 0;
}
template <typename T>
T Nrm2Impl(int64_t, const T*, int64_t) {
  assert(false);
  return 0;
}
template <typename T>
T AsumImpl(int64_t, const T*, int64_t) {
  assert(false);
  return 0;
}

}  // namespace

bool Available() { return false; }
std::string Name() { return "none"; }
std::string Core() { return ""; }
std::string Config() { return ""; }

#endif

#define RAPTORS_LEVEL1(T)                                                                \
  void Scal(T alpha, T* x, int64_t n, int64_t stride) { ScalImpl(alpha, x, n, stride); } \
  void Axpy(T alpha, int64_t n, const T* x, int64_t x_stride, T* y, int64_t y_stride) {  \
    AxpyImpl(alpha, n, x, x_stride, y, y_stride);                                        \
  }                                                                                      \
  T Dot(int64_t n, const T* x, int64_t x_stride, const T* y, int64_t y_stride) {         \
    return DotImpl(n, x, x_stride, y, y_stride);                                         \
  }                                                                                      \
  T Nrm2(int64_t n, const T* x, int64_t stride) { return Nrm2Impl(n, x, stride); }       \
  T Asum(int64_t n, const T* x, int64_t stride) { return AsumImpl(n, x, stride); }       \
  bool ScalMatches(T alpha) { return isfinite(alpha) && alpha != 0; }
RAPTORS_LEVEL1(float)
RAPTORS_LEVEL1(double)
#undef RAPTORS_LEVEL1

}  // namespace raptors::blas
