// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/tune/ladder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace raptors::tune {
namespace {

// Gains below this are no reason to do anything differently, however sure they are.
constexpr double kLeastMargin = 0.01;

// Twice the standard error of a median, in interquartile ranges over the root of the number of samples: for normal
// noise the error is 1.2533 sigma / sqrt(n), and the interquartile range is 1.349 sigma. The quartiles of a few samples
// say little: the range itself is the least for them.
constexpr double kTwoErrors = 2 * 1.2533 / 1.349;
constexpr size_t kFewSamples = 8;

// Linear interpolation between order statistics. Precondition: sorted, not empty.
double Quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

struct Summary {
  double median;
  double range;  // interquartile
};

Summary Summarize(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return {Quantile(samples, 0.5), Quantile(samples, 0.75) - Quantile(samples, 0.25)};
}

// The gain, or 0 where it is noise.
double Sure(const Rung& rung) { return std::abs(rung.gain) <= rung.margin ? 0 : rung.gain; }

// Between the last rung where the base is taken and the first where the alternative is: where the straight line through
// their gains, over the logarithm of the size, crosses zero.
double Between(const Rung& below, const Rung& above) {
  if (below.gain >= 0 || above.gain <= 0) return above.at;
  const double share = -below.gain / (above.gain - below.gain);
  return below.at * std::pow(above.at / below.at, share);
}

// A step at rung k: the base below, the alternative from there on.
Value StepValue(const Ladder& ladder, size_t k) {
  if (k == 0) return {ladder.rungs[0].at, false};
  return {Between(ladder.rungs[k - 1], ladder.rungs[k]), false};
}

}  // namespace

Rung Compare(absl::Span<const double> base_ns, absl::Span<const double> alternative_ns) {
  std::vector<double> gains;
  for (size_t i = 0; i < base_ns.size(); ++i) gains.push_back(std::log(base_ns[i] / alternative_ns[i]));
  const Summary gain = Summarize(gains);
  const Summary base = Summarize({base_ns.begin(), base_ns.end()});
  const Summary alternative = Summarize({alternative_ns.begin(), alternative_ns.end()});
  Rung rung;
  rung.gain = gain.median;
  const double errors = kTwoErrors / std::sqrt(static_cast<double>(gains.size()));
  rung.margin = std::max(kLeastMargin, gain.range * (gains.size() < kFewSamples ? std::max(1.0, errors) : errors));
  rung.base_ns = base.median;
  rung.alternative_ns = alternative.median;
  rung.spread = std::max(base.range / base.median, alternative.range / alternative.median);
  rung.rounds = static_cast<int>(gains.size());
  return rung;
}

Loss LossOf(const Ladder& ladder, const Value& value) {
  Loss loss;
  const auto add = [&](double lost, double at) {
    loss.total += lost;
    if (lost > loss.worst) {
      loss.worst = lost;
      loss.at = at;
    }
  };
  if (ladder.kind == LadderKind::kStep) {
    for (const Rung& rung : ladder.rungs) {
      const bool taken = !value.never && rung.at >= value.number;
      add(std::max(0.0, taken ? -Sure(rung) : Sure(rung)), rung.at);
    }
    return loss;
  }
  // A value that was not measured does as well as its nearest neighbour.
  const Rung* nearest = &ladder.rungs[0];
  double best = 0;
  for (const Rung& rung : ladder.rungs) {
    best = std::max(best, Sure(rung));
    const auto distance = [&](const Rung& r) { return std::abs(std::log(r.at / value.number)); };
    if (distance(rung) < distance(*nearest)) nearest = &rung;
  }
  add(best - Sure(*nearest), nearest->at);
  return loss;
}

Value BestValue(const Ladder& ladder) {
  const Ladder* const one[] = {&ladder};
  return BestValue(one);
}

namespace {

// The gain where it is large enough to care, noise or not: summed over many rungs noise cancels out, but a rule that
// ignored every unsure gain would put crossovers an octave too late on a busy machine.
double Raw(const Rung& rung) { return std::abs(rung.gain) < kLeastMargin ? 0 : rung.gain; }

// What a step gains in all, and twice the standard error of that.
struct StepGain {
  double gain = 0;
  double margin = 0;
};

StepGain GainOf(absl::Span<const Ladder* const> ladders, double from) {
  StepGain sum;
  double squares = 0;
  for (const Ladder* ladder : ladders) {
    for (const Rung& rung : ladder->rungs) {
      if (rung.at < from) continue;
      sum.gain += Raw(rung);
      squares += rung.margin * rung.margin;
    }
  }
  sum.margin = std::sqrt(squares);
  return sum;
}

Value BestStep(absl::Span<const Ladder* const> ladders) {
  std::vector<double> candidates;
  for (const Ladder* ladder : ladders) {
    for (size_t k = 0; k < ladder->rungs.size(); ++k) candidates.push_back(StepValue(*ladder, k).number);
  }
  std::sort(candidates.begin(), candidates.end());
  double most = 0;
  std::vector<double> best;  // all that gain the same: those between the same rungs
  for (const double candidate : candidates) {
    const StepGain step = GainOf(ladders, candidate);
    // Sums in another order round differently.
    constexpr double kSame = 1e-9;
    if (step.gain <= step.margin || step.gain < most - kSame) continue;
    if (step.gain > most + kSame) best.clear();
    most = std::max(most, step.gain);
    best.push_back(candidate);
  }
  if (best.empty()) return {0, true};
  return {best[best.size() / 2], false};
}

}  // namespace

Value BestValue(absl::Span<const Ladder* const> ladders) {
  if (ladders[0]->kind == LadderKind::kStep) return BestStep(ladders);
  // Of choices the base of the gains (gain 0) is kept where nothing is surely better.
  Value best;
  double least = std::numeric_limits<double>::infinity();
  for (const bool base : {true, false}) {
    for (const Ladder* ladder : ladders) {
      for (const Rung& rung : ladder->rungs) {
        if ((rung.gain == 0 && rung.margin == 0) != base) continue;
        double total = 0;
        for (const Ladder* other : ladders) total += LossOf(*other, {rung.at, false}).total;
        if (total < least - 1e-9) {
          best = {rung.at, false};
          least = total;
        }
      }
    }
  }
  return best;
}

}  // namespace raptors::tune
