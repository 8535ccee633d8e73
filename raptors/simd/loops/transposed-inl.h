// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The transposed map skeleton: an input is contiguous along the outer axis, the output along the inner one. Matrices of
// vectors are transposed in registers, a cache line wide, so that each line of both operands is touched once.
//
// Where rows start off a line, lines are touched twice, and a leading dimension near a multiple of the page size maps
// the lines of a column to one or two sets of the cache, where they do not survive until then. Such calls go through
// a buffer, tile by tile, from which the contiguous skeleton computes runs of several lines. (1023x1025 float32, Zen 5,
// AVX-512: 171 us with the buffer, 304 without; 1000x1000: 119 and 94.)

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

// A tile's buffer. Rows are a line longer than the tile, so that a column of it does not meet in one cache set either.
template <class B, typename T>
struct TileBuffer {
  static constexpr int64_t kEdge = B::template kTileEdge<T>;
  static constexpr int64_t kStride = kEdge + B::kLineBytes / static_cast<int64_t>(sizeof(T));
  HWY_ALIGN T at[kEdge * kStride];
};

// Element by element: to[i][j] = from[i * row_step + j * column_step], steps in elements.
template <typename T>
HWY_INLINE void TransposeScalars(const T* from, int64_t row_step, int64_t column_step, int64_t rows, int64_t columns,
                                 T* to, int64_t to_step) {
  for (int64_t j = 0; j < columns; ++j) {
    for (int64_t i = 0; i < rows; ++i) to[i * to_step + j] = from[i * row_step + j * column_step];
  }
}

#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR

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

// As TransposeScalars() with row_step 1.
template <typename T>
HWY_INLINE void TransposeTile(const T* from, int64_t column_step, int64_t rows, int64_t columns, T* to,
                              int64_t to_step) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kN = HWY_MAX_LANES_D(decltype(d));
  const int64_t whole_rows = rows - rows % kN;
  const int64_t whole_columns = columns - columns % kN;
  for (int64_t j = 0; j < whole_columns; j += kN) {
    for (int64_t i = 0; i < whole_rows; i += kN) {
      hn::Vec<decltype(d)> v[kN];
      HWY_UNROLL(16)
      for (int64_t k = 0; k < kN; ++k) v[k] = hn::LoadU(d, from + i + (j + k) * column_step);
      TransposeRegisters(d, v);
      HWY_UNROLL(16)
      for (int64_t k = 0; k < kN; ++k) hn::StoreU(v[k], d, to + (i + k) * to_step + j);
    }
  }
  TransposeScalars(from + whole_rows, 1, column_step, rows - whole_rows, columns, to + whole_rows * to_step, to_step);
  TransposeScalars(from + whole_columns * column_step, 1, column_step, whole_rows, columns - whole_columns,
                   to + whole_columns, to_step);
}

#else

// No matrix of registers: vectors have no size that the compiler knows, or one lane.
template <typename T>
HWY_INLINE void TransposeTile(const T* from, int64_t column_step, int64_t rows, int64_t columns, T* to,
                              int64_t to_step) {
  TransposeScalars(from, 1, column_step, rows, columns, to, to_step);
}

#endif

#if HWY_TARGET != HWY_SCALAR

// A few input rows woven into (n, kWays) output rows without gaps, or the reverse. Full vectors only; returns how many
// elements along the long axis are done.
template <int kWays, class Op, typename T>
HWY_NOINLINE int64_t Interleave(Op op, const KernelArgs& args) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t n = args.extent[0];
  const int64_t step = args.stride[1][1] / static_cast<int64_t>(sizeof(T));
  const T* in = reinterpret_cast<const T*>(args.ptr[1]);
  T* out = reinterpret_cast<T*>(args.ptr[0]);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v0 = op(d, hn::LoadU(d, in + i));
    const auto v1 = op(d, hn::LoadU(d, in + i + step));
    if constexpr (kWays == 2) {
      hn::StoreInterleaved2(v0, v1, d, out + 2 * i);
    } else {
      const auto v2 = op(d, hn::LoadU(d, in + i + 2 * step));
      if constexpr (kWays == 3) {
        hn::StoreInterleaved3(v0, v1, v2, d, out + 3 * i);
      } else {
        hn::StoreInterleaved4(v0, v1, v2, op(d, hn::LoadU(d, in + i + 3 * step)), d, out + 4 * i);
      }
    }
  }
  return i;
}

