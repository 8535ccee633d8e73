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

// A scalar mask (bit k: input k is a scalar) that is known at run time only. A row loop is compiled for each mask with
// an array in it; this one serves streaming stores, and rows that are nothing but scalars.
inline constexpr unsigned kAnyMask = ~0u;

// Where the inputs of a row stand. A scalar of a known mask is a value; one of kAnyMask is a pointer to kUnroll vectors
// of it (Splats), which the walk along the row does not leave.
template <class Op, typename T, unsigned kMask>
struct RowCursor {
  const T* at[Op::kInputs];
  T scalar[Op::kInputs];
  size_t step[Op::kInputs];  // kAnyMask: 0 for a scalar, else 1

  static constexpr bool IsScalar(int k) { return kMask != kAnyMask && ((kMask >> k) & 1) != 0; }

  HWY_INLINE void Advance(size_t n) {
    for (int k = 0; k < Op::kInputs; ++k) {
      if (!IsScalar(k)) at[k] += kMask == kAnyMask ? n * step[k] : n;
    }
  }
};

// Loads the vector at element i of each input.
template <class Op, typename T, unsigned kMask>
struct RowLoad {
  const RowCursor<Op, T, kMask>& in;
  size_t i;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    return in.IsScalar(k) ? hn::Set(d, in.scalar[k]) : hn::LoadU(d, in.at[k] + i);
  }
};

// The same, but reads the first n elements only, n >= 1.
template <class Op, typename T, unsigned kMask>
struct MaskedRowLoad {
  const RowCursor<Op, T, kMask>& in;
  size_t i;
  size_t n;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    // The lanes beyond n repeat an element: with zeros there, an infinite factor would raise the invalid flag.
    return in.IsScalar(k) ? hn::Set(d, in.scalar[k]) : hn::LoadNOr(hn::Set(d, in.at[k][i]), d, in.at[k] + i, n);
  }
};

#if HWY_TARGET != HWY_SCALAR
// Loads a vector whose upper half repeats the lower one. Arithmetic on half a register computes with zeros in the other
// half, which an infinite factor turns into a spurious invalid flag.
template <class Op, typename T, unsigned kMask>
struct TwiceRowLoad {
  const RowCursor<Op, T, kMask>& in;
  size_t i;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, int k) const {
    if (in.IsScalar(k)) return hn::Set(d, in.scalar[k]);
    const auto half = hn::LoadU(hn::Half<D>(), in.at[k] + i);
    return hn::Combine(d, half, half);
  }
};
#endif

// Elements [i, i + n), n < 2 * kLanes, by vectors of kLanes, kLanes / 2, ..., 1. Folds to straight code for a constant
// n.
template <int kLanes, class Op, typename T, unsigned kMask>
HWY_INLINE void PowerOfTwoPieces(const Op& op, const RowCursor<Op, T, kMask>& in, T* out, size_t i, size_t n) {
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

// The next n elements, at most one vector: by one masked vector where masks are good, else by smaller vectors (partial
// stores of AVX2 are microcoded on some CPUs, SSE4 and NEON have none).
template <class B, class Op, typename T, unsigned kMask>
HWY_INLINE void PartialVector(const Op& op, const RowCursor<Op, T, kMask>& in, T* out, size_t n) {
  const hn::ScalableTag<T> d;
#if !HWY_HAVE_SCALABLE
  if constexpr (!B::kMaskedTails) {
    return PowerOfTwoPieces<HWY_MAX_LANES_D(decltype(d))>(op, in, out, 0, n);
  }
#endif
  hn::StoreN(Apply(op, d, MaskedRowLoad<Op, T, kMask>{in, 0, n}), d, out, n);
}

// Elements from `out` up to the preferred alignment, at most n.
template <class B, typename T>
HWY_INLINE size_t Head(const T* out, size_t n) {
  const size_t off = (reinterpret_cast<uintptr_t>(out) & (B::kAlignPreferred - 1)) / sizeof(T);
  const size_t head = off == 0 ? 0 : B::kAlignPreferred / sizeof(T) - off;
  return head < n ? head : n;
}

// One row. `peel`: the first vectors end where the output is aligned; they are partial ones, so that in-place calls see
// each element once. `stream` (kAnyMask and peel only): the aligned stores go past the caches.
template <class B, class Op, typename T, unsigned kMask>
HWY_INLINE void ContiguousRow(const Op& op, RowCursor<Op, T, kMask> in, T* out, size_t n, bool peel, bool stream) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  constexpr size_t kUnroll = B::kUnroll;
  if (peel) {
    size_t head = Head<B>(out, n);
    n -= head;
    while (head > 0) {  // more than one step only if a vector is shorter than the alignment
      const size_t m = head < lanes ? head : lanes;
      PartialVector<B>(op, in, out, m);
      in.Advance(m);
      out += m;
      head -= m;
    }
  }
  for (; n >= kUnroll * lanes; n -= kUnroll * lanes) {
    if constexpr (B::kPrefetchDistance != 0) {
      for (int k = 0; k < Op::kInputs; ++k) {
        if (!in.IsScalar(k)) hwy::Prefetch(in.at[k] + B::kPrefetchDistance / sizeof(T));
      }
    }
    if (kMask == kAnyMask && stream) {
      HWY_UNROLL(8)
      for (size_t u = 0; u < kUnroll; ++u) {
        hn::Stream(Apply(op, d, RowLoad<Op, T, kMask>{in, u * lanes}), d, out + u * lanes);
      }
    } else {
      HWY_UNROLL(8)
      for (size_t u = 0; u < kUnroll; ++u) {
        hn::StoreU(Apply(op, d, RowLoad<Op, T, kMask>{in, u * lanes}), d, out + u * lanes);
      }
    }
    in.Advance(kUnroll * lanes);
    out += kUnroll * lanes;
  }
  for (; n >= lanes; n -= lanes) {
    hn::StoreU(Apply(op, d, RowLoad<Op, T, kMask>{in, 0}), d, out);
    in.Advance(lanes);
    out += lanes;
  }
  if (n > 0) PartialVector<B>(op, in, out, n);
}

