// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/factor.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"
#include "tools/raptors/args.h"

namespace raptors::tools {
namespace {

using ::testing::HasSubstr;

TEST(Factor, ReadsNumbers) {
  EXPECT_EQ(ParseFactor("2.5")->As<double>(), 2.5);
  EXPECT_EQ(ParseFactor("-1e-3")->As<double>(), -1e-3);
  EXPECT_EQ(ParseFactor("+.5")->As<double>(), 0.5);
  EXPECT_TRUE(ParseFactor("2")->is_integer());
  EXPECT_EQ(ParseFactor("-9223372036854775808")->As<double>(), -0x1p63);
  EXPECT_FALSE(ParseFactor("9223372036854775808")->is_integer());
  EXPECT_TRUE(std::signbit(ParseFactor("-0.0")->As<double>()));
  EXPECT_EQ(ParseFactor("-inf")->As<double>(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(ParseFactor("nan")->As<double>()));
  EXPECT_EQ(ParseFactor("0x1.8p1")->As<double>(), 3);
}

TEST(Factor, RefusesTheRest) {
  for (const char* text :
       {"", "+", "-", "x", "2.5x", " 2", "2 ", "1,5", "0x", "1e999", "-1e999", "1e-999", "+-1", "--1", "1-1"}) {
    const absl::StatusOr<Scalar> factor = ParseFactor(text);
    ASSERT_FALSE(factor.ok()) << text;
    EXPECT_TRUE(IsUsageError(factor.status()));
    EXPECT_THAT(std::string(factor.status().message()), HasSubstr(std::string("factor: got '") + text + "'"));
  }
}

TEST(Factor, MustFitTheDtype) {
  const auto check = [](const char* text, DType dtype) { return CheckFactor(text, *ParseFactor(text), dtype); };
  for (const char* text : {"3e38", "1e-45", "0", "-0.0", "inf", "nan", "9223372036854775807"})
    EXPECT_TRUE(check(text, DType::kFloat32).ok()) << text;
  for (const char* text : {"1e39", "-1e300", "1e-46"}) {
    EXPECT_TRUE(check(text, DType::kFloat64).ok()) << text;
    const absl::Status status = check(text, DType::kFloat32);
    EXPECT_TRUE(IsUsageError(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("expected a number that float32 can hold"));
  }
  EXPECT_TRUE(check("-2147483648", DType::kInt32).ok());
  EXPECT_TRUE(check("2147483648", DType::kInt64).ok());
  // 2.0 too: integers are scaled by integers.
  for (const char* text : {"2.0", "2.5", "2147483648", "nan"}) {
    const absl::Status status = check(text, DType::kInt32);
    EXPECT_TRUE(IsUsageError(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("expected an integer that int32 can hold"));
  }
}

}  // namespace
}  // namespace raptors::tools
