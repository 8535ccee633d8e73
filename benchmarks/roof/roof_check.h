// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Whether a roofline loop does what its operation says.

#ifndef RAPTORS_BENCHMARKS_ROOF_ROOF_CHECK_H_
#define RAPTORS_BENCHMARKS_ROOF_ROOF_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/peer_library.h"

namespace raptors::benchmarks {

const char* Name(PeerRoofOp op);

// Runs one loop on `args` (their n as the loop takes it) and compares with a loop over single items. The output and the
// inputs are filled first. Arrays hold args.n items; those that the operation does not have may be null. Internal when
// they differ.
absl::Status CheckRoof(const PeerLibrary& library, const PeerRoof& roof, PeerRoofArgs args);

// The same for the loop that has this name (of a contestant, with or without its threads), on small arrays of its own.
absl::Status CheckRoofByName(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype,
                             const std::string& name);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_ROOF_ROOF_CHECK_H_
