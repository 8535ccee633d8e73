// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The entry of every reduction kernel: picks the loop skeleton for the call's form.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_INL_H_

#include "raptors/simd/loops/reduce_narrow-inl.h"
#include "raptors/simd/loops/reduce_sequences-inl.h"
#include "raptors/simd/loops/reduce_wide-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// A functor whose result is the total.
template <class Base>
struct TotalIsResult : Base {
  using Result = typename Base::Acc;
  explicit TotalIsResult(const ReduceArgs&) {}

  template <class D>
  HWY_INLINE hn::Vec<D> Finish(D d, hn::Vec<D> total) const {
    return WithCanonicalNaN(d, total);
  }
};

// `finish` turns totals of Op into results: a mean differs from a sum in nothing else.
template <class B, class Op>
HWY_NOINLINE void RunReduce(const Op& op, FinishFunction<typename Op::Acc> finish, const ReduceArgs& args) {
  if (args.stage == ReduceStage::kCombine) return CombineParts<typename Op::Totals>(finish, args);
  if (args.form == ReduceForm::kSequences) return ReduceSequences<B>(op, finish, args);
  if (args.lanes > 0) return ReduceNarrow<B>(op, finish, args);
  ReduceWide<B>(op, finish, args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_INL_H_
