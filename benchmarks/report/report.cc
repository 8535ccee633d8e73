// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/report/report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace raptors::benchmarks {
namespace {

// Quartiles further apart than this, relative to the median, are marked.
constexpr double kNoisy = 0.1;

// Columns of the first column of the summary, at least.
constexpr int kGroupWidth = 27;

// Above this, the nanoseconds allowed for a call are a few per cent of it.
constexpr double kLongNs = 2000;

std::string ShortCase(const CellResult& result) {
  const Cell& cell = result.cell;
  const std::string level = cell.names_op && cell.Auto() ? "" : absl::StrCat(" ", cell.simd);
  return absl::StrFormat("%s %dt%s", cell.Title(), result.threads, level);
}

// The rows of the summary: by operation and layout, or axis, where there are several operations.
std::string GroupName(const Cell& cell) {
  if (!cell.names_op) return cell.layout;
  return absl::StrCat(Name(cell.op), " ", cell.axis.empty() ? cell.layout : absl::StrCat("axis ", cell.axis));
}

// "plain x86-64-v4/512, blocks of 16 x2" -> "plain v4/512 x2".
std::string ShortName(const std::string& name) {
  std::string text = absl::StrReplaceAll(name, {{"x86-64-", ""}, {"OpenBLAS ", "BLAS "}});
  const size_t comma = text.find(", ");
  if (comma == std::string::npos) return text;
  const size_t threads = text.rfind(" x");
  const bool counted = threads != std::string::npos && threads > comma &&
                       text.find_first_not_of("0123456789", threads + 2) == std::string::npos;
  return text.substr(0, comma) + (counted ? text.substr(threads) : "");
}

// Geometric mean of what is added.
class Geomean {
 public:
  void Add(double value) {
    sum_ += std::log(value);
    ++count_;
  }
  int count() const { return count_; }
  double value() const { return count_ == 0 ? 0 : std::exp(sum_ / count_); }

 private:
  double sum_ = 0;
  int count_ = 0;
};

struct Group {
  int wins = 0, even = 0, losses = 0;
  Geomean ratio, share;

  void Add(const CellResult& result) {
    share.Add(result.Share());
    if (!result.BestPeer().present()) return;
    const double r = result.Ratio();
    (r > kEven ? wins : r < 1 / kEven ? losses : even)++;
    ratio.Add(r);
  }
  std::string Row(const std::string& name, int width) const {
    return absl::StrFormat("  %-*s %5d %5d %5d %6d %11.2f %9.0f%%\n", width, name, share.count(), wins, even, losses,
                           ratio.value(), 100 * share.value());
  }
};

std::string GroupTable(const std::vector<CellResult>& results, const Style& style) {
  std::vector<std::pair<std::string, Group>> groups;
  const auto group = [&](const std::string& name) -> Group& {
    for (auto& [key, value] : groups) {
      if (key == name) return value;
    }
    return groups.emplace_back(name, Group()).second;
  };
  for (const bool all : {false, true}) {
    Group together, longer, shorter;
    std::string threads;
    for (const CellResult& result : results) {
      if (!result.cell.Auto() || result.cell.all_threads != all) continue;
      threads = absl::StrCat(result.threads, result.threads == 1 ? " thread" : " threads");
      group(absl::StrCat(threads, ", ", GroupName(result.cell))).Add(result);
      together.Add(result);
      (result.BestPeer().ns >= kLongNs ? longer : shorter).Add(result);
    }
    const std::pair<const char*, const Group*> sums[] = {
        {", best peer < 2 us", &shorter}, {", best peer >= 2 us", &longer}, {", together", &together}};
    for (const auto& [name, sum] : sums) {
      if (sum->share.count() > 0) group(absl::StrCat(threads, name)) = *sum;
    }
  }
  if (groups.empty()) return "";
  int width = kGroupWidth;
  for (const auto& [name, value] : groups) width = std::max(width, static_cast<int>(name.size()));
  std::string text = absl::StrFormat("  %-*s %5s %5s %5s %6s %11s %10s\n", width, "Raptors against best peer", "cells",
                                     "wins", "even", "losses", "geomean", absl::StrCat("of ", style.limit));
  for (const auto& [name, value] : groups) text += value.Row(name, width);
  return text;
}

std::string PeerLine(const std::vector<CellResult>& results) {
  Geomean plain, eigen, blas;
  for (const CellResult& r : results) {
    if (!r.cell.Auto() || r.cell.all_threads) continue;
    if (r.plain.present()) plain.Add(r.plain.ns / r.raptors_ns);
    if (r.eigen.present()) eigen.Add(r.eigen.ns / r.raptors_ns);
    if (r.blas.present()) blas.Add(r.blas.ns / r.raptors_ns);
  }
  std::string text;
  const auto add = [&](const char* name, const Geomean& mean) {
    if (mean.count() > 0) absl::StrAppendFormat(&text, "%s %s %.2f", text.empty() ? "" : ",", name, mean.value());
  };
  add("plain loop", plain);
  add("Eigen", eigen);
  add("BLAS", blas);
  return text.empty() ? "" : absl::StrCat("  One thread, geometric mean against each peer:", text, "\n");
}

std::string LevelTable(const std::vector<CellResult>& results) {
  std::string text;
  for (const CellResult& automatic : results) {
    if (!automatic.cell.Auto()) continue;
    std::string levels;
    for (const CellResult& r : results) {
      if (r.cell.Auto() || r.cell.Title() != automatic.cell.Title() ||
          r.cell.all_threads != automatic.cell.all_threads) {
        continue;
      }
      absl::StrAppendFormat(&levels, "  %s %.2f", r.cell.simd, r.raptors_ns / automatic.raptors_ns);
    }
    if (!levels.empty()) absl::StrAppendFormat(&text, "  %-34s %s\n", ShortCase(automatic), levels);
  }
  return text.empty() ? "" : absl::StrCat("\nSIMD levels: time at the level / time at auto\n", text);
}

std::string OverheadTable(const std::vector<OverheadResult>& overheads, const Style& style) {
  if (overheads.empty()) return "";
  std::string text = absl::StrFormat("\nOverhead of a call (validate, plan, decide, count); goal: at most %.0f ns\n",
                                     style.goals.overhead_ns);
  for (const OverheadResult& o : overheads) {
    absl::StrAppendFormat(&text, "  %s: %s\n", FormatRow(o),
                          o.Overhead() <= style.goals.overhead_ns ? "met" : "MISSED");
  }
  return text;
}

std::string GoalText(bool all_threads, const Goals& goals) {
  if (all_threads) {
    return absl::StrFormat("gain >= %.1f of the roofline's above %.0f us; never below %.2f of one thread", kGainShare,
                           kGainFromNs / 1000, kOneThreadShare);
  }
  if (goals.roof_share == 0) {
    return absl::StrFormat("time <= best peer / %.2f + %.0f ns", goals.peer_share, goals.overhead_ns);
  }
  return absl::StrFormat("time <= roofline (streaming cells) / %.2f, best peer / %.2f, + %.0f ns", goals.roof_share,
                         goals.peer_share, goals.overhead_ns);
}

std::string GoalTable(const std::vector<CellResult>& results, bool all_threads, const Style& style) {
  int cells = 0, violating = 0;
  std::string lines;
  for (const CellResult& result : results) {
    if (!result.cell.Auto() || result.cell.all_threads != all_threads) continue;
    ++cells;
    const std::vector<Violation> violations = Judge(result, style.goals);
    violating += violations.empty() ? 0 : 1;
    for (const Violation& violation : violations) {
      absl::StrAppendFormat(
          &lines, "  %-29s %.2f over: %s\n",
          absl::StrCat(absl::StripSuffix(ShortCase(result), " auto"), result.spread > kNoisy ? " ~" : ""),
          violation.factor, violation.text);
    }
  }
  if (cells == 0) return "";
  return absl::StrFormat("\nGoals, %s: %s\n%s  %d of %d cells meet them\n", all_threads ? "all threads" : "one thread",
                         GoalText(all_threads, style.goals), lines, cells - violating, cells);
}

}  // namespace

