// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Moving a tile of one operand into a buffer with contiguous rows, and back. Tiles are moved by the skeletons of one
// input with an operation that does nothing, for the item sizes instead of the dtypes: what is moved keeps its bits and
// raises no floating-point flag.

#ifndef RAPTORS_SIMD_LOOPS_MOVE_INL_H_
#define RAPTORS_SIMD_LOOPS_MOVE_INL_H_

#include <string.h>

#include "raptors/simd/loops/narrow-inl.h"
#include "raptors/simd/loops/strided-inl.h"
#include "raptors/simd/loops/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// The type that items of a size are moved as.
template <size_t kItem>
using Word = std::conditional_t<kItem == 4, uint32_t, uint64_t>;

struct Copy {
  static constexpr int kInputs = 1;
  explicit Copy(const KernelArgs&) {}
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D, hn::Vec<D> x) const {
    return x;
  }
};

// Any addresses and strides.
template <typename T>
HWY_NOINLINE void MoveItems(const KernelArgs& move) {
  const int64_t n = move.extent[1];
  const int64_t to_step = move.stride[0][1];
  const int64_t from_step = move.stride[1][1];
  for (int64_t i = 0; i < move.extent[0]; ++i) {
    char* to = move.ptr[0] + i * move.stride[0][0];
    const char* from = move.ptr[1] + i * move.stride[1][0];
    int64_t j = 0;
    for (; j + 4 <= n; j += 4) {
      T item[4];
      HWY_UNROLL(4)
      for (int u = 0; u < 4; ++u) memcpy(&item[u], from + u * from_step, sizeof(T));
      HWY_UNROLL(4)
      for (int u = 0; u < 4; ++u) memcpy(to + u * to_step, &item[u], sizeof(T));
      to += 4 * to_step;
      from += 4 * from_step;
    }
    for (; j < n; ++j) {
      memcpy(to, from, sizeof(T));
      to += to_step;
      from += from_step;
    }
  }
}

// Rows that repeat one item each, in kVectors vectors, into rows without gaps: a row overhangs into the next one, which
// is written later. May write up to 32 bytes behind the last row.
template <int kVectors, class D, typename T = hn::TFromD<D>>
HWY_INLINE void ExpandRows(D d, const T* from, int64_t step, int64_t rows, int64_t cols, T* to) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < rows; ++i) {
    const auto v = hn::Set(d, *from);
    HWY_UNROLL(2)
    for (int64_t j = 0; j < kVectors; ++j) hn::StoreU(v, d, to + j * lanes);
    from += step;
    to += cols;
  }
}

template <typename T>
HWY_NOINLINE void Expand(const KernelArgs& move) {
  int64_t rows = move.extent[0];
  const int64_t cols = move.extent[1];
  const int64_t step = move.stride[1][0] / static_cast<int64_t>(sizeof(T));
  const T* from = reinterpret_cast<const T*>(move.ptr[1]);
  T* to = reinterpret_cast<T*>(move.ptr[0]);
#if HWY_TARGET != HWY_SCALAR
  if (step == 1 && cols >= 2 && cols <= 4) {
    const hn::ScalableTag<T> d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    for (; rows >= lanes; rows -= lanes) {
      const auto v = hn::LoadU(d, from);
      if (cols == 2) hn::StoreInterleaved2(v, v, d, to);
      if (cols == 3) hn::StoreInterleaved3(v, v, v, d, to);
      if (cols == 4) hn::StoreInterleaved4(v, v, v, v, d, to);
      from += lanes;
      to += lanes * cols;
    }
  }
#endif
  const hn::CappedTag<T, 16 / sizeof(T)> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  if (cols <= lanes) return ExpandRows<1>(d, from, step, rows, cols, to);
  if (cols <= 2 * lanes) return ExpandRows<2>(d, from, step, rows, cols, to);
  for (; rows > 0; --rows) {
    const auto v = hn::Set(d, *from);
    for (int64_t j = 0; j < cols; j += lanes) hn::StoreU(v, d, to + j);
    from += step;
    to += cols;
  }
}

// Moves an operand with any strides and any address (operand 1 of `move`) into rows that are contiguous and aligned.
template <class B, typename T>
HWY_NOINLINE void MoveIn(const KernelArgs& move) {
  constexpr int64_t kItem = sizeof(T);
  const int64_t row = move.stride[1][0];
  const int64_t col = move.stride[1][1];
  if (!Aligned(move, 1, sizeof(T))) return MoveItems<T>(move);
  if (col == kItem) return NarrowMap<B, Copy, T>(Copy(move), move);
  if (col == 0) return Expand<T>(move);
  if (row == kItem && move.extent[0] > 1) {
#if HWY_TARGET != HWY_SCALAR
    if (FewWays<B, Copy, T>(Copy(move), move)) return;
#endif
    return TransposeTile(reinterpret_cast<const T*>(move.ptr[1]), col / kItem, move.extent[0], move.extent[1],
                         reinterpret_cast<T*>(move.ptr[0]), move.stride[0][0] / kItem);
  }
  StridedMap<B, Copy, T>(Copy(move), move);
}

// Moves contiguous, aligned rows (operand 1) to an output with any strides and any address.
template <class B, typename T>
HWY_NOINLINE void MoveOut(const KernelArgs& move) {
  if (move.stride[0][1] == static_cast<int64_t>(sizeof(T)) && Aligned(move, 0, sizeof(T))) {
    return NarrowMap<B, Copy, T>(Copy(move), move);
  }
  MoveItems<T>(move);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_MOVE_INL_H_
