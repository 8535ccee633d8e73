// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The regret of one call: the time of the path that the policy chooses over that of the best path there is.

#ifndef RAPTORS_BENCHMARKS_REGRETS_REGRET_CASE_H_
#define RAPTORS_BENCHMARKS_REGRETS_REGRET_CASE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/cell.h"
#include "benchmarks/operands.h"

namespace raptors::benchmarks {

struct RegretOptions {
  int rounds = 20;        // at least 2: half of them choose, the others score
  double seconds = 0.25;  // a case takes about this long, with fewer rounds, but at least 6, for slow calls
  int cores = 1;
};

struct RegretResult {
  Cell cell;
  std::string chosen;  // "avx3 x1 (best-isa)"
  std::string best;    // of the candidates: "avx2 x1"
  double chosen_ns = 0;
  double best_ns = 0;  // both medians over the scoring rounds
  int candidates = 0;  // paths tried, with the chosen one

  // 1: the chosen path is the best one, or as fast. The best is picked on other rounds than those that score, so that
  // it may come out below 1.
  double Regret() const { return chosen_ns / best_ns; }
};

// Every path that can be forced for the call: level x threads (1, 2, 4, ... all) x streaming stores or not x BLAS.
// Paths that come to the same decision are tried once. The answer of each is checked first.
absl::StatusOr<RegretResult> RunRegretCase(const Cell& cell, const RegretOptions& options, Operands& operands);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REGRETS_REGRET_CASE_H_
