// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/cell_case.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/answers.h"
#include "benchmarks/calls.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/proof.h"
#include "benchmarks/roof/roof_check.h"
#include "raptors/context/scope.h"

namespace raptors::benchmarks {
namespace {

constexpr char kRaptors[] = "Raptors";
constexpr char kRaptorsOne[] = "Raptors, one thread";
constexpr char kRoofPlain[] = "roofline, plain stores";
constexpr char kRoofStreaming[] = "roofline, streaming stores";
constexpr char kRoofOne[] = "roofline, one thread";

// Raptors itself; `max_threads` 0: as many as the cell allows.
Contestant RaptorsContestant(const char* name, const Operands& operands, int max_threads, PathProof& proof) {
  Contestant contestant;
  contestant.family = contestant.name = name;
  contestant.threads = max_threads == 1 ? 1 : proof.threads();
  contestant.time = [call = TimedCall(operands, max_threads), &proof](int64_t reps) {
    proof.Expect(reps);
    return call(reps);
  };
  return contestant;
}

std::vector<Contestant> Peers(double scalar, int threads, Bench& bench) {
  const Cell& cell = bench.operands.cell();
  return PeerContestants(bench.libraries, bench.blas_name, cell.op, cell.dtype, bench.operands.peer_args(scalar),
                         threads);
}

std::vector<Contestant> Roofs(int threads, Bench& bench) {
  const Operands& operands = bench.operands;
  const DType dtype = operands.cell().dtype;
  const auto make = [&](int count, const char* family) {
    PeerRoofArgs args = operands.roof_args();
    // Each thread does its part of the arithmetic; memory is split by the loops themselves.
    if (operands.roof_op() == kRoofFma) args.n = std::max<int64_t>(1, args.n / count);
    return RoofContestants(
        bench.libraries, operands.roof_op(), dtype, args, {count}, [family](const PeerRoof& roof, int) {
          return std::string(family != nullptr ? family : roof.streams ? kRoofStreaming : kRoofPlain);
        });
  };
  std::vector<Contestant> all = make(1, nullptr);
  if (threads == 1) return all;
  for (std::vector<Contestant> more : {make(threads, nullptr), make(1, kRoofOne)}) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return all;
}

absl::Status CheckPeer(const Contestant& contestant, Operands& operands, const Answers& answers) {
  operands.ResetOutput();
  contestant.time(1);
  const absl::Status status = answers.Check(Whose::kPeers);
  if (status.ok()) return status;
  return absl::InternalError(absl::StrCat(contestant.name, ": ", status.message()));
}

void Assign(const Contestant& contestant, const Timing& timing, double roof_times, CellResult* result) {
  const std::string& family = contestant.family;
  const bool roof = family == kRoofPlain || family == kRoofStreaming || family == kRoofOne;
  const Named named = {contestant.name, timing.median_ns * (roof ? roof_times : 1)};
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

// The best of each family of peers and roofline loops, each with its answer checked.
absl::StatusOr<std::vector<Contestant>> Finalists(int threads, const MeasureOptions& options, const Answers& answers,
                                                  Bench& bench) {
  Operands& operands = bench.operands;
  std::vector<Contestant> others = Peers(operands.timed_scalar(), threads, bench);
  const size_t peers = others.size();
  for (Contestant& roof : Roofs(threads, bench)) others.push_back(std::move(roof));
  operands.ResetOutput();
  const std::vector<int> winners = BestOfFamilies(others, options);
  const std::vector<Contestant> checked = Peers(operands.check_scalar(), threads, bench);
  std::vector<Contestant> finalists;
  for (int winner : winners) {
    const size_t index = static_cast<size_t>(winner);
    const Contestant& other = others[index];
    const absl::Status status =
        index < peers ? CheckPeer(checked[index], operands, answers)
                      : CheckRoofByName(bench.libraries, operands.roof_op(), operands.cell().dtype, other.name);
    if (!status.ok()) return status;
    finalists.push_back(other);
  }
  return finalists;
}

}  // namespace

absl::StatusOr<CellResult> RunCell(const Cell& cell, const MeasureOptions& options, Bench& bench) {
  Operands& operands = bench.operands;
  if (absl::Status status = operands.Prepare(cell); !status.ok()) return status;
  const int threads = cell.all_threads ? bench.cores : 1;
  absl::StatusOr<context::Scope> simd = context::ScopedSimd(cell.simd);
  if (!simd.ok()) return simd.status();
  absl::StatusOr<context::Scope> limit = context::ScopedThreads(threads);
  if (!limit.ok()) return limit.status();

  // Raptors first: the answer, then which path gave it.
  const Answers answers(operands);
  PathProof proof(cell, threads);
  operands.ResetOutput();
  if (absl::Status status = CallOnce(operands); !status.ok()) return status;
  if (absl::Status status = answers.Check(Whose::kRaptors); !status.ok()) {
    return absl::InternalError(absl::StrCat("Raptors: ", status.message()));
  }
  if (absl::Status status = proof.Begin(); !status.ok()) return status;

  absl::StatusOr<std::vector<Contestant>> finalists = Finalists(threads, options, answers, bench);
  if (!finalists.ok()) return finalists.status();
  finalists->push_back(RaptorsContestant(kRaptors, operands, 0, proof));
  if (threads > 1) finalists->push_back(RaptorsContestant(kRaptorsOne, operands, 1, proof));

  operands.ResetOutput();
  const std::vector<Timing> timings = MeasureInRounds(*finalists, options);
  if (absl::Status status = proof.End(); !status.ok()) return status;

  CellResult result;
  result.cell = cell;
  result.threads = threads;
  result.work = operands.work();
  result.decision = proof.DecisionText();
  result.reason = proof.ReasonText();
  for (size_t i = 0; i < finalists->size(); ++i) Assign((*finalists)[i], timings[i], operands.roof_times(), &result);
  return result;
}

}  // namespace raptors::benchmarks
