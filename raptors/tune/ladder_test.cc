// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Crossovers of made-up timings.

#include "raptors/tune/ladder.h"

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/profile/profile.h"

namespace raptors::tune {
namespace {

using Model = std::function<double(double bytes)>;

constexpr double kFrom = 8 * 1024;
constexpr int kSizes = 12;

// A ladder of factor-2 sizes whose samples follow two models, each times noise of this relative size. Every tenth
// sample of either is a disturbance of a factor of five.
Ladder Make(const Model& base, const Model& alternative, double noise, int rounds = 15, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, noise);
  std::uniform_int_distribution<int> tenth(0, 9);
  const auto sample = [&](double ns) {
    return ns * std::exp(normal(random)) * (noise > 0 && tenth(random) == 0 ? 5 : 1);
  };
  Ladder ladder;
  for (int i = 0; i < kSizes; ++i) {
    const double at = kFrom * std::exp2(i);
    std::vector<double> a, b;
    for (int r = 0; r < rounds; ++r) {
      a.push_back(sample(base(at)));
      b.push_back(sample(alternative(at)));
    }
    Rung rung = Compare(a, b);
    rung.at = at;
    ladder.rungs.push_back(rung);
  }
  return ladder;
}

// One thread at 100 bytes/ns; two, after waking the second. They are equal at 400 KB.
double OneThread(double bytes) { return bytes / 100; }
double TwoThreads(double bytes) { return 2000 + bytes / 200; }
constexpr double kEqual = 400'000;

TEST(Compare, TakesMediansOfPairs) {
  const std::vector<double> base = {200, 220, 2000, 210, 190}, alternative = {100, 110, 1000, 105, 95};
  const Rung rung = Compare(base, alternative);
  EXPECT_NEAR(rung.gain, std::log(2.0), 1e-12);
  EXPECT_EQ(rung.base_ns, 210);
  EXPECT_EQ(rung.alternative_ns, 105);
  EXPECT_EQ(rung.rounds, 5);
  EXPECT_GT(rung.spread, 0);
  // All pairs agree, whatever disturbed them: only the least margin is left.
  EXPECT_NEAR(rung.margin, 0.01, 1e-12);
  EXPECT_GT(Compare({100, 200, 300}, {200, 200, 200}).margin, 0.1);
}

TEST(Crossover, LiesWhereTheModelsMeet) {
  const Value value = BestValue(Make(OneThread, TwoThreads, 0));
  ASSERT_FALSE(value.never);
  // Straight between two sizes that are a factor of two apart.
  EXPECT_NEAR(value.number, kEqual, 0.1 * kEqual);
}

TEST(Crossover, StandsNoise) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Value value = BestValue(Make(OneThread, TwoThreads, 0.1, 15, seed));
    ASSERT_FALSE(value.never) << seed;
    EXPECT_GT(value.number, kEqual / 2) << seed;
    EXPECT_LT(value.number, kEqual * 2) << seed;
  }
}

TEST(Crossover, IsNeverWhereTheAlternativeLosesOrOnlyDraws) {
  EXPECT_TRUE(BestValue(Make(TwoThreads, [](double bytes) { return 3 * TwoThreads(bytes); }, 0.1)).never);
  EXPECT_TRUE(BestValue(Make(OneThread, OneThread, 0)).never);
  EXPECT_TRUE(BestValue(Make(OneThread, [](double bytes) { return 0.995 * OneThread(bytes); }, 0)).never);
}

TEST(Crossover, OfTwoThatAreTheSameIsMostlyNeverDespiteNoise) {
  int found = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Ladder ladder = Make(OneThread, OneThread, 0.1, 15, seed);
    const Value value = BestValue(ladder);
    found += value.never ? 0 : 1;
    // Where chance has the alternative win, taking it costs nothing.
    EXPECT_LT(LossOf(ladder, {0, true}).worst, 0.25) << seed;
  }
  EXPECT_LT(found, 15);
}

TEST(Crossover, IsTheSmallestSizeWhereTheAlternativeAlwaysWins) {
  const Value value = BestValue(Make(OneThread, [](double bytes) { return bytes / 150; }, 0.05));
  ASSERT_FALSE(value.never);
  EXPECT_EQ(value.number, kFrom);
}

