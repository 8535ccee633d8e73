// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The packing skeleton: the general case behind the special ones. The call is cut into tiles; operands that do not lie
// as the contiguous skeleton wants them go through small buffers in the L1 cache, on which it runs. So slow operands
// cost a copy, never a second implementation of the operation, and all operations share one copy of this code.
//
// Where rows are short, tiles are flat: every operand becomes one run of whole rows without gaps. A row that all rows
// share is repeated in its buffer, one value a row is spread over its row, and (n, 3) + (3) runs as contiguous.

#ifndef RAPTORS_SIMD_LOOPS_PACKED_INL_H_
#define RAPTORS_SIMD_LOOPS_PACKED_INL_H_

#include "raptors/simd/loops/move-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Bytes of a tile, an operand: four stay inside a 32 KiB L1 cache together with what is read and written directly.
inline constexpr int64_t kTileBytes = 4096;
// Rows up to this many bytes are short: their tiles are flat. Those up to kSharedBytes only where each operand lies
// flat already or is one row or one value for all.
inline constexpr int64_t kShortBytes = 32;
inline constexpr int64_t kSharedBytes = 128;

// Whether a call has rows for flat tiles.
HWY_INLINE bool ShortRows(const KernelArgs& args, int operands, int64_t item) {
  const int64_t bytes = args.extent[1] * item;
  if (bytes > kSharedBytes || args.extent[0] == 1) return false;
  if (bytes <= kShortBytes) return true;
  for (int k = 0; k < operands; ++k) {
    if (args.stride[k][0] != 0 && (args.stride[k][0] != bytes || args.stride[k][1] != item)) return false;
  }
  return true;
}

// The tiles of a call: how large, and where each operand is while a tile is computed.
template <class B, typename T>
struct TilePlan {
  static constexpr int64_t kItem = sizeof(T);
  static constexpr int64_t kLine = B::kLineBytes;
  static constexpr int64_t kEdge = B::template kTileEdge<T>;  // of blocks that are transposed
  // Room for a block, whose rows are a line apart so that a column of it does not meet in one set of the cache, for a
  // flat tile with what overhangs its last row, and for any other tile.
  static constexpr int64_t kBufferBytes = HWY_MAX(kEdge * (kEdge * kItem + kLine), kTileBytes + kLine);

  int64_t rows, cols;            // of a full tile
  bool flat;                     // short rows
  bool collapse;                 // a tile is one run for every operand
  bool direct[kMaxOperands];     // stays where it is
  bool constant[kMaxOperands];   // the same in every tile
  int64_t stride[kMaxOperands];  // from row to row in a tile

  static HWY_INLINE bool Turned(const KernelArgs& args, int k) {
    return args.stride[k][0] == kItem && args.stride[k][1] != kItem && args.stride[k][1] != 0 && args.extent[0] > 1;
  }

  HWY_INLINE TilePlan(const KernelArgs& args, int operands) {
    bool turned = false;
    for (int k = 1; k < operands; ++k) turned = turned || Turned(args, k);
    constexpr int64_t kElements = kTileBytes / kItem;
    const int64_t all_rows = args.extent[0];
    const int64_t all_cols = args.extent[1];
    flat = ShortRows(args, operands, kItem);
    if (flat) {
      cols = all_cols;
      rows = HWY_MIN(all_rows, kElements / cols / (kLine / kItem) * (kLine / kItem));
    } else if (turned && all_rows > 4) {
      rows = HWY_MIN(all_rows, kEdge);
      cols = HWY_MIN(all_cols, kEdge);
    } else if (turned) {
      rows = all_rows;
      cols = HWY_MIN(all_cols, kElements / 4);
    } else {
      cols = HWY_MIN(all_cols, kElements);
      rows = HWY_MIN(all_rows, kElements / cols);
    }
    collapse = cols == all_cols;
    for (int k = 0; k < operands; ++k) {
      const int64_t row = args.stride[k][0];
      const int64_t col = args.stride[k][1];
      const bool one_value = row == 0 && col == 0;
      const bool dense = row == cols * kItem && col == kItem;
      direct[k] = Aligned(args, k, sizeof(T)) && (flat ? dense || one_value : col == kItem || col == 0);
      constant[k] = row == 0 && cols == all_cols;
      if (direct[k]) {
        stride[k] = row;
      } else if (row == 0 && !flat) {
        stride[k] = 0;
      } else {
        stride[k] = cols * kItem + (turned && !flat && all_rows > 4 ? kLine : 0);
      }
      collapse = collapse && (one_value || (stride[k] == cols * kItem && (!direct[k] || col == kItem)));
    }
  }
};

