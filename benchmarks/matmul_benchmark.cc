// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:matmul: matrix products against gemm called directly, Eigen and the peak of multiply-adds.
// See README.md.

#include "benchmarks/grid.h"
#include "benchmarks/program.h"

int main(int argc, char** argv) {
  raptors::benchmarks::Program program = {};
  program.name = "matmul";
  program.summary = "matrix products against gemm called directly, Eigen and the peak of multiply-adds.";
  program.example = "float32/1000/NN/threads:1/simd:auto";
  program.grid = raptors::benchmarks::MatmulGrid;
  program.default_seconds = 110;  // choosing among the peers takes longer than elsewhere
  program.style.goals = {/*peer_share=*/0.95, /*roof_share=*/0, /*overhead_ns=*/60};
  program.style.rate = "GFLOPs";
  program.style.limit = "peak";
  return raptors::benchmarks::RunProgram(program, argc, argv);
}
