// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The BLAS as a peer: cblas called as a user of BLAS would, not through Raptors.

#ifndef RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_
#define RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_

#include <vector>

#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

// scal in place; out of place a copy of a piece that fits the first-level cache and scal of that, and OpenBLAS's
// omatcopy where it is the library. Empty in a build without BLAS.
std::vector<PeerScale> BlasScales();

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_
