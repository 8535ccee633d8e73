// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/npy_literal.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/array/shape.h"

namespace raptors::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<NpyLiteral> Parse(absl::string_view text) { return ParseNpyLiteral(text, /*long_suffix=*/false); }

std::string WithShape(absl::string_view shape) {
  return absl::StrCat("{'descr': '<f4', 'fortran_order': False, 'shape': ", shape, ", }\n");
}

TEST(NpyLiteral, ReadsWhatNumpyWrites) {
  const absl::StatusOr<NpyLiteral> got = Parse("{'descr': '<f8', 'fortran_order': True, 'shape': (3, 4), }     \n");
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->descr, "<f8");
  EXPECT_TRUE(got->fortran_order);
  EXPECT_THAT(got->shape, ElementsAre(3, 4));
}

TEST(NpyLiteral, ReadsOtherSpellings) {
  for (const char* text : {
           "{'shape':(3,4),'fortran_order':False,'descr':'<f4'}\n",
           "  { \"descr\" : \"<f4\" ,\n \"fortran_order\"\t: False,\r\n\"shape\": ( 3 , 4 , ) , } \n",
       }) {
    const absl::StatusOr<NpyLiteral> got = Parse(text);
    ASSERT_TRUE(got.ok()) << text << got.status();
    EXPECT_EQ(got->descr, "<f4");
    EXPECT_FALSE(got->fortran_order);
    EXPECT_THAT(got->shape, ElementsAre(3, 4));
  }
}

TEST(NpyLiteral, ReadsShapes) {
  EXPECT_THAT(Parse(WithShape("()"))->shape, ElementsAre());
  EXPECT_THAT(Parse(WithShape("(7,)"))->shape, ElementsAre(7));
  EXPECT_THAT(Parse(WithShape("(0, 9223372036854775807)"))->shape, ElementsAre(0, INT64_MAX));
  EXPECT_THAT(ParseNpyLiteral(WithShape("(3L, 4L)"), /*long_suffix=*/true)->shape, ElementsAre(3, 4));
  std::string many = "(";
  for (int i = 0; i < kMaxRank; ++i) absl::StrAppend(&many, "1, ");
  EXPECT_EQ(Parse(WithShape(many + ")"))->shape.size(), static_cast<size_t>(kMaxRank));
  EXPECT_FALSE(Parse(WithShape(many + "1)")).ok());
}

TEST(NpyLiteral, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "header: got the end at byte 0; expected '{'"},
      {"[1, 2]\n", "expected '{'"},
      {"{}\n", "no key 'descr'"},
      {"{'descr': '<f4', 'fortran_order': False}\n", "no key 'shape'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)\n", "got the end at byte 55; expected ',' or '}'"},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}\n", "key 'descr' occurs twice"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}\n", "got the key 'x'"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': ()} + 1\n", "got \"+\" at byte 54; expected nothing"},
      {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}\n", "structured dtype"},
      {"{'descr': '<f\\x34', 'fortran_order': False, 'shape': ()}\n", "printable ASCII"},
      {"{'descr': '<f4, ", "the end of the string"},
      {"{'descr': 4, 'fortran_order': False, 'shape': ()}\n", "expected a string"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': ()}\n", "expected True or False"},
      {"{'descr': '<f4' 'fortran_order': 0, 'shape': ()}\n", "expected ',' or '}'"},
      {"{descr: '<f4'}\n", "expected a key in quotes"},
      {"{,}\n", "expected a key in quotes"},
      {WithShape("3"), "expected '('"},
      {WithShape("(3)"), "expected ',' after the only extent"},
      {WithShape("(,)"), "expected an extent"},
      {WithShape("(3,,)"), "expected an extent"},
      {WithShape("(3, 4"), "expected an extent"},
      {WithShape("(3 4)"), "expected ',' after"},
      {WithShape("(3, 4 5)"), "expected ',' or ')'"},
      {WithShape("(-3,)"), "shape: got -3; expected extents from 0 on"},
      {WithShape("(-,)"), "expected an extent"},
      {WithShape("(03,)"), "shape: got 03; expected no leading zeros"},
      {WithShape("(3.0,)"), "expected ',' after"},
      {WithShape("(True,)"), "expected an extent"},
      {WithShape("(3L,)"), "expected ',' after"},
      {WithShape("((3,),)"), "expected an extent"},
      {WithShape("(9223372036854775808,)"), "expected extents below 2^63"},
      {WithShape("(99999999999999999999999999999999999999999,)"), "expected extents below 2^63"},
      {WithShape("[3]"), "expected '('"},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<NpyLiteral> got = Parse(c.text);
    ASSERT_FALSE(got.ok()) << c.text;
    EXPECT_EQ(got.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(got.status().message()), HasSubstr(c.message)) << c.text;
  }
}

TEST(NpyLiteral, DeepNestingAndLongTextAreHarmless) {
  EXPECT_FALSE(Parse(std::string(100000, '(')).ok());
  EXPECT_FALSE(Parse(std::string(100000, '{')).ok());
  EXPECT_FALSE(Parse(std::string(100000, ' ')).ok());
  EXPECT_FALSE(Parse(absl::StrCat("{'", std::string(100000, 'a'))).ok());
}

}  // namespace
}  // namespace raptors::tools
