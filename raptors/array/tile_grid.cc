// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/tile_grid.h"

#include <algorithm>

namespace raptors {
namespace {

int64_t CeilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

// The largest multiple of `step` up to `value`, but at least one step.
int64_t RoundDown(int64_t value, int64_t step) { return std::max(value / step, int64_t{1}) * step; }

// The extent of tiles that are as many as those of extent `most` and of about the same size, in multiples of `step`.
int64_t Even(int64_t extent, int64_t most, int64_t step) {
  return CeilDiv(CeilDiv(extent, CeilDiv(extent, most)), step) * step;
}

int64_t FloorSqrt(int64_t value) {
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 31; bit > 0; bit >>= 1) {
    if (root + bit <= value / (root + bit)) root += bit;
  }
  return root;
}

}  // namespace

TileGrid::TileGrid(const LoopNest& nest, int64_t tile_elements, int64_t granularity, Shape shape) : nest_(&nest) {
  const int64_t rows = nest.args().extent[0];
  const int64_t cols = nest.args().extent[1];
  const int64_t step = std::max(granularity, int64_t{1});
  const int64_t target = std::max(tile_elements, step);
  tile_[0] = rows;
  tile_[1] = cols;
  count_[0] = count_[1] = 1;
  tiles_ = nest.calls();
  if (tiles_ == 0 || nest.size() <= target || rows * cols <= target) return;

  if (shape == Shape::kByLayout && nest.layout() == Layout::kTransposed) {
    // Square blocks touch the fewest cache lines of both operands; a short side leaves its share to the long one.
    const int64_t edge = RoundDown(FloorSqrt(target), step);
    if (rows <= edge) {
      tile_[1] = RoundDown(target / rows, step);
    } else if (cols <= edge) {
      tile_[0] = RoundDown(target / cols, step);
    } else {
      tile_[0] = Even(rows, edge, step);
      tile_[1] = Even(cols, edge, step);
    }
  } else if (cols > target) {
    tile_[0] = 1;
    tile_[1] = RoundDown(target, step);
  } else if (shape == Shape::kByLayout) {
    // A part of a row more, rather than a tile for what rounding down leaves over.
    tile_[0] = CeilDiv(rows, CeilDiv(rows * cols, target));
  } else {
    tile_[0] = target / cols;
  }
  tile_[0] = std::min(tile_[0], rows);
  tile_[1] = std::min(tile_[1], cols);
  count_[0] = CeilDiv(rows, tile_[0]);
  count_[1] = CeilDiv(cols, tile_[1]);
  tiles_ *= count_[0] * count_[1];
}

KernelArgs TileGrid::Args(int64_t i) const { return Cursor(*this, i).args; }

TileGrid::Cursor::Cursor(const TileGrid& from, int64_t tile)
    : grid(from), outer(from.nest_->outer().size()), args(from.nest_->args()) {
  const auto axes = grid.nest_->outer();
  const int operands = grid.nest_->operands();
  for (int k = 0; k < operands; ++k) plane[k] = args.ptr[k];
  at[1] = tile % grid.count_[1];
  tile /= grid.count_[1];
  at[0] = tile % grid.count_[0];
  tile /= grid.count_[0];
  for (size_t axis = axes.size(); axis-- > 0;) {
    outer[axis] = tile % axes[axis].extent;
    tile /= axes[axis].extent;
    for (int k = 0; k < operands; ++k) plane[k] += outer[axis] * axes[axis].stride[k];
  }
  SetTile();
}

void TileGrid::Cursor::SetTile() {
  const KernelArgs& whole = grid.nest_->args();
  const int64_t row = at[0] * grid.tile_[0];
  const int64_t col = at[1] * grid.tile_[1];
  args.extent[0] = std::min(grid.tile_[0], whole.extent[0] - row);
  args.extent[1] = std::min(grid.tile_[1], whole.extent[1] - col);
  for (int k = 0; k < grid.nest_->operands(); ++k) {
    args.ptr[k] = plane[k] + row * whole.stride[k][0] + col * whole.stride[k][1];
  }
}

void TileGrid::Cursor::Next() {
  if (++at[1] == grid.count_[1]) {
    at[1] = 0;
    if (++at[0] == grid.count_[0]) {
      at[0] = 0;
      const auto axes = grid.nest_->outer();
      const int operands = grid.nest_->operands();
      for (size_t axis = axes.size(); axis-- > 0;) {
        if (++outer[axis] < axes[axis].extent) {
          for (int k = 0; k < operands; ++k) plane[k] += axes[axis].stride[k];
          break;
        }
        outer[axis] = 0;
        for (int k = 0; k < operands; ++k) plane[k] -= (axes[axis].extent - 1) * axes[axis].stride[k];
      }
    }
  }
  SetTile();
}

}  // namespace raptors
