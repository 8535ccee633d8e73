// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/html.h"

#include "gtest/gtest.h"

namespace raptors::dashboard {
namespace {

TEST(HtmlTest, EscapesMarkup) {
  EXPECT_EQ(Escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(Escape("{{time}}"), "{{time}}");
}

TEST(HtmlTest, KeepsUtf8AndReplacesTheRest) {
  const char* const good[] = {"\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"};
  for (const char* text : good) EXPECT_EQ(Escape(text), text);
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(Escape(std::string("a\0b\nc\x7f", 6)), "a" + replaced + "b" + replaced + "c" + replaced);
  EXPECT_EQ(Escape("\xff<"), replaced + "&lt;");
  // Cut short, overlong, a surrogate, beyond Unicode.
  EXPECT_EQ(Escape("\xc3"), replaced);
  EXPECT_EQ(Escape("\xe2\x82"), replaced + replaced);
  EXPECT_EQ(Escape("\xc0\xaf"), replaced + replaced);
  EXPECT_EQ(Escape("\xe0\x80\x80"), replaced + replaced + replaced);
  EXPECT_EQ(Escape("\xed\xa0\x80"), replaced + replaced + replaced);
  EXPECT_EQ(Escape("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);
}

TEST(HtmlTest, Sizes) {
  EXPECT_EQ(SizeText(0), "0");
  EXPECT_EQ(SizeText(512), "512");
  EXPECT_EQ(SizeText(1024), "1 Ki");
  EXPECT_EQ(SizeText(int64_t{1} << 24), "16 Mi");
  EXPECT_EQ(SizeText(int64_t{1} << 62), "4 Ei");
}

TEST(HtmlTest, Counts) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(12003), "12,003");
  EXPECT_EQ(CountText(999999), "999,999");
  EXPECT_EQ(CountText(1234567), "1.23 M");
  EXPECT_EQ(CountText(99960000), "100 M");
  EXPECT_EQ(CountText(999600000), "1.00 G");
  EXPECT_EQ(CountText(UINT64_MAX), "18.4 E");
}

TEST(HtmlTest, Times) {
  EXPECT_EQ(TimeText(0), "0 ns");
  EXPECT_EQ(TimeText(1.2e-7), "120 ns");
  EXPECT_EQ(TimeText(1.26e-6), "1.3 us");
  EXPECT_EQ(TimeText(0.9999), "1.0 s");
  EXPECT_EQ(TimeText(12345), "12345 s");
}

TEST(HtmlTest, Shares) {
  EXPECT_EQ(ShareText(0, 0), "0 %");
  EXPECT_EQ(ShareText(1, 3), "33.3 %");
  EXPECT_EQ(ShareText(1, 1e9), "&lt; 0.1 %");
  EXPECT_EQ(ShareText(1e9 - 1, 1e9), "99.9 %");
  EXPECT_EQ(ShareText(5, 5), "100 %");
  EXPECT_EQ(Percent(0, 0), "0.00");
  EXPECT_EQ(Percent(1, 8), "12.50");
}

TEST(HtmlTest, Tables) {
  EXPECT_EQ(Table("x", {{"A"}, {"B", "number"}}, {{"1", "2"}}),
            "<table class=\"x\"><thead><tr><th scope=\"col\" class=\"\">A</th><th scope=\"col\" class=\"number\">B</th>"
            "</tr></thead><tbody>\n<tr><th scope=\"row\">1</th><td class=\"number\">2</td></tr>\n</tbody></table>");
}

}  // namespace
}  // namespace raptors::dashboard
