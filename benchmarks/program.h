// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The main program of every benchmark of cells. A benchmark is its grid, its style and little more.

#ifndef RAPTORS_BENCHMARKS_PROGRAM_H_
#define RAPTORS_BENCHMARKS_PROGRAM_H_

#include <functional>
#include <string>
#include <vector>

#include "benchmarks/grid.h"
#include "benchmarks/report/report.h"
#include "benchmarks/report/result.h"

namespace raptors::benchmarks {

struct Program {
  const char* name;     // also its list of shapes
  const char* summary;  // of --help, one line
  const char* example;  // of a cell's name
  Grid grid;
  Style style;
  // Seconds that the default set may take, with a margin below three minutes: reading operands, checking and choosing
  // finalists take time that the rounds do not know of.
  double default_seconds = 150;
  // Per cell of the full grid.
  double full_seconds_per_cell = 1.2;
  // Overhead rows.
  bool overhead = false;
  // Text after the summary, from one result per cell.
  std::string (*aims)(const std::vector<CellResult>& results) = nullptr;
};

int RunProgram(const Program& program, int argc, char** argv);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PROGRAM_H_
