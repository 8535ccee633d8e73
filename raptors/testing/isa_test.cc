// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/isa.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/ops/elementwise.h"

namespace raptors::test {
namespace {

class ForEachIsa : public IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(ForEachIsa);

TEST_P(ForEachIsa, OperationsRunTheDemandedLevel) {
  std::vector<float> x(1000, 1.5f), y(1000);
  ASSERT_TRUE(Scale(x, 2, y).ok());
  EXPECT_TRUE(RanHere());
  EXPECT_EQ(y[999], 3);
}

TEST_P(ForEachIsa, SeesThatAnotherLevelRan) {
  const Isa other = isa() == Isa::kScalar ? RunnableIsas().back() : Isa::kScalar;
  if (other == isa()) GTEST_SKIP() << "this machine has one level only";
  auto scope = context::ScopedSimd(other);
  ASSERT_TRUE(scope.ok()) << scope.status();
  std::vector<float> x(1000);
  ASSERT_TRUE(ScaleInPlace(x, 2).ok());
  EXPECT_FALSE(RanHere());
}

TEST(IsaTestTest, LevelsAreThoseOfTheContext) {
  const std::vector<Isa> isas = RunnableIsas();
  ASSERT_FALSE(isas.empty());
  EXPECT_EQ(isas.front(), Isa::kScalar);
  IsaSet all;
  std::set<std::string> names;
  for (const Isa isa : isas) {
    all = all | IsaSet::Of(isa);
    EXPECT_TRUE(names.insert(IsaTestName({isa, 0})).second);
  }
  EXPECT_EQ(all, context::Process().machine.usable);
}

}  // namespace
}  // namespace raptors::test
