// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Maps as plain loops: what a good engineer writes by hand for each layout, left to the compiler's vectoriser. Where
// several nests are sensible, all are here and the fastest counts.

#ifndef RAPTORS_BENCHMARKS_PEERS_PLAIN_MAPS_H_
#define RAPTORS_BENCHMARKS_PEERS_PLAIN_MAPS_H_

#include <algorithm>

#include "benchmarks/peers/accepts.h"
#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks::plain {

// Signed overflow has no meaning in C++; the operations wrap around.
template <typename T>
struct Wrapping {
  using Type = T;
};
template <>
struct Wrapping<int32_t> {
  using Type = uint32_t;
};
template <>
struct Wrapping<int64_t> {
  using Type = uint64_t;
};
template <typename T>
using W = typename Wrapping<T>::Type;

template <typename T>
W<T> ScalarOf(const PeerArgs* p) {
  return static_cast<W<T>>(static_cast<T>(p->scalar));
}

// Element j of a row.
template <int kStep, typename T>
inline __attribute__((always_inline)) T At(const T* row, int64_t j, int64_t step) {
  return row[kStep == 0 ? 0 : j * (kStep == kAnyStep ? step : kStep)];
}

// The row of operand k; absent ones stand for the output's, which nobody reads.
template <int kInputs, typename T>
inline const T* Row(const PeerArgs* p, int k, int64_t i) {
  return k < kInputs ? static_cast<const T*>(p->ptr[1 + k]) + i * RowStep(p, 1 + k) : nullptr;
}

// Rows of kExtent columns (0: known at run time only), the inputs with the steps kStep.
template <typename F, typename T, int kExtent, int... kStep>
void RowMajor(const PeerArgs* p) {
  constexpr int kInputs = sizeof...(kStep);
  constexpr int kSteps[] = {kStep..., 0, 0};
  using U = W<T>;
  const U s = ScalarOf<T>(p);
  const int64_t cols = kExtent != 0 ? kExtent : Cols(p);
  const int64_t sx = ColStep(p, 1), sy = ColStep(p, 2), sz = ColStep(p, 3);
  for (int64_t i = 0; i < Rows(p); ++i) {
    const U* __restrict x = Row<kInputs, U>(p, 0, i);
    const U* __restrict y = Row<kInputs, U>(p, 1, i);
    const U* __restrict z = Row<kInputs, U>(p, 2, i);
    U* __restrict out = static_cast<U*>(p->ptr[0]) + i * RowStep(p, 0);
    for (int64_t j = 0; j < cols; ++j) {
      const U a = At<kSteps[0]>(x, j, sx);
      const U b = kInputs > 1 ? At<kSteps[1]>(y, j, sy) : U{};
      const U c = kInputs > 2 ? At<kSteps[2]>(z, j, sz) : U{};
      out[j] = F::Apply(s, a, b, c);
    }
  }
}

// One row, where input kInPlace is the output: read through the output's own pointer, so that the compiler sees it.
template <typename F, typename T, int kInPlace>
void InPlace(const PeerArgs* p) {
  constexpr int kInputs = F::kInputs;
  using U = W<T>;
  const U s = ScalarOf<T>(p);
  U* out = static_cast<U*>(p->ptr[0]);
  const U* x = kInPlace == 0 ? out : static_cast<const U*>(p->ptr[1]);
  const U* y = kInPlace == 1 ? out : static_cast<const U*>(p->ptr[2]);
  const U* z = kInPlace == 2 ? out : static_cast<const U*>(p->ptr[3]);
  const int64_t n = Cols(p);
  for (int64_t j = 0; j < n; ++j) {
    out[j] = F::Apply(s, x[j], kInputs > 1 ? y[j] : U{}, kInputs > 2 ? z[j] : U{});
  }
}

// An element of any strides.
template <int kInputs, typename U>
inline __attribute__((always_inline)) U Element(const PeerArgs* p, int k, int64_t i, int64_t j) {
  return k < kInputs ? static_cast<const U*>(p->ptr[1 + k])[i * RowStep(p, 1 + k) + j * ColStep(p, 1 + k)] : U{};
}

// Rows [i0, i1) of columns [j0, j1), down the columns or along the rows.
template <typename F, typename T, bool kDown>
inline void Block(const PeerArgs* p, int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  using U = W<T>;
  const PeerArgs q = *p;  // a copy, which the stores below cannot change
  const U s = ScalarOf<T>(p);
  U* __restrict out = static_cast<U*>(q.ptr[0]);
  const int64_t out_row = RowStep(&q, 0);
  const auto element = [&](int64_t i, int64_t j) __attribute__((always_inline)) {
    out[i * out_row + j] = F::Apply(s, Element<F::kInputs, U>(&q, 0, i, j), Element<F::kInputs, U>(&q, 1, i, j),
                                    Element<F::kInputs, U>(&q, 2, i, j));
  };
  if (kDown) {
    for (int64_t j = j0; j < j1; ++j) {
      for (int64_t i = i0; i < i1; ++i) element(i, j);
    }
  } else {
    for (int64_t i = i0; i < i1; ++i) {
      for (int64_t j = j0; j < j1; ++j) element(i, j);
    }
  }
}

// The whole in one order.
template <typename F, typename T, bool kDown>
void Whole(const PeerArgs* p) {
  Block<F, T, kDown>(p, 0, Rows(p), 0, Cols(p));
}

// Blocks whose lines of all operands stay in the first-level cache: 16 lines of 64 bytes each way, or 32.
template <typename F, typename T, int kBlock>
void Blocked(const PeerArgs* p) {
  for (int64_t i = 0; i < Rows(p); i += kBlock) {
    const int64_t i1 = std::min(Rows(p), i + kBlock);
    for (int64_t j = 0; j < Cols(p); j += kBlock) {
      Block<F, T, false>(p, i, i1, j, std::min(Cols(p), j + kBlock));
    }
  }
}

}  // namespace raptors::benchmarks::plain

#endif  // RAPTORS_BENCHMARKS_PEERS_PLAIN_MAPS_H_
