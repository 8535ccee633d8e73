// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Many sequences of consecutive elements, such as the rows of a matrix: the lanes of as many rows as a vector has lanes
// are folded at once, after a transposition that puts one row in each lane. Rows of two to four elements without gaps,
// such as (n, 3) points, are deinterleaved as they are loaded. The additions of a row are those of
// docs/reductions.md in either way.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_ROWS_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_ROWS_INL_H_

#include "raptors/simd/loops/reduce_lanes-inl.h"
#include "raptors/simd/loops/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// The lanes that a sequence of additions has, V of docs/reductions.md, and the most that there are.
template <class Op>
inline constexpr int64_t kAddedLanes = sizeof(typename Op::In) == 4 ? 64 : 32;
inline constexpr int64_t kMostLanes = 64;

// V, for all operations. Extremes do not depend on the lane: for them as few as let memory be read in order.
template <class Op>
HWY_INLINE int64_t SequenceLanes() {
  if constexpr (Op::kExtreme) return static_cast<int64_t>(hn::Lanes(AccTag<typename Op::Acc>()));
  return kAddedLanes<Op>;
}

// The lanes of n >= 1 consecutive elements of a block, folded until those of one vector are left: what SetIdentity(),
// AddRun() and FoldLanes() do by way of memory. Only where kLanesInRegisters. `far`: memory is asked for ahead.
template <class B, class Op, class D>
HWY_INLINE hn::Vec<D> LanesOfRun(const Op& op, D d, const Elements<Op>& in, int64_t n, bool far);

// Vectors of accumulators that a sequence has, and whether registers hold them all beside what is loaded. A vector's
// size must be known to the compiler: arrays of vectors that scale do not exist.
#if HWY_HAVE_SCALABLE || HWY_TARGET == HWY_SCALAR
template <class B, class Op>
inline constexpr int kSequenceVectors = 0;
template <class B, class Op>
inline constexpr bool kLanesInRegisters = false;
#else
template <class B, class Op>
inline constexpr int kSequenceVectors = Op::kExtreme ? 1 : kAddedLanes<Op> / HWY_MAX_LANES_D(AccTag<typename Op::Acc>);
template <class B, class Op>
inline constexpr bool kLanesInRegisters = kSequenceVectors<B, Op> <= 2 * B::kUnroll;

// Asks for every fourth cache line of the `bytes` ones that are loaded kPrefetchAhead after these.
template <class Op>
HWY_INLINE void PrefetchAhead(const Elements<Op>& in, int64_t i, int64_t bytes) {
  for (int k = 0; k < Op::kInputs; ++k) {
    const char* ahead = reinterpret_cast<const char*>(in.at[k] + i) + kPrefetchAhead;
    for (int64_t b = 0; b < bytes; b += 256) hwy::Prefetch(ahead + b);
  }
}

