// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/scale_case.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/proof.h"
#include "raptors/array/view.h"
#include "raptors/context/scope.h"
#include "raptors/ops/elementwise.h"

namespace raptors::benchmarks {
namespace {

constexpr char kRaptors[] = "Raptors";
constexpr char kRaptorsOne[] = "Raptors, one thread";
constexpr char kRoofPlain[] = "roofline, plain stores";
constexpr char kRoofStreaming[] = "roofline, streaming stores";
constexpr char kRoofOne[] = "roofline, one thread";

// Raptors itself, on the operands' views.
Contestant RaptorsContestant(const char* name, const ArrayView& in, const MutableArrayView& out, double factor,
                             const CallOptions& options, PathProof& proof) {
  Contestant contestant;
  contestant.family = contestant.name = name;
  contestant.threads = options.max_threads == 1 ? 1 : proof.threads();
  contestant.time = [in, out, factor, options, &proof](int64_t reps) {
    proof.Expect(reps);
    return TimeCalls(reps, [&] { Scale(in, factor, out, options).IgnoreError(); });
  };
  return contestant;
}

// Everybody else, in the same order for every factor.
std::vector<Contestant> Others(const Cell& cell, double factor, int threads, ScaleBench& bench) {
  std::vector<Contestant> all =
      PeerContestants(bench.libraries, bench.blas_name, cell.dtype, bench.operands.PeerArgs(factor), threads);
  const PeerRoofOp op = cell.layout == GridLayout::kInPlace ? kRoofScaleInPlace : kRoofScale;
  const PeerRoofArgs args = bench.operands.RoofArgs(factor);
  std::vector<int> counts = {1};
  if (threads > 1) counts.push_back(threads);
  std::vector<Contestant> roofs = RoofContestants(
      bench.libraries, op, cell.dtype, args, counts,
      [](const PeerRoof& roof, int) { return std::string(roof.streams ? kRoofStreaming : kRoofPlain); });
  all.insert(all.end(), roofs.begin(), roofs.end());
  if (threads > 1) {
    roofs = RoofContestants(bench.libraries, op, cell.dtype, args, {1},
                            [](const PeerRoof&, int) { return std::string(kRoofOne); });
    all.insert(all.end(), roofs.begin(), roofs.end());
  }
  return all;
}

bool IsRoof(const Contestant& contestant) { return contestant.family.rfind("roofline", 0) == 0; }

absl::Status CheckAnswer(const Contestant& contestant, Operands& operands) {
  operands.ResetOutput();
  contestant.time(1);
  const absl::Status status = operands.CheckOutput(IsRoof(contestant));
  if (status.ok()) return status;
  return absl::InternalError(absl::StrCat(contestant.name, ": ", status.message()));
}

void Assign(const Contestant& contestant, const Timing& timing, CellResult* result) {
  const Named named = {contestant.name, timing.median_ns};
  const std::string& family = contestant.family;
  if (family == kRaptors) {
    result->raptors_ns = timing.median_ns;
    result->spread = timing.spread;
    result->rounds = timing.rounds;
  } else if (family == kRaptorsOne) {
    result->raptors_one_ns = timing.median_ns;
  } else if (family == kRoofPlain) {
    result->roof_plain_stores = named;
  } else if (family == kRoofStreaming) {
    result->roof_streaming = named;
  } else if (family == kRoofOne) {
    result->roof_one = named;
  } else if (family == "plain") {
    result->plain = named;
  } else if (family == "Eigen") {
    result->eigen = named;
  } else {
    result->blas = named;
  }
}

}  // namespace

absl::StatusOr<CellResult> RunScaleCase(const Cell& cell, const MeasureOptions& options, ScaleBench& bench) {
  Operands& operands = bench.operands;
  if (absl::Status status = operands.Prepare(cell); !status.ok()) return status;
  absl::StatusOr<ArrayView> in = operands.Input();
  if (!in.ok()) return in.status();
  absl::StatusOr<MutableArrayView> out = operands.Output();
  if (!out.ok()) return out.status();
  const int threads = cell.all_threads ? bench.cores : 1;
  absl::StatusOr<context::Scope> simd = context::ScopedSimd(cell.simd);
  if (!simd.ok()) return simd.status();
  absl::StatusOr<context::Scope> limit = context::ScopedThreads(threads);
  if (!limit.ok()) return limit.status();

  // Raptors first: the answer, then which path gave it.
  PathProof proof(cell, threads);
  operands.ResetOutput();
  if (absl::Status status = Scale(*in, kCheckFactor, *out); !status.ok()) return status;
  if (absl::Status status = operands.CheckOutput(); !status.ok()) {
    return absl::InternalError(absl::StrCat("Raptors: ", status.message()));
  }
  if (absl::Status status = proof.Begin(); !status.ok()) return status;

  // The finalists, each checked.
  const std::vector<Contestant> checked = Others(cell, kCheckFactor, threads, bench);
  std::vector<Contestant> others = Others(cell, kTimedFactor, threads, bench);
  operands.ResetOutput();
  const std::vector<int> winners = BestOfFamilies(others, options);
  std::vector<Contestant> finalists;
  for (int winner : winners) {
    if (absl::Status status = CheckAnswer(checked[winner], operands); !status.ok()) return status;
    finalists.push_back(others[winner]);
  }
  finalists.push_back(RaptorsContestant(kRaptors, *in, *out, kTimedFactor, {}, proof));
  if (threads > 1) {
    CallOptions one;
    one.max_threads = 1;
    finalists.push_back(RaptorsContestant(kRaptorsOne, *in, *out, kTimedFactor, one, proof));
  }

  operands.ResetOutput();
  const std::vector<Timing> timings = MeasureInRounds(finalists, options);
  if (absl::Status status = proof.End(); !status.ok()) return status;

  CellResult result;
  result.cell = cell;
  result.threads = threads;
  result.bytes = static_cast<double>(operands.bytes_moved());
  result.decision = proof.DecisionText();
  result.reason = proof.ReasonText();
  for (size_t i = 0; i < finalists.size(); ++i) Assign(finalists[i], timings[i], &result);
  return result;
}

}  // namespace raptors::benchmarks
