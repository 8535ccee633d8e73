// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// One use of each pinned library: they compile, link together and run on this platform.

#include <string>

#include "Eigen/Dense"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmark/benchmark.h"
#include "gtest/gtest.h"
#include "hwy/targets.h"
#include "nlohmann/json.hpp"
#include "re2/re2.h"

ABSL_FLAG(int, seed, 7, "a flag");

namespace {

absl::StatusOr<int> Half(int x) {
  if (x % 2) return absl::InvalidArgumentError(absl::StrCat("odd: ", x));
  return x / 2;
}

TEST(SmokeTest, Abseil) {
  EXPECT_EQ(*Half(4), 2);
  EXPECT_EQ(Half(3).status().message(), "odd: 3");
  EXPECT_EQ(absl::StrFormat("%05.1f", 2.25), "002.2");
  EXPECT_EQ(absl::GetFlag(FLAGS_seed), 7);
}

TEST(SmokeTest, Re2) {
  std::string vendor;
  EXPECT_TRUE(RE2::FullMatch("avx512_bf16", "([a-z]+)512_bf\\d+", &vendor));
  EXPECT_EQ(vendor, "avx");
}

TEST(SmokeTest, Eigen) {
  const Eigen::MatrixXd m = Eigen::MatrixXd::Identity(3, 3) * 2;
  EXPECT_DOUBLE_EQ(m.inverse()(1, 1), 0.5);
}

TEST(SmokeTest, Json) {
  const auto parsed = nlohmann::json::parse(R"({"tile": [4, 8]})", nullptr,
                                            /*allow_exceptions=*/false);
  ASSERT_FALSE(parsed.is_discarded());
  EXPECT_EQ(parsed["tile"][1], 8);
}

TEST(SmokeTest, Highway) { EXPECT_NE(hwy::SupportedTargets() & HWY_TARGETS, 0); }

TEST(SmokeTest, Benchmark) {
  int runs = 0;
  benchmark::RegisterBenchmark("smoke", [&](benchmark::State& state) {
    for (auto _ : state) ++runs;
  })->Iterations(3);
  EXPECT_EQ(benchmark::RunSpecifiedBenchmarks(), 1);
  EXPECT_EQ(runs, 3);
}

}  // namespace
