// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/tolerance.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace raptors::test {
namespace {

TEST(ToleranceTest, UnitRoundoffIsHalfAnUlpOfOne) {
  EXPECT_EQ(UnitRoundoff<float>(), std::ldexp(1.0, -24));
  EXPECT_EQ(UnitRoundoff<double>(), std::ldexp(1.0, -53));
}

TEST(ToleranceTest, GammaGrowsAndEnds) {
  EXPECT_EQ(Gamma<float>(0), 0);
  EXPECT_GT(Gamma<float>(1), UnitRoundoff<float>());
  EXPECT_LT(Gamma<float>(1), 1.001 * UnitRoundoff<float>());
  EXPECT_GT(Gamma<float>(1000), 1000 * UnitRoundoff<float>());
  EXPECT_TRUE(std::isinf(Gamma<float>(int64_t{1} << 24)));
}

// The bound holds for a running sum, and is not vacuous: half of it does not hold for some data.
TEST(ToleranceTest, SumBoundHoldsAndIsNotLoose) {
  float sum = 0;
  double exact = 0;
  for (int i = 0; i < 1000; ++i) {
    const float x = 1.0f / static_cast<float>(1 + i % 7);
    sum += x;
    exact += x;
  }
  const double error = std::fabs(sum - exact);
  EXPECT_LE(error, SumBound<float>(1000, exact));
  EXPECT_GT(error, 0);
  // 1 + u rounds to 1: nearly the whole bound for two terms.
  const float one = 1.0f + static_cast<float>(UnitRoundoff<float>());
  EXPECT_GT(std::fabs(one - (1 + UnitRoundoff<float>())), 0.9 * SumBound<float>(2, 1 + UnitRoundoff<float>()));
  EXPECT_EQ(SumBound<float>(1, 5), 0);
  EXPECT_LT(SumBoundOfDepth<float>(10, exact), SumBound<float>(1000, exact));
  EXPECT_GT(DotBound<float>(1000, exact), SumBound<float>(1000, exact));
}

TEST(ToleranceTest, UlpDistance) {
  EXPECT_EQ(UlpDistance(1.0f, 1.0f), 0);
  EXPECT_EQ(UlpDistance(0.0f, -0.0f), 0);
  EXPECT_EQ(UlpDistance(1.0f, std::nextafter(1.0f, 2.0f)), 1);
  EXPECT_EQ(UlpDistance(-std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::denorm_min()), 2);
  EXPECT_EQ(UlpDistance(1.0, std::nextafter(std::nextafter(1.0, 0.0), 0.0)), 2);
  EXPECT_EQ(UlpDistance(NAN, NAN), 0);
  EXPECT_TRUE(std::isinf(UlpDistance(NAN, 1.0f)));
  EXPECT_EQ(UlpDistance(-HUGE_VAL, HUGE_VAL), std::ldexp(1.0, 63));
}

TEST(ToleranceTest, SameResult) {
  EXPECT_TRUE(SameResult(NAN, -NAN));
  EXPECT_FALSE(SameResult(0.0f, -0.0f));
  EXPECT_FALSE(SameResult(NAN, 1.0f));
  EXPECT_TRUE(SameResult(1.5, 1.5));
}

}  // namespace
}  // namespace raptors::test
