// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the reduction skeletons share: the functor convention, and how totals of sums and of extremes are folded.
//
// A reduction is a functor of a few lines on top of Additive or Extreme:
//   struct Asum : Additive<float, float> { template <class D> Vec<D> Term(D, Vec<D> x) const { return hn::Abs(x); } };
// constructible from ReduceArgs (it keeps its scalar parameter). From its base it has
//   In, kInputs        the type of its elements, and how many inputs they come from
//   kOfVectors         true (from the functor): used on vectors; along axes it need not be fast
//   Totals             how totals are folded: Acc (their type), Identity(), Fold(d, a, b)
//   Fill()             what stands for a missing element
//   FoldGroup(...)     a total and eight terms become one: the group of docs/reductions.md
//   Term(d, x[, y])    the term of an element, from inputs that are converted to Acc already
// Which terms meet in which order is the skeletons' business alone. They are compiled for each functor, their parts
// that work on totals for each Totals only.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_OP_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_OP_INL_H_

#include <stddef.h>
#include <stdint.h>

#include "raptors/base/reduce_args.h"
#include "raptors/simd/loops/apply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Vectors of accumulators: full ones, up to a cache line. Periods of accumulators are whole cache lines.
template <typename A>
using AccTag = hn::CappedTag<A, 64 / sizeof(A)>;

// The quiet NaN with sign and payload zero, which every NaN result is replaced by.
template <class D>
HWY_INLINE hn::Vec<D> CanonicalNaN(D d) {
  const hn::RebindToUnsigned<D> bits;
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    return hn::BitCast(d, hn::Set(bits, 0x7FC00000u));
  } else {
    return hn::BitCast(d, hn::Set(bits, uint64_t{0x7FF8000000000000u}));
  }
}

template <class D>
HWY_INLINE hn::Vec<D> WithCanonicalNaN(D d, hn::Vec<D> v) {
  if constexpr (hwy::IsFloat<hn::TFromD<D>>()) {
    return hn::IfThenElse(hn::IsNaN(v), CanonicalNaN(d), v);
  } else {
    return v;
  }
}

// Totals that are added. They start at +0 and so are never -0.
template <typename A>
struct Sums {
  using Acc = A;

  static HWY_INLINE A Identity() { return A{}; }

  template <class D>
  static HWY_INLINE hn::Vec<D> Fold(D d, hn::Vec<D> a, hn::Vec<D> b) {
    if constexpr (hwy::IsFloat<A>()) {
      return hn::Add(a, b);
    } else {
      // Integers wrap around: they are added as unsigned numbers, whose overflow is defined.
      const hn::RebindToUnsigned<D> du;
      return hn::BitCast(d, hn::Add(hn::BitCast(du, a), hn::BitCast(du, b)));
    }
  }
};

// Sums of terms of type A of elements of type T.
template <typename T, typename A>
struct Additive {
  using In = T;
  using Totals = Sums<A>;
  using Acc = A;
  static constexpr int kInputs = 1;
  static constexpr bool kExtreme = false;
  static constexpr bool kOfVectors = false;

  static HWY_INLINE T Fill() { return T{}; }

  template <class D>
  static HWY_INLINE hn::Vec<D> FoldGroup(D d, hn::Vec<D> total, hn::Vec<D> t0, hn::Vec<D> t1, hn::Vec<D> t2,
                                         hn::Vec<D> t3, hn::Vec<D> t4, hn::Vec<D> t5, hn::Vec<D> t6, hn::Vec<D> t7) {
    const auto even = Totals::Fold(d, Totals::Fold(d, t0, t4), Totals::Fold(d, t2, t6));
    const auto odd = Totals::Fold(d, Totals::Fold(d, t1, t5), Totals::Fold(d, t3, t7));
    return Totals::Fold(d, total, Totals::Fold(d, even, odd));
  }

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x) const {
    return x;
  }
};

// The least or the greatest element. The order of folding does not matter, which makes the rules for NaN and for the
// sign of zero cheap: Highway's Max may lose NaNs and mix up zeros, so that beside it go a mask of lanes that saw a
// NaN, and the conjunction (of min: disjunction) of all sign bits, which says what a zero result was made of.
template <typename T, bool kMax>
struct Extreme {
  using In = T;
  using Totals = Extreme;
  using Acc = T;
  static constexpr int kInputs = 1;
  static constexpr bool kExtreme = true;
  static constexpr bool kOfVectors = false;

  static HWY_INLINE T Identity() {
    if constexpr (hwy::IsFloat<T>()) {
      constexpr T kInfinity = static_cast<T>(__builtin_huge_val());
      return kMax ? -kInfinity : kInfinity;
    } else {
      T identity = kMax ? hwy::LowestValue<T>() : hwy::HighestValue<T>();
#if HWY_COMPILER_GCC_ACTUAL
      // GCC 12.2 turns a comparison of 64-bit lanes with this constant into the opposite one where AVX-512 is enabled
      // for the whole file (-march=native): it must not know the value.
      asm("" : "+r"(identity));  // NOLINT(hicpp-no-assembler)
#endif
      return identity;
    }
  }
  static HWY_INLINE T Fill() { return Identity(); }

  template <class V>
  static HWY_INLINE V Better(V a, V b) {
#if HWY_TARGET == HWY_SCALAR
    // Highway's care for NaNs is not needed here, and slow.
    return hn::IfThenElse(kMax ? hn::Lt(a, b) : hn::Lt(b, a), b, a);
#else
    if constexpr (kMax) {
      return hn::Max(a, b);
    } else {
      return hn::Min(a, b);
    }
#endif
  }
  template <class V>
  static HWY_INLINE V Signs(V a, V b) {
    if constexpr (kMax) {
      return hn::And(a, b);
    } else {
      return hn::Or(a, b);
    }
  }

