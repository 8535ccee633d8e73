// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The commands' JSON, and what every command has in common. Exit statuses and files: raptors_test.sh, scale_test.sh.

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"

namespace raptors::tools {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

// The parsed output of the words and --json.
nlohmann::json Json(std::vector<std::string> words) {
  words.push_back("--json");
  const absl::StatusOr<std::string> output = RunRaptors(words);
  EXPECT_TRUE(output.ok()) << output.status();
  return nlohmann::json::parse(output.ok() ? *output : "", nullptr, /*allow_exceptions=*/false);
}

std::set<std::string> Keys(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

TEST(Commands, InfoIsJson) {
  const nlohmann::json info = Json({"info", "--simd=off", "--threads=1"});
  ASSERT_TRUE(info.is_object());
  EXPECT_THAT(Keys(info), IsSupersetOf({"version", "cpu", "levels", "blas", "memory", "profile", "settings"}));
  EXPECT_EQ(info["settings"]["simd"], "off");
  EXPECT_EQ(info["settings"]["max_threads"], 1);
}

TEST(Commands, ExplainIsJson) {
  const nlohmann::json why =
      Json({"explain", "scale", "float32", "1000x1000", "--layout=strided", "--in-place", "--simd=off", "--threads=1"});
  ASSERT_TRUE(why.is_object());
  EXPECT_EQ(why["decision"]["isa"], "scalar");
  EXPECT_EQ(why["decision"]["threads"], 1);
  EXPECT_EQ(why["decision"]["reason"], "simd-off");
  EXPECT_GT(why["candidates"].size(), 0u);
}

TEST(Commands, FlagsEndWithTheirCommand) {
  EXPECT_EQ(Json({"explain", "scale", "float32", "3", "--simd=off"})["decision"]["isa"], "scalar");
  EXPECT_EQ(Json({"info"})["settings"]["simd"], "auto");
}

TEST(Commands, TableIsJsonAndFiltered) {
  const nlohmann::json all = Json({"table"});
  const nlohmann::json scalar = Json({"table", "--filter=^scale float(32|64) scalar$"});
  ASSERT_TRUE(all.is_array() && scalar.is_array());
  EXPECT_GT(all.size(), scalar.size());
  EXPECT_EQ(scalar.size(), 2u);
  for (const nlohmann::json& row : scalar) EXPECT_EQ(row["isa"], "scalar");
}

TEST(Commands, ScaleIsJsonWhateverThePath) {
  const std::string out = ::testing::TempDir() + "/out\"\xff.npy";
  const nlohmann::json report = Json({"scale", "tools/raptors/testdata/fortran_float64.npy", "-1", out});
  ASSERT_TRUE(report.is_object());
  EXPECT_EQ(report["shape"], nlohmann::json({3, 5}));
  EXPECT_EQ(report["fortran_order"], true);
  EXPECT_EQ(report["factor"], -1);
  EXPECT_EQ(report["elements"], 15);
  EXPECT_THAT(Keys(report["decision"]), IsSupersetOf({"route", "isa", "threads", "reason"}));
}

TEST(Commands, HelpNamesEveryFlagOfEveryCommand) {
  for (const Command* command : {&InfoCommand(), &ExplainCommand(), &TableCommand(), &ScaleCommand(), &TuneCommand()}) {
    const absl::StatusOr<std::string> help = RunRaptors({"help", command->name});
    ASSERT_TRUE(help.ok()) << help.status();
    for (const Flag& flag : command->flags) EXPECT_THAT(*help, HasSubstr(std::string("--") + flag.name));
    EXPECT_EQ(help->find("--simd=LEVEL") != std::string::npos, command->settings);
    EXPECT_THAT(*help, EndsWith("\n"));
    EXPECT_THAT(*help, Not(HasSubstr(" \n")));
  }
}

TEST(Commands, WrongCallsAreUsageErrorsWithAHint) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"x"},
                                             {"info", "x"},
                                             {"explain", "scale", "float32"},
                                             {"explain", "scale", "float32", "x"},
                                             {"scale", "a", "b", "c"},
                                             {"table", "--filter"},
                                             {"info", "--threads=0"},
                                             {"help", "x"}}) {
    const absl::StatusOr<std::string> output = RunRaptors(words);
    ASSERT_FALSE(output.ok());
    EXPECT_TRUE(IsUsageError(output.status())) << output.status();
    EXPECT_THAT(std::string(output.status().message()), HasSubstr("raptors help"));
  }
  const absl::StatusOr<std::string> missing = RunRaptors({"scale", "none.npy", "2", "out.npy"});
  ASSERT_FALSE(missing.ok());
  EXPECT_FALSE(IsUsageError(missing.status()));
}

}  // namespace
}  // namespace raptors::tools
