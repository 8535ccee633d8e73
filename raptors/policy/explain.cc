// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/policy/explain.h"

#include <algorithm>

#include "raptors/policy/verdicts.h"

namespace raptors::policy {
namespace {

// One of our kernels, as if BLAS did not exist.
Candidate JudgeIsa(Isa isa, const Machine& machine, const Limits& limits, IsaSet allowed, const Decision& decision) {
  Candidate candidate{isa == Isa::kScalar ? Route::kScalar : Route::kSimd, isa, decision.threads, false, false, {}};
  if (!machine.supported.Has(isa)) {
    candidate.reason = Reason::kIsaNotSupported;
  } else if (!machine.usable.Has(isa)) {
    candidate.reason = Reason::kIsaNotBuilt;
  } else if (!allowed.Has(isa)) {
    candidate.reason = limits.simd == SimdRule::kOff ? Reason::kSimdOff : Reason::kIsaNotAllowed;
  } else {
    candidate.eligible = true;
    candidate.chosen = isa == Highest(allowed) && decision.route != Route::kBlas;
    // The best level loses to BLAS only, for BLAS's reason.
    candidate.reason = isa == Highest(allowed) ? decision.reason : Reason::kLowerIsa;
  }
  return candidate;
}

// 1, 2, 4, ... up to the larger of cores and limit, and those two.
std::vector<int> ThreadCounts(const Machine& machine, int limit) {
  const int top = std::max(machine.cores, limit);
  std::vector<int> counts = {machine.cores, limit};
  for (int64_t threads = 1; threads < top; threads *= 2) counts.push_back(static_cast<int>(threads));
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

}  // namespace

Explanation Explain(const CallShape& shape, const Machine& machine, const Limits& limits, const Profile& profile) {
  Explanation explanation;
  explanation.decision = Decide(shape, machine, limits, profile);
  const Decision& decision = explanation.decision;
  std::vector<Candidate>& candidates = explanation.candidates;
  const IsaSet allowed = AllowedIsas(machine, limits);
  if (OwnRoute(shape.op, decision.isa) == Route::kEigen) {
    // It loses to BLAS only, for BLAS's reason.
    candidates.push_back(
        {Route::kEigen, decision.isa, decision.threads, true, decision.route == Route::kEigen, decision.reason});
  } else {
    for (int i = kNumIsas; i-- > 0;) {
      candidates.push_back(JudgeIsa(kAllIsas[i], machine, limits, allowed, decision));
    }
  }
  if (shape.elements == 0) return explanation;

  const Thresholds& thresholds = profile.At(shape.op, shape.dtype, shape.layout);
  if (RoutineOf(shape.op).bits != BlasBits::kNoRoutine) {
    const BlasVerdict blas = JudgeBlas(shape, machine, limits, thresholds, SimdReason(machine, limits, allowed));
    candidates.push_back({Route::kBlas, decision.isa, decision.threads, blas.eligible, blas.chosen, blas.reason});
  }
  const ThreadPlan plan = PlanThreads(shape, BytesMoved(shape), machine, limits, thresholds);
  for (const int threads : ThreadCounts(machine, plan.limit)) {
    if (threads == plan.chosen) continue;
    Candidate candidate{decision.route, decision.isa, threads, threads <= plan.limit, false, {}};
    if (threads > plan.limit) {
      candidate.reason = InPieces(shape)   ? Reason::kOverlapBuffered
                         : plan.limit == 1 ? Reason::kOneThreadAllowed
                                           : Reason::kThreadsLimited;
    } else {
      candidate.reason = threads < plan.chosen ? Reason::kParallel : Reason::kTooSmallForThreads;
    }
    candidates.push_back(candidate);
  }
  return explanation;
}

}  // namespace raptors::policy
