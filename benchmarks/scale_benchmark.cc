// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:scale: raptors::Scale against plain loops, Eigen, BLAS and the machine's limit. See README.md.

#include "benchmarks/grid.h"
#include "benchmarks/program.h"

int main(int argc, char** argv) {
  raptors::benchmarks::Program program = {};
  program.name = "scale";
  program.summary = "raptors::Scale against plain loops, Eigen, BLAS and the machine's limit.";
  program.example = "float32/1000x1000/C/threads:1/simd:auto";
  program.grid = raptors::benchmarks::ScaleGrid;
  program.overhead = true;
  return raptors::benchmarks::RunProgram(program, argc, argv);
}
