// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Measurements from end to end, of small calls and without a word about how long they take.

#include "raptors/tune/tune.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/ladder.h"

namespace raptors::tune {
namespace {

using profile::Field;

// The machine as it is, but with two cores and small caches, so that all thresholds have sizes to be measured at.
context::Scope SmallMachine() {
  context::Settings settings = context::Current();
  settings.machine.cores = 2;
  settings.machine.l2_bytes = 16 * 1024;
  settings.machine.l3_bytes = 64 * 1024;
  return context::Scope(std::move(settings));
}

Options Small() {
  Options options;
  options.seconds = 0;
  options.min_rounds = 1;
  options.buffer_bytes = 256 * 1024;
  return options;
}

TEST(Measure, CoversEveryOperationAndField) {
  const context::Scope machine = SmallMachine();
  const absl::StatusOr<Measurement> measured = Measure(Small());
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_EQ(measured->rounds, 1);
  EXPECT_EQ(measured->cores, 2);
  std::set<Op> ops;
  std::set<Field> fields;
  std::set<Layout> layouts;
  for (const Ladder& ladder : measured->ladders) {
    ops.insert(ladder.op);
    fields.insert(ladder.field);
    layouts.insert(ladder.layout);
    ASSERT_FALSE(ladder.rungs.empty());
    for (size_t i = 0; i < ladder.rungs.size(); ++i) {
      EXPECT_EQ(ladder.rungs[i].rounds, 1);
      EXPECT_GT(ladder.rungs[i].base_ns, 0);
      EXPECT_GT(ladder.rungs[i].alternative_ns, 0);
      if (i > 0) EXPECT_GT(ladder.rungs[i].at, ladder.rungs[i - 1].at);
    }
  }
  EXPECT_EQ(ops.size(), static_cast<size_t>(kNumOps));
  EXPECT_EQ(layouts.size(), static_cast<size_t>(kNumLayouts));
  std::set<Field> expected = {Field::kParallelMin, Field::kStreamMin, Field::kTile};
  if (measured->blas) expected.insert(Field::kBlasMin);
  EXPECT_EQ(fields, expected);

  const std::string json = profile::Serialize(MakeDocument(*measured, {"small", "Test", "2026-11-22", "test"}));
  const absl::StatusOr<profile::LoadedProfile> loaded = profile::Parse(json, "Test");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  size_t thresholds = 0;
  for (const profile::Row& row : loaded->rows) {
    for (const auto& field : row.fields) thresholds += field.has_value() ? 1 : 0;
  }
  EXPECT_EQ(Check(*measured, *loaded).size(), thresholds);
}

TEST(Measure, TimesFurtherThreadsWhereThereAreMoreCores) {
  context::Settings settings = context::Current();
  settings.machine.cores = 5;
  const context::Scope machine(std::move(settings));
  Options options = Small();
  options.ops = {Op::kScale};
  const absl::StatusOr<Measurement> measured = Measure(options);
  ASSERT_TRUE(measured.ok()) << measured.status();
  std::set<std::string> further;
  for (const Ladder& ladder : measured->ladders) {
    EXPECT_EQ(ladder.op, Op::kScale);
    if (ladder.field == Field::kThreadMin) further.insert(ladder.base + " and " + ladder.alternative);
  }
  EXPECT_EQ(further, (std::set<std::string>{"2 threads and 4 threads", "4 threads and 5 threads"}));
}

TEST(Measure, ComparesWithBlasInTheModesThatAreAskedFor) {
  if (!context::Current().machine.blas) GTEST_SKIP() << "this build has no BLAS";
  for (const bool fast : {false, true}) {
    Options options = Small();
    options.ops = {Op::kScale, Op::kDot};
    options.fast = fast;
    const absl::StatusOr<Measurement> measured = Measure(options);
    ASSERT_TRUE(measured.ok()) << measured.status();
    const auto compared = [&](Op op) {
      return std::any_of(measured->ladders.begin(), measured->ladders.end(),
                         [&](const Ladder& ladder) { return ladder.field == Field::kBlasMin && ladder.op == op; });
    };
    EXPECT_TRUE(compared(Op::kScale));
    // Only fast mode admits BLAS's dot, and only once the operation has that route.
    if (!fast) EXPECT_FALSE(compared(Op::kDot));
  }
}

TEST(Measure, TellsItsProgress) {
  std::vector<Progress> seen;
  Options options = Small();
  options.ops = {Op::kNrm2};
  options.min_rounds = 2;
  options.progress = [&](const Progress& progress) { seen.push_back(progress); };
  const absl::StatusOr<Measurement> measured = Measure(options);
  ASSERT_TRUE(measured.ok()) << measured.status();
  ASSERT_GT(seen.size(), 2u);
  for (size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].fraction, seen[i - 1].fraction);
    EXPECT_GE(seen[i].seconds, seen[i - 1].seconds);
    EXPECT_GE(seen[i].round, seen[i - 1].round);
  }
  EXPECT_LE(seen.back().fraction, 1);
  EXPECT_NEAR(seen.back().fraction, 1, 1e-9);
  EXPECT_EQ(seen.back().round, 2);
}

