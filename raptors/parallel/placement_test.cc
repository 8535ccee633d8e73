// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/parallel/placement.h"

#include <sched.h>
#include <stdint.h>

#include "gtest/gtest.h"

namespace raptors::parallel {
namespace {

cpu_set_t Allowed() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof(allowed), &allowed);
  return allowed;
}

void Allow(const cpu_set_t& processors) { ASSERT_EQ(sched_setaffinity(0, sizeof(processors), &processors), 0); }

TEST(LeaveProcessorTest, LeavesItAndNothingElse) {
  const cpu_set_t before = Allowed();
  const int home = sched_getcpu();
  if (home < 0 || CPU_COUNT(&before) < 2) GTEST_SKIP() << "needs two processors";
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(home, &one);
  int left = 0, fast = 0;
  for (int round = 0; round < 200 && fast < 10; ++round) {
    Allow(one);
    Allow(before);
    if (LeaveProcessor(home) <= kSlowMoveNanos) {
      ++fast;
      left += sched_getcpu() != home;
    }
    const cpu_set_t after = Allowed();
    ASSERT_TRUE(CPU_EQUAL(&before, &after));
  }
  if (fast < 10) GTEST_SKIP() << "other programs keep the processors busy";
  // The system itself moves a thread now and then.
  EXPECT_GE(left, 8);
}

TEST(LeaveProcessorTest, StaysWhereThereIsNoOther) {
  const cpu_set_t before = Allowed();
  const int home = sched_getcpu();
  if (home < 0) GTEST_SKIP() << "the system does not say which processor it is";
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(home, &one);
  Allow(one);
  EXPECT_GE(LeaveProcessor(home), 0);
  const cpu_set_t after = Allowed();
  EXPECT_TRUE(CPU_EQUAL(&one, &after));
  Allow(before);
}

}  // namespace
}  // namespace raptors::parallel
