// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Turning rows into columns: square blocks in registers, and a few rows woven into one or unwoven.

#ifndef RAPTORS_SIMD_LOOPS_TRANSPOSE_INL_H_
#define RAPTORS_SIMD_LOOPS_TRANSPOSE_INL_H_

#include "raptors/simd/loops/strided-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

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

// to[i][j] = from[i + j * column_step] by square blocks of Lanes(d); what is left at the right and below by smaller
// ones.
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE void TransposeBlocks(D d, const T* from, int64_t column_step, int64_t rows, int64_t columns, T* to,
                                int64_t to_step) {
  constexpr int64_t kN = HWY_MAX_LANES_D(D);
  if constexpr (kN == 1) {
    TransposeScalars(from, 1, column_step, rows, columns, to, to_step);
  } else {
    const int64_t whole_rows = rows - rows % kN;
    const int64_t whole_columns = columns - columns % kN;
    for (int64_t j = 0; j < whole_columns; j += kN) {
      for (int64_t i = 0; i < whole_rows; i += kN) {
        hn::Vec<D> v[kN];
        HWY_UNROLL(16)
        for (int64_t k = 0; k < kN; ++k) v[k] = hn::LoadU(d, from + i + (j + k) * column_step);
        TransposeRegisters(d, v);
        HWY_UNROLL(16)
        for (int64_t k = 0; k < kN; ++k) hn::StoreU(v[k], d, to + (i + k) * to_step + j);
      }
    }
    // 16 bytes is the next size: the edges are small.
    const hn::CappedTag<T, (kN * sizeof(T) > 16 ? 16 / sizeof(T) : 1)> smaller;
    if (whole_columns < columns && whole_rows > 0) {
      TransposeBlocks(smaller, from + whole_columns * column_step, column_step, whole_rows, columns - whole_columns,
                      to + whole_columns, to_step);
    }
    if (whole_rows < rows) {
      TransposeBlocks(smaller, from + whole_rows, column_step, rows - whole_rows, columns, to + whole_rows * to_step,
                      to_step);
    }
  }
}

// to[i][j] = from[i + j * column_step], steps in elements.
template <typename T>
HWY_NOINLINE void TransposeTile(const T* from, int64_t column_step, int64_t rows, int64_t columns, T* to,
                                int64_t to_step) {
  TransposeBlocks(hn::ScalableTag<T>(), from, column_step, rows, columns, to, to_step);
}

#else

// No matrix of registers: vectors have no size that the compiler knows, or one lane.
template <typename T>
HWY_NOINLINE void TransposeTile(const T* from, int64_t column_step, int64_t rows, int64_t columns, T* to,
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
template <class B, class Op, typename T>
HWY_INLINE bool FewWays(const Op& op, const KernelArgs& args) {
  const int64_t rows = args.extent[0];
  const int64_t columns = args.extent[1];
  const int64_t item = sizeof(T);
  if (args.stride[0][0] == columns * item && columns >= 2 && columns <= 4 && rows >= 16) {
    const int64_t done = columns == 2   ? Interleave<2, Op, T>(op, args)
                         : columns == 3 ? Interleave<3, Op, T>(op, args)
                                        : Interleave<4, Op, T>(op, args);
    if (done < rows) StridedRows<kAnyStep, B, Op, T>(op, SubBlock(args, 2, done, 0, rows - done, columns));
    return true;
  }
  if (args.stride[1][1] == rows * item && rows >= 2 && rows <= 4 && columns >= 16) {
    const int64_t done = rows == 2   ? Deinterleave<2, Op, T>(op, args)
                         : rows == 3 ? Deinterleave<3, Op, T>(op, args)
                                     : Deinterleave<4, Op, T>(op, args);
    if (done < columns) StridedRows<kAnyStep, B, Op, T>(op, SubBlock(args, 2, 0, done, rows, columns - done));
    return true;
  }
  return false;
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_TRANSPOSE_INL_H_
