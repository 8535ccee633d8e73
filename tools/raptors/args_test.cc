// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/args.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace raptors::tools {
namespace {

const std::vector<const char*> kPositionals = {"IN", "FACTOR"};
const std::vector<Flag> kFlags = {{"threads", "N", "at most N threads"}, {"json", nullptr, "print JSON"}};

absl::StatusOr<Args> Parse(const std::vector<std::string>& words) { return Args::Parse(words, kPositionals, kFlags); }

std::string Error(const std::vector<std::string>& words) {
  const absl::StatusOr<Args> args = Parse(words);
  if (args.ok()) return "";
  EXPECT_TRUE(IsUsageError(args.status()));
  return std::string(args.status().message());
}

TEST(Args, TakesFlagsAnywhere) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"in", "2", "--threads=3", "--json"}, {"--json", "in", "--threads", "3", "2"}}) {
    const absl::StatusOr<Args> args = Parse(words);
    ASSERT_TRUE(args.ok()) << args.status();
    EXPECT_EQ(args->positional(0), "in");
    EXPECT_EQ(args->positional(1), "2");
    EXPECT_EQ(args->Value("threads"), "3");
    EXPECT_TRUE(args->Has("json"));
    EXPECT_FALSE(args->help());
  }
  const absl::StatusOr<Args> plain = Parse({"in", "2"});
  EXPECT_EQ(plain->Value("threads"), std::nullopt);
  EXPECT_FALSE(plain->Has("json"));
}

TEST(Args, NegativeNumbersAreNoFlags) {
  for (const char* number : {"-2.5", "-1", "-.5", "-1e3", "-inf", "-nan", "-"}) {
    const absl::StatusOr<Args> args = Parse({"in", number});
    ASSERT_TRUE(args.ok()) << args.status();
    EXPECT_EQ(args->positional(1), number);
  }
  EXPECT_EQ(Parse({"--", "--json", "-x"})->positional(0), "--json");
  EXPECT_EQ(Parse({"in", "2", "--threads", "-4"})->Value("threads"), "-4");
  EXPECT_EQ(Parse({"in", "2", "--threads="})->Value("threads"), "");
}

TEST(Args, HelpNeedsNoArguments) {
  EXPECT_TRUE(Parse({"--help"})->help());
  EXPECT_TRUE(Parse({"in", "-h"})->help());
}

TEST(Args, SaysWhatIsWrong) {
  EXPECT_EQ(Error({}), "missing argument IN");
  EXPECT_EQ(Error({"in"}), "missing argument FACTOR");
  EXPECT_EQ(Error({"in", "2", "3", "4"}), "unexpected argument '3'");
  EXPECT_EQ(Error({"in", "2", "--thread=3"}), "unknown flag '--thread' (did you mean '--threads'?)");
  EXPECT_EQ(Error({"in", "2", "--colour"}), "unknown flag '--colour'");
  EXPECT_EQ(Error({"in", "2", "-j"}), "unknown flag '-j'");
  EXPECT_EQ(Error({"in", "2", "--threads"}), "--threads needs a value: N");
  EXPECT_EQ(Error({"in", "2", "--json=1"}), "--json takes no value");
  EXPECT_EQ(Error({"in", "2", "--json", "--json"}), "--json is given twice");
  EXPECT_EQ(Error({"in", "2", "--threads=1", "--threads=1"}), "--threads is given twice");
}

TEST(Args, OnlyMarkedErrorsAreUsageErrors) {
  EXPECT_FALSE(IsUsageError(absl::InvalidArgumentError("x")));
  EXPECT_FALSE(IsUsageError(absl::OkStatus()));
  const absl::Status marked = AsUsageError(absl::FailedPreconditionError("y"));
  EXPECT_TRUE(IsUsageError(marked));
  EXPECT_EQ(marked.code(), absl::StatusCode::kFailedPrecondition);
}

TEST(DidYouMean, OffersTheNearest) {
  const std::vector<std::string> names = {"info", "explain", "scale"};
  EXPECT_EQ(DidYouMean("scael", names), " (did you mean 'scale'?)");
  EXPECT_EQ(DidYouMean("scal", names), " (did you mean 'scale'?)");
  EXPECT_EQ(DidYouMean("Info", names), " (did you mean 'info'?)");
  EXPECT_EQ(DidYouMean("expalin", names), " (did you mean 'explain'?)");
  EXPECT_EQ(DidYouMean("frobnicate", names), "");
  EXPECT_EQ(DidYouMean("", names), "");
}

TEST(FailureWithOutput, CarriesWhatGoesToStdout) {
  const absl::Status failure = FailureWithOutput("a report\n", "2 of 3 fail");
  EXPECT_EQ(failure.message(), "2 of 3 fail");
  EXPECT_EQ(OutputOf(failure), "a report\n");
  EXPECT_FALSE(IsUsageError(failure));
  EXPECT_EQ(OutputOf(UsageError("x")), "");
  EXPECT_EQ(OutputOf(absl::OkStatus()), "");
}

}  // namespace
}  // namespace raptors::tools
