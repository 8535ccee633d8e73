// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reductions as plain loops. The sources that include this are compiled so that additions may be reordered and NaN need
// not be thought of: the compiler then vectorises them, and Raptors, which promises an order and NaN, is held against
// that.

#ifndef RAPTORS_BENCHMARKS_PEERS_PLAIN_REDUCTIONS_H_
#define RAPTORS_BENCHMARKS_PEERS_PLAIN_REDUCTIONS_H_

#include <math.h>

#include <algorithm>
#include <limits>
#include <type_traits>

#include "benchmarks/peers/accepts.h"
#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

// Of the output.
inline bool FoldsRows(const PeerArgs* p) { return p->stride[0][kRows] == 0; }
inline bool FoldsCols(const PeerArgs* p) { return p->stride[0][kCols] == 0; }

template <bool kFoldRows, bool kFoldCols, int kStep, int kInputs>
bool AcceptsReduction(const PeerArgs* p) {
  for (int k = 1; k <= kInputs; ++k) {
    if (kStep != kAnyStep && ColStep(p, k) != kStep) return false;
  }
  if (kStep == kAnyStep && ColStep(p, 1) == 1) return false;
  return FoldsRows(p) == kFoldRows && FoldsCols(p) == kFoldCols;
}
template <int kCols>
bool AcceptsNarrow(const PeerArgs* p) {
  return AcceptsReduction<true, false, 1, 1>(p) && Cols(p) == kCols && RowStep(p, 1) == kCols;
}

