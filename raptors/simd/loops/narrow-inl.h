// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The narrow map skeleton: contiguous rows of a few elements, many of them, such as (N, 3) points in a padded array.
// The row length becomes a template argument, so that a row is a fixed handful of instructions on small vectors.

#ifndef RAPTORS_SIMD_LOOPS_NARROW_INL_H_
#define RAPTORS_SIMD_LOOPS_NARROW_INL_H_

#include "raptors/simd/loops/contiguous-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

template <int kWidth, class B, class Op, typename T, unsigned kMask>
HWY_INLINE void NarrowRow(const Op& op, const Inputs<Op, T>& in, T* out) {
#if HWY_HAVE_SCALABLE
  const hn::ScalableTag<T> d;
  for (size_t i = 0; i < kWidth; i += hn::Lanes(d)) {
    const size_t left = kWidth - i;
    PartialVector<B, Op, T, kMask>(op, in, out, i, left < hn::Lanes(d) ? left : hn::Lanes(d));
  }
#else
  // Not masked 64-byte vectors: neighbouring rows would share cache lines with them (three times slower on Zen 5).
  constexpr int kLanes = HWY_TARGET == HWY_SCALAR ? 1 : 16 / static_cast<int>(sizeof(T));
  HWY_UNROLL(8)
  for (size_t i = 0; i + kLanes <= kWidth; i += kLanes) {
    PowerOfTwoPieces<kLanes, Op, T, kMask>(op, in, out, i, kLanes);
  }
  PowerOfTwoPieces<kLanes, Op, T, kMask>(op, in, out, kWidth - kWidth % kLanes, kWidth % kLanes);
#endif
}

// The vector that a row of kWidth elements overhangs into the next one with.
constexpr int OverhangLanes(int width) { return width <= 2 ? 2 : width <= 4 ? 4 : 8; }

// Whether a row may be one vector that is longer than the row. What it stores too much is overwritten by the next row,
// which needs an output without gaps. What it loads too much must be readable: it lies before the next row's first
// element, and on the page of this row's last element or of that one, if rows are less than a page apart.
template <int kWidth, class Op, typename T>
HWY_INLINE bool MayOverhang(const KernelArgs& args) {
  constexpr int kLanes = OverhangLanes(kWidth);
  constexpr int64_t kPage = 4096;
  if (HWY_HAVE_SCALABLE || kLanes == kWidth || kLanes > HWY_MAX_LANES_D(hn::ScalableTag<T>)) return false;
  bool may = args.stride[0][0] == kWidth * static_cast<int64_t>(sizeof(T));
  for (int k = 1; k <= Op::kInputs; ++k) {
    const int64_t stride = args.stride[k][0];
    may = may && (args.stride[k][1] == 0 || (stride >= kLanes * static_cast<int64_t>(sizeof(T)) && stride < kPage));
  }
  return may;
}

template <int kWidth, class B, class Op, typename T, unsigned kMask>
HWY_NOINLINE void NarrowRows(Op op, const KernelArgs& args) {
  RowWalk<Op, T> walk(args);
  if (MayOverhang<kWidth, Op, T>(args)) {
    const hn::CappedTag<T, OverhangLanes(kWidth)> d;
    while (walk.rows_left > 1) {
      hn::StoreU(Apply(op, d, RowLoad<Op, T, kMask>{walk.in, 0}), d, walk.out);
      walk.Next();
    }
  }
  do {
    NarrowRow<kWidth, B, Op, T, kMask>(op, walk.in, walk.out);
  } while (walk.Next());
}

template <class B, class Op, typename T, unsigned kMask>
HWY_INLINE void NarrowByWidth(const Op& op, const KernelArgs& args) {
  switch (args.extent[1]) {
#define RAPTORS_WIDTH(w) \
  case w:                \
    return NarrowRows<w, B, Op, T, kMask>(op, args);
    RAPTORS_WIDTH(1)
    RAPTORS_WIDTH(2)
    RAPTORS_WIDTH(3)
    RAPTORS_WIDTH(4)
    RAPTORS_WIDTH(5)
    RAPTORS_WIDTH(6)
    RAPTORS_WIDTH(7)
    RAPTORS_WIDTH(8)
#undef RAPTORS_WIDTH
    default:
      return ContiguousMap<B, Op, T>(op, args);
  }
}
static_assert(kNarrowExtent == 8, "NarrowByWidth lists every narrow extent");

template <class B, class Op, typename T, unsigned kMask = 0>
HWY_INLINE void NarrowMap(const Op& op, const KernelArgs& args) {
  if constexpr (kMask < (1u << Op::kInputs)) {
    if (ScalarMask<Op>(args) != kMask) return NarrowMap<B, Op, T, kMask + 1>(op, args);
    NarrowByWidth<B, Op, T, kMask>(op, args);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_NARROW_INL_H_
