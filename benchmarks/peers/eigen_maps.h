// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Maps by Eigen: Maps over the same memory, one expression each, or one per row where an input is broadcast. Nothing
// allocates.

#ifndef RAPTORS_BENCHMARKS_PEERS_EIGEN_MAPS_H_
#define RAPTORS_BENCHMARKS_PEERS_EIGEN_MAPS_H_

#include <type_traits>

#include "Eigen/Core"
#include "benchmarks/peers/accepts.h"
#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks::eigen {

template <typename T>
using Vector = Eigen::Array<T, 1, Eigen::Dynamic>;
template <typename T>
using RowMatrix = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using ColumnMatrix = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor>;
template <typename Array, typename Stride>
using ConstMap = Eigen::Map<const Array, Eigen::Unaligned, Stride>;

template <typename T>
auto Out(const PeerArgs* p) {
  return Eigen::Map<RowMatrix<T>, Eigen::Unaligned, Eigen::OuterStride<>>(static_cast<T*>(p->ptr[0]), Rows(p), Cols(p),
                                                                          Eigen::OuterStride<>(RowStep(p, 0)));
}

// An operand that an operation does not have.
struct Absent {};

template <typename F, typename T, int k, int kStep>
auto Matrix(const PeerArgs* p) {
  if constexpr (k >= F::kInputs) {
    return Absent();
  } else if constexpr (kStep == 1) {
    return ConstMap<RowMatrix<T>, Eigen::OuterStride<>>(static_cast<const T*>(p->ptr[1 + k]), Rows(p), Cols(p),
                                                        Eigen::OuterStride<>(RowStep(p, 1 + k)));
  } else {
    using Stride = Eigen::Stride<Eigen::Dynamic, kStep == kAnyStep ? Eigen::Dynamic : kStep>;
    return ConstMap<RowMatrix<T>, Stride>(static_cast<const T*>(p->ptr[1 + k]), Rows(p), Cols(p),
                                          Stride(RowStep(p, 1 + k), ColStep(p, 1 + k)));
  }
}

// The whole in one expression.
template <typename F, typename T, int kStep>
void Whole(const PeerArgs* p) {
  Out<T>(p) = F::Apply(static_cast<T>(p->scalar), Matrix<F, T, 0, kStep>(p), Matrix<F, T, 1, kStep>(p),
                       Matrix<F, T, 2, kStep>(p));
}

template <typename F, typename T, int k>
auto Flat(const PeerArgs* p) {
  if constexpr (k >= F::kInputs) {
    return Absent();
  } else {
    return Eigen::Map<const Vector<T>>(static_cast<const T*>(p->ptr[1 + k]), Cols(p));
  }
}

// One row of consecutive elements, in place or not.
template <typename F, typename T>
void Contiguous(const PeerArgs* p) {
  Eigen::Map<Vector<T>>(static_cast<T*>(p->ptr[0]), Cols(p)) =
      F::Apply(static_cast<T>(p->scalar), Flat<F, T, 0>(p), Flat<F, T, 1>(p), Flat<F, T, 2>(p));
}

// The last input down its columns, the others along their rows.
template <typename F, typename T, int k>
auto Turned(const PeerArgs* p) {
  if constexpr (k == F::kInputs - 1) {
    return ConstMap<ColumnMatrix<T>, Eigen::OuterStride<>>(static_cast<const T*>(p->ptr[1 + k]), Rows(p), Cols(p),
                                                           Eigen::OuterStride<>(ColStep(p, 1 + k)));
  } else {
    return Matrix<F, T, k, 1>(p);
  }
}
template <typename F, typename T>
void Transposed(const PeerArgs* p) {
  Out<T>(p) = F::Apply(static_cast<T>(p->scalar), Turned<F, T, 0>(p), Turned<F, T, 1>(p), Turned<F, T, 2>(p));
}
template <typename F>
bool AcceptsTransposed(const PeerArgs* p) {
  for (int k = 1; k < F::kInputs; ++k) {
    if (ColStep(p, k) != 1) return false;
  }
  return InPlaceInput<F::kInputs>(p) == kNotInPlace && IsColumnOrder(p, F::kInputs);
}

// Row i of an input: a vector, or one element for all columns.
template <typename F, typename T, int k, int kStep>
auto RowOf(const PeerArgs* p, int64_t i) {
  if constexpr (k >= F::kInputs) {
    return Absent();
  } else {
    const T* row = static_cast<const T*>(p->ptr[1 + k]) + i * RowStep(p, 1 + k);
    if constexpr (kStep == 0) {
      return Vector<T>::Constant(Cols(p), *row);
    } else {
      return Eigen::Map<const Vector<T>>(row, Cols(p));
    }
  }
}
template <typename F, typename T, int... kStep>
void ByRows(const PeerArgs* p) {
  constexpr int kSteps[] = {kStep..., 0, 0};
  for (int64_t i = 0; i < Rows(p); ++i) {
    Eigen::Map<Vector<T>>(static_cast<T*>(p->ptr[0]) + i * RowStep(p, 0), Cols(p)) =
        F::Apply(static_cast<T>(p->scalar), RowOf<F, T, 0, kSteps[0]>(p, i), RowOf<F, T, 1, kSteps[1]>(p, i),
                 RowOf<F, T, 2, kSteps[2]>(p, i));
  }
}

}  // namespace raptors::benchmarks::eigen

#endif  // RAPTORS_BENCHMARKS_PEERS_EIGEN_MAPS_H_
