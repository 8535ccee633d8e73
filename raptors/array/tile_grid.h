// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// TileGrid: a LoopNest cut into tiles, the units of parallel and of cache-bounded execution. Each tile is one kernel
// call.
//
// Tiles cut the outer axes, then the kernel's outer axis, and the inner axis only where one row is larger than a tile;
// for the transposed layout they are blocks. The cut depends on the nest, tile_elements and granularity alone, never on
// the number of threads. Tiles are numbered in the order of the nest: outer axes first, then down the rows, then along
// a row.
//
//   TileGrid grid(nest, decision.tile_elements, entry->tile_granularity);
//   parallel: for each range of tiles  grid.ForEach(begin, end, [&](const KernelArgs& args) { entry->map(args); });
//
// Keeps a pointer to the nest, which must outlive it. Complexity: O(1) to make; Args() is O(rank), ForEach() O(1) a
// tile.

#ifndef RAPTORS_ARRAY_TILE_GRID_H_
#define RAPTORS_ARRAY_TILE_GRID_H_

#include <stdint.h>

#include "absl/container/inlined_vector.h"
#include "raptors/array/loop_nest.h"
#include "raptors/base/kernel_args.h"

namespace raptors {

class TileGrid {
 public:
  enum class Shape {
    kByLayout,  // blocks for Layout::kTransposed, rows otherwise
    kRows,      // always whole rows, or a part of one row: tiles follow the order of the nest
  };

  // `tile_elements`: elements a tile should have, at most (kByLayout: but for a part of a row, so that tiles are of
  // about the same size); values below `granularity` count as `granularity`.
  // `granularity`: cuts of the inner axis, and both cuts of a block, are multiples of this many elements from the start
  // of the axis; values below 1 count as 1.
  TileGrid(const LoopNest& nest, int64_t tile_elements, int64_t granularity, Shape shape = Shape::kByLayout);

  // Number of tiles; 0 for an empty nest.
  int64_t size() const { return tiles_; }
  // Extents of a full tile: rows (kernel's outer axis) and columns (inner axis).
  int64_t tile_rows() const { return tile_[0]; }
  int64_t tile_cols() const { return tile_[1]; }

  // The kernel call of tile i. Precondition: 0 <= i < size().
  KernelArgs Args(int64_t i) const;

  // Calls f(const KernelArgs&) for the tiles begin <= i < end, in order.
  template <typename F>
  void ForEach(int64_t begin, int64_t end, F&& f) const {
    if (begin >= end) return;
    Cursor cursor(*this, begin);
    for (int64_t i = begin;;) {
      f(static_cast<const KernelArgs&>(cursor.args));
      if (++i == end) return;
      cursor.Next();
    }
  }

 private:
  // Position of one tile: indices of the outer axes, then tile row and tile column.
  struct Cursor {
    Cursor(const TileGrid& grid, int64_t tile);
    void Next();
    void SetTile();

    const TileGrid& grid;
    absl::InlinedVector<int64_t, kInlineRank> outer;
    int64_t at[2];
    char* plane[kMaxOperands];  // first element of the current step of the outer axes
    KernelArgs args;
  };

  const LoopNest* nest_;
  int64_t tile_[2];   // rows, columns of a full tile
  int64_t count_[2];  // tiles along each
  int64_t tiles_;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_TILE_GRID_H_
