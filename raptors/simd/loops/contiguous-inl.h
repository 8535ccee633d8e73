// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The contiguous map skeleton: out[i] = op(in0[i], ...) over unit strides, where any input may also be one scalar for
// all i. Peeling to the output's alignment, unrolling, prefetch, streaming stores and the tail live here only.

#ifndef RAPTORS_SIMD_LOOPS_CONTIGUOUS_INL_H_
#define RAPTORS_SIMD_LOOPS_CONTIGUOUS_INL_H_

#include "hwy/cache_control.h"
#include "raptors/simd/loops/apply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Loads the vector at element i of each input; kMask says which inputs are scalars. Masked loads read n elements,
// n >= 1.
template <class Op, typename T, unsigned kMask>
struct RowLoad {
  Inputs<Op, T> in;
  size_t i;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    return ((kMask >> k) & 1) ? hn::Set(d, *in.at[k]) : hn::LoadU(d, in.at[k] + i);
  }
};

template <class Op, typename T, unsigned kMask>
struct MaskedRowLoad {
  Inputs<Op, T> in;
  size_t i;
  size_t n;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    // The lanes beyond n repeat an element: with zeros there, an infinite factor would raise the invalid flag.
    return ((kMask >> k) & 1) ? hn::Set(d, *in.at[k]) : hn::LoadNOr(hn::Set(d, in.at[k][i]), d, in.at[k] + i, n);
  }
};

#if HWY_TARGET != HWY_SCALAR
// Loads a vector whose upper half repeats the lower one. Arithmetic on half a register computes with zeros in the other
// half, which an infinite factor turns into a spurious invalid flag.
template <class Op, typename T, unsigned kMask>
struct TwiceRowLoad {
  Inputs<Op, T> in;
  size_t i;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    if ((kMask >> k) & 1) return hn::Set(d, *in.at[k]);
    const auto half = hn::LoadU(hn::Half<D>(), in.at[k] + i);
    return hn::Combine(d, half, half);
  }
};
#endif

// Elements [i, i + n), n < 2 * kLanes, by vectors of kLanes, kLanes / 2, ..., 1. Folds to straight code for a constant
// n.
template <int kLanes, class Op, typename T, unsigned kMask>
HWY_INLINE void PowerOfTwoPieces(const Op& op, const Inputs<Op, T>& in, T* out, size_t i, size_t n) {
  if (n & kLanes) {
    const hn::CappedTag<T, kLanes> d;
#if HWY_TARGET != HWY_SCALAR
    if constexpr (kLanes > 1 && kLanes * sizeof(T) < 16) {
      const hn::CappedTag<T, 2 * kLanes> twice;
      hn::StoreU(hn::LowerHalf(d, Apply(op, twice, TwiceRowLoad<Op, T, kMask>{in, i})), d, out + i);
    } else  // NOLINT(readability/braces)
#endif
    {
      hn::StoreU(Apply(op, d, RowLoad<Op, T, kMask>{in, i}), d, out + i);
    }
    i += kLanes;
  }
  if constexpr (kLanes > 1) PowerOfTwoPieces<kLanes / 2, Op, T, kMask>(op, in, out, i, n);
}

// Elements [i, i + n), n at most one vector: by one masked vector where masks are good, else by smaller vectors
// (partial stores of AVX2 are microcoded on some CPUs, SSE4 and NEON have none).
template <class B, class Op, typename T, unsigned kMask>
HWY_INLINE void PartialVector(const Op& op, const Inputs<Op, T>& in, T* out, size_t i, size_t n) {
  const hn::ScalableTag<T> d;
#if !HWY_HAVE_SCALABLE
  if constexpr (!B::kMaskedTails) {
    return PowerOfTwoPieces<HWY_MAX_LANES_D(decltype(d)), Op, T, kMask>(op, in, out, i, n);
  }
#endif
  hn::StoreN(Apply(op, d, MaskedRowLoad<Op, T, kMask>{in, i, n}), d, out + i, n);
}

template <class B, class Op, typename T, unsigned kMask, bool kStream>
HWY_INLINE void ContiguousRow(const Op& op, const Inputs<Op, T>& in, T* out, size_t n) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  constexpr size_t kUnroll = B::kUnroll;
  size_t i = 0;

  // Fewer than four vectors are not worth aligning. Peeling is a partial vector, so that in-place calls see each
  // element once.
  const size_t misaligned = (reinterpret_cast<uintptr_t>(out) & (B::kAlignPreferred - 1)) / sizeof(T);
  const bool peel = kStream || (B::kAlignPreferred > 1 && n >= 4 * lanes);
  if (misaligned != 0 && peel) {
    size_t head = B::kAlignPreferred / sizeof(T) - misaligned;
    if (head > n) head = n;
    while (i < head) {  // more than one step only if a vector is shorter than the alignment
      const size_t m = head - i < lanes ? head - i : lanes;
      PartialVector<B, Op, T, kMask>(op, in, out, i, m);
      i += m;
    }
  }
  for (; i + kUnroll * lanes <= n; i += kUnroll * lanes) {
    if constexpr (B::kPrefetchDistance != 0) {
      for (int k = 0; k < Op::kInputs; ++k) {
        if (!((kMask >> k) & 1)) hwy::Prefetch(in.at[k] + i + B::kPrefetchDistance / sizeof(T));
      }
    }
    HWY_UNROLL(8)
    for (size_t u = 0; u < kUnroll; ++u) {
      const size_t j = i + u * lanes;
      const auto v = Apply(op, d, RowLoad<Op, T, kMask>{in, j});
      if constexpr (kStream) {
        hn::Stream(v, d, out + j);
      } else {
        hn::StoreU(v, d, out + j);
      }
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(Apply(op, d, RowLoad<Op, T, kMask>{in, i}), d, out + i);
  if (i < n) PartialVector<B, Op, T, kMask>(op, in, out, i, n - i);
}

template <class B, class Op, typename T, unsigned kMask, bool kStream>
HWY_NOINLINE void ContiguousRows(Op op, const KernelArgs& args) {
  RowWalk<Op, T> walk(args);
  const size_t n = static_cast<size_t>(args.extent[1]);
  for (;;) {
    ContiguousRow<B, Op, T, kMask, kStream>(op, walk.in, walk.out, n);
    if (!walk.Next()) break;
  }
  // Streaming stores are weakly ordered: whoever waits for this kernel must see them.
  if constexpr (kStream) hwy::FlushStream();
}

// The rows of layouts kContiguous and kRows. Scalar masks are template arguments so that the inner loop has no branch.
template <class B, class Op, typename T, unsigned kMask = 0>
HWY_INLINE void ContiguousMap(const Op& op, const KernelArgs& args) {
  if constexpr (kMask < (1u << Op::kInputs)) {
    if (ScalarMask<Op>(args) != kMask) return ContiguousMap<B, Op, T, kMask + 1>(op, args);
    if (args.stream) return ContiguousRows<B, Op, T, kMask, true>(op, args);
    return ContiguousRows<B, Op, T, kMask, false>(op, args);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_CONTIGUOUS_INL_H_
