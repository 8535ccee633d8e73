// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The pairwise fold of blocks (step 3 of docs/reductions.md) as a binary counter: a stack holds the totals of 2^k
// blocks for every binary digit of their number. Totals are rows, a tile of columns; a sequence has one column. And the
// last step, from totals to results.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_TREE_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_TREE_INL_H_

#include <string.h>

#include "raptors/simd/loops/reduce_axes-inl.h"
#include "raptors/simd/loops/reduce_lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Rows that the stack of `blocks` blocks needs: one for each binary digit.
HWY_INLINE int64_t Levels(int64_t blocks) {
  int64_t levels = 1;
  while (blocks > 1) {
    blocks /= 2;
    ++levels;
  }
  return levels;
}

template <class Totals>
class BlockTree {
 public:
  using A = typename Totals::Acc;

  // `memory` holds Levels(blocks) * width totals.
  HWY_INLINE BlockTree(A* memory, int64_t width) : top_(memory), width_(width) {}

  // Takes the totals of the next block. Clobbers `totals`.
  HWY_NOINLINE void Push(A* totals) {
    for (uint64_t bits = blocks_++; bits & 1; bits >>= 1) {
      top_ -= width_;
      FoldInto<Totals>(top_, totals, totals, width_);
    }
    memcpy(top_, totals, static_cast<size_t>(width_) * sizeof(A));
    top_ += width_;
  }

  // Folds what is left from the right into `totals`. Precondition: a block was pushed.
  HWY_NOINLINE void Pop(A* totals) {
    top_ -= width_;
    memcpy(totals, top_, static_cast<size_t>(width_) * sizeof(A));
    for (uint64_t bits = blocks_ & (blocks_ - 1); bits != 0; bits &= bits - 1) {
      top_ -= width_;
      FoldInto<Totals>(top_, totals, totals, width_);
    }
  }

 private:
  A* top_;  // the next free row
  int64_t width_;
  uint64_t blocks_ = 0;
};

// As BlockTree, for single totals.
template <class Totals>
class TotalTree {
 public:
  using A = typename Totals::Acc;

  HWY_INLINE void Push(A total) {
    for (uint64_t bits = blocks_++; bits & 1; bits >>= 1) total = FoldTwo(level_[--levels_], total);
    level_[levels_++] = total;
  }

  // Precondition: a block was pushed.
  HWY_INLINE A Pop() {
    A total = level_[--levels_];
    while (levels_ > 0) total = FoldTwo(level_[--levels_], total);
    return total;
  }

 private:
  static HWY_INLINE A FoldTwo(A a, A b) {
    const hn::CappedTag<A, 1> d1;
    return hn::GetLane(Totals::Fold(d1, hn::Set(d1, a), hn::Set(d1, b)));
  }

  A level_[64];
  int levels_ = 0;
  uint64_t blocks_ = 0;
};

// Turns n totals into results of the same size, in place.
template <typename A>
using FinishFunction = void (*)(const ReduceArgs& args, A* totals, int64_t n);

// FinishFunction of a functor with Result and Finish(d, totals).
template <class Functor>
HWY_NOINLINE void FinishTotals(const ReduceArgs& args, typename Functor::Acc* totals, int64_t n) {
  using A = typename Functor::Acc;
  using R = typename Functor::Result;
  static_assert(sizeof(A) == sizeof(R), "results replace totals");
  const Functor functor(args);
  const AccTag<A> d;
  const hn::CappedTag<A, 1> d1;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  R* results = reinterpret_cast<R*>(totals);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(functor.Finish(d, hn::LoadU(d, totals + i)), hn::Rebind<R, decltype(d)>(), results + i);
  }
  for (; i < n; ++i) {
    hn::StoreU(functor.Finish(d1, hn::LoadU(d1, totals + i)), hn::Rebind<R, decltype(d1)>(), results + i);
  }
}

// Stores n totals as results first, first + 1, ...; for kPartial as they are. Clobbers `totals`.
template <typename A>
HWY_NOINLINE void StoreTotals(FinishFunction<A> finish, const ReduceArgs& args, A* totals, int64_t first, int64_t n) {
  if (args.stage != ReduceStage::kPartial) finish(args, totals, n);
  UnpackElements(totals, n, args.out + first * args.out_stride, args.out_stride);
}

// The last stage: parts of a reduction, a row of totals each, are folded as the blocks that they are made of.
template <class Totals>
HWY_NOINLINE void CombineParts(FinishFunction<typename Totals::Acc> finish, const ReduceArgs& args) {
  using A = typename Totals::Acc;
  constexpr int64_t kMost = 256;
  constexpr int64_t kMemory = 64 * 64;
  A totals[kMost];
  A memory[kMemory];
  const int64_t tile = HWY_MIN(kMost, kMemory / Levels(args.end));
  const int64_t part_stride = args.num_axes == 0 ? 0 : args.axes[0].stride[0];
  for (int64_t first = 0; first < args.kept; first += tile) {
    const int64_t columns = HWY_MIN(tile, args.kept - first);
    BlockTree<Totals> tree(memory, columns);
    const char* from = args.in[0] + first * args.kept_stride[0];
    for (int64_t part = 0; part < args.end; ++part) {
      PackElements(from + part * part_stride, args.kept_stride[0], columns, totals);
      tree.Push(totals);
    }
    tree.Pop(totals);
    StoreTotals(finish, args, totals, first, columns);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_TREE_INL_H_
