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
HWY_NOINLINE void NarrowRows(const Op& op, const KernelArgs& args) {
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    const Inputs<Op, T> in = InputRow<Op, T>(args, row);
    T* out = OutputRow<T>(args, row);
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
