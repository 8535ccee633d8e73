// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/harness/measure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "raptors/parallel/pool.h"

namespace raptors::benchmarks {
namespace {

// Calls up to this long are preceded by an untimed one, so that none starts with the caches its predecessor left.
constexpr double kWarmUpBelowNs = 2e6;

// Rounds of BestOfFamilies() for those that are not clearly slow.
constexpr int kScreeningRounds = 3;
constexpr double kClearlySlower = 1.3;

// Takes samples of contestants one after the other.
class Sampler {
 public:
  Sampler(const std::vector<Contestant>& contestants, const MeasureOptions& options)
      : contestants_(contestants), options_(options), reps_(contestants.size(), 0), estimate_(contestants.size(), 0) {}

  // Nanoseconds of one call.
  double Sample(int index) {
    const Contestant& contestant = contestants_[index];
    // Idle workers spin for a while; a call of one thread should not share the machine with them.
    if (last_threads_ > 1 && contestant.threads == 1) {
      const double until = options_.now() + 1.5e3 * parallel::kSpinMicros;
      while (options_.now() < until) {
      }
    }
    last_threads_ = contestant.threads;
    if (reps_[index] == 0) Calibrate(index);
    if (estimate_[index] < kWarmUpBelowNs) contestant.time(1);
    return contestant.time(reps_[index]) / static_cast<double>(reps_[index]);
  }

 private:
  void Calibrate(int index) {
    const Contestant& contestant = contestants_[index];
    constexpr int64_t kMaxReps = int64_t{1} << 24;
    int64_t reps = 1;
    double ns = contestant.time(reps);
    // The first call may have met cold caches or a sleeping worker.
    if (ns < kWarmUpBelowNs) ns = contestant.time(reps);
    while (ns < options_.sample_ns / 4 && reps < kMaxReps) {
      reps *= 4;
      ns = contestant.time(reps);
    }
    estimate_[index] = ns / static_cast<double>(reps);
    reps_[index] = std::clamp<int64_t>(
        static_cast<int64_t>(std::ceil(options_.sample_ns / std::max(estimate_[index], 1e-3))), 1, kMaxReps);
  }

  const std::vector<Contestant>& contestants_;
  const MeasureOptions& options_;
  std::vector<int64_t> reps_;
  std::vector<double> estimate_;
  int last_threads_ = 1;
};

}  // namespace

Timing Summarize(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    const double position = share * static_cast<double>(samples.size() - 1);
    const size_t below = static_cast<size_t>(position);
    const size_t above = std::min(below + 1, samples.size() - 1);
    return samples[below] + (position - static_cast<double>(below)) * (samples[above] - samples[below]);
  };
  Timing timing;
  timing.median_ns = at(0.5);
  timing.spread = timing.median_ns > 0 ? (at(0.75) - at(0.25)) / timing.median_ns : 0;
  timing.rounds = static_cast<int>(samples.size());
  return timing;
}

std::vector<int> BestOfFamilies(const std::vector<Contestant>& contestants, const MeasureOptions& options) {
  Sampler sampler(contestants, options);
  const int count = static_cast<int>(contestants.size());
  const int rounds = std::min(kScreeningRounds, options.max_rounds);
  std::vector<double> fastest(contestants.size(), std::numeric_limits<double>::infinity());
  std::map<std::string, double> best;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < count; ++i) {
      if (round > 0 && fastest[i] > kClearlySlower * best[contestants[i].family]) continue;
      fastest[i] = std::min(fastest[i], sampler.Sample(i));
      auto [family, first] = best.try_emplace(contestants[i].family, fastest[i]);
      if (!first) family->second = std::min(family->second, fastest[i]);
    }
  }
  std::vector<int> winners;
  std::vector<std::string> seen;
  for (int i = 0; i < count; ++i) {
    const std::string& family = contestants[i].family;
    if (std::find(seen.begin(), seen.end(), family) != seen.end()) continue;
    seen.push_back(family);
    int winner = i;
    for (int k = i; k < count; ++k) {
      if (contestants[k].family == family && fastest[k] < fastest[winner]) winner = k;
    }
    winners.push_back(winner);
  }
  return winners;
}

std::vector<Timing> MeasureInRounds(const std::vector<Contestant>& contestants, const MeasureOptions& options) {
  Sampler sampler(contestants, options);
  std::vector<std::vector<double>> samples(contestants.size());
  std::vector<int> order(contestants.size());
  std::iota(order.begin(), order.end(), 0);
  std::minstd_rand random(1);
  const double end = options.now() + 1e9 * options.seconds;
  for (int round = 0; round < options.max_rounds; ++round) {
    if (round >= options.min_rounds && options.now() >= end) break;
    std::shuffle(order.begin(), order.end(), random);
    for (int i : order) samples[i].push_back(sampler.Sample(i));
  }
  std::vector<Timing> timings;
  for (const std::vector<double>& s : samples) timings.push_back(Summarize(s));
  return timings;
}

}  // namespace raptors::benchmarks
