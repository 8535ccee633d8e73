// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Plain loops: what a good engineer writes by hand for each layout, left to the compiler's vectoriser. Where several
// nests are sensible, all are here and the fastest counts.

#ifndef RAPTORS_BENCHMARKS_PEERS_PLAIN_H_
#define RAPTORS_BENCHMARKS_PEERS_PLAIN_H_

#include <algorithm>

#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks::plain {

inline bool InPlace(const PeerScaleArgs* p) { return p->in == p->out; }
inline bool OneRow(const PeerScaleArgs* p) { return p->rows == 1 && p->in_col == 1; }
inline bool IsContiguous(const PeerScaleArgs* p) { return OneRow(p) && !InPlace(p); }
inline bool IsContiguousInPlace(const PeerScaleArgs* p) { return OneRow(p) && InPlace(p); }
inline bool IsRows(const PeerScaleArgs* p) { return p->rows > 1 && p->in_col == 1; }
inline bool IsThreeColumns(const PeerScaleArgs* p) { return IsRows(p) && p->cols == 3; }
inline bool IsStrided(const PeerScaleArgs* p) { return p->in_col != 1 && p->in_row != 1; }
inline bool IsEverySecond(const PeerScaleArgs* p) { return p->in_col == 2 && IsStrided(p); }
inline bool IsTransposed(const PeerScaleArgs* p) { return p->in_row == 1 && p->in_col != 1; }

template <typename T>
void Contiguous(const PeerScaleArgs* p) {
  const T* __restrict in = static_cast<const T*>(p->in);
  T* __restrict out = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  const int64_t n = p->cols;
  for (int64_t i = 0; i < n; ++i) out[i] = factor * in[i];
}

template <typename T>
void ContiguousInPlace(const PeerScaleArgs* p) {
  T* x = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  const int64_t n = p->cols;
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

// Rows of `kCols` elements with a step of `kStep` in the input; 0: known at run time only.
template <typename T, int kStep, int kCols>
void RowMajor(const PeerScaleArgs* p) {
  const T* in = static_cast<const T*>(p->in);
  T* out = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  const int64_t cols = kCols != 0 ? kCols : p->cols;
  const int64_t step = kStep != 0 ? kStep : p->in_col;
  for (int64_t i = 0; i < p->rows; ++i) {
    const T* __restrict a = in + i * p->in_row;
    T* __restrict b = out + i * p->out_row;
    for (int64_t j = 0; j < cols; ++j) b[j] = factor * a[j * step];
  }
}

// The other order: along the input's contiguous axis.
template <typename T>
void ColumnMajor(const PeerScaleArgs* p) {
  const T* in = static_cast<const T*>(p->in);
  T* out = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  for (int64_t j = 0; j < p->cols; ++j) {
    const T* __restrict a = in + j * p->in_col;
    T* __restrict b = out + j;
    for (int64_t i = 0; i < p->rows; ++i) b[i * p->out_row] = factor * a[i];
  }
}

// Blocks whose lines of both operands stay in the first-level cache: 16 lines of 64 bytes each way, or 32.
template <typename T, int kBlock>
void Blocked(const PeerScaleArgs* p) {
  const T* in = static_cast<const T*>(p->in);
  T* out = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  for (int64_t i0 = 0; i0 < p->rows; i0 += kBlock) {
    const int64_t i1 = std::min(p->rows, i0 + kBlock);
    for (int64_t j0 = 0; j0 < p->cols; j0 += kBlock) {
      const int64_t j1 = std::min(p->cols, j0 + kBlock);
      for (int64_t i = i0; i < i1; ++i) {
        const T* __restrict a = in + i;
        T* __restrict b = out + i * p->out_row;
        for (int64_t j = j0; j < j1; ++j) b[j] = factor * a[j * p->in_col];
      }
    }
  }
}

}  // namespace raptors::benchmarks::plain

#endif  // RAPTORS_BENCHMARKS_PEERS_PLAIN_H_
