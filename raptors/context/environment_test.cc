// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The process's real environment is read at the first use, once. The BUILD file runs this with a good and with a bad
// one.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "raptors/context/context.h"
#include "raptors/policy/policy.h"

namespace raptors::context {
namespace {

TEST(EnvironmentTest, IsReadOnceByWhoeverComesFirst) {
  std::vector<std::thread> threads;
  std::vector<const Settings*> seen(8);
  for (size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&seen, i] { seen[i] = &Current(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Settings* settings : seen) EXPECT_EQ(settings, seen[0]);

  ASSERT_EQ(setenv("RAPTORS_THREADS", "5", 1), 0);  // too late
  const Settings& settings = Current();
  EXPECT_EQ(&settings, seen[0]);
  const char* expected = getenv("EXPECTED");
  ASSERT_NE(expected, nullptr);
  if (std::string(expected) == "good") {
    EXPECT_TRUE(settings.status.ok()) << settings.status;
    EXPECT_EQ(settings.limits.max_threads, 3);
  } else {
    EXPECT_EQ(settings.status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(absl::StrContains(settings.status.message(), "RAPTORS_COLOUR: unknown variable")) << settings.status;
  }
}

}  // namespace
}  // namespace raptors::context
