// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products by Eigen's own kernels. Compiled twice, with and without SIMD; the BUILD file names the entry point,
// RAPTORS_EIGEN_PRODUCTS.
//
// The BUILD file also renames Eigen's namespace in this file. Eigen is header-only: under its own name, its inline
// functions compiled here and in a user's program (with other options) would be one symbol, and the linker would keep
// either for both.

#include <stdint.h>

#include <new>

#include "Eigen/Core"
#include "raptors/blas/blas.h"
#include "raptors/blas/products.h"

namespace raptors::blas {
namespace {

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

// out += alpha * a * b.
template <typename T, typename A, typename B, typename Out>
void AddProduct(T alpha, const A& a, const B& b, Out& out) {
  try {
    out.noalias() += alpha * a * b;
  } catch (const std::bad_alloc&) {
    // The buffers that it packs operands into come first: nothing is computed yet. This needs none.
    out.noalias() += alpha * a.lazyProduct(b);
  }
}

template <typename T>
void Gemv(bool transpose, T alpha, Matrix<const T> a, const T* x, int64_t x_stride, T beta, T* y, int64_t y_stride) {
  const int64_t out_size = transpose ? a.cols : a.rows;
  const int64_t inner = transpose ? a.rows : a.cols;
  Eigen::Map<Vector<T>, 0, VectorStride> out(y, out_size, VectorStride(y_stride));
  Scale(beta, out);
  if (alpha == 0 || inner == 0 || out_size == 0) return;
  const Eigen::Map<const Vector<T>, 0, VectorStride> in(x, inner, VectorStride(x_stride));
  WithOperand(transpose, a, [&](const auto& op_a) { AddProduct(alpha, op_a, in, out); });
}

template <typename T>
void Gemm(bool transpose_a, bool transpose_b, T alpha, Matrix<const T> a, Matrix<const T> b, T beta, Matrix<T> c) {
  Eigen::Map<Rows<T>, 0, Stride> out(c.data, c.rows, c.cols, Stride(c.stride));
  Scale(beta, out);
  const int64_t inner = transpose_a ? a.rows : a.cols;
  if (alpha == 0 || inner == 0 || c.rows == 0 || c.cols == 0) return;
  WithOperand(transpose_a, a, [&](const auto& op_a) {
    WithOperand(transpose_b, b, [&](const auto& op_b) { AddProduct(alpha, op_a, op_b, out); });
  });
}

}  // namespace

template <typename T>
Products<T> RAPTORS_EIGEN_PRODUCTS() {
  return {&Gemv<T>, &Gemm<T>};
}

template Products<float> RAPTORS_EIGEN_PRODUCTS<float>();
template Products<double> RAPTORS_EIGEN_PRODUCTS<double>();

}  // namespace raptors::blas
