// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The texts of the benchmark programs for a terminal of 120 columns. README.md explains the columns.

#ifndef RAPTORS_BENCHMARKS_REPORT_REPORT_H_
#define RAPTORS_BENCHMARKS_REPORT_REPORT_H_

#include <string>
#include <vector>

#include "benchmarks/report/result.h"

namespace raptors::benchmarks {

// How a program's table looks and what it is judged by.
struct Style {
  Goals goals;
  int case_width = 34;
  bool reasons = true;                 // a column for them
  const char* rate = "GB/s";           // what work per nanosecond is
  const char* limit = "limit";         // what share of the roofline it is
  const char* reference = "roofline";  // what the roofline is called in a missed goal
};

// The table of cells: its heading and one row. No line ends with a blank.
std::string RowHeading(const Style& style);
std::string FormatRow(const CellResult& result, const Style& style);
std::string FormatRow(const OverheadResult& result);

// The end of a run: wins, even, losses and geometric means by threads and layout, what each SIMD level is worth, the
// overhead of a call, and every goal that was missed. A cell that was repeated counts once, with its median ratio.
std::string FormatSummary(const std::vector<CellResult>& results, const std::vector<OverheadResult>& overheads,
                          const Style& style);

// One result per cell, in order of first appearance: of repetitions the one with the median ratio.
std::vector<CellResult> OnePerCell(const std::vector<CellResult>& results);

// Medians within this ratio of each other are even.
inline constexpr double kEven = 1.05;

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REPORT_REPORT_H_
