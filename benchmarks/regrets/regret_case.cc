// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/regrets/regret_case.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/answers.h"
#include "benchmarks/calls.h"
#include "benchmarks/harness/measure.h"
#include "raptors/base/choice.h"
#include "raptors/base/isa.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::benchmarks {
namespace {

constexpr int kFewestRounds = 6;

// A way to force a path; fields that are not set are left to the policy.
struct Force {
  std::optional<Isa> isa;
  int threads = 0;  // 0: the policy chooses
  std::optional<bool> stream;
  std::optional<bool> blas;
};

// The scopes of a forced path, in force while it lives.
class Forced {
 public:
  Forced(const Force& force, const Cell& cell) {
    if (force.threads != 0 || force.stream.has_value() || force.blas.has_value()) Thresholds(force, cell);
    if (force.isa.has_value()) Keep(context::ScopedSimd(*force.isa));
    if (force.threads != 0) Keep(context::ScopedThreads(force.threads));
    if (force.blas.has_value()) {
      scopes_.push_back(context::ScopedBlas(*force.blas ? policy::BlasMode::kPrefer : policy::BlasMode::kOff));
    }
  }
  ~Forced() {
    while (!scopes_.empty()) scopes_.pop_back();  // newest first
  }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;

  const absl::Status& status() const { return status_; }

 private:
  void Keep(absl::StatusOr<context::Scope> scope) {
    status_.Update(scope.status());
    if (scope.ok()) scopes_.push_back(*std::move(scope));
  }
  // A profile whose thresholds for the operation are always or never reached.
  void Thresholds(const Force& force, const Cell& cell) {
    profile::LoadedProfile loaded = context::Current().profile_source->loaded;
    for (int layout = 0; layout < kNumLayouts; ++layout) {
      policy::Thresholds& row = loaded.thresholds.At(cell.op, cell.dtype, static_cast<Layout>(layout));
      if (force.threads != 0) {
        row.parallel_min_bytes = force.threads > 1 ? 0 : policy::kNever;
        row.thread_min_bytes = 1;
      }
      if (force.stream.has_value()) {
        row.stream_llc_share = *force.stream ? 0 : std::numeric_limits<double>::infinity();
      }
      if (force.blas.has_value()) row.blas_min_elements = *force.blas ? 0 : policy::kNever;
    }
    scopes_.push_back(context::ScopedProfile(std::move(loaded), "forced"));
  }