template <class B, class Op, class D>
HWY_INLINE hn::Vec<D> LanesOfRun(const Op& op, D d, const Elements<Op>& in, int64_t n, bool far) {
  using Totals = typename Op::Totals;
  constexpr int kVectors = kSequenceVectors<B, Op>;
  constexpr int64_t kLanes = HWY_MAX_LANES_D(D);
  const auto identity = hn::Set(d, Totals::Identity());
  int64_t i = 0;
  if constexpr (Op::kExtreme) {
    const auto load = [&](int k) HWY_ATTR { return hn::LoadU(d, in.at[0] + i + k * kLanes); };
    auto total = identity;
    if (n >= 8 * kLanes) {
      auto best = identity, signs = identity;
      auto nan = hn::MaskFalse(d);
      const auto gather = [&]() HWY_ATTR {
        Op::Gather(d, load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7), best, nan, signs);
      };
      if (far) {
        for (; i + 8 * kLanes <= n; i += 8 * kLanes) {
          PrefetchAhead<Op>(in, i, 8 * kLanes * int64_t{sizeof(typename Op::In)});
          gather();
        }
      } else {
        for (; i + 8 * kLanes <= n; i += 8 * kLanes) gather();
      }
      if constexpr (hwy::IsFloat<typename Op::Acc>()) {
        total = Op::Settle(d, best, nan, signs);
      } else {
        total = best;
      }
    }
    for (; i + kLanes <= n; i += kLanes) total = Totals::Fold(d, total, load(0));
    return i < n ? Totals::Fold(d, total, LoadTermN(op, d, in, i, n - i)) : total;
  } else {
    hn::Vec<D> t[kVectors];
    HWY_UNROLL(16)
    for (int k = 0; k < kVectors; ++k) t[k] = identity;
    const auto add = [&]() HWY_ATTR {
      HWY_UNROLL(16)
      for (int k = 0; k < kVectors; ++k) t[k] = Totals::Fold(d, t[k], LoadTerm(op, d, in, i + k * kLanes));
    };
    if (far) {
      for (; i + kVectors * kLanes <= n; i += kVectors * kLanes) {
        PrefetchAhead<Op>(in, i, kVectors * kLanes * int64_t{sizeof(typename Op::In)});
        add();
      }
    } else {
      for (; i + kVectors * kLanes <= n; i += kVectors * kLanes) add();
    }
    if (i < n) {
      const int64_t rest = (n - i) % kLanes;
      const auto last = rest == 0 ? identity : LoadTermN(op, d, in, n - rest, rest);
      HWY_UNROLL(16)
      for (int k = 0; k < kVectors; ++k) {
        if (i + k * kLanes >= n) break;
        t[k] = Totals::Fold(d, t[k], i + (k + 1) * kLanes <= n ? LoadTerm(op, d, in, i + k * kLanes) : last);
      }
    }
    HWY_UNROLL(4)
    for (int half = kVectors / 2; half >= 1; half /= 2) {
      HWY_UNROLL(8)
      for (int k = 0; k < half; ++k) t[k] = Totals::Fold(d, t[k], t[k + half]);
    }
    return t[0];
  }
}
#endif

// Bytes ahead that sequences of more than kPrefetchFrom are asked for, or 0.
template <class B, class Op>
inline constexpr int kSequencePrefetch = kLanesInRegisters<B, Op> ? static_cast<int>(kPrefetchAhead) : 0;

// Rows that are transposed and folded at a time.
inline constexpr int64_t kRowsAtOnce = 64;

#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR
// Every kLanes rows of kLanes items, one behind the other, become columns. In place.
template <int kLanes, typename Bits>
HWY_NOINLINE void TransposeRows(Bits* rows) {
  const hn::CappedTag<Bits, kLanes> d;
  constexpr size_t kN = HWY_MAX_LANES_D(decltype(d));
  for (int64_t row = 0; row < kRowsAtOnce; row += kN, rows += kN * kN) {
    hn::Vec<decltype(d)> v[kN];
    HWY_UNROLL(16)
    for (size_t k = 0; k < kN; ++k) v[k] = hn::Load(d, rows + k * kN);
    TransposeRegisters(d, v);
    HWY_UNROLL(16)
    for (size_t k = 0; k < kN; ++k) hn::Store(v[k], d, rows + k * kN);
  }
}
#endif

// Folds the lanes of kRowsAtOnce rows, which lie Lanes(d) apart, to totals[row]. Clobbers `rows`.
template <class Totals, class D>
HWY_NOINLINE void FoldRows(D d, typename Totals::Acc* rows, typename Totals::Acc* totals) {
#if HWY_HAVE_SCALABLE || HWY_TARGET == HWY_SCALAR
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t row = 0; row < kRowsAtOnce; ++row) {
    FoldLanes<Totals>(rows + row * lanes, 1, lanes, lanes, 1);
    totals[row] = rows[row * lanes];
  }
