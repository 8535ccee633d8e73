// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/decisions.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/emulator.h"

namespace raptors::context {
namespace {

policy::CallShape Shape() {
  policy::CallShape shape;
  shape.op = Op::kScale;
  shape.dtype = DType::kFloat64;
  shape.layout = Layout::kRows;
  shape.elements = 1000;
  shape.in_place = true;
  return shape;
}

policy::Decision Decided() {
  policy::Decision decision;
  decision.route = Route::kScalar;
  decision.threads = 2;
  decision.tile_elements = 512;
  decision.reason = Reason::kSimdOff;
  return decision;
}

constexpr char kLine[] = "scale,float64,rows,1000,scalar,scalar,2,512,0,simd-off,1";

TEST(DecisionsTest, ALineHasTheColumnsOfTheHeader) {
  const std::string line = DecisionLine(Shape(), Decided());
  EXPECT_EQ(line, kLine);
  const std::string header = DecisionHeader();
  EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(header.begin(), header.end(), ','));
  policy::Decision streaming = Decided();
  streaming.stream = true;
  policy::CallShape out_of_place = Shape();
  out_of_place.in_place = false;
  EXPECT_EQ(DecisionLine(out_of_place, streaming), "scale,float64,rows,1000,scalar,scalar,2,512,1,simd-off,0");
}

TEST(DecisionsTest, OneHeaderAndWholeLines) {
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 100; ++k) LogDecision(Shape(), Decided());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string expected = std::string(DecisionHeader()) + "\n";
  for (int i = 0; i < 400; ++i) expected += std::string(kLine) + "\n";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), expected);
}

// A lock that another thread held at the fork would be held in the child forever.
TEST(DecisionsTest, AChildForkedMeanwhileWaitsForNobody) {
  if (test::IsEmulated()) GTEST_SKIP() << "an emulator's own locks do not survive a fork while threads run";
  testing::internal::CaptureStderr();
  std::atomic<bool> done{false};
  std::thread busy([&done] {
    while (!done) LogDecision(Shape(), Decided());
  });
  int hung = 0;
  for (int i = 0; i < 50; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      LogDecision(Shape(), Decided());
      _exit(0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    hung += status != 0;
  }
  done = true;
  busy.join();
  const std::string logged = testing::internal::GetCapturedStderr();
  EXPECT_EQ(hung, 0);
  EXPECT_GE(std::count(logged.begin(), logged.end(), '\n'), 50);
}

}  // namespace
}  // namespace raptors::context
