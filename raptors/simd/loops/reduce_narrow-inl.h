// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The narrow column skeleton: rows of a few elements are dealt to lanes of as many accumulators (docs/reductions.md,
// Columns). Where rows lie one behind the other, one round of lanes is a number of whole cache lines, and the loop is
// that of a sequence.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_NARROW_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_NARROW_INL_H_

#include "raptors/simd/loops/reduce_axes-inl.h"
#include "raptors/simd/loops/reduce_tree-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

inline constexpr int64_t kNarrowItems = 8;     // more than a narrow row has
inline constexpr int64_t kNarrowPeriod = 128;  // lanes * items, at most
static_assert(RowLanes(4) == 64 && RowLanes(28) * 7 <= kNarrowPeriod && RowLanes(32) == 0, "the sizes of RowLanes()");

template <class B, class Op>
HWY_NOINLINE void ReduceNarrow(const Op& op, FinishFunction<typename Op::Acc> finish, const ReduceArgs& args) {
  using T = typename Op::In;
  using A = typename Op::Acc;
  const int64_t width = args.kept;
  const int64_t lanes = args.lanes;
  const int64_t period = lanes * width;
  // Whether rows lie one behind the other, for long enough not to be worth a copy.
  bool flat = Aligned<sizeof(typename Op::In), Op::kInputs>(args) && args.num_axes > 0;
  for (int k = 0; k < Op::kInputs && flat; ++k) {
    const ReduceAxis& last = args.axes[args.num_axes - 1];
    flat = last.stride[k] == width * int64_t{sizeof(T)} && (width == 1 || args.kept_stride[k] == int64_t{sizeof(T)}) &&
           (args.num_axes == 1 || last.extent >= 4 * lanes);
  }

  HWY_ALIGN A totals[kNarrowPeriod + kSlack<A>];
  A tree_memory[64 * kNarrowItems];
  constexpr int64_t kPacked = 8 * kNarrowPeriod;
  HWY_ALIGN T packed[Op::kInputs][kPacked];
  const int64_t packed_rows = kPacked / period * lanes;
  AxisCursor<Op::kInputs> cursor(args, args.begin);
  BlockTree<typename Op::Totals> tree(tree_memory, width);

  SetIdentity<typename Op::Totals>(totals, period + kSlack<A>);
  for (int64_t row = args.begin; row < args.end;) {
    const int64_t block = HWY_MIN(args.end - row, BlockRows(args.lanes));
    SetIdentity<typename Op::Totals>(totals, period + kSlack<A>);
    for (int64_t done = 0; done < block;) {
      Elements<Op> in;
      int64_t n;
      if (flat) {
        n = HWY_MIN(block - done, cursor.Run());
        for (int k = 0; k < Op::kInputs; ++k) in.at[k] = reinterpret_cast<const T*>(cursor.at(k));
        cursor.Advance(n);
      } else {
        n = HWY_MIN(block - done, packed_rows);
        for (int64_t filled = 0; filled < n;) {
          const int64_t run = HWY_MIN(n - filled, cursor.Run());
          for (int k = 0; k < Op::kInputs; ++k) {
            PackFew(cursor.at(k), cursor.step(k), args.kept_stride[k], run, width, packed[k] + filled * width);
          }
          cursor.Advance(run);
          filled += run;
        }
        for (int k = 0; k < Op::kInputs; ++k) in.at[k] = packed[k];
      }
      AddRun<B>(op, totals, in, period, done % lanes * width, n * width);
      done += n;
    }
    FoldLanes<typename Op::Totals>(totals, width, lanes, HWY_MIN(lanes, block), 1);
    tree.Push(totals);
    row += block;
  }
  if (args.begin < args.end) tree.Pop(totals);
  StoreTotals(finish, args, totals, 0, width);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_NARROW_INL_H_