// kUnroll vectors of each scalar input.
template <class B, class Op, typename T>
struct Splats {
  static constexpr size_t kSize = B::kUnroll * HWY_MAX_LANES_D(hn::ScalableTag<T>);
  HWY_ALIGN T at[Op::kInputs][kSize];

  HWY_INLINE const T* Set(int k, T value) {
    const hn::ScalableTag<T> d;
    const size_t lanes = hn::Lanes(d);
    HWY_UNROLL(8)
    for (size_t u = 0; u < B::kUnroll; ++u) hn::StoreU(hn::Set(d, value), d, at[k] + u * lanes);
    return at[k];
  }
};

template <class B, class Op, typename T, unsigned kMask>
HWY_NOINLINE void ContiguousRows(const KernelArgs& args) {
  const Op op(args);
  RowWalk<Op, T> walk(args);
  const size_t n = static_cast<size_t>(args.extent[1]);
  const bool stream = kMask == kAnyMask && args.stream;
  // Fewer than four vectors are not worth aligning.
  const bool off_alignment =
      ((reinterpret_cast<uintptr_t>(args.ptr[0]) | static_cast<uintptr_t>(args.extent[0] > 1 ? args.stride[0][0] : 0)) &
       (B::kAlignPreferred - 1)) != 0;
  const bool peel = off_alignment && (stream || n >= 4 * hn::Lanes(hn::ScalableTag<T>()));
  RowCursor<Op, T, kMask> in;
  if constexpr (kMask == kAnyMask) {
    Splats<B, Op, T> splats;
    const unsigned mask = ScalarMask<Op>(args);
    for (bool first = true;; first = false) {
      for (int k = 0; k < Op::kInputs; ++k) {
        const bool scalar = ((mask >> k) & 1) != 0;
        in.step[k] = scalar ? 0 : 1;
        in.at[k] = !scalar                           ? walk.in.at[k]
                   : first || walk.in_stride[k] != 0 ? splats.Set(k, *walk.in.at[k])
                                                     : splats.at[k];
      }
      ContiguousRow<B>(op, in, walk.out, n, peel, stream);
      if (!walk.Next()) return;
    }
  } else {
    do {
      for (int k = 0; k < Op::kInputs; ++k) {
        if (in.IsScalar(k)) {
          in.scalar[k] = *walk.in.at[k];
        } else {
          in.at[k] = walk.in.at[k];
        }
      }
      ContiguousRow<B>(op, in, walk.out, n, peel, false);
    } while (walk.Next());
  }
}

// A MapKernel for rows: inputs that are contiguous or scalars along the inner axis, and a contiguous output. Streaming
// stores are not fenced.
template <class B, class Op, typename T, unsigned kMask = 0>
HWY_INLINE void RowsMap(const KernelArgs& args) {
  if constexpr (kMask + 1 < (1u << Op::kInputs)) {
    if (args.stream || ScalarMask<Op>(args) != kMask) return RowsMap<B, Op, T, kMask + 1>(args);
    ContiguousRows<B, Op, T, kMask>(args);
  } else {
    ContiguousRows<B, Op, T, kAnyMask>(args);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_CONTIGUOUS_INL_H_
