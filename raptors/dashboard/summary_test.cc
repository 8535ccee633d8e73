// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/summary.h"

#include "gtest/gtest.h"

namespace raptors::dashboard {
namespace {

metrics::Snapshot::Entry Entry(Op op, DType dtype, int64_t elements, Route route, uint16_t threads, Reason reason,
                               uint64_t count) {
  return {{op, dtype, Layout::kRows, metrics::SizeBucket(elements), route, Isa::kScalar, threads, reason}, count};
}

metrics::Snapshot Example() {
  metrics::Snapshot snapshot;
  snapshot.entries = {
      Entry(Op::kScale, DType::kFloat32, 64, Route::kScalar, 1, Reason::kSimdOff, 5),
      Entry(Op::kScale, DType::kFloat32, 64, Route::kSimd, 1, Reason::kBestIsa, 7),
      Entry(Op::kScale, DType::kFloat64, 64, Route::kSimd, 1, Reason::kBestIsa, 1),
      Entry(Op::kScale, DType::kFloat32, 1 << 20, Route::kSimd, 2, Reason::kBestIsa, 3),
      Entry(Op::kMatmul, DType::kFloat64, 1 << 20, Route::kBlas, 2, Reason::kBlasFaster, 1),
  };
  snapshot.overflow = 100;
  return snapshot;
}

TEST(SummaryTest, EveryViewAddsUpToAll) {
  const metrics::Snapshot snapshot = Example();
  const Summary summary = Summarize(snapshot, {});
  EXPECT_EQ(summary.all.calls, 17u);
  double seconds = 0;
  for (const auto& [choice, count] : snapshot.entries) {
    seconds += static_cast<double>(count) * EstimatedSeconds(choice, {});
  }
  EXPECT_DOUBLE_EQ(summary.all.seconds, seconds);
  const auto check = [&](const auto& totals, auto total_of) {
    Total sum;
    for (const auto& item : totals) {
      sum.calls += total_of(item).calls;
      sum.seconds += total_of(item).seconds;
    }
    EXPECT_EQ(sum.calls, 17u);
    EXPECT_DOUBLE_EQ(sum.seconds, seconds);
  };
  check(summary.by_route, [](const Total& total) { return total; });
  check(summary.by_reason, [](const Total& total) { return total; });
  check(summary.by_threads, [](const auto& item) { return item.second; });
  check(summary.kinds, [](const Summary::Kind& kind) { return kind.total; });
}

TEST(SummaryTest, Groups) {
  const Summary summary = Summarize(Example(), {});
  EXPECT_EQ(summary.buckets, (std::vector<uint8_t>{7, 21}));
  EXPECT_EQ(summary.routes.at(Op::kScale).at(7), (RouteCalls{5, 8, 0, 0}));
  EXPECT_EQ(summary.routes.at(Op::kScale).at(21), (RouteCalls{0, 3, 0, 0}));
  EXPECT_EQ(summary.routes.at(Op::kMatmul).size(), 1u);
  EXPECT_EQ(summary.by_reason[static_cast<int>(Reason::kBestIsa)].calls, 11u);
  EXPECT_EQ(summary.by_threads.at(1).calls, 13u);
  EXPECT_EQ(summary.by_threads.at(2).calls, 4u);
}

TEST(SummaryTest, TheLongestFirst) {
  const Summary summary = Summarize(Example(), {});
  ASSERT_EQ(summary.kinds.size(), 4u);
  EXPECT_EQ(summary.kinds[0].op, Op::kMatmul);
  EXPECT_EQ(summary.kinds[1].bucket, 21);
  for (size_t i = 1; i < summary.kinds.size(); ++i) {
    EXPECT_GE(summary.kinds[i - 1].total.seconds, summary.kinds[i].total.seconds);
  }
  EXPECT_EQ(summary.kinds[2].routes, (RouteCalls{5, 7, 0, 0}));
}

TEST(SummaryTest, OfNothing) {
  const Summary summary = Summarize({}, {});
  EXPECT_EQ(summary.all.calls, 0u);
  EXPECT_TRUE(summary.buckets.empty() && summary.kinds.empty() && summary.by_threads.empty());
}

}  // namespace
}  // namespace raptors::dashboard
