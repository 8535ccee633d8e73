// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/isa.h"

#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/metrics/metrics.h"

namespace raptors::test {

std::vector<Isa> RunnableIsas() {
  const IsaSet runnable = dispatch::Built() & cpu::Supported();
  std::vector<Isa> isas;
  for (const Isa isa : kAllIsas) {
    if (runnable.Has(isa)) isas.push_back(isa);
  }
  return isas;
}

IsaTest::IsaTest() : scope_(context::ScopedSimd(GetParam())) {}

void IsaTest::SetUp() {
  ASSERT_TRUE(scope_.ok()) << scope_.status();
  RecordProperty("isa", Name(isa()));
}

::testing::AssertionResult IsaTest::RanHere() const {
  metrics::Choice choice;
  if (!metrics::LastDecision(&choice)) return ::testing::AssertionFailure() << "this thread ran no operation";
  if (choice.isa == isa()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "ran " << Name(choice.isa) << " instead of " << Name(isa());
}

std::string IsaTestName(const ::testing::TestParamInfo<Isa>& info) {
  std::string name = Name(info.param);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain) c = '_';
  }
  return name;
}

}  // namespace raptors::test