  std::vector<context::Scope> scopes_;
  absl::Status status_;
};

std::string TextOf(const metrics::Choice& choice, const Force& force) {
  return absl::StrCat(choice.route == Route::kSimd ? Name(choice.isa) : Name(choice.route), " x", choice.threads,
                      force.stream.value_or(false) ? " stream" : "");
}

std::vector<Force> AllForces(const Cell& cell, int cores) {
  std::vector<int> threads = {1};
  for (int count = 2; count < cores; count *= 2) threads.push_back(count);
  if (cores > 1) threads.push_back(cores);
  const IsaSet usable = context::Current().machine.usable;
  std::vector<Force> forces;
  for (int count : threads) {
    for (Isa isa : kAllIsas) {
      if (!usable.Has(isa)) continue;
      // Only maps write enough to stream it, and never in place.
      const bool streams = Info(cell.op).kind == OpKind::kMap && cell.in_place < 0;
      for (int stream = 0; stream < (streams ? 2 : 1); ++stream) forces.push_back({isa, count, stream == 1, false});
    }
    // A demanded level excludes BLAS, so that it is left open here.
    if (context::Current().machine.blas) forces.push_back({std::nullopt, count, false, true});
  }
  return forces;
}

struct Candidate {
  Force force;
  std::string text;
  int64_t reps = 1;
  std::vector<double> samples;  // nanoseconds of one call, by round
};

double Median(const std::vector<double>& samples, size_t parity) {
  std::vector<double> half;
  for (size_t i = parity; i < samples.size(); i += 2) half.push_back(samples[i]);
  return Summarize(half).median_ns;
}

// Runs the candidate once with its answer checked and finds how often to repeat it in a sample. Nanoseconds of a call.
absl::StatusOr<double> Try(Operands& operands, const Answers& answers, Candidate* candidate) {
  constexpr double kSampleNs = 20'000;
  const Forced forced(candidate->force, operands.cell());
  if (!forced.status().ok()) return forced.status();
  operands.ResetOutput();
  if (absl::Status status = CallOnce(operands); !status.ok()) return status;
  metrics::Choice choice;
  if (!metrics::LastDecision(&choice)) return absl::InternalError("the call was not counted");
  candidate->text = TextOf(choice, candidate->force);
  // A BLAS may round a product and a sum together, and in its own order.
  const bool own = choice.route == Route::kSimd || choice.route == Route::kScalar;
  if (absl::Status status = answers.Check(own ? Whose::kRaptors : Whose::kPeers); !status.ok()) {
    return absl::InternalError(absl::StrCat(candidate->text, ": ", status.message()));
  }
  const auto call = TimedCall(operands, 0);
  operands.ResetOutput();
  double ns = call(1);
  ns = std::min(ns, call(1));
  candidate->reps = std::clamp<int64_t>(static_cast<int64_t>(kSampleNs / std::max(ns, 1.0)), 1, 4096);
  return ns;
}

void Sample(Operands& operands, Candidate* candidate) {
  const Forced forced(candidate->force, operands.cell());
  const auto call = TimedCall(operands, 0);
  call(1);  // the caches that the others left
  candidate->samples.push_back(call(candidate->reps) / static_cast<double>(candidate->reps));
}

}  // namespace

absl::StatusOr<RegretResult> RunRegretCase(const Cell& cell, const RegretOptions& options, Operands& operands) {
  if (absl::Status status = operands.Prepare(cell); !status.ok()) return status;
  const Answers answers(operands);
  RegretResult result;
  result.cell = cell;

  // The first is what the policy chooses.
  std::vector<Candidate> candidates;
  double round_ns = 0;
  const auto add = [&](const Force& force) -> absl::Status {
    Candidate candidate;
    candidate.force = force;
    const absl::StatusOr<double> ns = Try(operands, answers, &candidate);
    if (!ns.ok()) return ns.status();
    ++result.candidates;
    for (size_t i = 1; i < candidates.size(); ++i) {
      if (candidates[i].text == candidate.text) return absl::OkStatus();  // the path could not be forced, or is known
    }
    round_ns += *ns * static_cast<double>(candidate.reps + 1);
    candidates.push_back(std::move(candidate));
    return absl::OkStatus();
  };
  if (absl::Status status = add({}); !status.ok()) return status;
  metrics::Choice chosen = {};
  metrics::LastDecision(&chosen);
  candidates[0].text = absl::StrCat(candidates[0].text, " (", Name(chosen.reason), ")");
  for (const Force& force : AllForces(cell, options.cores)) {
    if (absl::Status status = add(force); !status.ok()) return status;
  }

  const int affordable = static_cast<int>(1e9 * options.seconds / std::max(round_ns, 1.0));
  const int rounds = std::min(options.rounds, std::max(kFewestRounds, affordable));
  operands.ResetOutput();
  std::vector<size_t> order(candidates.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  uint64_t random = 1;
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = order.size(); i > 1; --i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      std::swap(order[i - 1], order[(random >> 33) % i]);
    }
    for (size_t index : order) Sample(operands, &candidates[index]);
  }

  // The best on the even rounds, scored on the odd ones. The chosen path is one of them.
  size_t best = 0;
  for (size_t i = 1; i < candidates.size(); ++i) {
    if (Median(candidates[i].samples, 0) < Median(candidates[best].samples, 0)) best = i;
  }
  result.chosen = candidates[0].text;
  result.best = candidates[best].text;
  result.chosen_ns = Median(candidates[0].samples, 1);
  result.best_ns = Median(candidates[best].samples, 1);
  return result;
}

}  // namespace raptors::benchmarks
