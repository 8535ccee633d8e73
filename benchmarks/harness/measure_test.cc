// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/harness/measure.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace raptors::benchmarks {
namespace {

// Contestants on a clock of their own, which advances only while they run.
class FakeMachine {
 public:
  Contestant Make(const std::string& family, const std::string& name, double ns) {
    return {family, name, 1, [this, name, ns](int64_t reps) {
              log.push_back(name);
              calls += reps;
              clock += ns * static_cast<double>(reps);
              return ns * static_cast<double>(reps);
            }};
  }
  MeasureOptions Options() {
    MeasureOptions options;
    options.now = [this] { return clock; };
    return options;
  }

  double clock = 0;
  int64_t calls = 0;
  std::vector<std::string> log;
};

TEST(SummarizeTest, MedianAndQuartiles) {
  const Timing odd = Summarize({5, 1, 3, 2, 4});
  EXPECT_DOUBLE_EQ(odd.median_ns, 3);
  EXPECT_DOUBLE_EQ(odd.spread, 2.0 / 3);
  EXPECT_EQ(odd.rounds, 5);
  EXPECT_DOUBLE_EQ(Summarize({1, 2, 3, 10}).median_ns, 2.5);
  EXPECT_DOUBLE_EQ(Summarize({7}).median_ns, 7);
  EXPECT_DOUBLE_EQ(Summarize({7}).spread, 0);
}

TEST(BestOfFamiliesTest, KeepsTheFastestOfEach) {
  FakeMachine machine;
  const std::vector<Contestant> all = {machine.Make("plain", "a", 300), machine.Make("Eigen", "b", 200),
                                       machine.Make("plain", "c", 100), machine.Make("Eigen", "d", 250),
                                       machine.Make("BLAS", "e", 900)};
  EXPECT_EQ(BestOfFamilies(all, machine.Options()), (std::vector<int>{2, 1, 4}));
}

TEST(MeasureInRoundsTest, EveryRoundHasEachOnceInChangingOrder) {
  FakeMachine machine;
  std::vector<Contestant> all;
  for (const char* name : {"a", "b", "c"}) all.push_back(machine.Make("f", name, 3e6));  // long: one call a sample
  MeasureOptions options = machine.Options();
  options.seconds = 1e-9;
  options.min_rounds = 20;
  const std::vector<Timing> timings = MeasureInRounds(all, options);
  ASSERT_EQ(timings.size(), 3u);
  EXPECT_EQ(timings[0].rounds, 20);
  EXPECT_DOUBLE_EQ(timings[0].median_ns, 3e6);
  // The first round also calibrates: one more call each.
  ASSERT_EQ(machine.log.size(), 63u);
  std::set<std::string> orders;
  for (size_t i = 6; i < machine.log.size(); i += 3) {
    const std::set<std::string> names(machine.log.begin() + i, machine.log.begin() + i + 3);
    EXPECT_EQ(names.size(), 3u);
    orders.insert(machine.log[i] + machine.log[i + 1] + machine.log[i + 2]);
  }
  EXPECT_GT(orders.size(), 2u);
}

TEST(MeasureInRoundsTest, RepeatsShortCallsAndKeepsToItsTime) {
  FakeMachine machine;
  const std::vector<Contestant> all = {machine.Make("f", "a", 10), machine.Make("g", "b", 40)};
  MeasureOptions options = machine.Options();
  options.seconds = 1e-3;
  const std::vector<Timing> timings = MeasureInRounds(all, options);
  EXPECT_DOUBLE_EQ(timings[0].median_ns, 10);
  EXPECT_DOUBLE_EQ(timings[1].median_ns, 40);
  // Two samples of 20 us a round: 25 rounds in a millisecond.
  EXPECT_GE(timings[0].rounds, 20);
  EXPECT_LE(timings[0].rounds, 26);
  EXPECT_GT(machine.calls, timings[0].rounds * (2000 + 500));
}

TEST(TimeCallsTest, CallsAsOftenAsAsked) {
  int calls = 0;
  EXPECT_GE(TimeCalls(17, [&] { ++calls; }), 0);
  EXPECT_EQ(calls, 17);
}

}  // namespace
}  // namespace raptors::benchmarks
