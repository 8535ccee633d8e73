// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The narrow map skeleton of one input: contiguous rows of a few elements, many of them, such as (N, 3) points in a
// padded array. The row length becomes a template argument, so that a row is a fixed handful of instructions on small
// vectors. Several inputs go through the packing skeleton, which moves each one with this one.

#ifndef RAPTORS_SIMD_LOOPS_NARROW_INL_H_
#define RAPTORS_SIMD_LOOPS_NARROW_INL_H_

#include "raptors/simd/loops/contiguous-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

template <int kWidth, class B, class Op, typename T>
HWY_INLINE void NarrowRow(const Op& op, const RowCursor<Op, T, 0>& in, T* out) {
#if HWY_HAVE_SCALABLE
  const hn::ScalableTag<T> d;
  RowCursor<Op, T, 0> at = in;
  for (size_t i = 0; i < kWidth; i += hn::Lanes(d)) {
    const size_t left = kWidth - i;
    PartialVector<B>(op, at, out + i, left < hn::Lanes(d) ? left : hn::Lanes(d));
    at.Advance(hn::Lanes(d));
  }
#else
  // Not masked 64-byte vectors: neighbouring rows would share cache lines with them (three times slower on Zen 5).
  constexpr int kLanes = HWY_TARGET == HWY_SCALAR ? 1 : 16 / static_cast<int>(sizeof(T));
  HWY_UNROLL(8)
  for (size_t i = 0; i + kLanes <= kWidth; i += kLanes) PowerOfTwoPieces<kLanes>(op, in, out, i, kLanes);
  PowerOfTwoPieces<kLanes>(op, in, out, kWidth - kWidth % kLanes, kWidth % kLanes);
#endif
}

#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR

// Three elements and the third again, so that the fourth lane raises no flag of its own. Reads three elements.
template <typename T>
struct TripleLoad {
  const T* at;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int) const {
    const hn::Half<D> half;
    return hn::Combine(d, hn::Set(half, at[2]), hn::LoadU(half, at));
  }
};

// Rows of three, such as points, into an output without gaps: each row is one vector of four, whose fourth lane the
// next row overwrites. Leaves the last row.
template <class Op, typename T>
HWY_INLINE void OverhangingTriples(const Op& op, RowWalk<Op, T>& walk) {
  const hn::CappedTag<T, 4> d;
  if constexpr (HWY_MAX_LANES_D(decltype(d)) == 4) {
    if (walk.out_stride != 3 * static_cast<int64_t>(sizeof(T))) return;
    while (walk.rows_left > 1) {
      hn::StoreU(Apply(op, d, TripleLoad<T>{walk.in.at[0]}), d, walk.out);
      walk.Next();
    }
  }
}

#endif

template <int kWidth, class B, class Op, typename T>
HWY_NOINLINE void NarrowRows(Op op, const KernelArgs& args) {
  RowWalk<Op, T> walk(args);
#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR
  // Not in place: there the next row is read after the overhang is written.
  if (kWidth == 3 && !InPlace<Op>(args)) OverhangingTriples(op, walk);
#endif
  RowCursor<Op, T, 0> in;
  do {
    in.at[0] = walk.in.at[0];
    NarrowRow<kWidth, B>(op, in, walk.out);
  } while (walk.Next());
}

// Precondition: input and output are contiguous along the inner axis.
template <class B, class Op, typename T>
HWY_INLINE void NarrowMap(const Op& op, const KernelArgs& args) {
  static_assert(Op::kInputs == 1);
  switch (args.extent[1]) {
#define RAPTORS_WIDTH(w) \
  case w:                \
    return NarrowRows<w, B, Op, T>(op, args);
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
      return ContiguousRows<B, Op, T, 0>(args);
  }
}
static_assert(kNarrowExtent == 8, "NarrowMap lists every narrow extent");

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_NARROW_INL_H_
