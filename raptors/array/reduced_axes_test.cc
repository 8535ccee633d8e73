// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduced_axes.h"

#include <stdint.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace raptors {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReducedAxes, AllAxesOfEveryRank) {
  EXPECT_EQ(AllAxes(0), 0u);
  EXPECT_EQ(AllAxes(3), 0b111u);
  EXPECT_EQ(AllAxes(63), ~uint64_t{0} >> 1);
  EXPECT_EQ(AllAxes(64), ~uint64_t{0});
}

TEST(ReducedAxes, NegativeOnesCountFromTheEnd) {
  EXPECT_EQ(ResolveAxes({0, -1}, 3, "axes").value(), 0b101u);
  EXPECT_EQ(ResolveAxes({-64, 63}, 64, "axes").value(), (uint64_t{1} << 63) | 1);
  EXPECT_EQ(ResolveAxes({}, 3, "axes").value(), 0u);
}

TEST(ReducedAxes, ErrorsNameTheArgument) {
  EXPECT_EQ(ResolveAxes({2}, 2, "axes").status().message(), "axes: got 2; expected -2 to 1, because x has 2 axes");
  EXPECT_EQ(ResolveAxes({-3}, 2, "axes").status().message(), "axes: got -3; expected -2 to 1, because x has 2 axes");
  EXPECT_EQ(ResolveAxes({0}, 0, "options.axes").status().message(),
            "options.axes: got 0; expected no axis, because x has none");
  EXPECT_EQ(ResolveAxes({0, -2}, 2, "axes").status().message(), "axes: got axis -2 twice; expected each axis once");
}

TEST(ReducedAxes, Shapes) {
  const int64_t shape[] = {2, 3, 4};
  EXPECT_THAT(ReducedShape(shape, 0b010, false), ElementsAre(2, 4));
  EXPECT_THAT(ReducedShape(shape, 0b010, true), ElementsAre(2, 1, 4));
  EXPECT_THAT(ReducedShape(shape, 0b111, false), IsEmpty());
  for (uint64_t reduced = 0; reduced < 8; ++reduced) {
    for (const bool keepdims : {false, true}) {
      Dims result = ReducedShape(shape, reduced, keepdims);
      EXPECT_TRUE(IsReducedShape(result, shape, reduced, keepdims)) << reduced;
      result.push_back(1);
      EXPECT_FALSE(IsReducedShape(result, shape, reduced, keepdims)) << reduced;
      result.pop_back();
      if (result.empty()) continue;
      ++result.back();
      EXPECT_FALSE(IsReducedShape(result, shape, reduced, keepdims)) << reduced;
      result.pop_back();
      EXPECT_FALSE(IsReducedShape(result, shape, reduced, keepdims)) << reduced;
    }
  }
}

}  // namespace
}  // namespace raptors