  // From what Better, IsEitherNaN and Signs gathered to the proper extreme.
  template <class D>
  static HWY_INLINE hn::Vec<D> Settle(D d, hn::Vec<D> best, hn::Mask<D> nan, hn::Vec<D> signs) {
    const auto zero = hn::And(signs, hn::SignBit(d));
    return hn::IfThenElse(nan, CanonicalNaN(d), hn::IfThenElse(hn::Eq(best, hn::Zero(d)), zero, best));
  }

  template <class D>
  static HWY_INLINE hn::Vec<D> Fold(D d, hn::Vec<D> a, hn::Vec<D> b) {
    if constexpr (hwy::IsFloat<T>()) {
      return Settle(d, Better(a, b), hn::IsEitherNaN(a, b), Signs(a, b));
    } else {
      return Better(a, b);
    }
  }

  // Takes eight elements into what is gathered. `nan` and `signs` are for floats only.
  template <class D>
  static HWY_INLINE void Gather(D, hn::Vec<D> t0, hn::Vec<D> t1, hn::Vec<D> t2, hn::Vec<D> t3, hn::Vec<D> t4,
                                hn::Vec<D> t5, hn::Vec<D> t6, hn::Vec<D> t7, hn::Vec<D>& best, hn::Mask<D>& nan,
                                hn::Vec<D>& signs) {
    best = Better(best, Better(Better(Better(t0, t1), Better(t2, t3)), Better(Better(t4, t5), Better(t6, t7))));
    if constexpr (hwy::IsFloat<T>()) {
      const auto nan_low = hn::Or(hn::IsEitherNaN(t0, t1), hn::IsEitherNaN(t2, t3));
      const auto nan_high = hn::Or(hn::IsEitherNaN(t4, t5), hn::IsEitherNaN(t6, t7));
      nan = hn::Or(nan, hn::Or(nan_low, nan_high));
      const auto low = Signs(Signs(t0, t1), Signs(t2, t3));
      const auto high = Signs(Signs(t4, t5), Signs(t6, t7));
      signs = Signs(signs, Signs(low, high));
    }
  }

  template <class D>
  static HWY_INLINE hn::Vec<D> FoldGroup(D d, hn::Vec<D> total, hn::Vec<D> t0, hn::Vec<D> t1, hn::Vec<D> t2,
                                         hn::Vec<D> t3, hn::Vec<D> t4, hn::Vec<D> t5, hn::Vec<D> t6, hn::Vec<D> t7) {
    auto best = total;
    auto signs = total;
    if constexpr (hwy::IsFloat<T>()) {
      auto nan = hn::IsNaN(total);
      Gather(d, t0, t1, t2, t3, t4, t5, t6, t7, best, nan, signs);
      return Settle(d, best, nan, signs);
    } else {
      auto nan = hn::MaskFalse(d);
      Gather(d, t0, t1, t2, t3, t4, t5, t6, t7, best, nan, signs);
      return best;
    }
  }

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x) const {
    return x;
  }
};

// Elements in the accumulators' type, which is theirs, a wider one, or float64 for int64 (rounded).
template <class D, class V>
HWY_INLINE hn::Vec<D> ToAccumulators(D d, V v) {
  if constexpr (hwy::IsSame<hn::TFromV<V>, hn::TFromD<D>>()) {
    return v;
  } else if constexpr (sizeof(hn::TFromV<V>) == sizeof(hn::TFromD<D>)) {
    return hn::ConvertTo(d, v);
  } else {
    return hn::PromoteTo(d, v);
  }
}

template <class D, typename T>
HWY_INLINE hn::Vec<D> LoadAs(D d, const T* from) {
  return ToAccumulators(d, hn::LoadU(hn::Rebind<T, D>(), from));
}

template <class D, typename T>
HWY_INLINE hn::Vec<D> LoadNAs(D d, const T* from, size_t n, T fill) {
  const hn::Rebind<T, D> narrow;
  return ToAccumulators(d, hn::LoadNOr(hn::Set(narrow, fill), narrow, from, n));
}

// The elements that a run of the loops reads, one pointer an input.
template <class Op>
using Elements = Inputs<Op, typename Op::In>;

// The terms of elements i, i + 1, ...
template <class Op, class D>
HWY_INLINE hn::Vec<D> LoadTerm(const Op& op, D d, const Elements<Op>& in, int64_t i) {
  if constexpr (Op::kInputs == 1) {
    return op.Term(d, LoadAs(d, in.at[0] + i));
  } else {
    return op.Term(d, LoadAs(d, in.at[0] + i), LoadAs(d, in.at[1] + i));
  }
}

// The same for n >= 1 elements, fewer than a vector has; the other lanes get the term of Fill().
template <class Op, class D>
HWY_INLINE hn::Vec<D> LoadTermN(const Op& op, D d, const Elements<Op>& in, int64_t i, int64_t n) {
  const size_t count = static_cast<size_t>(n);
  if constexpr (Op::kInputs == 1) {
    return op.Term(d, LoadNAs(d, in.at[0] + i, count, Op::Fill()));
  } else {
    return op.Term(d, LoadNAs(d, in.at[0] + i, count, Op::Fill()), LoadNAs(d, in.at[1] + i, count, Op::Fill()));
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_OP_INL_H_
