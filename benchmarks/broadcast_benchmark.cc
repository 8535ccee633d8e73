// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:broadcast: add, multiply, axpy and mul_add with inputs that are stretched. See README.md.

#include "benchmarks/grid.h"
#include "benchmarks/program.h"

int main(int argc, char** argv) {
  raptors::benchmarks::Program program = {};
  program.name = "broadcast";
  program.summary = "operations with broadcast inputs against plain loops, Eigen, BLAS and the machine's limit.";
  program.example = "add/float32/1000x1000/row/threads:1/simd:auto";
  program.grid = raptors::benchmarks::BroadcastGrid;
  program.style.goals = {/*peer_share=*/0.95, /*roof_share=*/0.92, /*overhead_ns=*/60};
  program.style.case_width = 44;
  program.style.reasons = false;
  return raptors::benchmarks::RunProgram(program, argc, argv);
}