template <int kWays, class Op, typename T>
HWY_NOINLINE int64_t Deinterleave(Op op, const KernelArgs& args) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t n = args.extent[1];
  const int64_t step = args.stride[0][0] / static_cast<int64_t>(sizeof(T));
  const T* in = reinterpret_cast<const T*>(args.ptr[1]);
  T* out = reinterpret_cast<T*>(args.ptr[0]);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::Vec<decltype(d)> v0, v1, v2, v3;
    if constexpr (kWays == 2) {
      hn::LoadInterleaved2(d, in + 2 * i, v0, v1);
    } else if constexpr (kWays == 3) {
      hn::LoadInterleaved3(d, in + 3 * i, v0, v1, v2);
      hn::StoreU(op(d, v2), d, out + i + 2 * step);
    } else {
      hn::LoadInterleaved4(d, in + 4 * i, v0, v1, v2, v3);
      hn::StoreU(op(d, v2), d, out + i + 2 * step);
      hn::StoreU(op(d, v3), d, out + i + 3 * step);
    }
    hn::StoreU(op(d, v0), d, out + i);
    hn::StoreU(op(d, v1), d, out + i + step);
  }
  return i;
}

// Handles operands of which one is 2, 3 or 4 elements wide and without gaps, such as (n, 3) points and their three
// planes. False if this is no such call.
template <class Op, typename T>
HWY_INLINE bool FewWays(const Op& op, const KernelArgs& args) {
  const int64_t rows = args.extent[0];
  const int64_t columns = args.extent[1];
  const int64_t item = sizeof(T);
  if (args.stride[0][0] == columns * item && columns <= 4 && rows >= 16) {
    const int64_t done = columns == 2   ? Interleave<2, Op, T>(op, args)
                         : columns == 3 ? Interleave<3, Op, T>(op, args)
                                        : Interleave<4, Op, T>(op, args);
    if (done < rows) StridedRows<kAnyStep, Op, T>(op, SubBlock(args, 2, done, 0, rows - done, columns));
    return true;
  }
  if (args.stride[1][1] == rows * item && rows <= 4 && columns >= 16) {
    const int64_t done = rows == 2   ? Deinterleave<2, Op, T>(op, args)
                         : rows == 3 ? Deinterleave<3, Op, T>(op, args)
                                     : Deinterleave<4, Op, T>(op, args);
    if (done < columns) StridedRows<kAnyStep, Op, T>(op, SubBlock(args, 2, 0, done, rows, columns - done));
    return true;
  }
  return false;
}

#endif

// One tile: every input that is not contiguous along the inner axis is brought into a buffer that is.
template <class B, class Op, typename T>
HWY_INLINE void TransposedTile(const Op& op, const KernelArgs& args, TileBuffer<B, T> (&buffers)[Op::kInputs]) {
  constexpr int64_t kItem = sizeof(T);
  constexpr int64_t kStride = TileBuffer<B, T>::kStride;
  Inputs<Op, T> in;
  int64_t in_step[Op::kInputs];  // elements
  for (int k = 0; k < Op::kInputs; ++k) {
    const T* from = reinterpret_cast<const T*>(args.ptr[k + 1]);
    const int64_t row_step = args.stride[k + 1][0] / kItem;
    const int64_t column_step = args.stride[k + 1][1] / kItem;
    in.at[k] = from;
    in_step[k] = row_step;
    if (column_step == 1) continue;
    in.at[k] = buffers[k].at;
    in_step[k] = kStride;
    if (row_step == 1) {
      TransposeTile(from, column_step, args.extent[0], args.extent[1], buffers[k].at, kStride);
    } else {
      TransposeScalars(from, row_step, column_step, args.extent[0], args.extent[1], buffers[k].at, kStride);
    }
  }
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    T* out = reinterpret_cast<T*>(args.ptr[0] + row * args.stride[0][0]);
    ContiguousRow<B, Op, T, 0, false>(op, in, out, static_cast<size_t>(args.extent[1]));
    for (int k = 0; k < Op::kInputs; ++k) in.at[k] += in_step[k];
  }
}

