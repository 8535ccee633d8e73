// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/progress.h"

#include <stdio.h>

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace raptors::tools {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Contents(FILE* file) {
  std::string text;
  rewind(file);
  for (int c; (c = fgetc(file)) != EOF;) text += static_cast<char>(c);
  return text;
}

TEST(ProgressBar, IsALineEachTenthInAFile) {
  FILE* const file = tmpfile();
  ASSERT_NE(file, nullptr);
  {
    ProgressBar bar(file, /*terminal=*/false);
    for (int i = 0; i <= 1000; ++i) bar.Show(i / 1000.0, "round 1", i);
  }
  const std::string text = Contents(file);
  fclose(file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_THAT(text, HasSubstr("raptors:  50%, round 1, 500 s\n"));
  EXPECT_THAT(text, EndsWith("raptors: 100%, round 1, 1000 s\n"));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(ProgressBar, RedrawsOneLineOnATerminalAndLeavesNothing) {
  FILE* const file = tmpfile();
  ASSERT_NE(file, nullptr);
  {
    ProgressBar bar(file, /*terminal=*/true);
    for (int i = 0; i <= 1000; ++i) bar.Show(i / 1000.0, "round 1", i / 1000.0);
  }
  const std::string text = Contents(file);
  fclose(file);
  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, HasSubstr("[====================                    ]  50%  round 1"));
  EXPECT_THAT(text, EndsWith("\r\033[K"));
  // At most ten times a second.
  EXPECT_LE(std::count(text.begin(), text.end(), '['), 2 * 12);
}

TEST(ProgressBar, ThatNeverShowedAnythingWritesNothing) {
  FILE* const file = tmpfile();
  ASSERT_NE(file, nullptr);
  {
    ProgressBar bar(file, /*terminal=*/true);
  }
  EXPECT_EQ(Contents(file), "");
  fclose(file);
}

}  // namespace
}  // namespace raptors::tools