// The alternative wins from 32 KiB on, but loses a little at 256 KiB (a cache that is too small, say).
TEST(Crossover, OfSeveralIsTheOneThatLosesLeast) {
  const Model dented = [](double bytes) {
    return OneThread(bytes) * (bytes < 32 * 1024 ? 2 : bytes == 256 * 1024 ? 1.1 : 0.6);
  };
  const Ladder ladder = Make(OneThread, dented, 0);
  const Value value = BestValue(ladder);
  ASSERT_FALSE(value.never);
  EXPECT_GT(value.number, 16 * 1024);
  EXPECT_LE(value.number, 32 * 1024);
  EXPECT_NEAR(LossOf(ladder, value).worst, std::log(1.1), 1e-9);
  EXPECT_EQ(LossOf(ladder, value).at, 256 * 1024);

  // A win at one small size does not outweigh the losses behind it.
  const Model bump = [](double bytes) {
    return OneThread(bytes) * (bytes == 16 * 1024 ? 0.8 : bytes < 1024 * 1024 ? 1.5 : 0.6);
  };
  const Value late = BestValue(Make(OneThread, bump, 0));
  ASSERT_FALSE(late.never);
  EXPECT_GT(late.number, 512 * 1024);
  EXPECT_LE(late.number, 1024 * 1024);
}

TEST(LossOf, CountsWhatATooSmallAndATooLargeValueCost) {
  const Ladder ladder = Make(OneThread, TwoThreads, 0);
  EXPECT_NEAR(LossOf(ladder, {0, false}).worst, std::log(TwoThreads(kFrom) / OneThread(kFrom)), 1e-9);
  EXPECT_EQ(LossOf(ladder, {0, false}).at, kFrom);
  const double last = kFrom * std::exp2(kSizes - 1);
  EXPECT_NEAR(LossOf(ladder, {0, true}).worst, std::log(OneThread(last) / TwoThreads(last)), 1e-9);
  EXPECT_EQ(LossOf(ladder, {kEqual, false}).worst, 0);
}

TEST(LossOf, IsBlindToNoise) {
  Ladder ladder = Make(OneThread, TwoThreads, 0);
  for (Rung& rung : ladder.rungs) rung.margin = 10;
  EXPECT_EQ(LossOf(ladder, {0, false}).worst, 0);
  EXPECT_EQ(LossOf(ladder, {0, true}).total, 0);
  EXPECT_TRUE(BestValue(ladder).never);
}

TEST(BestValue, OfSeveralLaddersLosesLeastOnAll) {
  const Ladder early = Make(OneThread, [](double bytes) { return 500 + bytes / 200; }, 0);  // 100 KB
  const Ladder late = Make(OneThread, TwoThreads, 0);
  const Ladder* const both[] = {&early, &late, &late};
  const Value value = BestValue(both);
  ASSERT_FALSE(value.never);
  EXPECT_GT(value.number, BestValue(early).number);
  EXPECT_LE(value.number, 512 * 1024);  // no later than the size where the later ones win
  for (const Value other : {Value{kFrom, false}, Value{8e6, false}, Value{0, true}}) {
    double best_total = 0, other_total = 0;
    for (const Ladder* ladder : both) {
      best_total += LossOf(*ladder, value).total;
      other_total += LossOf(*ladder, other).total;
    }
    EXPECT_LE(best_total, other_total);
  }
}

// Rungs of a choice: value, gain over the value with gain 0, margin.
Ladder Choice(const std::vector<std::vector<double>>& rungs) {
  Ladder ladder;
  ladder.kind = LadderKind::kChoice;
  for (const std::vector<double>& r : rungs) {
    Rung rung;
    rung.at = r[0];
    rung.gain = r[1];
    rung.margin = r[2];
    ladder.rungs.push_back(rung);
  }
  return ladder;
}

TEST(Choice, KeepsTheBaseUnlessAnotherIsSurelyBetter) {
  EXPECT_EQ(BestValue(Choice({{0.25, -0.1, 0.02}, {0.5, 0, 0}, {1, 0.03, 0.05}})).number, 0.5);
  EXPECT_EQ(BestValue(Choice({{0.25, 0.1, 0.02}, {0.5, 0, 0}, {1, 0.03, 0.05}})).number, 0.25);
  const Ladder better = Choice({{0.25, 0.1, 0.02}, {0.5, 0, 0}, {1, -0.3, 0.05}});
  EXPECT_NEAR(LossOf(better, {0.5, false}).worst, 0.1, 1e-12);
  EXPECT_NEAR(LossOf(better, {1, false}).worst, 0.4, 1e-12);
  // 0.3 was not tried; 0.25 is its neighbour.
  EXPECT_EQ(LossOf(better, {0.3, false}).worst, 0);
}

}  // namespace
}  // namespace raptors::tune
