// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/introspect/threading.h"

#include <set>
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/cpu/cpu.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "raptors/metrics/metrics.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::introspect {
namespace {

TEST(ThreadingInfo, SaysWhatIsInForce) {
  const absl::StatusOr<context::Scope> threads = context::ScopedThreads(3);
  ASSERT_TRUE(threads.ok());
  const absl::StatusOr<context::Scope> simd = context::ScopedSimd("off");
  ASSERT_TRUE(simd.ok());
  const ThreadingInfo now = GetThreadingInfo();
  EXPECT_EQ(now.usable_cores, cpu::GetInfo().usable_cores.cores);
  EXPECT_EQ(now.usable_cores_source, cpu::GetInfo().usable_cores.source);
  EXPECT_EQ(now.max_threads, 3);
  EXPECT_TRUE(now.limited);
  EXPECT_EQ(now.isa, Isa::kScalar);
  EXPECT_EQ(now.vector_bits, 32);
  EXPECT_EQ(now.blas.available, blas::Available());
  EXPECT_EQ(now.blas_threads, blas::Available() ? 1 : 0);
  EXPECT_EQ(now.determinism, "reproducible");
  EXPECT_GE(now.pool_limit, now.max_threads);
}

TEST(ThreadingInfo, CountsRoutesAndRemembersTheLastDecisionOfTheThread) {
  metrics::Reset();
  metrics::Choice choice = {
      Op::kAxpy, DType::kFloat64,  Layout::kRows, metrics::SizeBucket(1000), Route::kSimd, Isa::kScalar,
      2,         Reason::kParallel};
  metrics::RecordBackendChoice(choice);
  metrics::RecordBackendChoice(choice);
  choice.route = Route::kBlas;
  metrics::RecordBackendChoice(choice);
  const ThreadingInfo now = GetThreadingInfo();
  EXPECT_EQ(now.calls, 3u);
  ASSERT_EQ(now.routes.size(), 2u);
  EXPECT_EQ(now.routes[0].calls, 2u);
  EXPECT_EQ(now.routes[1].route, Route::kBlas);
  ASSERT_TRUE(now.last.has_value());
  EXPECT_EQ(*now.last, choice);
  const nlohmann::json json = nlohmann::json::parse(ToJson(now));
  EXPECT_EQ(json["calls"], 3);
  EXPECT_EQ(json["routes"][1]["route"], "blas");
  EXPECT_EQ(json["last_decision"]["reason"], "parallel");
  EXPECT_EQ(json["last_decision"]["size_at_least"], 512);
  EXPECT_TRUE(absl::StrContains(ToText(now), "axpy float64, rows, at least 512 elements")) << ToText(now);
  bool has_last = true;
  std::thread([&] { has_last = GetThreadingInfo().last.has_value(); }).join();
  EXPECT_FALSE(has_last);
}

// The rows say the thresholds of every call, whatever their form.
TEST(ThreadingInfo, ThresholdsCoverEveryCall) {
  absl::StatusOr<profile::LoadedProfile> loaded = profile::Parse(profile::BuiltinJson(), "any");
  ASSERT_TRUE(loaded.ok());
  loaded->thresholds.At(Op::kAdd, DType::kInt32, Layout::kStrided).parallel_min_bytes = policy::kNever;
  for (int k = 0; k < kNumLayouts; ++k) {
    loaded->thresholds.At(Op::kSum, DType::kFloat64, static_cast<Layout>(k)).thread_min_bytes = 77;
  }
  const context::Scope scope = context::ScopedProfile(*loaded, "test");
  const ThreadingInfo now = GetThreadingInfo();
  for (const OpInfo& op : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      for (int k = 0; op.Takes(dtype) && k < kNumLayouts; ++k) {
        const Layout layout = static_cast<Layout>(k);
        const policy::Thresholds& want = loaded->thresholds.At(op.op, dtype, layout);
        int found = 0;
        for (const ParallelThreshold& row : now.thresholds) {
          if (row.op != op.op || row.dtype.value_or(dtype) != dtype || row.layout.value_or(layout) != layout) continue;
          ++found;
          EXPECT_EQ(row.parallel_min_bytes, want.parallel_min_bytes) << op.name;
          EXPECT_EQ(row.thread_min_bytes, want.thread_min_bytes) << op.name;
        }
        EXPECT_EQ(found, 1) << op.name << " " << Name(dtype) << " " << Name(layout);
      }
    }
  }
  EXPECT_TRUE(absl::StrContains(ToText(now), "never"));
}

}  // namespace
}  // namespace raptors::introspect
