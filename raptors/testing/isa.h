// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// IsaTest: a fixture that runs each test on every instruction-set level that this binary holds and this machine has,
// and checks that a forced level was really used.
//
//   class ScaleTest : public test::IsaTest {};
//   RAPTORS_INSTANTIATE_FOR_EACH_ISA(ScaleTest);
//
//   TEST_P(ScaleTest, Doubles) {
//     ASSERT_TRUE(Scale(x, 2, y).ok());
//     EXPECT_TRUE(RanHere());
//   }
//
// The level is demanded by a scope on the test's thread; `isa()` is for tests that call kernels of the dispatch table
// themselves. Test names end in the level: Isas/ScaleTest.Doubles/avx2.

#ifndef RAPTORS_TESTING_ISA_H_
#define RAPTORS_TESTING_ISA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/base/isa.h"
#include "raptors/context/scope.h"

namespace raptors::test {

// The levels that this binary holds and this machine has, lowest first. Never empty.
std::vector<Isa> RunnableIsas();

class IsaTest : public ::testing::TestWithParam<Isa> {
 protected:
  IsaTest();
  void SetUp() override;

  Isa isa() const { return GetParam(); }
  // Whether the last operation that this thread started ran the kernels of isa().
  ::testing::AssertionResult RanHere() const;

 private:
  absl::StatusOr<context::Scope> scope_;
};

// A level's name in the letters of a test name.
std::string IsaTestName(const ::testing::TestParamInfo<Isa>& info);

}  // namespace raptors::test

#define RAPTORS_INSTANTIATE_FOR_EACH_ISA(fixture)                                               \
  INSTANTIATE_TEST_SUITE_P(Isas, fixture, ::testing::ValuesIn(::raptors::test::RunnableIsas()), \
                           ::raptors::test::IsaTestName)

#endif  // RAPTORS_TESTING_ISA_H_
