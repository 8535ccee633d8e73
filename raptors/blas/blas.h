// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The BLAS library behind plain functions. This package alone knows cblas and Eigen; which library stands behind it is
// the build's choice (label_flag //third_party/blas:blas), and a build without one has every function but Scal.
//
// BLAS runs on the calling thread: Raptors cuts work into tiles on its own pool and calls BLAS inside a tile. A library
// with threads of its own is told to use one.
// Strides are in elements here, not in bytes.

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

// x[i * stride] = alpha * x[i * stride] for i in [0, n), by the library's scal. Any stride (negative: x is still the
// element with i = 0; zero: n <= 1) and any n >= 0: sizes beyond the library's integers are split.
// Precondition: Available(). For which alpha the result has the bits of a multiplication is ScalMatches().
void Scal(float alpha, float* x, int64_t n, int64_t stride);
void Scal(double alpha, double* x, int64_t n, int64_t stride);

// Whether Scal(alpha, ...) gives the bits of alpha * x for every x: infinities, NaNs, zeros of both signs and denormals
// included. True for every finite alpha but 0. Libraries have shortcuts for the others (zeros stored for alpha == 0
// whatever x, so that 0 * NaN would depend on the route), which differ between their versions and cores. A NaN is a NaN
// here: neither promises its sign and payload.
bool ScalMatches(float alpha);
bool ScalMatches(double alpha);

// A matrix of rows x cols elements, rows `stride` elements apart (>= cols), consecutive within a row.
template <typename T>
struct Matrix {
  T* data;
  int64_t rows;
  int64_t cols;
  int64_t stride;
};

// y = alpha * op(a) * x + beta * y, op(a) = a or its transpose. x has op(a).cols elements, y op(a).rows, each with an
// element stride >= 1. beta == 0 overwrites y without reading it; alpha == 0 or an inner size of 0 leaves beta * y.
// y overlaps neither a nor x. Sizes beyond the library's integers are split. False: no memory for a temporary (a
// strided vector may need one); the content of y is then unspecified.
[[nodiscard]] bool Gemv(bool transpose, float alpha, Matrix<const float> a, const float* x, int64_t x_stride,
                        float beta, float* y, int64_t y_stride);
[[nodiscard]] bool Gemv(bool transpose, double alpha, Matrix<const double> a, const double* x, int64_t x_stride,
                        double beta, double* y, int64_t y_stride);

// c = alpha * op(a) * op(b) + beta * c, with c.rows == op(a).rows, c.cols == op(b).cols, op(a).cols == op(b).rows
// (preconditions). beta == 0 overwrites c without reading it. c overlaps neither a nor b. Sizes beyond the library's
// integers are split. False: no memory for the buffers; the content of c is then unspecified.
[[nodiscard]] bool Gemm(bool transpose_a, bool transpose_b, float alpha, Matrix<const float> a, Matrix<const float> b,
                        float beta, Matrix<float> c);
[[nodiscard]] bool Gemm(bool transpose_a, bool transpose_b, double alpha, Matrix<const double> a,
                        Matrix<const double> b, double beta, Matrix<double> c);

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_BLAS_H_
