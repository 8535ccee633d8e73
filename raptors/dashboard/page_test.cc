// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/page.h"

#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/dashboard/process.h"

namespace raptors::dashboard {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

Content Example() {
  Content content;
  content.source = "a<b>.json";
  content.time = "2026-01-02 03:04:05 UTC";
  const metrics::Choice choice = {
      Op::kScale, DType::kFloat32,  Layout::kTransposed, metrics::SizeBucket(70000), Route::kSimd, Isa::kScalar,
      3,          Reason::kParallel};
  metrics::Choice other = choice;
  other.route = Route::kScalar;
  other.reason = Reason::kSimdOff;
  content.snapshot.entries = {{other, 1}, {choice, 12344}};
  content.snapshot.last = {choice};
  content.snapshot.counters[static_cast<int>(metrics::Counter::kPoolInlineBusy)] = 4321;
  return content;
}

// From the heading to the section's end.
std::string Section(const std::string& page, const std::string& heading) {
  const size_t begin = page.find("<h2>" + heading);
  EXPECT_NE(begin, std::string::npos) << heading;
  return begin == std::string::npos ? "" : page.substr(begin, page.find("</section>", begin) - begin);
}

TEST(PageTest, FillsEveryPlace) {
  EXPECT_THAT(Page(Example()), Not(HasSubstr("{{")));
  EXPECT_THAT(Page({}), Not(HasSubstr("{{")));
}

TEST(PageTest, NeedsNothingFromElsewhere) {
  Content content = Example();
  content.refresh_seconds = 2;
  const std::string page = Page(content);
  for (const char* reference : {"http:", "https:", " src=", "@import", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
}

TEST(PageTest, EscapesTexts) {
  Content content = Example();
  content.facts = {{"<b>", "\"&\xff"}};
  const std::string page = Page(content);
  EXPECT_THAT(page, HasSubstr("<title>Raptors: a&lt;b&gt;.json</title>"));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;</th><td class=\"\">&quot;&amp;\xEF\xBF\xBD</td>"));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
}

TEST(PageTest, TextsAreNotTakenForPlaces) {
  Content content = Example();
  content.source = "{{time}}";
  EXPECT_THAT(Page(content), HasSubstr("<title>Raptors: {{time}}</title>"));
}

TEST(PageTest, ShowsRoutesBySize) {
  const std::string routes = Section(Page(Example()), "Routes by operation and size");
  EXPECT_THAT(routes, HasSubstr("class=\"number\">64 Ki</th>"));
  EXPECT_THAT(routes, HasSubstr("title=\"scalar 1, simd 12344\">12,345<"));
  EXPECT_THAT(routes, HasSubstr("<i class=\"simd\" style=\"width:99.99%\">"));
}

TEST(PageTest, ShowsReasonsThreadsEventsAndLastDecisions) {
  const std::string page = Page(Example());
  const std::string reasons = Section(page, "Why");
  EXPECT_THAT(reasons, HasSubstr(Text(Reason::kSimdOff)));
  EXPECT_LT(reasons.find(">parallel<"), reasons.find(">simd-off<"));
  EXPECT_THAT(Section(page, "Threads"), HasSubstr("<th scope=\"row\">3</th><td class=\"number\">12,345</td>"));
  EXPECT_THAT(Section(page, "Events"), HasSubstr("4,321"));
  EXPECT_THAT(Section(page, "Last decision"), HasSubstr(">transposed<"));
}

TEST(PageTest, SharesAreOfTheWholeAndSayThatTheyAreEstimates) {
  Content content = Example();
  content.model.bytes_per_second = 123e9;
  const std::string shares = Section(Page(content), "Estimated share");
  EXPECT_THAT(shares, HasSubstr(">100 %<"));
  EXPECT_THAT(shares, HasSubstr("An estimate: the counters hold calls, not times."));
  EXPECT_THAT(shares, HasSubstr("123 GB/s"));
}

TEST(PageTest, ManyKindsShareTheLastBar) {
  Content content = Example();
  content.snapshot.entries.clear();
  for (int bucket = 1; bucket <= 40; ++bucket) {
    metrics::Choice choice = {};
    choice.size_bucket = static_cast<uint8_t>(bucket);
    content.snapshot.entries.push_back({choice, 2});
  }
  const std::string shares = Section(Page(content), "Estimated share");
  EXPECT_THAT(shares, HasSubstr("<th scope=\"row\">25 others</th>"));
  EXPECT_THAT(shares, HasSubstr("<td class=\"number\">50</td>"));
}

TEST(PageTest, SaysWhatWasNotCountedApart) {
  EXPECT_THAT(Page(Example()), Not(HasSubstr("class=\"warning\"")));
  Content content = Example();
  content.snapshot.overflow = 77;
  EXPECT_THAT(Page(content), HasSubstr("<p class=\"warning\">77 calls"));
}

TEST(PageTest, AnEmptySnapshot) {
  const std::string page = Page({});
  EXPECT_THAT(page, HasSubstr("No call was counted."));
  EXPECT_THAT(page, HasSubstr("<dt>Calls</dt><dd>0</dd>"));
}

TEST(PageTest, EveryRouteHasAColour) {
  const std::string page = Page({});
  for (const std::string route : kRouteNames) {
    EXPECT_THAT(page, HasSubstr("." + route + " { background: var(--" + route + "); }"));
    EXPECT_THAT(page, HasSubstr("--" + route + ": #"));
  }
}

TEST(PageTest, RefreshesOnlyWhereServed) {
  EXPECT_THAT(Page(Example()), HasSubstr("<body data-refresh=\"0\">"));
  EXPECT_THAT(Page(Example()), Not(HasSubstr("<noscript>")));
  Content content = Example();
  content.refresh_seconds = 2;
  EXPECT_THAT(Page(content), HasSubstr("<body data-refresh=\"2\">"));
  EXPECT_THAT(Page(content), HasSubstr("http-equiv=\"refresh\" content=\"2\""));
}

TEST(PageTest, ThisProcess) {
  metrics::SetEnabled(true);
  metrics::RecordBackendChoice(Example().snapshot.entries[0].choice);
  const Content content = ThisProcess();
  EXPECT_EQ(content.snapshot.last.size(), 1u);
  EXPECT_THAT(content.time, MatchesRegex("20[0-9-]+ [0-9:]+ UTC"));
  const std::string page = Page(content);
  EXPECT_THAT(page, HasSubstr("process " + std::to_string(getpid())));
  for (const char* fact : {"Processor", "Usable cores", "BLAS", "Calls are counted"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
}

}  // namespace
}  // namespace raptors::dashboard
