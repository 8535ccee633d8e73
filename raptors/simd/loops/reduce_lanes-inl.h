// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Lanes of accumulators: elements are dealt to them in turn, then they are folded by halving (docs/reductions.md).
//
// Accumulators live in memory, in arrays whose length (the period) is a whole number of cache lines, and are brought
// into a few named registers for as many steps as there are. A level whose registers cannot hold a period goes over the
// elements several times, a piece at a time that stays in the L1 cache: each time other cache lines or parts of them.
// Named, because vectors of SVE have no size and so there are no arrays of them.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_LANES_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_LANES_INL_H_

#include "raptors/simd/loops/reduce_op-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Sequences of more bytes than kPrefetchFrom ask for one cache line out of four, kPrefetchAhead before it is loaded.
// Measured on an EPYC with 1 MiB of level-2 cache, sums of float32 in huge pages: 4 MB (in level 3) 43 -> 35 us, 64 MB
// 1.75 -> 1.61 ms, 16 MB even; but 1 MB (in level 2) 6.5 -> 7.6 us. Of columns, which are read eight rows at a time, it
// makes slower ones.
inline constexpr int64_t kPrefetchFrom = int64_t{3} << 19;
inline constexpr int64_t kPrefetchAhead = 4096;

// Accumulators behind the last one that vectors may touch: arrays of them have that many more, equal to the identity.
template <typename A>
inline constexpr int64_t kSlack = 64 / sizeof(A);

template <class Totals, typename A = typename Totals::Acc>
HWY_NOINLINE void SetIdentity(A* totals, int64_t n) {
  const AccTag<A> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto identity = hn::Set(d, Totals::Identity());
  for (int64_t i = 0; i < n; i += lanes) hn::StoreU(identity, d, totals + i);  // into the slack at most
}

// totals[i] = fold(left[i], right[i]) for i < n. Touches nothing else: what lies behind may be other totals.
template <class Totals, typename A = typename Totals::Acc>
HWY_NOINLINE void FoldInto(const A* left, const A* right, A* totals, int64_t n) {
  const AccTag<A> d;
  const hn::CappedTag<A, 1> d1;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(Totals::Fold(d, hn::LoadU(d, left + i), hn::LoadU(d, right + i)), d, totals + i);
  }
  for (; i < n; ++i) hn::StoreU(Totals::Fold(d1, hn::LoadU(d1, left + i), hn::LoadU(d1, right + i)), d1, totals + i);
}

// Steps of kVectors vectors, from accumulators at totals[0] on and elements at in[0], in[period], in[2 * period], ...
template <int kVectors, class Op>
HWY_INLINE void AddVectors(const Op& op, typename Op::Acc* totals, Elements<Op> in, int64_t period, int64_t steps) {
  const AccTag<typename Op::Acc> d;
  using V = hn::Vec<decltype(d)>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto load = [&](int k) HWY_ATTR { return kVectors > k ? hn::LoadU(d, totals + k * lanes) : hn::Zero(d); };
  V t0 = load(0), t1 = load(1), t2 = load(2), t3 = load(3), t4 = load(4), t5 = load(5), t6 = load(6), t7 = load(7);
  int64_t i = 0;
  for (int64_t step = 0; step < steps; ++step, i += period) {
    t0 = Op::Totals::Fold(d, t0, LoadTerm(op, d, in, i));
    if constexpr (kVectors >= 2) t1 = Op::Totals::Fold(d, t1, LoadTerm(op, d, in, i + lanes));
    if constexpr (kVectors >= 4) {
      t2 = Op::Totals::Fold(d, t2, LoadTerm(op, d, in, i + 2 * lanes));
      t3 = Op::Totals::Fold(d, t3, LoadTerm(op, d, in, i + 3 * lanes));
    }
    if constexpr (kVectors >= 8) {
      t4 = Op::Totals::Fold(d, t4, LoadTerm(op, d, in, i + 4 * lanes));
      t5 = Op::Totals::Fold(d, t5, LoadTerm(op, d, in, i + 5 * lanes));
      t6 = Op::Totals::Fold(d, t6, LoadTerm(op, d, in, i + 6 * lanes));
      t7 = Op::Totals::Fold(d, t7, LoadTerm(op, d, in, i + 7 * lanes));
    }
  }
  hn::StoreU(t0, d, totals);
  if constexpr (kVectors >= 2) hn::StoreU(t1, d, totals + lanes);
  if constexpr (kVectors >= 4) {
    hn::StoreU(t2, d, totals + 2 * lanes);
    hn::StoreU(t3, d, totals + 3 * lanes);
  }
  if constexpr (kVectors >= 8) {
    hn::StoreU(t4, d, totals + 4 * lanes);
    hn::StoreU(t5, d, totals + 5 * lanes);
    hn::StoreU(t6, d, totals + 6 * lanes);
    hn::StoreU(t7, d, totals + 7 * lanes);
  }
}

