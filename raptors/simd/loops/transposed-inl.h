// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The transposed map skeleton: the input is contiguous along the outer axis, the output along the inner one. Square
// tiles of whole cache lines are transposed in registers, so that every line of both operands is touched once: a
// leading dimension that is a power of two maps the lines of a column to one set of the cache, where nothing survives
// until a second visit.

#ifndef RAPTORS_SIMD_LOOPS_TRANSPOSED_INL_H_
#define RAPTORS_SIMD_LOOPS_TRANSPOSED_INL_H_

#include "raptors/simd/loops/strided-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// The rectangle of `args` that starts at (row, column) with the given extents.
HWY_INLINE KernelArgs SubBlock(const KernelArgs& args, int operands, int64_t row, int64_t column, int64_t rows,
                               int64_t columns) {
  KernelArgs sub = args;
  for (int k = 0; k < operands; ++k) sub.ptr[k] += row * args.stride[k][0] + column * args.stride[k][1];
  sub.extent[0] = rows;
  sub.extent[1] = columns;
  return sub;
}

#if HWY_HAVE_SCALABLE || HWY_TARGET == HWY_SCALAR

// No register tile: vectors have no size that the compiler knows, or one lane. Tiles keep the lines in the cache.
template <class B, class Op, typename T>
HWY_INLINE void TransposeTile(const Op& op, const KernelArgs& args) {
  StridedRows<kAnyStep, Op, T>(op, args);
}

#else

// An N x N matrix of vectors, N = lanes, transposed in log2(N) steps. Each step interleaves row i with row i + N/2: on
// the bits (row, lane) of an element's index that is a rotation by one, and log2(N) rotations swap row and lane.
template <class D, size_t kN = HWY_MAX_LANES_D(D)>
HWY_INLINE void TransposeRegisters(D d, hn::Vec<D> (&v)[kN]) {
  HWY_UNROLL(4)
  for (size_t step = 1; step < kN; step *= 2) {
    hn::Vec<D> next[kN];
    HWY_UNROLL(8)
    for (size_t i = 0; i < kN / 2; ++i) {
      next[2 * i] = hn::InterleaveWholeLower(d, v[i], v[i + kN / 2]);
      next[2 * i + 1] = hn::InterleaveWholeUpper(d, v[i], v[i + kN / 2]);
    }
    HWY_UNROLL(16)
    for (size_t i = 0; i < kN; ++i) v[i] = next[i];
  }
}

// A tile is kEdge lines of each operand. Where a vector is shorter than a line, the input's lines are first copied into
// a buffer, so that no line of either operand is visited twice with others of its cache set in between.
template <class B, class Op, typename T>
HWY_INLINE void TransposeTile(const Op& op, const KernelArgs& args) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kN = HWY_MAX_LANES_D(decltype(d));
  constexpr int64_t kEdge = B::template kTileEdge<T>;
  static_assert(kEdge % kN == 0, "tiles are made of register tiles");
  HWY_ALIGN T buffer[kN == kEdge ? 1 : kEdge * kEdge];
  const T* tile = reinterpret_cast<const T*>(args.ptr[1]);
  int64_t tile_step = args.stride[1][1] / static_cast<int64_t>(sizeof(T));
  if constexpr (kN != kEdge) {
    for (int64_t j = 0; j < kEdge; ++j) {
      HWY_UNROLL(16)
      for (int64_t i = 0; i < kEdge; i += kN) {
        hn::StoreU(hn::LoadU(d, tile + j * tile_step + i), d, buffer + j * kEdge + i);
      }
    }
    tile = buffer;
    tile_step = kEdge;
  }
  for (int64_t i = 0; i < kEdge; i += kN) {
    T* out = reinterpret_cast<T*>(args.ptr[0] + i * args.stride[0][0]);
    const int64_t out_step = args.stride[0][0] / static_cast<int64_t>(sizeof(T));
    for (int64_t j = 0; j < kEdge; j += kN) {
      hn::Vec<decltype(d)> v[kN];
      HWY_UNROLL(16)
      for (int64_t k = 0; k < kN; ++k) v[k] = op(d, hn::LoadU(d, tile + (j + k) * tile_step + i));
      TransposeRegisters(d, v);
      HWY_UNROLL(16)
      for (int64_t k = 0; k < kN; ++k) hn::StoreU(v[k], d, out + k * out_step + j);
    }
  }
}

#endif

template <class B, class Op, typename T>
HWY_NOINLINE void TransposedMap(const Op& op, const KernelArgs& args) {
  if constexpr (Op::kInputs == 1) {
    constexpr int64_t kEdge = B::template kTileEdge<T>;
    const int64_t rows = args.extent[0] - args.extent[0] % kEdge;
    const int64_t columns = args.extent[1] - args.extent[1] % kEdge;
    // Along the output's rows: lines that two tiles share (rows that start off a line) are written in quick succession.
    for (int64_t row = 0; row < rows; row += kEdge) {
      for (int64_t column = 0; column < columns; column += kEdge) {
        TransposeTile<B, Op, T>(op, SubBlock(args, 2, row, column, kEdge, kEdge));
      }
    }
    if (columns < args.extent[1]) {
      StridedRows<kAnyStep, Op, T>(op, SubBlock(args, 2, 0, columns, rows, args.extent[1] - columns));
    }
    if (rows < args.extent[0]) {
      StridedRows<kAnyStep, Op, T>(op, SubBlock(args, 2, rows, 0, args.extent[0] - rows, args.extent[1]));
    }
  } else {
    StridedMap<B, Op, T>(op, args);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_TRANSPOSED_INL_H_
