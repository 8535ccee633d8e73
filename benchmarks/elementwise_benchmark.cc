// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:elementwise: scale, add, subtract, multiply, axpy, mul_add and fma of operands of one shape.
// See README.md.

#include "benchmarks/grid.h"
#include "benchmarks/program.h"
#include "benchmarks/report/aims.h"

int main(int argc, char** argv) {
  raptors::benchmarks::Program program = {};
  program.name = "elementwise";
  program.summary = "element-wise operations against plain loops, Eigen, BLAS and the machine's limit.";
  program.example = "add/float32/1000x1000/C/threads:1/simd:auto";
  program.grid = raptors::benchmarks::ElementwiseGrid;
  program.style.goals = {/*peer_share=*/0.95, /*roof_share=*/0.92, /*overhead_ns=*/60};
  program.style.case_width = 44;
  program.style.reasons = false;
  program.aims = raptors::benchmarks::ElementwiseAims;
  return raptors::benchmarks::RunProgram(program, argc, argv);
}