// The same for extremes, one vector of accumulators: eight steps at a time hide every latency.
template <class Op>
HWY_INLINE void GatherVector(typename Op::Acc* totals, const typename Op::In* in, int64_t period, int64_t steps) {
  const AccTag<typename Op::Acc> d;
  const auto load = [&](int64_t k) HWY_ATTR { return hn::LoadU(d, in + k * period); };
  auto total = hn::LoadU(d, totals);
  auto best = total;
  auto signs = total;
  auto nan = hn::MaskFalse(d);
  int64_t step = 0;
  for (; step + 8 <= steps; step += 8, in += 8 * period) {
    Op::Gather(d, load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7), best, nan, signs);
  }
  if constexpr (hwy::IsFloat<typename Op::Acc>()) {
    total = hn::IfThenElse(hn::IsNaN(total), total, Op::Settle(d, best, nan, signs));
  } else {
    total = best;
  }
  for (; step < steps; ++step, in += period) total = Op::Totals::Fold(d, total, load(0));
  hn::StoreU(total, d, totals);
}

// Deals steps * period elements to the `period` accumulators.
template <class B, class Op>
HWY_INLINE void AddSteps(const Op& op, typename Op::Acc* totals, const Elements<Op>& in, int64_t period,
                         int64_t steps) {
  constexpr int kMost = B::kUnroll >= 4 ? 8 : 2;
  constexpr int64_t kPieceBytes = B::kUnroll * 2048;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(AccTag<typename Op::Acc>()));
  // Steps that all accumulators make before the next ones are made: as many as stay in the L1 cache.
  const bool once = Op::kExtreme ? period == lanes : period == kMost * lanes || (period == 4 * lanes && kMost > 4);
  const int64_t row_bytes = period * static_cast<int64_t>(sizeof(typename Op::In)) * Op::kInputs;
  const int64_t piece = once ? steps : HWY_MAX(int64_t{1}, kPieceBytes / row_bytes);
  const auto at = [&](int64_t i) HWY_ATTR {
    Elements<Op> moved = in;
    for (int k = 0; k < Op::kInputs; ++k) moved.at[k] += i;
    return moved;
  };
  for (int64_t step = 0; step < steps; step += piece) {
    const int64_t n = HWY_MIN(piece, steps - step);
    int64_t j = 0;
    if constexpr (Op::kExtreme) {
      for (; j < period; j += lanes) GatherVector<Op>(totals + j, in.at[0] + step * period + j, period, n);
    } else {
      if constexpr (kMost >= 8) {
        for (; j + 8 * lanes <= period; j += 8 * lanes) {
          AddVectors<8>(op, totals + j, at(step * period + j), period, n);
        }
        if (j + 4 * lanes <= period) {
          AddVectors<4>(op, totals + j, at(step * period + j), period, n);
          j += 4 * lanes;
        }
      }
      for (; j + 2 * lanes <= period; j += 2 * lanes) {
        AddVectors<2>(op, totals + j, at(step * period + j), period, n);
      }
      if (j < period) AddVectors<1>(op, totals + j, at(step * period + j), period, n);
    }
  }
}

