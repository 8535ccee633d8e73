// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The grid: dtype x shape x layout x threads x SIMD level, and the named sets of its cells.

#ifndef RAPTORS_BENCHMARKS_GRID_H_
#define RAPTORS_BENCHMARKS_GRID_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/base/dtype.h"

// X(enumerator, name, text).
#define RAPTORS_GRID_LAYOUTS(X)                                                   \
  X(kC, "C", "C order into C order")                                              \
  X(kTransposed, "transposed", "x.T of a C order x into C order")                 \
  X(kRowSlice, "row-slice", "x[::2, :] into C order")                             \
  X(kColumnSlice, "column-slice", "x[:, ::2] (x[::2] for one axis) into C order") \
  X(kInPlace, "in-place", "C order, in place")

namespace raptors::benchmarks {

enum class GridLayout : uint8_t {
#define RAPTORS_X(id, ...) id,
  RAPTORS_GRID_LAYOUTS(RAPTORS_X)
#undef RAPTORS_X
};

const char* Name(GridLayout layout);

struct Shape {
  std::string name;
  std::vector<int64_t> extents;  // of the result, one or two
  bool smoke = false;            // small enough for a test
  bool smoke_only = false;

  int64_t Elements() const;
};

// Reads data/shapes.json. InvalidArgument naming what is wrong.
absl::StatusOr<std::vector<Shape>> ParseShapes(absl::string_view json);

struct Cell {
  DType dtype;
  Shape shape;
  GridLayout layout;
  bool all_threads;
  std::string simd;  // "off", a level, or "auto"

  // "float32/1000x1000/C/threads:1/simd:auto".
  std::string Name() const;
  // Reads and writes consecutive elements only, as the roofline's loops do.
  bool Contiguous() const { return layout == GridLayout::kC || layout == GridLayout::kInPlace; }
  // Raptors chooses the level, so that the goals hold.
  bool Auto() const { return simd == "auto"; }
};

enum class GridName : uint8_t { kDefault, kFull, kSmoke };

// "default", "full" or "smoke"; InvalidArgument otherwise.
absl::StatusOr<GridName> ParseGridName(absl::string_view name);

// The cells of a set, in the order they run. `levels` are the machine's SIMD levels above scalar; with one core there
// are no cells with all threads. Transposed and row-sliced cells need two axes.
//   default: every shape and layout on one thread at "auto"; all threads for float32 and for 1000x1000 and 16Mi of the
//     other dtypes; every level for 64x64 and 1000x1000 of float32 in C order
//   full: everything
//   smoke: the smallest shapes with everything else
std::vector<Cell> MakeGrid(GridName name, const std::vector<Shape>& shapes, const std::vector<std::string>& levels,
                           int cores);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_GRID_H_