template <class B, class Op, typename T>
HWY_NOINLINE void TransposedThroughBuffer(Op op, const KernelArgs& args) {
  constexpr int64_t kEdge = TileBuffer<B, T>::kEdge;
  TileBuffer<B, T> buffers[Op::kInputs];
  // Along the output's rows: a line that two tiles share (rows that start off a line) is completed soon.
  for (int64_t row = 0; row < args.extent[0]; row += kEdge) {
    const int64_t rows = HWY_MIN(kEdge, args.extent[0] - row);
    for (int64_t column = 0; column < args.extent[1]; column += kEdge) {
      const int64_t columns = HWY_MIN(kEdge, args.extent[1] - column);
      TransposedTile<B, Op, T>(op, SubBlock(args, Op::kInputs + 1, row, column, rows, columns), buffers);
    }
  }
}

#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR

// Whether lines of an operand would be evicted between their first and second visit: its rows start off a cache line,
// and those of a tile share a set or two (of 64 sets of 64-byte lines, the usual L1 cache).
HWY_INLINE bool Crowded(const char* first, int64_t stride) {
  constexpr int64_t kLine = 64;
  constexpr int64_t kHalfPage = 2048;
  const bool on_lines = (reinterpret_cast<uintptr_t>(first) | static_cast<uintptr_t>(stride)) % kLine == 0;
  const int64_t off = static_cast<int64_t>(static_cast<uint64_t>(stride) % kHalfPage);
  return !on_lines && (off < kLine || off > kHalfPage - kLine);
}

// One vector's worth of input rows against one line's worth of output rows at a time. The blocks of input rows are such
// that the lines which two steps share, one a row, stay in the L1 cache.
template <class B, class Op, typename T>
HWY_NOINLINE void TransposedInRegisters(Op op, const KernelArgs& args) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kN = HWY_MAX_LANES_D(decltype(d));
  constexpr int64_t kLine = B::kLineBytes / static_cast<int64_t>(sizeof(T));
  constexpr int64_t kBlock = 384;  // 24 KiB of lines
  const int64_t rows = args.extent[0] - args.extent[0] % kLine;
  const int64_t columns = args.extent[1] - args.extent[1] % kN;
  const int64_t in_step = args.stride[1][1] / static_cast<int64_t>(sizeof(T));
  const int64_t out_step = args.stride[0][0] / static_cast<int64_t>(sizeof(T));
  for (int64_t block = 0; block < columns; block += kBlock) {
    const int64_t block_end = HWY_MIN(columns, block + kBlock);
    for (int64_t row = 0; row < rows; row += kLine) {
      const T* in = reinterpret_cast<const T*>(args.ptr[1]) + row;
      T* out = reinterpret_cast<T*>(args.ptr[0]) + row * out_step;
      for (int64_t column = block; column < block_end; column += kN) {
        HWY_UNROLL(4)
        for (int64_t i = 0; i < kLine; i += kN) {
          hn::Vec<decltype(d)> v[kN];
          HWY_UNROLL(16)
          for (int64_t k = 0; k < kN; ++k) v[k] = op(d, hn::LoadU(d, in + i + (column + k) * in_step));
          TransposeRegisters(d, v);
          HWY_UNROLL(16)
          for (int64_t k = 0; k < kN; ++k) hn::StoreU(v[k], d, out + (i + k) * out_step + column);
        }
      }
    }
  }
  // What is left at the right and below.
  if (rows > 0 && columns < args.extent[1]) {
    TransposedThroughBuffer<B, Op, T>(op, SubBlock(args, 2, 0, columns, rows, args.extent[1] - columns));
  }
  if (rows < args.extent[0]) {
    TransposedThroughBuffer<B, Op, T>(op, SubBlock(args, 2, rows, 0, args.extent[0] - rows, args.extent[1]));
  }
}

#endif

template <class B, class Op, typename T>
HWY_INLINE void TransposedMap(const Op& op, const KernelArgs& args) {
  if constexpr (Op::kInputs == 1) {
#if HWY_TARGET != HWY_SCALAR
    if (FewWays<Op, T>(op, args)) return;
#endif
#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR
    if (!Crowded(args.ptr[0], args.stride[0][0]) && !Crowded(args.ptr[1], args.stride[1][1])) {
      return TransposedInRegisters<B, Op, T>(op, args);
    }
#endif
  }
  TransposedThroughBuffer<B, Op, T>(op, args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_TRANSPOSED_INL_H_