TEST(Measure, RefusesSettingsThatLimitTheMachine) {
  const auto refused = [] {
    const absl::StatusOr<Measurement> measured = Measure(Small());
    return measured.status().code() == absl::StatusCode::kFailedPrecondition &&
           absl::StrContains(measured.status().message(), "tuning needs");
  };
  {
    const absl::StatusOr<context::Scope> simd = context::ScopedSimd("off");
    EXPECT_TRUE(refused());
  }
  {
    const absl::StatusOr<context::Scope> threads = context::ScopedThreads(1);
    EXPECT_TRUE(refused());
  }
  {
    const context::Scope blas = context::ScopedBlas(policy::BlasMode::kOff);
    EXPECT_TRUE(refused());
  }
  {
    context::Settings settings = context::Current();
    settings.verbose_decisions = true;
    const context::Scope verbose(std::move(settings));
    EXPECT_TRUE(refused());
  }
  {
    context::Settings settings = context::Current();
    settings.status = absl::FailedPreconditionError("RAPTORS_X: broken");
    const context::Scope broken(std::move(settings));
    EXPECT_TRUE(absl::StrContains(Measure(Small()).status().message(), "RAPTORS_X"));
  }
}

TEST(Measure, RefusesOptionsOutOfRange) {
  for (const double seconds : {-1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    Options options = Small();
    options.seconds = seconds;
    EXPECT_EQ(Measure(options).status().code(), absl::StatusCode::kInvalidArgument);
  }
  Options options = Small();
  options.min_rounds = 0;
  EXPECT_EQ(Measure(options).status().code(), absl::StatusCode::kInvalidArgument);
  options = Small();
  options.buffer_bytes = int64_t{1} << 60;
  EXPECT_EQ(Measure(options).status().code(), absl::StatusCode::kResourceExhausted);
}

// One core, no caches that anybody knows, no BLAS: there is nothing to compare, and the profile says so.
TEST(Measure, OfAMachineWithoutChoicesGivesAProfile) {
  context::Settings settings = context::Current();
  settings.machine.cores = 1;
  settings.machine.l1_bytes = settings.machine.l2_bytes = settings.machine.l3_bytes = 0;
  settings.machine.blas = false;
  const context::Scope machine(std::move(settings));
  const absl::StatusOr<Measurement> measured = Measure(Small());
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_TRUE(measured->ladders.empty());
  const profile::Document document = MakeDocument(*measured, {"bare", "Test", "2026-11-22", "test"});
  ASSERT_TRUE(profile::Compile(document, "Test").ok());
  ASSERT_EQ(document.cpus[0].rows.size(), 1u);
  for (const std::optional<profile::Threshold>& threshold : document.cpus[0].rows[0].fields) {
    EXPECT_TRUE(absl::StartsWith(threshold->provenance, "not measured")) << threshold->provenance;
  }
}

}  // namespace
}  // namespace raptors::tune
