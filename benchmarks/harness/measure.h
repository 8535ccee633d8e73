// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Measuring several ways to do the same thing against one another: in rounds, each of which times every contestant
// once, in an order drawn anew. A change of the clock rate or of what else the machine does then meets all of them
// alike, which it does not when one is measured a minute after the other. Medians over the rounds are compared.
//
//   std::vector<int> finalists = BestOfFamilies(contestants, options);   // dozens to a handful
//   std::vector<Timing> timings = MeasureInRounds(chosen, options);

#ifndef RAPTORS_BENCHMARKS_HARNESS_MEASURE_H_
#define RAPTORS_BENCHMARKS_HARNESS_MEASURE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace raptors::benchmarks {

// A clock in nanoseconds.
inline double NowNs() {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  return static_cast<double>(duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

// Nanoseconds that `reps` calls of f take together. What f writes to memory counts as used.
template <typename F>
double TimeCalls(int64_t reps, const F& f) {
  const double start = NowNs();
  for (int64_t i = 0; i < reps; ++i) {
    f();
    __asm__ volatile("" ::: "memory");
  }
  return NowNs() - start;
}

struct Contestant {
  std::string family;  // BestOfFamilies() keeps one of each family
  std::string name;
  int threads = 1;
  std::function<double(int64_t reps)> time;  // TimeCalls() around its call
};

struct MeasureOptions {
  double seconds = 0.5;  // for the rounds of MeasureInRounds()
  int min_rounds = 7;    // also where they take longer
  int max_rounds = 1001;
  double sample_ns =
      20'000;  // short calls are repeated to last this long, so that reading the clock (25 ns) is nothing
  std::function<double()> now = NowNs;
};

struct Timing {
  double median_ns = 0;  // of one call
  double spread = 0;     // (third quartile - first quartile) / median
  int rounds = 0;
};

// The index of the fastest of each family, in order of first appearance. Slow ones leave after one sample.
std::vector<int> BestOfFamilies(const std::vector<Contestant>& contestants, const MeasureOptions& options);

// One timing per contestant.
std::vector<Timing> MeasureInRounds(const std::vector<Contestant>& contestants, const MeasureOptions& options);

// The median and the spread of samples. Precondition: not empty.
Timing Summarize(std::vector<double> samples);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_HARNESS_MEASURE_H_