std::string RowHeading(const Style& style) {
  std::string text = absl::StrFormat("%-*s %8s  %6s %5s %6s  %-17s %-14s", style.case_width, "case", "time", style.rate,
                                     style.limit, "ratio", "best peer", "decision");
  if (style.reasons) absl::StrAppend(&text, " reason");
  return std::string(absl::StripTrailingAsciiWhitespace(text));
}

std::string FormatRow(const CellResult& result, const Style& style) {
  const std::string decision(absl::StripPrefix(result.decision, "simd "));
  const bool peer = result.BestPeer().present();
  std::string text = absl::StrFormat(
      "%-*s %8s%s %6.1f %4.0f%% %6s  %-17s %-14s", style.case_width, ShortCase(result), FormatNs(result.raptors_ns),
      result.spread > kNoisy ? "~" : " ", result.work / result.raptors_ns, 100 * result.Share(),
      peer ? absl::StrFormat("%.2f", result.Ratio()) : "-", ShortName(result.BestPeer().name), decision);
  if (style.reasons) absl::StrAppend(&text, " ", result.reason);
  return std::string(absl::StripTrailingAsciiWhitespace(text));
}

std::string FormatRow(const OverheadResult& result) {
  return absl::StrFormat("overhead %s, %d elements: %.1f ns = call %s (with spans %s) - its kernel alone %s",
                         result.dtype, result.elements, result.Overhead(), FormatNs(result.call_ns),
                         FormatNs(result.span_ns), FormatNs(result.kernel_ns));
}

// One result per cell, in order of first appearance: of repetitions the one with the median ratio.
std::vector<CellResult> OnePerCell(const std::vector<CellResult>& results) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<CellResult>> by_name;
  for (const CellResult& result : results) {
    std::vector<CellResult>& same = by_name[result.cell.Name()];
    if (same.empty()) order.push_back(result.cell.Name());
    same.push_back(result);
  }
  std::vector<CellResult> one;
  for (const std::string& name : order) {
    std::vector<CellResult>& same = by_name[name];
    std::sort(same.begin(), same.end(), [](const CellResult& a, const CellResult& b) { return a.Ratio() < b.Ratio(); });
    one.push_back(same[same.size() / 2]);
  }
  return one;
}

std::string FormatSummary(const std::vector<CellResult>& results, const std::vector<OverheadResult>& overheads,
                          const Style& style) {
  const std::vector<CellResult> cells = OnePerCell(results);
  return absl::StrCat("\n", GroupTable(cells, style), PeerLine(cells), LevelTable(cells),
                      OverheadTable(overheads, style), GoalTable(cells, false, style), GoalTable(cells, true, style));
}

}  // namespace raptors::benchmarks
