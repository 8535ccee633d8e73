// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products through Eigen: over the BLAS library where there is one (EIGEN_USE_BLAS, set by the BUILD file),
// else by Eigen's own kernels.
//
// The BUILD file also renames Eigen's namespace in this file. Eigen is header-only: under its own name, its inline
// functions compiled here (over BLAS, for the platform's floor) and in a user's program (with other options) would be
// one symbol, and the linker would keep either for both.

#include <stdint.h>

#include <algorithm>
#include <new>

#include "Eigen/Core"
#include "raptors/blas/blas.h"
#include "raptors/blas/serial.h"

namespace raptors::blas {
namespace {

// Sizes and strides that a BLAS with 32-bit integers takes.
constexpr int64_t kChunk = int64_t{1} << 30;
constexpr int64_t kMaxStride = INT32_MAX;

using Stride = Eigen::OuterStride<>;
using VectorStride = Eigen::InnerStride<>;
template <typename T>
using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using Columns = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// op(m) as Eigen sees it, handed to `use`: consecutive rows, or, transposed, consecutive columns.
template <typename T, typename Use>
void WithOperand(bool transpose, Matrix<const T> m, Use use) {
  if (transpose) {
    use(Eigen::Map<const Columns<T>, 0, Stride>(m.data, m.cols, m.rows, Stride(m.stride)));
  } else {
    use(Eigen::Map<const Rows<T>, 0, Stride>(m.data, m.rows, m.cols, Stride(m.stride)));
  }
}

// out = beta * out; for 0 without reading.
template <typename T, typename Out>
void Scale(T beta, Out& out) {
  if (beta == 0) {
    out.setZero();
  } else if (beta != 1) {
    out *= beta;
  }
}

// out += alpha * a * b by blocks that the BLAS can take. `b` is a matrix or a column.
template <typename T, typename A, typename B, typename Out>
void AddProduct(T alpha, const A& a, const B& b, bool strides_fit, Out& out) {
  if (!strides_fit) {
    // No library call: coefficient by coefficient, with Eigen's own 64-bit indices.
    out.noalias() += alpha * a.lazyProduct(b);
    return;
  }
  for (int64_t i = 0; i < out.rows(); i += kChunk) {
    const int64_t rows = std::min(kChunk, out.rows() - i);
    for (int64_t j = 0; j < out.cols(); j += kChunk) {
      const int64_t cols = std::min(kChunk, out.cols() - j);
      for (int64_t k = 0; k < a.cols(); k += kChunk) {
        const int64_t inner = std::min(kChunk, a.cols() - k);
        if constexpr (B::ColsAtCompileTime == 1) {
          out.segment(i, rows).noalias() += alpha * a.block(i, k, rows, inner) * b.segment(k, inner);
        } else {
          out.block(i, j, rows, cols).noalias() += alpha * a.block(i, k, rows, inner) * b.block(k, j, inner, cols);
        }
      }
    }
  }
}

template <typename T>
bool GemvImpl(bool transpose, T alpha, Matrix<const T> a, const T* x, int64_t x_stride, T beta, T* y,
              int64_t y_stride) try {
  EnsureSerial();
  const int64_t out_size = transpose ? a.cols : a.rows;
  const int64_t inner = transpose ? a.rows : a.cols;
  Eigen::Map<Vector<T>, 0, VectorStride> out(y, out_size, VectorStride(y_stride));
  Scale(beta, out);
  if (alpha == 0 || inner == 0 || out_size == 0) return true;
  const Eigen::Map<const Vector<T>, 0, VectorStride> in(x, inner, VectorStride(x_stride));
  const bool strides_fit = std::max({a.stride, x_stride, y_stride}) <= kMaxStride;
  WithOperand(transpose, a, [&](const auto& op_a) { AddProduct(alpha, op_a, in, strides_fit, out); });
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

template <typename T>
bool GemmImpl(bool transpose_a, bool transpose_b, T alpha, Matrix<const T> a, Matrix<const T> b, T beta,
              Matrix<T> c) try {
  EnsureSerial();
  Eigen::Map<Rows<T>, 0, Stride> out(c.data, c.rows, c.cols, Stride(c.stride));
  Scale(beta, out);
  const int64_t inner = transpose_a ? a.rows : a.cols;
  if (alpha == 0 || inner == 0 || c.rows == 0 || c.cols == 0) return true;
  const bool strides_fit = std::max({a.stride, b.stride, c.stride}) <= kMaxStride;
  WithOperand(transpose_a, a, [&](const auto& op_a) {
    WithOperand(transpose_b, b, [&](const auto& op_b) { AddProduct(alpha, op_a, op_b, strides_fit, out); });
  });
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

}  // namespace

bool Gemv(bool transpose, float alpha, Matrix<const float> a, const float* x, int64_t x_stride, float beta, float* y,
          int64_t y_stride) {
  return GemvImpl(transpose, alpha, a, x, x_stride, beta, y, y_stride);
}
bool Gemv(bool transpose, double alpha, Matrix<const double> a, const double* x, int64_t x_stride, double beta,
          double* y, int64_t y_stride) {
  return GemvImpl(transpose, alpha, a, x, x_stride, beta, y, y_stride);
}

bool Gemm(bool transpose_a, bool transpose_b, float alpha, Matrix<const float> a, Matrix<const float> b, float beta,
          Matrix<float> c) {
  return GemmImpl(transpose_a, transpose_b, alpha, a, b, beta, c);
}
bool Gemm(bool transpose_a, bool transpose_b, double alpha, Matrix<const double> a, Matrix<const double> b, double beta,
          Matrix<double> c) {
  return GemmImpl(transpose_a, transpose_b, alpha, a, b, beta, c);
}

}  // namespace raptors::blas
