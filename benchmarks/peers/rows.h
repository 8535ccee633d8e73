// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Joining the tables of a peer library at compile time.

#ifndef RAPTORS_BENCHMARKS_PEERS_ROWS_H_
#define RAPTORS_BENCHMARKS_PEERS_ROWS_H_

#include <array>

#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

template <typename T, size_t... kN>
constexpr std::array<T, (kN + ...)> Join(const std::array<T, kN>&... parts) {
  std::array<T, (kN + ...)> all = {};
  size_t i = 0;
  const auto append = [&](const auto& part) {
    for (const T& row : part) all[i++] = row;
  };
  (append(parts), ...);
  return all;
}

template <size_t kN>
constexpr PeerLoops LoopsOf(const std::array<PeerLoop, kN>& rows) {
  return {rows.data(), rows.size()};
}

// The parts of the table, each in a source of its own.
extern const PeerLoops kMapLoops;
extern const PeerLoops kReduceLoops;
extern const PeerLoops kProductLoops;

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_ROWS_H_
