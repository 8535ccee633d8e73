// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The BLAS as a peer: cblas called as a user of BLAS would, not through Raptors.

#ifndef RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_
#define RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_

#include <vector>

#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

// For every operation that BLAS routines can express:
//   scale, add, subtract, axpy   scal, axpy; out of place on a copy, by pieces that fit the first-level cache;
//                                OpenBLAS's omatcopy where it is the library
//   sum, mean                    gemv by ones over an axis; dot with ones over all
//   dot, nrm2, asum, matmul      the routines of these names
// Empty in a build without BLAS.
const std::vector<PeerLoop>& BlasLoops();

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_BLAS_PEER_H_
