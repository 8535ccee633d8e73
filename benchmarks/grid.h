// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The grids: which cells a benchmark has, and the named sets of them.

#ifndef RAPTORS_BENCHMARKS_GRID_H_
#define RAPTORS_BENCHMARKS_GRID_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/cell.h"
#include "benchmarks/shape.h"

namespace raptors::benchmarks {

enum class GridName : uint8_t { kDefault, kFull, kSmoke };

// "default", "full" or "smoke"; InvalidArgument otherwise.
absl::StatusOr<GridName> ParseGridName(absl::string_view name);

struct GridOptions {
  GridName name = GridName::kDefault;
  std::vector<Shape> shapes;
  std::vector<std::string> levels;  // the machine's SIMD levels above scalar
  int cores = 1;                    // with one there are no cells with all threads
};

// The cells of a set, in the order they run:
//   default  a choice that takes under three minutes
//   full     everything: operations x dtypes x shapes x layouts x threads x levels
//   smoke    the smallest shapes with everything else, but all threads at "auto" only
using Grid = std::vector<Cell> (*)(const GridOptions& options);

// Layouts: C; transposed (the last input); row-slice and column-slice (all inputs); in-place.
std::vector<Cell> ScaleGrid(const GridOptions& options);
std::vector<Cell> ElementwiseGrid(const GridOptions& options);
// Layouts name the input that is stretched: row, column, scalar, outer, and with three axes plane and middle.
std::vector<Cell> BroadcastGrid(const GridOptions& options);
std::vector<Cell> ReductionGrid(const GridOptions& options);
// Layouts: NN, NT, TN, TT, as BLAS says which operand is transposed.
std::vector<Cell> MatmulGrid(const GridOptions& options);

// Adds `cell` with one and all threads, at "off", every level and "auto", as far as the set has them; `in_default` says
// so for the default set.
void Expand(const GridOptions& options, const Shape& shape, Cell cell,
            const std::function<bool(const Cell&)>& in_default, std::vector<Cell>* cells);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_GRID_H_