namespace plain {

// Id: the operation. X: element type of the input. A: accumulator. O: element type of the output.
template <typename X>
using SumOf = std::conditional_t<std::is_floating_point_v<X>, X, int64_t>;

template <typename X>
struct Sum {
  static constexpr Op kOp = Op::kSum;
  static constexpr int kInputs = 1;
  using A = SumOf<X>;
  using O = A;
  static A Start() { return 0; }
  static A Step(A a, X x, X) { return a + x; }
  static A Fold(A a, A b) { return a + b; }
  static O Finish(A a, double) { return a; }
};
template <typename X>
struct Mean : Sum<X> {
  static constexpr Op kOp = Op::kMean;
  using O = std::conditional_t<std::is_floating_point_v<X>, X, double>;
  static O Finish(typename Sum<X>::A a, double scalar) { return static_cast<O>(static_cast<double>(a) * scalar); }
};
template <typename X>
struct Min {
  static constexpr Op kOp = Op::kMin;
  static constexpr int kInputs = 1;
  using A = X;
  using O = X;
  static A Start() { return std::numeric_limits<X>::max(); }
  static A Step(A a, X x, X) { return x < a ? x : a; }
  static A Fold(A a, A b) { return b < a ? b : a; }
  static O Finish(A a, double) { return a; }
};
template <typename X>
struct Max {
  static constexpr Op kOp = Op::kMax;
  static constexpr int kInputs = 1;
  using A = X;
  using O = X;
  static A Start() { return std::numeric_limits<X>::lowest(); }
  static A Step(A a, X x, X) { return x > a ? x : a; }
  static A Fold(A a, A b) { return b > a ? b : a; }
  static O Finish(A a, double) { return a; }
};
template <typename X>
struct Dot : Sum<X> {
  static constexpr Op kOp = Op::kDot;
  static constexpr int kInputs = 2;
  static X Step(X a, X x, X y) { return a + x * y; }
};
template <typename X>
struct Nrm2 : Sum<X> {
  static constexpr Op kOp = Op::kNrm2;
  static X Step(X a, X x, X) { return a + x * x; }
  static X Finish(X a, double) { return static_cast<X>(sqrt(static_cast<double>(a))); }
};
template <typename X>
struct Asum : Sum<X> {
  static constexpr Op kOp = Op::kAsum;
  static X Step(X a, X x, X) { return a + (x < 0 ? -x : x); }
};

template <typename X>
const X* Row(const PeerArgs* p, int operand, int64_t i) {
  return static_cast<const X*>(p->ptr[operand]) + i * RowStep(p, operand);
}

// One row.
template <typename R, typename X, int kStep>
inline typename R::A FoldRow(const PeerArgs* p, int64_t i, typename R::A a) {
  const X* x = Row<X>(p, 1, i);
  const X* y = R::kInputs > 1 ? Row<X>(p, 2, i) : x;
  const int64_t cols = Cols(p);
  const int64_t step = kStep == kAnyStep ? ColStep(p, 1) : kStep;
  for (int64_t j = 0; j < cols; ++j) a = R::Step(a, x[j * step], y[j * step]);
  return a;
}

// Everything to one number.
template <typename R, typename X, int kStep>
void All(const PeerArgs* p) {
  typename R::A a = R::Start();
  for (int64_t i = 0; i < Rows(p); ++i) a = FoldRow<R, X, kStep>(p, i, a);
  *static_cast<typename R::O*>(p->ptr[0]) = R::Finish(a, p->scalar);
}

// Each row to a number.
template <typename R, typename X, int kStep>
void EachRow(const PeerArgs* p) {
  typename R::O* out = static_cast<typename R::O*>(p->ptr[0]);
  for (int64_t i = 0; i < Rows(p); ++i) {
    out[i * RowStep(p, 0)] = R::Finish(FoldRow<R, X, kStep>(p, i, R::Start()), p->scalar);
  }
}

// The rows onto one another, kTogether at a time, in pieces of columns whose accumulators stay in the first-level
// cache.
template <typename R, typename X, int kStep, int kTogether>
void EachColumn(const PeerArgs* p) {
  constexpr int64_t kPiece = 2048;
  typename R::A a[kPiece];
  const int64_t step = kStep == kAnyStep ? ColStep(p, 1) : kStep;
  const int64_t rows = Rows(p), row = RowStep(p, 1);
  for (int64_t begin = 0; begin < Cols(p); begin += kPiece) {
    const int64_t size = std::min(kPiece, Cols(p) - begin);
    std::fill(a, a + size, R::Start());
    const X* x = static_cast<const X*>(p->ptr[1]) + begin * step;
    int64_t i = 0;
    for (; i + kTogether <= rows; i += kTogether, x += kTogether * row) {
      for (int64_t j = 0; j < size; ++j) {
        typename R::A sum = R::Step(R::Start(), x[j * step], X{});
#pragma clang loop unroll(full)
        for (int k = 1; k < kTogether; ++k) sum = R::Step(sum, x[k * row + j * step], X{});
        a[j] = R::Fold(a[j], sum);
      }
    }
    for (; i < rows; ++i, x += row) {
      for (int64_t j = 0; j < size; ++j) a[j] = R::Step(a[j], x[j * step], X{});
    }
    typename R::O* out = static_cast<typename R::O*>(p->ptr[0]) + begin * ColStep(p, 0);
    for (int64_t j = 0; j < size; ++j) out[j * ColStep(p, 0)] = R::Finish(a[j], p->scalar);
  }
}

// A few columns without gaps: one accumulator for each.
template <typename R, typename X, int kColumns>
void Narrow(const PeerArgs* p) {
  typename R::A a[kColumns];
  std::fill(a, a + kColumns, R::Start());
  const X* x = static_cast<const X*>(p->ptr[1]);
  for (int64_t i = 0; i < Rows(p); ++i) {
    for (int j = 0; j < kColumns; ++j) a[j] = R::Step(a[j], x[i * kColumns + j], X{});
  }
  for (int j = 0; j < kColumns; ++j) {
    static_cast<typename R::O*>(p->ptr[0])[j * ColStep(p, 0)] = R::Finish(a[j], p->scalar);
  }
}

// The same as one long row with a period: accumulator q holds elements of column q % kColumns.
template <typename R, typename X, int kColumns>
void NarrowByPeriod(const PeerArgs* p) {
  constexpr int kPeriod = 32 * kColumns;
  typename R::A a[kPeriod];
  std::fill(a, a + kPeriod, R::Start());
  const X* x = static_cast<const X*>(p->ptr[1]);
  const int64_t n = Rows(p) * kColumns;
  int64_t i = 0;
  for (; i + kPeriod <= n; i += kPeriod) {
    for (int q = 0; q < kPeriod; ++q) a[q] = R::Step(a[q], x[i + q], X{});
  }
  for (; i < n; ++i) a[i % kColumns] = R::Step(a[i % kColumns], x[i], X{});
  for (int j = 0; j < kColumns; ++j) {
    for (int q = kColumns + j; q < kPeriod; q += kColumns) a[j] = R::Fold(a[j], a[q]);
    static_cast<typename R::O*>(p->ptr[0])[j * ColStep(p, 0)] = R::Finish(a[j], p->scalar);
  }
}

}  // namespace plain
}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_PLAIN_REDUCTIONS_H_
