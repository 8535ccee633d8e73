// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The contestants of a cell beside Raptors: every peer and every roofline loop that is written for its operands, at
// every level of the processor. With several threads allowed, each comes twice, with one and with all: the caller of a
// peer chooses what is faster, as Raptors does. Their threads are those of Raptors' own pool, each with one part of
// equal size.

#ifndef RAPTORS_BENCHMARKS_PEERS_CONTESTANTS_H_
#define RAPTORS_BENCHMARKS_PEERS_CONTESTANTS_H_

#include <functional>
#include <string>
#include <vector>

#include "benchmarks/harness/measure.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/peer_library.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {

// "plain", "Eigen" and "BLAS" families. `blas_name` is how the library's contestants are called.
std::vector<Contestant> PeerContestants(const std::vector<PeerLibrary>& libraries, const std::string& blas_name, Op op,
                                        DType dtype, const PeerArgs& args, int max_threads);

// Names the family of a roofline loop, so that its caller decides which ones compete.
using RoofFamily = std::function<std::string(const PeerRoof& roof, int threads)>;

// The loops for one operation. `args.n` items as PeerRoofOp says, of dtype where it says elements; for kRoofFma the
// multiply-adds that each thread does.
std::vector<Contestant> RoofContestants(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype,
                                        const PeerRoofArgs& args, const std::vector<int>& threads,
                                        const RoofFamily& family);

// The loop of a contestant that RoofContestants() made, by its name; nullptr for others.
struct FoundRoof {
  const PeerLibrary* library;
  const PeerRoof* roof;
};
FoundRoof FindRoof(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype, const std::string& name);

// The iterations of a kRoofFma loop that come to so many multiply-adds, at least 1.
int64_t FmaIterations(int64_t multiply_adds, const PeerLibrary& library, const PeerRoof& roof);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_CONTESTANTS_H_
