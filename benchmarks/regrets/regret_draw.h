// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random calls for //benchmarks:regret: operation, dtype, shape and layout drawn from a seed.

#ifndef RAPTORS_BENCHMARKS_REGRETS_REGRET_DRAW_H_
#define RAPTORS_BENCHMARKS_REGRETS_REGRET_DRAW_H_

#include <cstdint>
#include <vector>

#include "benchmarks/cell.h"

namespace raptors::benchmarks {

struct DrawLimits {
  int64_t smallest_elements = 16;
  int64_t largest_elements = int64_t{1} << 22;
};

// `count` calls. The same seed gives the same calls on every machine. Sizes are spread evenly over their logarithm;
// extents are hardly ever those of a grid. Calls have one to three axes; a tenth of them is narrow (2 to 5 columns).
std::vector<Cell> DrawCells(uint64_t seed, int count, const DrawLimits& limits);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REGRETS_REGRET_DRAW_H_
