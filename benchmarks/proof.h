// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Proof that a cell ran as it says: what Raptors counted for its calls agrees with what was asked for and with what
// introspection announces, before the clock starts and after it stops.

#ifndef RAPTORS_BENCHMARKS_PROOF_H_
#define RAPTORS_BENCHMARKS_PROOF_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/cell.h"
#include "raptors/metrics/metrics.h"

namespace raptors::benchmarks {

class PathProof {
 public:
  // For calls on the current thread with at most `threads` threads. Counting must be on.
  PathProof(const Cell& cell, int threads) : cell_(cell), threads_(threads) {}

  // Right after a call of the cell: its recorded choice must be the one that Explain() announces and must obey the
  // cell's SIMD level and threads. Internal otherwise. From here on calls are counted.
  absl::Status Begin();
  // So many calls are about to be made, those on one thread included.
  void Expect(int64_t calls) { expected_ += calls; }
  // All of them must have been counted, no other path among them than the one of Begin() and its one-thread twin.
  absl::Status End() const;

  int threads() const { return threads_; }
  std::string DecisionText() const;  // "simd avx3 x1", "simd avx3 x2 stream"
  std::string ReasonText() const;    // "best-isa"

 private:
  absl::Status CheckDemand() const;
  absl::Status CheckExplanation();

  Cell cell_;
  int threads_;
  metrics::Choice choice_ = {};
  bool stream_ = false;
  metrics::Snapshot before_;
  uint64_t expected_ = 0;
};

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PROOF_H_
