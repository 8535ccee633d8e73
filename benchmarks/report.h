// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The texts of //benchmarks:scale for a terminal of 120 columns. README.md explains the columns.

#ifndef RAPTORS_BENCHMARKS_REPORT_H_
#define RAPTORS_BENCHMARKS_REPORT_H_

#include <string>
#include <vector>

#include "benchmarks/result.h"

namespace raptors::benchmarks {

// The table of cells: its heading and one row. No line ends with a blank.
std::string RowHeading();
std::string FormatRow(const CellResult& result);
std::string FormatRow(const OverheadResult& result);

// The end of a run: wins, even, losses and geometric means by threads and layout, what each SIMD level is worth, the
// overhead of a call, and every goal that was missed. A cell that was repeated counts once, with its median ratio.
std::string FormatSummary(const std::vector<CellResult>& results, const std::vector<OverheadResult>& overheads);

// Medians within this ratio of each other are even.
inline constexpr double kEven = 1.05;

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REPORT_H_
