// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Eigen: Maps over the same memory, one expression each. Nothing allocates.

#ifndef RAPTORS_BENCHMARKS_PEERS_EIGEN_H_
#define RAPTORS_BENCHMARKS_PEERS_EIGEN_H_

#include "Eigen/Core"
#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks::eigen {

template <typename T>
using Vector = Eigen::Array<T, Eigen::Dynamic, 1>;
template <typename T>
using RowMatrix = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using ColumnMatrix = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;

template <typename T>
auto Out(const PeerScaleArgs* p) {
  return Eigen::Map<RowMatrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>(static_cast<T*>(p->out), p->rows, p->cols,
                                                                          Eigen::OuterStride<>(p->out_row));
}

template <typename T>
void Contiguous(const PeerScaleArgs* p) {
  const Eigen::Map<const Vector<T>> in(static_cast<const T*>(p->in), p->cols);
  Eigen::Map<Vector<T>> out(static_cast<T*>(p->out), p->cols);
  out = static_cast<T>(p->factor) * in;
}

template <typename T>
void ContiguousInPlace(const PeerScaleArgs* p) {
  Eigen::Map<Vector<T>> x(static_cast<T*>(p->out), p->cols);
  x *= static_cast<T>(p->factor);
}

template <typename T>
void Rows(const PeerScaleArgs* p) {
  const Eigen::Map<const RowMatrix<T>, Eigen::Unaligned, Eigen::OuterStride<>> in(
      static_cast<const T*>(p->in), p->rows, p->cols, Eigen::OuterStride<>(p->in_row));
  Out<T>(p) = static_cast<T>(p->factor) * in;
}

template <typename T>
void Strided(const PeerScaleArgs* p) {
  using Stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Map<const RowMatrix<T>, Eigen::Unaligned, Stride> in(static_cast<const T*>(p->in), p->rows, p->cols,
                                                                    Stride(p->in_row, p->in_col));
  Out<T>(p) = static_cast<T>(p->factor) * in;
}

template <typename T>
void EverySecond(const PeerScaleArgs* p) {
  using Stride = Eigen::Stride<Eigen::Dynamic, 2>;
  const Eigen::Map<const RowMatrix<T>, Eigen::Unaligned, Stride> in(static_cast<const T*>(p->in), p->rows, p->cols,
                                                                    Stride(p->in_row, 2));
  Out<T>(p) = static_cast<T>(p->factor) * in;
}

template <typename T>
void Transposed(const PeerScaleArgs* p) {
  const Eigen::Map<const ColumnMatrix<T>, Eigen::Unaligned, Eigen::OuterStride<>> in(
      static_cast<const T*>(p->in), p->rows, p->cols, Eigen::OuterStride<>(p->in_col));
  Out<T>(p) = static_cast<T>(p->factor) * in;
}

}  // namespace raptors::benchmarks::eigen

#endif  // RAPTORS_BENCHMARKS_PEERS_EIGEN_H_
