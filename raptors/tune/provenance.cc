// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Ladders and values as text.

#include <stddef.h>
#include <stdint.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/document.h"
#include "raptors/tune/ladder.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {
namespace {

// The rungs on both sides of a step, or the ones that decided a choice.
std::string Evidence(const Ladder& ladder, const Value& value) {
  const std::vector<Rung>& rungs = ladder.rungs;
  if (ladder.kind == LadderKind::kChoice) {
    std::string text;
    for (const Rung& rung : rungs)
      absl::StrAppendFormat(&text, "%s%g %+.0f%%", text.empty() ? "" : ", ", rung.at, 100 * (std::exp(rung.gain) - 1));
    return absl::StrCat("speed over that of 0.5: ", text);
  }
  size_t above = 0;
  while (above < rungs.size() && (value.never || rungs[above].at < value.number)) ++above;
  std::string text;
  if (above > 0) text = Times(ladder, rungs[above - 1]);
  if (above < rungs.size()) absl::StrAppend(&text, text.empty() ? "" : ", ", Times(ladder, rungs[above]));
  return text;
}

double Spread(const Ladder& ladder) {
  std::vector<double> spreads;
  for (const Rung& rung : ladder.rungs) spreads.push_back(rung.spread);
  std::nth_element(spreads.begin(), spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2), spreads.end());
  return spreads[spreads.size() / 2];
}

// How many were measured: some stand for operations with the same traffic too.
int64_t Series(const Ladders& ladders) {
  return std::count_if(ladders.begin(), ladders.end(), [](const Ladder* l) { return l->op == l->timed; });
}

}  // namespace

std::string NameOf(const Ladder& ladder) {
  return absl::StrCat(Name(ladder.timed), " ", Name(ladder.dtype), " ", Name(ladder.layout));
}

std::string Times(const Ladder& ladder, const Rung& rung) {
  const absl::string_view unit = profile::Info(ladder.field).unit;
  std::string size;
  if (unit == "bytes") {
    size = absl::StrFormat("%.4g KiB", rung.at / 1024);
  } else {
    size = absl::StrFormat("%.4g %s", rung.at, unit);
  }
  const double us = 1e-3;
  return absl::StrFormat("at %s %.3g and %.3g us", size, us * rung.base_ns, us * rung.alternative_ns);
}

std::string Percent(double share) { return absl::StrFormat("%.0f%%", 100 * share); }

std::string ProvenanceOf(const Ladders& ladders, const Ladders& decided, const Value& value, const About& about) {
  const int64_t series = Series(ladders);
  const std::string source = absl::StrCat("; ", about.machine, ", ", about.date, ", ", about.command);
  if (decided.empty()) {
    return absl::StrCat("measured: loses least on ", series, " series, each of which has a row of its own", source);
  }
  const Ladder& first = *decided[0];
  double worst = 0;
  for (const Ladder* ladder : decided) worst = std::max(worst, LossOf(*ladder, value).worst);
  std::string text = absl::StrCat("measured: ", NameOf(first), ", ");
  if (first.kind == LadderKind::kStep) absl::StrAppend(&text, first.base, " and ", first.alternative, ": ");
  absl::StrAppend(&text, Evidence(first, value), "; medians of ", first.rungs[0].rounds, " rounds, spread ",
                  Percent(Spread(first)));
  if (series > 1) {
    absl::StrAppend(&text, "; chosen for ", series, " series");
    if (decided.size() < ladders.size()) absl::StrAppend(&text, ", decides ", Series(decided), " of them");
    absl::StrAppend(&text, ", none loses more than ", Percent(std::expm1(worst)));
  }
  return absl::StrCat(text, source);
}

}  // namespace raptors::tune
