// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "raptors/tune/document.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {
namespace {

using profile::Field;
using profile::Row;

// What a threshold may lose, as a logarithm, and still hold: twice of what makes a row when a profile is made, so that
// a profile does not fail its own check.
constexpr double kTolerance = 0.1;

// The row that gives a call its threshold; as many rows as there are where none does.
size_t Governing(const std::vector<Row>& rows, const Ladder& ladder) {
  size_t found = rows.size();
  for (size_t r = 0; r < rows.size(); ++r) {
    const bool has = rows[r].fields[static_cast<int>(ladder.field)].has_value();
    if (has && Covers(rows[r], ladder.op, ladder.dtype, ladder.layout)) found = r;
  }
  return found;
}

// The threshold that the policy acts by: there are not two threads before each gets thread_min.
Value InForce(const profile::LoadedProfile& loaded, const profile::Threshold& threshold, const Ladder& ladder) {
  Value value{threshold.value, threshold.never};
  if (ladder.field != Field::kParallelMin) return value;
  const profile::Threshold& thread = loaded.At(ladder.op, ladder.dtype, ladder.layout, Field::kThreadMin);
  value.number = std::max(value.number, 2 * thread.value);
  return value;
}

void Judge(const profile::LoadedProfile& loaded, const std::vector<const Ladder*>& ladders, Verdict* verdict) {
  if (ladders.empty()) return;
  verdict->measured = true;
  verdict->best = BestValue(ladders);
  double worst = 0;
  for (const Ladder* ladder : ladders) {
    const Loss loss = LossOf(*ladder, InForce(loaded, verdict->threshold, *ladder));
    // Where the two ways cross more than once, no threshold is right everywhere.
    const double excess = loss.worst - LossOf(*ladder, BestValue(*ladder)).worst;
    if (excess <= worst) continue;
    worst = excess;
    verdict->where = NameOf(*ladder);
    for (const Rung& rung : ladder->rungs) {
      if (rung.at != loss.at) continue;
      absl::StrAppend(&verdict->where, ", ", ladder->base, " and ", ladder->alternative, ": ", Times(*ladder, rung));
    }
  }
  verdict->loss = std::expm1(worst);
  verdict->holds = worst <= kTolerance;
}

}  // namespace

std::vector<Verdict> Check(const Measurement& measurement, const profile::LoadedProfile& loaded) {
  std::vector<Verdict> verdicts;
  for (size_t r = 0; r < loaded.rows.size(); ++r) {
    const Row& row = loaded.rows[r];
    for (int i = 0; i < profile::kNumFields; ++i) {
      if (!row.fields[i].has_value()) continue;
      Verdict verdict;
      verdict.selector.op = row.op;
      verdict.selector.dtype = row.dtype;
      verdict.selector.layout = row.layout;
      verdict.field = static_cast<Field>(i);
      verdict.threshold = *row.fields[i];
      std::vector<const Ladder*> ladders;
      for (const Ladder& ladder : measurement.ladders) {
        if (ladder.field == verdict.field && Governing(loaded.rows, ladder) == r) ladders.push_back(&ladder);
      }
      Judge(loaded, ladders, &verdict);
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

}  // namespace raptors::tune
