// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reductions by Eigen: of a Map, or of its columns or rows.

#ifndef RAPTORS_BENCHMARKS_PEERS_EIGEN_REDUCTIONS_H_
#define RAPTORS_BENCHMARKS_PEERS_EIGEN_REDUCTIONS_H_

#include "Eigen/Core"
#include "benchmarks/peers/plain_reductions.h"

namespace raptors::benchmarks::eigen {

template <typename X, int kStep>
auto Input(const PeerArgs* p) {
  using Array = Eigen::Array<X, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const X* x = static_cast<const X*>(p->ptr[1]);
  if constexpr (kStep == 1) {
    return Eigen::Map<const Array, Eigen::Unaligned, Eigen::OuterStride<>>(x, Rows(p), Cols(p),
                                                                           Eigen::OuterStride<>(RowStep(p, 1)));
  } else {
    using Stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
    return Eigen::Map<const Array, Eigen::Unaligned, Stride>(x, Rows(p), Cols(p), Stride(RowStep(p, 1), ColStep(p, 1)));
  }
}
template <typename X>
auto VectorOf(const PeerArgs* p, int operand) {
  return Eigen::Map<const Eigen::Matrix<X, Eigen::Dynamic, 1>>(static_cast<const X*>(p->ptr[operand]), Cols(p));
}
template <typename O>
auto Output(const PeerArgs* p, PeerAxis axis) {
  return Eigen::Map<Eigen::Array<O, Eigen::Dynamic, 1>, Eigen::Unaligned, Eigen::InnerStride<>>(
      static_cast<O*>(p->ptr[0]), p->extent[axis], Eigen::InnerStride<>(p->stride[0][axis]));
}

// What to do with an array or with its rows or columns; E: expression or vector-wise view.
template <typename R, typename E>
auto Apply(const E& e) {
  if constexpr (R::kOp == Op::kMin) {
    return e.minCoeff();
  } else if constexpr (R::kOp == Op::kMax) {
    return e.maxCoeff();
  } else {
    return e.sum();
  }
}

// Integers are added in 64 bits.
template <typename R, typename E>
auto Widened(const E& e) {
  return e.template cast<typename R::A>();
}

template <typename R, typename X, int kStep>
void All(const PeerArgs* p) {
  *static_cast<typename R::O*>(p->ptr[0]) = R::Finish(Apply<R>(Widened<R>(Input<X, kStep>(p))), p->scalar);
}
template <typename R, typename X>
void Vector(const PeerArgs* p) {
  *static_cast<typename R::O*>(p->ptr[0]) = R::Finish(Apply<R>(Widened<R>(VectorOf<X>(p, 1))), p->scalar);
}

// Means of integers are floats.
template <typename R, typename E>
void Assign(const PeerArgs* p, PeerAxis axis, const E& e) {
  using O = typename R::O;
  if constexpr (R::kOp == Op::kMean) {
    Output<O>(p, axis) = e.template cast<O>() * static_cast<O>(p->scalar);
  } else {
    Output<O>(p, axis) = e;
  }
}
template <typename R, typename X, int kStep>
void EachRow(const PeerArgs* p) {
  const auto input = Input<X, kStep>(p);
  Assign<R>(p, kRows, Apply<R>(Widened<R>(input).rowwise()));
}
template <typename R, typename X, int kStep>
void EachColumn(const PeerArgs* p) {
  const auto input = Input<X, kStep>(p);
  Assign<R>(p, kCols, Apply<R>(Widened<R>(input).colwise()).transpose());
}

template <typename X>
void Dot(const PeerArgs* p) {
  *static_cast<X*>(p->ptr[0]) = VectorOf<X>(p, 1).dot(VectorOf<X>(p, 2));
}
template <typename X>
void Nrm2(const PeerArgs* p) {
  *static_cast<X*>(p->ptr[0]) = VectorOf<X>(p, 1).norm();
}
template <typename X>
void Asum(const PeerArgs* p) {
  *static_cast<X*>(p->ptr[0]) = VectorOf<X>(p, 1).template lpNorm<1>();
}

}  // namespace raptors::benchmarks::eigen

#endif  // RAPTORS_BENCHMARKS_PEERS_EIGEN_REDUCTIONS_H_
