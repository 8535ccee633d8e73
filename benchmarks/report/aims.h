// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What is aimed at beyond the goals of single cells: comparisons of cells with one another.

#ifndef RAPTORS_BENCHMARKS_REPORT_AIMS_H_
#define RAPTORS_BENCHMARKS_REPORT_AIMS_H_

#include <string>
#include <vector>

#include "benchmarks/report/result.h"

namespace raptors::benchmarks {

// a + b.T: at least 0.4 of the speed of the contiguous add of the same shape, 0.3 where the leading dimension is a
// power of two. One line for each cell that is there, with what was reached; empty if there is none.
std::string ElementwiseAims(const std::vector<CellResult>& results);

// Means of (300000, 3) over either axis: at most 1.5 times the time of the contiguous sum over all.
std::string ReductionAims(const std::vector<CellResult>& results);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REPORT_AIMS_H_