template <class B, typename T>
HWY_INLINE void FillBuffer(const KernelArgs& args, int k, const TilePlan<B, T>& plan, int64_t rows, int64_t cols,
                           char* buffer) {
  constexpr int64_t kItem = sizeof(T);
  KernelArgs move = args;
  move.ptr[0] = buffer;
  move.stride[0][0] = plan.stride[k];
  move.stride[0][1] = kItem;
  move.ptr[1] = args.ptr[k];
  move.stride[1][0] = args.stride[k][0];
  move.stride[1][1] = args.stride[k][1];
  move.extent[0] = args.stride[k][0] == 0 ? 1 : rows;
  move.extent[1] = cols;
  MoveIn<B, T>(move);
  if (args.stride[k][0] != 0 || !plan.flat) return;
  const int64_t row = cols * kItem;
  for (int64_t have = 1; have < rows; have *= 2) {
    memcpy(buffer + have * row, buffer, static_cast<size_t>(HWY_MIN(have, rows - have) * row));
  }
}

template <class B, typename T>
HWY_NOINLINE void PackedTiles(const KernelArgs& args, int operands, MapKernel rows_map) {
  constexpr int64_t kItem = sizeof(T);
  constexpr int64_t kLine = B::kLineBytes;
  struct alignas(64) Buffer {
    char at[TilePlan<B, T>::kBufferBytes];
  };
  Buffer buffers[kMaxOperands];
  const TilePlan<B, T> plan(args, operands);
  KernelArgs tile = args;
  for (int k = 0; k < operands; ++k) {
    tile.stride[k][0] = plan.stride[k];
    if (plan.direct[k]) continue;
    // A value that is not aligned is still one value: a tile that is one run must not read on behind it.
    const bool one_value = args.stride[k][0] == 0 && args.stride[k][1] == 0;
    if (one_value) tile.stride[k][0] = 0;
    tile.stride[k][1] = one_value ? 0 : kItem;
  }

  // Streaming wants whole lines: the first tile ends, and each other one begins, where the output is aligned.
  int64_t first_rows = plan.rows;
  tile.stream = args.stream && plan.direct[0] && plan.rows * plan.cols * kItem % kLine == 0;
  if (tile.stream && plan.collapse) {
    int64_t head = 0;
    while (head < kLine && reinterpret_cast<uintptr_t>(args.ptr[0] + head * plan.stride[0]) % kLine != 0) ++head;
    if (head > 0) first_rows = head;
    tile.stream = head < kLine;
  } else if (tile.stream) {
    tile.stream = (reinterpret_cast<uintptr_t>(args.ptr[0]) | static_cast<uintptr_t>(args.stride[0][0]) |
                   static_cast<uintptr_t>(plan.cols * kItem)) %
                      kLine ==
                  0;
  }
  if (!tile.stream) first_rows = plan.rows;

  bool first = true;
  int64_t row = 0;
  int64_t col = 0;
  for (;;) {
    const int64_t rows = HWY_MIN(row == 0 ? first_rows : plan.rows, args.extent[0] - row);
    const int64_t cols = HWY_MIN(plan.cols, args.extent[1] - col);
    const KernelArgs part = SubBlock(args, operands, row, col, rows, cols);
    for (int k = 0; k < operands; ++k) {
      tile.ptr[k] = plan.direct[k] ? part.ptr[k] : buffers[k].at;
      if (k == 0 || plan.direct[k] || (plan.constant[k] && !first)) continue;
      FillBuffer<B>(part, k, plan, plan.constant[k] ? plan.rows : rows, cols, buffers[k].at);
    }
    tile.extent[0] = plan.collapse ? 1 : rows;
    tile.extent[1] = plan.collapse ? rows * cols : cols;
    rows_map(tile);
    if (!plan.direct[0]) {
      KernelArgs move = part;
      move.ptr[1] = tile.ptr[0];
      move.stride[1][0] = tile.stride[0][0];
      move.stride[1][1] = kItem;
      MoveOut<B, T>(move);
    }
    first = false;
    // Along the rows: a line that two tiles share (rows that start off a line) is completed soon.
    col += cols;
    if (col < args.extent[1]) continue;
    col = 0;
    row += rows;
    if (row == args.extent[0]) return;
  }
}

template <class B, class Op, typename T>
HWY_NOINLINE void RowsKernel(const KernelArgs& args) {
  RowsMap<B, Op, T>(args);
}

template <class B, class Op, typename T>
HWY_INLINE void PackedMap(const KernelArgs& args) {
  PackedTiles<B, Word<sizeof(T)>>(args, Op::kInputs + 1, &RowsKernel<B, Op, T>);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_PACKED_INL_H_