// Folds element i into totals[i], i < n. The accumulators behind them get the term of Fill(), which changes nothing.
template <class Op>
HWY_INLINE void AddPart(const Op& op, typename Op::Acc* totals, const Elements<Op>& in, int64_t n) {
  const AccTag<typename Op::Acc> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(Op::Totals::Fold(d, hn::LoadU(d, totals + i), LoadTerm(op, d, in, i)), d, totals + i);
  }
  if (i < n) {
    hn::StoreU(Op::Totals::Fold(d, hn::LoadU(d, totals + i), LoadTermN(op, d, in, i, n - i)), d, totals + i);
  }
}

// Deals n consecutive elements to `period` accumulators; the first one goes to number `first`.
template <class B, class Op>
HWY_NOINLINE void AddRun(const Op& op, typename Op::Acc* totals, Elements<Op> in, int64_t period, int64_t first,
                         int64_t n) {
  if (first != 0) {
    const int64_t head = HWY_MIN(n, period - first);
    AddPart(op, totals + first, in, head);
    for (int k = 0; k < Op::kInputs; ++k) in.at[k] += head;
    n -= head;
  }
  const int64_t steps = n / period;
  if (steps > 0) {
    AddSteps<B>(op, totals, in, period, steps);
    for (int k = 0; k < Op::kInputs; ++k) in.at[k] += steps * period;
    n -= steps * period;
  }
  if (n > 0) AddPart(op, totals, in, n);
}

// Folds lanes of `width` totals by halving, until `down_to` lanes are left. Only the first `used` ones are not the
// identity, and folding that into a total changes nothing. `lanes` and `down_to` are powers of two.
template <class Totals>
HWY_NOINLINE void FoldLanes(typename Totals::Acc* totals, int64_t width, int64_t lanes, int64_t used, int64_t down_to) {
  for (int64_t half = lanes / 2; half >= down_to; half /= 2) {
    if (half >= used) continue;
    FoldInto<Totals>(totals, totals + half * width, totals, HWY_MIN(half, used - half) * width);
    used = half;
  }
}

// Folds the lanes of one vector by halving.
template <class Totals, class D>
HWY_INLINE typename Totals::Acc FoldVector(D d, hn::Vec<D> v) {
#if HWY_TARGET == HWY_SCALAR
  (void)d;
  return hn::GetLane(v);
#elif HWY_HAVE_SCALABLE
  typename Totals::Acc lane[HWY_MAX_BYTES / sizeof(typename Totals::Acc)];
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::StoreU(v, d, lane);
  FoldLanes<Totals>(lane, 1, lanes, lanes, 1);
  return lane[0];
#else
  constexpr size_t kBytes = HWY_MAX_LANES_D(D) * sizeof(typename Totals::Acc);
  if constexpr (kBytes > 16) {
    const hn::Half<D> half;
    return FoldVector<Totals>(half, Totals::Fold(half, hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  } else {
    // Not halves of 16 bytes: what then lies in the other half of the register would raise flags. All lanes compute.
    if constexpr (HWY_MAX_LANES_D(D) == 4) v = Totals::Fold(d, v, hn::Shuffle1032(v));
    if constexpr (HWY_MAX_LANES_D(D) >= 2) v = Totals::Fold(d, v, hn::Reverse2(d, v));
    return hn::GetLane(v);
  }
#endif
}

// Folds lanes of single totals by halving. Precondition as for FoldLanes().
template <class Totals>
HWY_NOINLINE typename Totals::Acc FoldAllLanes(typename Totals::Acc* totals, int64_t lanes, int64_t used) {
  const AccTag<typename Totals::Acc> d;
  FoldLanes<Totals>(totals, 1, lanes, used, static_cast<int64_t>(hn::Lanes(d)));
  return FoldVector<Totals>(d, hn::LoadU(d, totals));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_LANES_INL_H_
