// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/isa.h"

#include <stdlib.h>

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/cpu/cpu.h"
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

// Where it is known which CPU runs the tests, as under emulation: TEST_EXPECTED_ISAS, names with commas between them,
// and TEST_EXPECTED_SVE_BITS. Without this, tests for each level would pass where a level got lost.
TEST(IsaTestTest, LevelsAreThoseOfTheConfiguration) {
  const char* expected = getenv("TEST_EXPECTED_ISAS");
  if (expected == nullptr) GTEST_SKIP() << "TEST_EXPECTED_ISAS is not set";
  std::string names;
  for (const Isa isa : RunnableIsas()) names += (names.empty() ? "" : ",") + std::string(Name(isa));
  EXPECT_EQ(names, expected);
  const char* bits = getenv("TEST_EXPECTED_SVE_BITS");
  EXPECT_EQ(std::to_string(cpu::GetInfo().sve_vector_bits), bits == nullptr ? "0" : bits);
}

}  // namespace
}  // namespace raptors::test
