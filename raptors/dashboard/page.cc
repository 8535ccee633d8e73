// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/page.h"

#include <stdint.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/base/version.h"
#include "raptors/dashboard/html.h"
#include "raptors/dashboard/page_html.h"
#include "raptors/dashboard/summary.h"

namespace raptors::dashboard {
namespace {

using metrics::SizeBucketFloor;
using Rows = std::vector<std::vector<std::string>>;

// Kinds of calls that have a bar of their own; those after them share one.
constexpr size_t kMaxBars = 15;

constexpr char kNumber[] = "number";

constexpr char kNothing[] = "<p class=\"faint\">No call was counted.</p>";

std::string Tile(absl::string_view name, absl::string_view html) {
  return absl::StrCat("<div><dt>", name, "</dt><dd>", html, "</dd></div>");
}

std::string Tiles(const Content& content, const Summary& summary) {
  const double calls = static_cast<double>(summary.all.calls);
  uint64_t parallel = 0;
  for (const auto& [threads, total] : summary.by_threads) parallel += threads > 1 ? total.calls : 0;
  const uint64_t scalar = summary.by_route[static_cast<int>(Route::kScalar)].calls;
  return absl::StrCat(Tile("Calls", CountText(content.snapshot.Calls())),
                      Tile("Estimated time", TimeText(summary.all.seconds)),
                      Tile("Different paths", CountText(content.snapshot.entries.size())),
                      Tile("Not scalar", ShareText(calls - static_cast<double>(scalar), calls)),
                      Tile("On several threads", ShareText(static_cast<double>(parallel), calls)));
}

std::string Warning(uint64_t overflow) {
  if (overflow == 0) return "";
  return absl::StrCat("<p class=\"warning\">", CountText(overflow),
                      " calls took paths that found no room in their thread's table. They are in the number of calls "
                      "and nowhere else on this page.</p>");
}

std::string Legend() {
  std::string out;
  for (const char* route : kRouteNames) absl::StrAppend(&out, "<li><i class=\"", route, "\"></i>", route, "</li>");
  return out;
}

// A bar of the routes' colours, `width` percent wide.
std::string Stack(const RouteCalls& routes, absl::string_view width) {
  uint64_t calls = 0;
  for (const uint64_t count : routes) calls += count;
  std::string out = absl::StrCat("<span class=\"stack\" style=\"width:", width, "%\">");
  for (int i = 0; i < kNumRoutes; ++i) {
    if (routes[i] == 0) continue;
    absl::StrAppend(&out, "<i class=\"", kRouteNames[i],
                    "\" style=\"width:", Percent(static_cast<double>(routes[i]), static_cast<double>(calls)),
                    "%\"></i>");
  }
  return out + "</span>";
}

std::string RouteTitle(const RouteCalls& routes) {
  std::string out;
  for (int i = 0; i < kNumRoutes; ++i) {
    if (routes[i] != 0) absl::StrAppend(&out, out.empty() ? "" : ", ", kRouteNames[i], " ", routes[i]);
  }
  return out;
}

std::string Routes(const Summary& summary) {
  if (summary.buckets.empty()) return kNothing;
  std::vector<Column> columns = {{"Operation"}};
  for (const uint8_t bucket : summary.buckets) columns.push_back({SizeText(SizeBucketFloor(bucket)), kNumber});
  Rows rows;
  for (const auto& [op, cells] : summary.routes) {
    std::vector<std::string> row = {Name(op)};
    for (const uint8_t bucket : summary.buckets) {
      const auto cell = cells.find(bucket);
      if (cell == cells.end()) {
        row.emplace_back();
        continue;
      }
      uint64_t calls = 0;
      for (const uint64_t count : cell->second) calls += count;
      row.push_back(absl::StrCat("<span title=\"", RouteTitle(cell->second), "\">", CountText(calls),
                                 Stack(cell->second, "100"), "</span>"));
    }
    rows.push_back(std::move(row));
  }
  return Table("routes", columns, rows);
}

std::string ModelText(const Model& model) {
  return absl::StrFormat(
      "the counters hold calls, not times. A call is taken for %s, and its work: the bytes of all its operands and "
      "results at %.4g GB/s a thread, or the operations of a matrix product at %.4g GFLOP/s a thread, its matrices "
      "taken to be square. A call has the mean size of its bucket. Compare the shares; the seconds are a guess.",
      TimeText(model.call_seconds), model.bytes_per_second / 1e9, model.flops_per_second / 1e9);
}

std::string Shares(const Summary& summary) {
  if (summary.kinds.empty()) return kNothing;
  const double all = summary.all.seconds;
  Rows rows;
  Total rest;
  RouteCalls rest_routes = {};
  for (size_t i = 0; i < summary.kinds.size(); ++i) {
    const Summary::Kind& kind = summary.kinds[i];
    if (i >= kMaxBars) {
      rest.calls += kind.total.calls;
      rest.seconds += kind.total.seconds;
      for (int r = 0; r < kNumRoutes; ++r) rest_routes[r] += kind.routes[r];
      continue;
    }
    rows.push_back(
        {Name(kind.op), Name(kind.dtype), SizeText(SizeBucketFloor(kind.bucket)), CountText(kind.total.calls),
         TimeText(kind.total.seconds), ShareText(kind.total.seconds, all),
         absl::StrCat("<span class=\"track\">", Stack(kind.routes, Percent(kind.total.seconds, all)), "</span>")});
  }
  if (rest.calls > 0) {
    rows.push_back({absl::StrCat(summary.kinds.size() - kMaxBars, " others"), "", "", CountText(rest.calls),
                    TimeText(rest.seconds), ShareText(rest.seconds, all),
                    absl::StrCat("<span class=\"track\">", Stack(rest_routes, Percent(rest.seconds, all)), "</span>")});
  }
  return Table("share",
               {{"Operation"},
                {"Type"},
                {"Elements from", kNumber},
                {"Calls", kNumber},
                {"Time", kNumber},
                {"Share", kNumber},
                {"Routes of the calls", "bar"}},
               rows);
}

// Name, calls, their share, and the share of the estimated time.
std::vector<std::string> TotalRow(absl::string_view name, const Total& total, const Total& all) {
  return {std::string(name), CountText(total.calls),
          ShareText(static_cast<double>(total.calls), static_cast<double>(all.calls)),
          ShareText(total.seconds, all.seconds)};
}

std::vector<Column> TotalColumns(absl::string_view name, const std::vector<Column>& more) {
  std::vector<Column> columns = {
      {std::string(name)}, {"Calls", kNumber}, {"of the calls", kNumber}, {"of the estimated time", kNumber}};
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

std::string Reasons(const Summary& summary) {
  std::vector<int> order;
  for (int i = 0; i < kNumReasons; ++i) {
    if (summary.by_reason[i].calls > 0) order.push_back(i);
  }
  if (order.empty()) return kNothing;
  const auto calls = [&summary](int i) { return summary.by_reason[i].calls; };
  std::sort(order.begin(), order.end(),
            [&calls](int a, int b) { return calls(a) != calls(b) ? calls(a) > calls(b) : a < b; });
  Rows rows;
  for (const int i : order) {
    std::vector<std::string> row = TotalRow(kReasonNames[i], summary.by_reason[i], summary.all);
    row.push_back(Escape(kReasonTexts[i]));
    rows.push_back(std::move(row));
  }
  return Table("", TotalColumns("Reason", {{"Meaning"}}), rows);
}

std::string Threads(const Summary& summary) {
  if (summary.by_threads.empty()) return kNothing;
  Rows rows;
  for (const auto& [threads, total] : summary.by_threads) {
    rows.push_back(TotalRow(absl::StrCat(threads), total, summary.all));
  }
  return Table("", TotalColumns("Threads", {}), rows);
}

std::string Events(const metrics::Snapshot& snapshot) {
  Rows rows;
#define RAPTORS_X(id, name, help) \
  rows.push_back({help, CountText(snapshot.counters[static_cast<int>(metrics::Counter::id)])});
  RAPTORS_COUNTERS(RAPTORS_X)
#undef RAPTORS_X
  return Table("", {{"Event"}, {"Count", kNumber}}, rows);
}

std::vector<Column> ChoiceColumns() {
  return {{"Operation"}, {"Type"},  {"Layout"},           {"Elements from", kNumber},
          {"Route"},     {"Level"}, {"Threads", kNumber}, {"Reason"}};
}

std::vector<std::string> ChoiceRow(const metrics::Choice& choice) {
  return {Name(choice.op),
          Name(choice.dtype),
          Name(choice.layout),
          SizeText(SizeBucketFloor(choice.size_bucket)),
          Name(choice.route),
          Name(choice.isa),
          absl::StrCat(choice.threads),
          absl::StrCat("<span title=\"", Escape(Text(choice.reason)), "\">", Name(choice.reason), "</span>")};
}

std::string Last(const metrics::Snapshot& snapshot) {
  if (snapshot.last.empty()) return "<p class=\"faint\">No thread that lives has made a call that was counted.</p>";
  Rows rows;
  for (const metrics::Choice& choice : snapshot.last) rows.push_back(ChoiceRow(choice));
  return Table("", ChoiceColumns(), rows);
}

std::string Facts(const Content& content) {
  if (content.facts.empty()) return "";
  Rows rows;
  for (const auto& [name, value] : content.facts) rows.push_back({Escape(name), Escape(value)});
  return absl::StrCat("<section><h2>The process</h2><div class=\"wide\">", Table("", {{"What"}, {"Now"}}, rows),
                      "</div></section>");
}

std::string All(const metrics::Snapshot& snapshot, const Model& model, double all) {
  std::vector<Column> columns = ChoiceColumns();
  columns.push_back({"Calls", kNumber});
  columns.push_back({"of the estimated time", kNumber});
  Rows rows;
  for (const auto& [choice, count] : snapshot.entries) {
    std::vector<std::string> row = ChoiceRow(choice);
    row.push_back(CountText(count));
    row.push_back(ShareText(static_cast<double>(count) * EstimatedSeconds(choice, model), all));
    rows.push_back(std::move(row));
  }
  return Table("", columns, rows);
}

}  // namespace

std::string Page(const Content& content) {
  const Summary summary = Summarize(content.snapshot, content.model);
  const std::string noscript = content.refresh_seconds == 0
                                   ? ""
                                   : absl::StrCat("\n<noscript><meta http-equiv=\"refresh\" content=\"",
                                                  content.refresh_seconds, "\"></noscript>");
  return absl::StrReplaceAll(kPageHtml, {{"{{source}}", Escape(content.source)},
                                         {"{{time}}", Escape(content.time)},
                                         {"{{noscript}}", noscript},
                                         {"{{refresh}}", absl::StrCat(content.refresh_seconds)},
                                         {"{{version}}", kVersion},
                                         {"{{tiles}}", Tiles(content, summary)},
                                         {"{{warning}}", Warning(content.snapshot.overflow)},
                                         {"{{legend}}", Legend()},
                                         {"{{routes}}", Routes(summary)},
                                         {"{{model}}", ModelText(content.model)},
                                         {"{{shares}}", Shares(summary)},
                                         {"{{reasons}}", Reasons(summary)},
                                         {"{{threads}}", Threads(summary)},
                                         {"{{events}}", Events(content.snapshot)},
                                         {"{{last}}", Last(content.snapshot)},
                                         {"{{facts}}", Facts(content)},
                                         {"{{paths}}", CountText(content.snapshot.entries.size())},
                                         {"{{all}}", All(content.snapshot, content.model, summary.all.seconds)}});
}

}  // namespace raptors::dashboard