#else
  constexpr int kN = HWY_MAX_LANES_D(D);
  TransposeRows<kN>(reinterpret_cast<hwy::MakeUnsigned<typename Totals::Acc>*>(rows));
  for (int64_t row = 0; row < kRowsAtOnce; row += kN, rows += kN * kN) {
    hn::Vec<D> v[kN];
    HWY_UNROLL(16)
    for (int k = 0; k < kN; ++k) v[k] = hn::Load(d, rows + k * kN);
    HWY_UNROLL(4)
    for (int half = kN / 2; half >= 1; half /= 2) {
      HWY_UNROLL(8)
      for (int k = 0; k < half; ++k) v[k] = Totals::Fold(d, v[k], v[k + half]);
    }
    hn::StoreU(v[0], d, totals + row);
  }
#endif
}

// The lanes of a row of n elements, (kVectors - 1) * Lanes(d) < n <= kVectors * Lanes(d), folded until Lanes(d) of them
// are left.
template <int kVectors, class Op, class D>
HWY_INLINE hn::Vec<D> LanesOfShortRow(const Op& op, D d, const Elements<Op>& in, int64_t n) {
  using Totals = typename Op::Totals;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t last = (kVectors - 1) * lanes;
  auto t_last = n - last == lanes ? LoadTerm(op, d, in, last) : LoadTermN(op, d, in, last, n - last);
  const auto identity = hn::Set(d, Totals::Identity());
  if constexpr (kVectors == 1) {
    return Totals::Fold(d, identity, t_last);
  } else {
    const auto t0 = Totals::Fold(d, identity, LoadTerm(op, d, in, 0));
    if constexpr (kVectors == 2) {
      return Totals::Fold(d, t0, t_last);
    } else {
      const auto t1 = LoadTerm(op, d, in, lanes);
      if constexpr (kVectors == 3) return Totals::Fold(d, Totals::Fold(d, t0, t_last), t1);
      return Totals::Fold(d, Totals::Fold(d, t0, LoadTerm(op, d, in, 2 * lanes)), Totals::Fold(d, t1, t_last));
    }
  }
}

// Rows of n consecutive elements that start `stride` bytes apart; `count` is a multiple of kRowsAtOnce.
struct Rows {
  const char* from;
  int64_t stride;
  int64_t n;
  int64_t count;
  bool far;  // they are part of so many that memory is asked for ahead
};

// The totals of rows that have kVectors vectors.
template <int kVectors, class Op, class D>
HWY_NOINLINE void ShortRows(const Op& op, D d, const Rows& rows, typename Op::Acc* totals) {
  HWY_ALIGN typename Op::Acc lanes_of[kRowsAtOnce * 64 / sizeof(typename Op::Acc)];
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t n = rows.n;
  const char* from = rows.from;
  for (int64_t done = 0; done < rows.count; done += kRowsAtOnce) {
    for (int64_t row = 0; row < kRowsAtOnce; ++row, from += rows.stride) {
      const Elements<Op> in = {{reinterpret_cast<const typename Op::In*>(from)}};
      hn::Store(LanesOfShortRow<kVectors>(op, d, in, n), d, lanes_of + row * lanes);
    }
    FoldRows<typename Op::Totals>(d, lanes_of, totals + done);
  }
}

// The totals of rows of up to one block.
template <class B, class Op>
HWY_NOINLINE void LongRows(const Op& op, const Rows& rows, typename Op::Acc* totals) {
  using A = typename Op::Acc;
  const AccTag<A> d;
  HWY_ALIGN A lanes_of[kRowsAtOnce * kSlack<A>];
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const char* from = rows.from;
  for (int64_t done = 0; done < rows.count; done += kRowsAtOnce) {
    for (int64_t row = 0; row < kRowsAtOnce; ++row, from += rows.stride) {
      const Elements<Op> in = {{reinterpret_cast<const typename Op::In*>(from)}};
      if constexpr (kLanesInRegisters<B, Op>) {
        hn::Store(LanesOfRun<B>(op, d, in, rows.n, rows.far), d, lanes_of + row * lanes);
      } else {
        HWY_ALIGN A one[kMostLanes + kSlack<A>];
        const int64_t all = SequenceLanes<Op>();
        SetIdentity<typename Op::Totals>(one, all + kSlack<A>);
        AddRun<B>(op, one, in, all, 0, rows.n);
        FoldLanes<typename Op::Totals>(one, 1, all, HWY_MIN(rows.n, all), lanes);
        hn::Store(hn::Load(d, one), d, lanes_of + row * lanes);
      }
    }
    FoldRows<typename Op::Totals>(d, lanes_of, totals + done);
  }
}

