// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/isa.h"
#include "raptors/policy/policy.h"

namespace raptors::context {
namespace {

// Of the list: levels 0 to 2 are built, 0 and 1 supported.
const IsaSet kBuilt = IsaSet::UpTo(static_cast<Isa>(2));
const IsaSet kSupported = IsaSet::UpTo(static_cast<Isa>(1));
const Isa kUsable = static_cast<Isa>(1);
const Isa kOnlyBuilt = static_cast<Isa>(2);
const Isa kForeign = static_cast<Isa>(kNumIsas - 1);

TEST(ParseSimdTest, Rules) {
  EXPECT_EQ(ParseSimd("auto", kBuilt, kSupported)->rule, policy::SimdRule::kAuto);
  EXPECT_EQ(ParseSimd("off", kBuilt, kSupported)->rule, policy::SimdRule::kOff);
  absl::StatusOr<SimdChoice> choice = ParseSimd(Name(kUsable), kBuilt, kSupported);
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->rule, policy::SimdRule::kDemand);
  EXPECT_EQ(choice->isa, kUsable);
  choice = ParseSimd("scalar", kBuilt, kSupported);
  ASSERT_TRUE(choice.ok());
  EXPECT_EQ(choice->rule, policy::SimdRule::kDemand);
  EXPECT_EQ(choice->isa, Isa::kScalar);
  // A cap may lie above what the processor has.
  for (const Isa isa : {Isa::kScalar, kUsable, kOnlyBuilt}) {
    choice = ParseSimd(absl::StrCat("<=", Name(isa)), kBuilt, kSupported);
    ASSERT_TRUE(choice.ok()) << choice.status();
    EXPECT_EQ(choice->rule, policy::SimdRule::kCap);
    EXPECT_EQ(choice->isa, isa);
  }
}

TEST(ParseSimdTest, WhatTheMachineCannotRunIsRefused) {
  const absl::Status unsupported = ParseSimd(Name(kOnlyBuilt), kBuilt, kSupported).status();
  EXPECT_EQ(unsupported.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(unsupported.message(),
            absl::StrCat("got \"", Name(kOnlyBuilt), "\"; this processor does not have it (built: ", ToText(kBuilt),
                         "; supported by this processor: ", ToText(kSupported), ")"));
  for (const std::string& text : {std::string(Name(kForeign)), absl::StrCat("<=", Name(kForeign))}) {
    const absl::Status foreign = ParseSimd(text, kBuilt, kSupported).status();
    EXPECT_EQ(foreign.code(), absl::StatusCode::kFailedPrecondition) << text;
    EXPECT_TRUE(absl::StrContains(foreign.message(), "no kernels for it")) << foreign;
  }
}

TEST(ParseSimdTest, MalformedTexts) {
  for (const char* text : {"", " ", "on", "1", "0", "AUTO", "avx9", "<=", "<=off", "<=auto", "<= scalar", "scalar ",
                           ">=scalar", "scalar\n"}) {
    const absl::Status status = ParseSimd(text, kBuilt, kSupported).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_TRUE(absl::StrContains(status.message(), "expected auto, off, <level> or <=<level>")) << status;
  }
}

TEST(ParseThreadsTest, WholeNumbersFromOne) {
  EXPECT_EQ(*ParseThreads("1"), 1);
  EXPECT_EQ(*ParseThreads("1024"), 1024);
  EXPECT_EQ(*ParseThreads("007"), 7);
  for (const char* text : {"", "0", "-1", "+2", " 2", "2 ", "2.0", "65537", "99999999999999999999", "two", "0x2"}) {
    const absl::Status status = ParseThreads(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_TRUE(absl::StrContains(status.message(), "expected a number from 1 to 1024")) << status;
  }
  EXPECT_FALSE(CheckThreads(0).ok());
  EXPECT_FALSE(CheckThreads(int64_t{1} << 32).ok());
}

TEST(ParseModesTest, EveryNameAndNothingElse) {
  EXPECT_EQ(*ParseBlasMode("auto"), policy::BlasMode::kAuto);
  EXPECT_EQ(*ParseBlasMode("off"), policy::BlasMode::kOff);
  EXPECT_EQ(*ParseBlasMode("prefer"), policy::BlasMode::kPrefer);
  EXPECT_EQ(ParseBlasMode("on").status().message(), "got \"on\"; expected auto, off or prefer");
  EXPECT_EQ(*ParseDeterminism("reproducible"), policy::Determinism::kReproducible);
  EXPECT_EQ(*ParseDeterminism("fast"), policy::Determinism::kFast);
  EXPECT_EQ(ParseDeterminism("").status().message(), "got \"\"; expected reproducible or fast");
}

TEST(ToTextTest, ReadsBack) {
  EXPECT_EQ(ToText(policy::SimdRule::kAuto, kUsable), "auto");
  EXPECT_EQ(ToText(policy::SimdRule::kOff, kUsable), "off");
  EXPECT_EQ(ToText(policy::SimdRule::kDemand, kUsable), Name(kUsable));
  EXPECT_EQ(ToText(policy::SimdRule::kCap, kUsable), absl::StrCat("<=", Name(kUsable)));
  EXPECT_EQ(ToText(IsaSet{}), "none");
  EXPECT_EQ(ToText(kSupported), absl::StrCat("scalar, ", Name(kUsable)));
}

// A message carries no control bytes and has a bound, whatever the environment holds.
TEST(ParseSimdTest, ErrorsAreFitToPrint) {
  const absl::Status status = ParseSimd(std::string(10000, '\x1b'), kBuilt, kSupported).status();
  EXPECT_LT(status.message().size(), 2000u);
  EXPECT_FALSE(absl::StrContains(status.message(), "\x1b"));
}

}  // namespace
}  // namespace raptors::context
