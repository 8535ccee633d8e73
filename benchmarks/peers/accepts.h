// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Which operands a peer's loop is written for, as predicates on its arguments.

#ifndef RAPTORS_BENCHMARKS_PEERS_ACCEPTS_H_
#define RAPTORS_BENCHMARKS_PEERS_ACCEPTS_H_

#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

// A step along the columns that is known at run time only.
inline constexpr int kAnyStep = -1;
inline constexpr int kNotInPlace = -1;

inline int64_t Rows(const PeerArgs* p) { return p->extent[kRows]; }
inline int64_t Cols(const PeerArgs* p) { return p->extent[kCols]; }
inline int64_t RowStep(const PeerArgs* p, int operand) { return p->stride[operand][kRows]; }
inline int64_t ColStep(const PeerArgs* p, int operand) { return p->stride[operand][kCols]; }

// The input that is the output, counted from 0, or kNotInPlace.
template <int kInputs>
int InPlaceInput(const PeerArgs* p) {
  for (int k = 0; k < kInputs; ++k) {
    if (p->ptr[1 + k] == p->ptr[0]) return k;
  }
  return kNotInPlace;
}

// A map's operand that runs down its columns in memory.
inline bool IsColumnOrder(const PeerArgs* p, int operand) {
  return Rows(p) > 1 && RowStep(p, operand) == 1 && ColStep(p, operand) > 1;
}

template <int kInputs>
bool AnyColumnOrder(const PeerArgs* p) {
  for (int k = 1; k <= kInputs; ++k) {
    if (IsColumnOrder(p, k)) return true;
  }
  return false;
}

// kStep: the inputs' steps along the columns. kExtent: the number of columns, 0 for any. A loop for any step is there
// where no operand asks for a better one.
template <int kInPlace, int kExtent, int... kStep>
bool AcceptsMap(const PeerArgs* p) {
  constexpr int kInputs = sizeof...(kStep);
  constexpr int kSteps[] = {kStep...};
  if (InPlaceInput<kInputs>(p) != kInPlace || (kExtent != 0 && (Cols(p) != kExtent || Rows(p) == 1))) return false;
  for (int k = 0; k < kInputs; ++k) {
    if (kSteps[k] != kAnyStep && kSteps[k] != ColStep(p, 1 + k)) return false;
  }
  return true;
}

template <int kInputs>
bool AcceptsTransposed(const PeerArgs* p) {
  return InPlaceInput<kInputs>(p) == kNotInPlace && AnyColumnOrder<kInputs>(p);
}

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_ACCEPTS_H_
