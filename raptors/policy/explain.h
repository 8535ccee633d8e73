// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Why Decide() decided: every path that a call could have taken, whether it was open to the call, and the reason why it
// was chosen or not. Uses the very functions that Decide() consists of, so the two cannot disagree.

#ifndef RAPTORS_POLICY_EXPLAIN_H_
#define RAPTORS_POLICY_EXPLAIN_H_

#include <vector>

#include "raptors/policy/policy.h"

namespace raptors::policy {

// One way to compute the call.
struct Candidate {
  Route route;
  Isa isa;  // for kBlas and kEigen the level in force for our own kernels
  int threads;
  bool eligible;  // the call could have been computed this way
  bool chosen;    // true for exactly one candidate
  Reason reason;  // why it was chosen, why another was better, or why it was not eligible
};

struct Explanation {
  Decision decision;  // Decide() of the same arguments
  // First our kernels at each level, highest first (products: Eigen's), then BLAS (if the operation has a BLAS
  // routine), all at the thread count of the decision; then the chosen path at other thread counts, ascending.
  std::vector<Candidate> candidates;
};

// Same preconditions as Decide(). Allocates: not for the hot path.
Explanation Explain(const CallShape& shape, const Machine& machine, const Limits& limits, const Profile& profile);

}  // namespace raptors::policy

#endif  // RAPTORS_POLICY_EXPLAIN_H_
