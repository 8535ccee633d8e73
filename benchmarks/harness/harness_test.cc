// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/harness/harness.h"

#include <string>
#include <vector>

#include "benchmarks/grid.h"
#include "benchmarks/harness/process.h"
#include "gtest/gtest.h"

namespace raptors::benchmarks {
namespace {

// A command line.
struct Arguments {
  explicit Arguments(std::vector<std::string> all) : text(std::move(all)) {
    text.insert(text.begin(), "program");
    for (std::string& t : text) argv.push_back(t.data());
    argv.push_back(nullptr);
    argc = static_cast<int>(text.size());
  }
  absl::StatusOr<Flags> Parse() { return ParseFlags(&argc, argv.data()); }

  std::vector<std::string> text;
  std::vector<char*> argv;
  int argc;
};

TEST(FlagsTest, Defaults) {
  const absl::StatusOr<Flags> flags = Arguments({}).Parse();
  ASSERT_TRUE(flags.ok());
  EXPECT_EQ(flags->grid, GridName::kDefault);
  EXPECT_TRUE(flags->table);
  EXPECT_EQ(flags->rounds, 0);
}

TEST(FlagsTest, GridIsTakenOutAndTheRestLeft) {
  Arguments arguments({"--grid=full", "--benchmark_filter=float32", "--what=1"});
  ASSERT_TRUE(arguments.Parse().ok());
  ASSERT_EQ(arguments.argc, 3);
  EXPECT_STREQ(arguments.argv[1], "--benchmark_filter=float32");
  EXPECT_STREQ(arguments.argv[2], "--what=1");
}

TEST(FlagsTest, AFilterChoosesFromEverything) {
  EXPECT_EQ(Arguments({"--benchmark_filter=x"}).Parse()->grid, GridName::kFull);
  EXPECT_EQ(Arguments({"--benchmark_filter=x", "--grid=default"}).Parse()->grid, GridName::kDefault);
}

TEST(FlagsTest, MinTimeIsRoundsOrSeconds) {
  EXPECT_EQ(Arguments({"--benchmark_min_time=9x"}).Parse()->rounds, 9);
  EXPECT_EQ(Arguments({"--benchmark_min_time=0.5s"}).Parse()->seconds_per_case, 0.5);
  EXPECT_EQ(Arguments({"--benchmark_min_time=2"}).Parse()->seconds_per_case, 2);
  EXPECT_EQ(Arguments({"--benchmark_dry_run"}).Parse()->rounds, 1);
}

TEST(FlagsTest, RefusesWhatItCannotRead) {
  for (const char* bad :
       {"--grid=all", "--grid=", "--benchmark_min_time=0x", "--benchmark_min_time=-1s", "--benchmark_min_time=soon"}) {
    EXPECT_FALSE(Arguments({bad}).Parse().ok()) << bad;
  }
}

TEST(FlagsTest, OtherFormatsPutTheTextOnStderr) {
  EXPECT_EQ(Arguments({"--benchmark_format=json"}).Parse()->text(), stderr);
  EXPECT_EQ(Arguments({"--benchmark_format=console"}).Parse()->text(), stdout);
}

TEST(InitializeTest, UnknownArgumentsAreErrors) {
  for (const char* bad : {"--gird=full", "--benchmark_fliter=x", "stray"}) {
    Arguments arguments({bad});
    ASSERT_TRUE(arguments.Parse().ok());
    const absl::Status status = InitializeBenchmark(&arguments.argc, arguments.argv.data());
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.message().find(bad), std::string::npos) << status;
  }
  Arguments fine({"--benchmark_counters_tabular=true", "--grid=smoke"});
  ASSERT_TRUE(fine.Parse().ok());
  EXPECT_TRUE(InitializeBenchmark(&fine.argc, fine.argv.data()).ok());
}

TEST(CountMatchesTest, AsGoogleBenchmarkFilters) {
  const std::vector<std::string> names = {"a/1", "a/2", "b/1"};
  EXPECT_EQ(CountMatches(names, ""), 3);
  EXPECT_EQ(CountMatches(names, "all"), 3);
  EXPECT_EQ(CountMatches(names, "^a"), 2);
  EXPECT_EQ(CountMatches(names, "-^a"), 1);
  EXPECT_EQ(CountMatches(names, "manual_time$"), 3);
}

TEST(BudgetTest, HandsOutWhatIsLeft) {
  Budget budget(Flags(), 100, 4);
  EXPECT_DOUBLE_EQ(budget.Next(0).seconds, 0.75 * 25);
  EXPECT_DOUBLE_EQ(budget.Next(70).seconds, 0.75 * 10);
  EXPECT_DOUBLE_EQ(budget.Next(200).seconds, 0.02);
}

TEST(BudgetTest, HeedsTheFlags) {
  Flags flags;
  flags.rounds = 3;
  EXPECT_EQ(Budget(flags, 100, 4).Next(0).max_rounds, 3);
  EXPECT_EQ(Budget(flags, 100, 4).Next(0).min_rounds, 3);
  flags.rounds = 0;
  flags.seconds_per_case = 7;
  EXPECT_DOUBLE_EQ(Budget(flags, 100, 4).Next(99).seconds, 7);
}

TEST(EnvironmentTest, FindsWhatSteersABlas) {
  const char* const environment[] = {"PATH=/bin", "OPENBLAS_CORETYPE=Haswell", "NVPL_BLAS_DEBUG_CPU_TYPE=1",
                                     "MY_OPENBLAS_X=1", nullptr};
  EXPECT_EQ(BlasVariables(environment), (std::vector<std::string>{"OPENBLAS_CORETYPE", "NVPL_BLAS_DEBUG_CPU_TYPE"}));
}

TEST(EnvironmentTest, RefusesWhatWouldFalsifyCells) {
  for (const char* bad : {"RAPTORS_SIMD=off", "RAPTORS_THREADS=1", "RAPTORS_BLAS=prefer", "RAPTORS_METRICS=off"}) {
    const char* const environment[] = {"PATH=/bin", bad, nullptr};
    const absl::Status status = CheckRaptorsVariables(environment);
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.message().find(bad), std::string::npos) << status;
  }
  const char* const fine[] = {"RAPTORS_PROFILE=x.json", "RAPTORS_BAZEL=bazel", "OTHER=1", nullptr};
  EXPECT_TRUE(CheckRaptorsVariables(fine).ok());
}

}  // namespace
}  // namespace raptors::benchmarks
