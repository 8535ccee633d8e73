// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/report/result.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace raptors::benchmarks {
namespace {

// There is no instruction for products of int64 below AVX-512, and a slow one there: arithmetic binds, not memory.
bool BoundByMemory(const Cell& cell) {
  return cell.dtype != DType::kInt64 || (cell.op != Op::kMultiply && cell.op != Op::kScale);
}

// The faster one that is there.
const Named& Faster(const Named& a, const Named& b) {
  if (!b.present()) return a;
  if (!a.present()) return b;
  return b.ns < a.ns ? b : a;
}

void JudgeReference(const CellResult& result, const char* kind, const Named& reference, double share,
                    double overhead_ns, std::vector<Violation>* violations) {
  const double allowed = reference.ns / share + overhead_ns;
  if (!reference.present() || result.raptors_ns <= allowed) return;
  violations->push_back({absl::StrFormat("%s > %s allowed by %s %s: %s", FormatNs(result.raptors_ns), FormatNs(allowed),
                                         kind, FormatNs(reference.ns), reference.name),
                         result.raptors_ns / allowed});
}

void JudgeThreads(const CellResult& result, std::vector<Violation>* violations) {
  const double one = result.raptors_one_ns;
  const double allowed = one / kOneThreadShare + kResolutionNs;
  if (result.raptors_ns > allowed) {
    violations->push_back(
        {absl::StrFormat("%s with all threads, %s with one", FormatNs(result.raptors_ns), FormatNs(one)),
         result.raptors_ns / allowed});
  }
  if (one <= kGainFromNs || !result.roof_one.present()) return;
  const double roof_gain = result.roof_one.ns / result.Roof().ns;
  const double gain = one / result.raptors_ns;
  if (gain < kGainShare * roof_gain) {
    violations->push_back(
        {absl::StrFormat("threads gain %.2f, roofline gains %.2f (%s)", gain, roof_gain, result.Roof().name),
         kGainShare * roof_gain / gain});
  }
}

}  // namespace

const Named& CellResult::BestPeer() const { return Faster(Faster(plain, eigen), blas); }
const Named& CellResult::Roof() const { return Faster(roof_plain_stores, roof_streaming); }

std::vector<Violation> Judge(const CellResult& result, const Goals& goals) {
  std::vector<Violation> violations;
  if (!result.cell.Auto()) return violations;
  if (result.cell.all_threads) {
    JudgeThreads(result, &violations);
    return violations;
  }
  const Cell& cell = result.cell;
  if (goals.roof_share > 0 && cell.Streams() && BoundByMemory(cell) && cell.Bytes() <= kLargestJudged) {
    JudgeReference(result, "roofline", result.Roof(), goals.roof_share, goals.overhead_ns, &violations);
  }
  JudgeReference(result, "peer", result.BestPeer(), goals.peer_share, goals.overhead_ns, &violations);
  return violations;
}

std::string FormatNs(double ns) {
  struct Unit {
    double ns;
    const char* name;
  };
  constexpr Unit kUnits[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
  const Unit* unit = &kUnits[0];
  for (const Unit& u : kUnits) {
    if (ns >= u.ns) unit = &u;
  }
  const double value = ns / unit->ns;
  const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return absl::StrFormat("%.*f %s", decimals, value, unit->name);
}

}  // namespace raptors::benchmarks
