// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:reductions: sum, mean, min and max over axes, dot, nrm2 and asum. See README.md.

#include "benchmarks/grid.h"
#include "benchmarks/program.h"
#include "benchmarks/report/aims.h"

int main(int argc, char** argv) {
  raptors::benchmarks::Program program = {};
  program.name = "reductions";
  program.summary = "reductions against plain loops, Eigen, BLAS and the machine's limit.";
  program.example = "sum/float32/1000x1000/axis:0/C/threads:1/simd:auto";
  program.grid = raptors::benchmarks::ReductionGrid;
  program.style.goals = {/*peer_share=*/0.95, /*roof_share=*/0.9, /*overhead_ns=*/60};
  program.style.case_width = 44;
  program.style.reasons = false;
  program.aims = raptors::benchmarks::ReductionAims;
  return raptors::benchmarks::RunProgram(program, argc, argv);
}
