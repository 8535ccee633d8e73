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

#include "raptors/simd/loops/packed-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

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
    PackedMap<B, Op, T>(SubBlock(args, 2, 0, columns, rows, args.extent[1] - columns));
  }
  if (rows < args.extent[0]) {
    PackedMap<B, Op, T>(SubBlock(args, 2, rows, 0, args.extent[0] - rows, args.extent[1]));
  }
}

#endif

// Precondition: the input is contiguous along the outer axis, the output along the inner one.
template <class B, class Op, typename T>
HWY_INLINE void TransposedMap(const Op& op, const KernelArgs& args) {
  static_assert(Op::kInputs == 1);
  (void)op;
#if HWY_TARGET != HWY_SCALAR
  if (FewWays<B, Op, T>(op, args)) return;
#endif
#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR
  if (!Crowded(args.ptr[0], args.stride[0][0]) && !Crowded(args.ptr[1], args.stride[1][1])) {
    return TransposedInRegisters<B, Op, T>(op, args);
  }
#endif
  PackedMap<B, Op, T>(args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_TRANSPOSED_INL_H_