#if HWY_TARGET != HWY_SCALAR
// The totals of rows of kWidth elements without gaps.
template <int kWidth, class Op>
HWY_NOINLINE void FlatRows(const Op& op, const Rows& rows, typename Op::Acc* totals) {
  using Totals = typename Op::Totals;
  using T = typename Op::In;
  const AccTag<typename Op::Acc> d;
  const hn::Rebind<T, decltype(d)> narrow;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto term = [&](auto x) HWY_ATTR { return op.Term(d, ToAccumulators(d, x)); };
  const auto identity = hn::Set(d, Totals::Identity());
  const T* in = reinterpret_cast<const T*>(rows.from);
  for (int64_t row = 0; row < rows.count; row += lanes, in += kWidth * lanes) {
    hn::Vec<decltype(narrow)> x0, x1, x2, x3;
    hn::Vec<decltype(d)> total;
    if constexpr (kWidth == 2) {
      hn::LoadInterleaved2(narrow, in, x0, x1);
      total = Totals::Fold(d, Totals::Fold(d, identity, term(x0)), term(x1));
    } else if constexpr (kWidth == 3) {
      hn::LoadInterleaved3(narrow, in, x0, x1, x2);
      total = Totals::Fold(d, Totals::Fold(d, Totals::Fold(d, identity, term(x0)), term(x2)), term(x1));
    } else {
      hn::LoadInterleaved4(narrow, in, x0, x1, x2, x3);
      const auto even = Totals::Fold(d, Totals::Fold(d, identity, term(x0)), term(x2));
      total = Totals::Fold(d, even, Totals::Fold(d, term(x1), term(x3)));
    }
    hn::StoreU(total, d, totals + row);
  }
}
#endif

// The totals of rows of 1 <= n <= kSequenceBlock elements, for operations with one input.
template <class B, class Op>
HWY_NOINLINE void TotalsOfRows(const Op& op, const Rows& rows, typename Op::Acc* totals) {
  using A = typename Op::Acc;
  const AccTag<A> d;
  const int64_t n = rows.n;
#if HWY_TARGET != HWY_SCALAR
  if (rows.stride == n * static_cast<int64_t>(sizeof(typename Op::In))) {
    if (n == 2) return FlatRows<2>(op, rows, totals);
    if (n == 3) return FlatRows<3>(op, rows, totals);
    if (n == 4) return FlatRows<4>(op, rows, totals);
  }
#endif
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  // Fewer lanes mean fewer steps of the transposition.
  const hn::CappedTag<A, 16 / sizeof(A)> quarter;
  const hn::CappedTag<A, 32 / sizeof(A)> half;
  if (n <= static_cast<int64_t>(hn::Lanes(quarter))) return ShortRows<1>(op, quarter, rows, totals);
  if (n <= static_cast<int64_t>(hn::Lanes(half))) return ShortRows<1>(op, half, rows, totals);
  if (n <= lanes) return ShortRows<1>(op, d, rows, totals);
  if (n <= 2 * lanes) return ShortRows<2>(op, d, rows, totals);
  if (n <= 3 * lanes) return ShortRows<3>(op, d, rows, totals);
  if (n <= 4 * lanes) return ShortRows<4>(op, d, rows, totals);
  LongRows<B>(op, rows, totals);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_ROWS_INL_H_
