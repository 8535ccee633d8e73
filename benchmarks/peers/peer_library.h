// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The peer libraries of this platform (peers/), loaded where the processor can run them.

#ifndef RAPTORS_BENCHMARKS_PEERS_PEER_LIBRARY_H_
#define RAPTORS_BENCHMARKS_PEERS_PEER_LIBRARY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/peers/peer.h"
#include "raptors/base/isa.h"

namespace raptors::benchmarks {

struct PeerLibrary {
  std::string level;  // "x86-64-v3"
  const PeerTable* table;
};

// The name of a roofline loop: "x86-64-v3, unroll 4, streaming".
std::string RoofName(const PeerLibrary& library, const PeerRoof& roof);

// The path of a file of this repository that a binary has as data. NotFound naming it. argv0 as main() got it.
absl::StatusOr<std::string> FindRunfile(const char* argv0, absl::string_view path);

// Lowest level first. The libraries stay loaded. NotFound, FailedPrecondition when one is missing or cannot be loaded.
absl::StatusOr<std::vector<PeerLibrary>> LoadPeers(const char* argv0, IsaSet supported);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_PEER_LIBRARY_H_
