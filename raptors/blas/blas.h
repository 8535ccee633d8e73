// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The BLAS library behind plain functions, and Eigen's own kernels for matrix products. This package alone knows cblas
// and Eigen; which library stands behind it is the build's choice (label_flag //third_party/blas:blas), and a build
// without one still has the products.
//
// BLAS runs on the calling thread: Raptors cuts work into tiles on its own pool and calls BLAS inside a tile. An
// OpenBLAS with threads of its own is told to use one; any other library has to be serial as it is built or set up.
// Strides are in elements here, not in bytes. A vector starts at the element with index 0, whatever the sign of its
// stride. Any size >= 0: what exceeds the library's integers is split.

#ifndef RAPTORS_BLAS_BLAS_H_
#define RAPTORS_BLAS_BLAS_H_

#include <stdint.h>

#include <string>

namespace raptors::blas {

// Whether this build has a BLAS library.
bool Available();

// Name of the library ("OpenBLAS", or "none"), the core type whose kernels it chose ("SkylakeX"; empty if it does not
// tell), and its own description of version and build options (empty if there is none).
std::string Name();
std::string Core();
std::string Config();

// Into at most this many parts, each with a thread inside the library, one call is cut: OpenBLAS has so many buffers
// for large calls. Where several calls bring more threads than that, the pinned OpenBLAS makes them wait for one
// another (third_party/blas/buffers.c); another build of it prints a warning, and from 768 on ends the process.
inline constexpr int kMaxCallers = 256;

// ---- Vectors. Precondition of all: Available(). n elements, any stride but 0 (n <= 1: any).

// x[i * stride] = alpha * x[i * stride]. For which alpha the result has the bits of a multiplication is ScalMatches().
void Scal(float alpha, float* x, int64_t n, int64_t stride);
void Scal(double alpha, double* x, int64_t n, int64_t stride);

// y = alpha * x + y. Whether a product is rounded before it is added is the library's matter. Libraries leave y alone
// for alpha == 0, whatever x. x and y share no memory.
void Axpy(float alpha, int64_t n, const float* x, int64_t x_stride, float* y, int64_t y_stride);
void Axpy(double alpha, int64_t n, const double* x, int64_t x_stride, double* y, int64_t y_stride);

// The sum of x[i] * y[i], the Euclidean norm (no needless over- or underflow), the sum of |x[i]|; 0 for n == 0.
float Dot(int64_t n, const float* x, int64_t x_stride, const float* y, int64_t y_stride);
double Dot(int64_t n, const double* x, int64_t x_stride, const double* y, int64_t y_stride);
float Nrm2(int64_t n, const float* x, int64_t stride);
double Nrm2(int64_t n, const double* x, int64_t stride);
float Asum(int64_t n, const float* x, int64_t stride);
double Asum(int64_t n, const double* x, int64_t stride);

// Whether Scal(alpha, ...) gives the bits of alpha * x for every x: infinities, NaNs, zeros of both signs and denormals
// included. True for every finite alpha but 0. Libraries have shortcuts for the others (zeros stored for alpha == 0
// whatever x, so that 0 * NaN would depend on the route), which differ between their versions and cores. A NaN is a NaN
// here: neither promises its sign and payload.
bool ScalMatches(float alpha);
bool ScalMatches(double alpha);

// ---- Products

// A matrix of rows x cols elements, rows `stride` elements apart (>= cols, >= 1), consecutive within a row.
template <typename T>
struct Matrix {
  T* data;
  int64_t rows;
  int64_t cols;
  int64_t stride;
};

// Who computes products.
enum class Provider : uint8_t {
  kLibrary,      // the BLAS library; precondition: Available()
  kEigen,        // Eigen, compiled for what every processor of the platform has
  kEigenScalar,  // Eigen without SIMD
};
inline constexpr Provider kAllProviders[] = {Provider::kLibrary, Provider::kEigen, Provider::kEigenScalar};

// y = alpha * op(a) * x + beta * y, op(a) = a or its transpose. x has op(a).cols elements, y op(a).rows; strides not 0
// (for at most one element: any). beta == 0 overwrites y without reading it; alpha == 0 or an inner size of 0 leaves
// beta * y. y overlaps neither a nor x.
template <typename T>
using GemvFunction = void (*)(bool transpose, T alpha, Matrix<const T> a, const T* x, int64_t x_stride, T beta, T* y,
                              int64_t y_stride);

// c = alpha * op(a) * op(b) + beta * c, with c.rows == op(a).rows, c.cols == op(b).cols, op(a).cols == op(b).rows
// (preconditions). beta == 0 overwrites c without reading it; alpha == 0 or an inner size of 0 leaves beta * c. c
// overlaps neither a nor b.
template <typename T>
using GemmFunction = void (*)(bool transpose_a, bool transpose_b, T alpha, Matrix<const T> a, Matrix<const T> b, T beta,
                              Matrix<T> c);

// For alpha != 0 every product of two elements is computed and added, so that 0 * NaN is NaN. They add in an order of
// their own, and may fuse products with additions.
template <typename T>
struct Products {
  GemvFunction<T> gemv;
  GemmFunction<T> gemm;
};

// T is float or double.
template <typename T>
Products<T> ProductsOf(Provider provider);

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_BLAS_H_
