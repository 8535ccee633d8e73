// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products: Eigen's own kernels, and a plain loop where it is not hopeless.

#include <array>

#include "Eigen/Core"
#include "benchmarks/peers/accepts.h"
#include "benchmarks/peers/rows.h"

namespace raptors::benchmarks {
namespace {

int64_t Inner(const PeerArgs* p) { return p->extent[kPeerInner]; }

// Multiplications up to which a plain loop is tried: beyond, it takes long and is far behind.
constexpr int64_t kPlainLargest = int64_t{1} << 24;

bool SecondInRows(const PeerArgs* p) {
  return Rows(p) * Cols(p) * Inner(p) <= kPlainLargest && p->stride[2][kCols] == 1;
}

// Row i of the output collects rows of the second input: the inner loop runs along consecutive elements.
template <typename T>
void ByRows(const PeerArgs* p) {
  const T* a = static_cast<const T*>(p->ptr[1]);
  const T* b = static_cast<const T*>(p->ptr[2]);
  const int64_t cols = Cols(p);
  for (int64_t i = 0; i < Rows(p); ++i) {
    T* __restrict out = static_cast<T*>(p->ptr[0]) + i * RowStep(p, 0);
    for (int64_t j = 0; j < cols; ++j) out[j] = 0;
    for (int64_t k = 0; k < Inner(p); ++k) {
      const T factor = a[i * p->stride[1][kRows] + k * p->stride[1][kPeerInner]];
      const T* __restrict row = b + k * p->stride[2][kPeerInner];
      for (int64_t j = 0; j < cols; ++j) out[j] += factor * row[j];
    }
  }
}

// The strides of operand k along the output's rows or the inner axis, and along the inner axis or the columns.
struct Steps {
  int64_t down, across;
};
Steps StepsOf(const PeerArgs* p, int k) {
  return k == 1 ? Steps{p->stride[1][kRows], p->stride[1][kPeerInner]}
                : Steps{p->stride[2][kPeerInner], p->stride[2][kCols]};
}

template <bool kFirstInRows, bool kSecondInRows>
bool AcceptsOrders(const PeerArgs* p) {
  const Steps a = StepsOf(p, 1), b = StepsOf(p, 2);
  return (kFirstInRows ? a.across : a.down) == 1 && (kSecondInRows ? b.across : b.down) == 1;
}

template <typename T, bool kInRows>
auto Operand(const PeerArgs* p, int k) {
  using M = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, kInRows ? Eigen::RowMajor : Eigen::ColMajor>;
  const Steps steps = StepsOf(p, k);
  return Eigen::Map<const M, Eigen::Unaligned, Eigen::OuterStride<>>(
      static_cast<const T*>(p->ptr[k]), k == 1 ? Rows(p) : Inner(p), k == 1 ? Inner(p) : Cols(p),
      Eigen::OuterStride<>(kInRows ? steps.down : steps.across));
}

template <typename T, bool kFirstInRows, bool kSecondInRows>
void Product(const PeerArgs* p) {
  using M = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<M, Eigen::Unaligned, Eigen::OuterStride<>> out(static_cast<T*>(p->ptr[0]), Rows(p), Cols(p),
                                                            Eigen::OuterStride<>(RowStep(p, 0)));
  out.noalias() = Operand<T, kFirstInRows>(p, 1) * Operand<T, kSecondInRows>(p, 2);
}

template <typename T>
constexpr std::array<PeerLoop, 5> Products() {
  constexpr DType kType = DTypeOf<T>::value;
  return {{
      {"plain", "", Op::kMatmul, kType, SecondInRows, ByRows<T>},
      {"Eigen", "", Op::kMatmul, kType, AcceptsOrders<true, true>, Product<T, true, true>},
      {"Eigen", "", Op::kMatmul, kType, AcceptsOrders<true, false>, Product<T, true, false>},
      {"Eigen", "", Op::kMatmul, kType, AcceptsOrders<false, true>, Product<T, false, true>},
      {"Eigen", "", Op::kMatmul, kType, AcceptsOrders<false, false>, Product<T, false, false>},
  }};
}

constexpr auto kRowsOfTable = Join(Products<float>(), Products<double>());

}  // namespace

const PeerLoops kProductLoops = LoopsOf(kRowsOfTable);

}  // namespace raptors::benchmarks
