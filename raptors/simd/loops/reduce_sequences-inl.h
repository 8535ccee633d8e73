// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The sequence skeleton: each result folds a sequence of elements (docs/reductions.md, Sequences).

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_SEQUENCES_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_SEQUENCES_INL_H_

#include "raptors/simd/loops/reduce_axes-inl.h"
#include "raptors/simd/loops/reduce_rows-inl.h"
#include "raptors/simd/loops/reduce_tree-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Elements of a buffer that sequences are packed into: a whole number of turns of the lanes.
template <class B>
inline constexpr int64_t kPackedElements = 4 * kMostLanes * B::kUnroll;

// The total of a block of n >= 1 consecutive elements. `far`: memory is asked for ahead.
template <class B, class Op>
HWY_NOINLINE typename Op::Acc BlockTotal(const Op& op, const Elements<Op>& in, int64_t n, bool far) {
  using A = typename Op::Acc;
  if constexpr (kLanesInRegisters<B, Op>) {
    const AccTag<A> d;
    return FoldVector<typename Op::Totals>(d, LanesOfRun<B>(op, d, in, n, far));
  } else {
    HWY_ALIGN A totals[kMostLanes + kSlack<A>];
    const int64_t lanes = SequenceLanes<Op>();
    SetIdentity<typename Op::Totals>(totals, lanes + kSlack<A>);
    AddRun<B>(op, totals, in, lanes, 0, n);
    return FoldAllLanes<typename Op::Totals>(totals, lanes, HWY_MIN(lanes, n));
  }
}

// The total of n >= 1 consecutive elements.
template <class B, class Op>
HWY_INLINE typename Op::Acc ConsecutiveTotal(const Op& op, Elements<Op> in, int64_t n, bool far) {
  if (n <= kSequenceBlock) return BlockTotal<B>(op, in, n, far);
  TotalTree<typename Op::Totals> tree;
  for (;;) {
    const int64_t block = HWY_MIN(n, kSequenceBlock);
    tree.Push(BlockTotal<B>(op, in, block, far));
    n -= block;
    if (n == 0) return tree.Pop();
    for (int k = 0; k < Op::kInputs; ++k) in.at[k] += block;
  }
}

// The total of elements begin .. end - 1 of any sequence. `direct`: runs along the last axis can be read in place.
template <class B, class Op>
HWY_NOINLINE typename Op::Acc AnyTotal(const Op& op, const ReduceArgs& args, bool direct) {
  using T = typename Op::In;
  using A = typename Op::Acc;
  HWY_ALIGN A totals[kMostLanes + kSlack<A>];
  HWY_ALIGN T packed[Op::kInputs][kPackedElements<B>];
  const int64_t lanes = SequenceLanes<Op>();
  AxisCursor<Op::kInputs> cursor(args, args.begin);
  TotalTree<typename Op::Totals> tree;
  for (int64_t i = args.begin; i < args.end;) {
    const int64_t block = HWY_MIN(args.end - i, kSequenceBlock);
    SetIdentity<typename Op::Totals>(totals, lanes + kSlack<A>);
    for (int64_t done = 0; done < block;) {
      Elements<Op> in;
      int64_t n;
      if (direct) {
        n = HWY_MIN(block - done, cursor.Run());
        for (int k = 0; k < Op::kInputs; ++k) in.at[k] = reinterpret_cast<const T*>(cursor.at(k));
        cursor.Advance(n);
      } else {
        n = HWY_MIN(block - done, kPackedElements<B>);
        for (int64_t filled = 0; filled < n;) {
          const int64_t run = HWY_MIN(n - filled, cursor.Run());
          for (int k = 0; k < Op::kInputs; ++k) PackElements(cursor.at(k), cursor.step(k), run, packed[k] + filled);
          cursor.Advance(run);
          filled += run;
        }
        for (int k = 0; k < Op::kInputs; ++k) in.at[k] = packed[k];
      }
      AddRun<B>(op, totals, in, lanes, done % lanes, n);
      done += n;
    }
    tree.Push(FoldAllLanes<typename Op::Totals>(totals, lanes, HWY_MIN(lanes, block)));
    i += block;
  }
  return tree.Pop();
}

// The totals of kRowsAtOnce sequences of 1 <= n <= kMostLanes elements `step` bytes apart, which start `stride` bytes
// apart: packed together they are rows.
template <class B, class Op>
HWY_NOINLINE void TotalsOfPacked(const Op& op, const char* from, int64_t stride, int64_t step, int64_t n,
                                 typename Op::Acc* totals) {
  using T = typename Op::In;
  HWY_ALIGN T packed[kRowsAtOnce * kMostLanes];
  PackFew(from, stride, step, kRowsAtOnce, n, packed);
  TotalsOfRows<B>(op, {reinterpret_cast<const char*>(packed), n * int64_t{sizeof(T)}, n, kRowsAtOnce, false}, totals);
}

template <class B, class Op>
HWY_NOINLINE void ReduceSequences(const Op& op, FinishFunction<typename Op::Acc> finish, const ReduceArgs& args) {
  using T = typename Op::In;
  using A = typename Op::Acc;
  const int64_t n = args.end - args.begin;
  const bool direct =
      Aligned<sizeof(typename Op::In), Op::kInputs>(args) && Consecutive<sizeof(typename Op::In), Op::kInputs>(args);
  const bool consecutive = direct && args.num_axes <= 1;
  // Heads and tails of short runs cost more than a copy.
  const bool long_runs = args.num_axes > 0 && args.axes[args.num_axes - 1].extent >= 4 * kMostLanes;

  const bool far = n > kPrefetchFrom / int64_t{sizeof(T)} / args.kept;

  constexpr int64_t kMost = 8 * kRowsAtOnce;
  HWY_ALIGN A totals[kMost];
  ReduceArgs one = args;
  for (int64_t first = 0, count; first < args.kept; first += count) {
    count = HWY_MIN(kMost, args.kept - first);
    if constexpr (!Op::kOfVectors) {
      if (count >= kRowsAtOnce && consecutive && n > 0 && n <= kSequenceBlock) {
        count -= count % kRowsAtOnce;
        const char* from = args.in[0] + args.begin * int64_t{sizeof(T)} + first * args.kept_stride[0];
        TotalsOfRows<B>(op, {from, args.kept_stride[0], n, count, far}, totals);
        StoreTotals(finish, args, totals, first, count);
        continue;
      }
      if (count >= kRowsAtOnce && args.num_axes == 1 && n > 0 && n <= kMostLanes) {
        count = kRowsAtOnce;
        const int64_t step = args.axes[0].stride[0];
        const char* from = args.in[0] + args.begin * step + first * args.kept_stride[0];
        TotalsOfPacked<B>(op, from, args.kept_stride[0], step, n, totals);
        StoreTotals(finish, args, totals, first, count);
        continue;
      }
    }
    for (int64_t j = 0; j < count; ++j) {
      for (int k = 0; k < Op::kInputs; ++k) one.in[k] = args.in[k] + (first + j) * args.kept_stride[k];
      if (n == 0) {
        totals[j] = Op::Totals::Identity();
      } else if (consecutive) {
        Elements<Op> in;
        for (int k = 0; k < Op::kInputs; ++k) in.at[k] = reinterpret_cast<const T*>(one.in[k]) + args.begin;
        totals[j] = ConsecutiveTotal<B>(op, in, n, far);
      } else {
        totals[j] = AnyTotal<B>(op, one, direct && long_runs);
      }
    }
    StoreTotals(finish, args, totals, first, count);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_SEQUENCES_INL_H_
