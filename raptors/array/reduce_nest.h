// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// ReduceNest: the loops of a reduction over strided inputs. It decides what docs/reductions.md calls the form of a
// reduction and the order of its elements, which fix every bit of the result, and, within that freedom, the order of
// the kept axes that memory likes.
//
// Axes with extent 1 vanish. The others are sorted by the size of the first input's stride, the largest outermost; axes
// with stride 0 keep their place. If the last one is reduced, each output folds a sequence of elements
// (ReduceForm::kSequences), else rows are folded into one row (kColumns). Reduced axes are merged where no input has a
// gap between them, which keeps their order. Kept axes are turned so that the first input is walked upwards and merged
// where no operand has a gap; one of them is the kernel's (ReduceArgs::kept), the nest iterates the others.
//
//   ReduceNest nest = ReduceNest::Make(x, /*reduced=*/0b01, out);   // axis 0 is reduced
//   nest.set_scalar(count);
//   nest.ForEachStep(0, nest.steps(), [&](const ReduceArgs& args) { kernel(args); });
//
// Complexity: a few nanoseconds for one axis of a matrix, else O(rank^2) with rank small; no allocation for up to
// kInlineRank axes.

#ifndef RAPTORS_ARRAY_REDUCE_NEST_H_
#define RAPTORS_ARRAY_REDUCE_NEST_H_

#include <stdint.h>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "raptors/array/view.h"
#include "raptors/base/choice.h"
#include "raptors/base/reduce_args.h"

namespace raptors {

class ReduceNest {
 public:
  // A kept axis that the nest iterates.
  struct Axis {
    int64_t extent;
    int64_t stride[2];  // of the inputs
    int64_t out_stride;
  };

  // Bit k of `reduced`: axis k of x is reduced. Precondition: `out` has the shape of x without the reduced axes or, if
  // it has as many axes as x, with extents of 1 in their place. Any dtype of the output.
  static ReduceNest Make(const ArrayView& x, uint64_t reduced, const MutableArrayView& out) {
    const ArrayView* const views[] = {&x};
    return ReduceNest(views, 1, reduced, out);
  }
  // Two inputs of one shape and item size, all axes reduced.
  static ReduceNest MakeFull(const ArrayView& x, const ArrayView& y, const MutableArrayView& out) {
    const ArrayView* const views[] = {&x, &y};
    return ReduceNest(views, 2, ~uint64_t{0}, out);
  }

  int64_t size() const { return size_; }        // elements of an input
  int64_t outputs() const { return outputs_; }  // results
  int64_t folded() const { return folded_; }    // elements of the sequence, or rows, that each result is folded from
  int inputs() const { return inputs_; }
  int64_t item_size() const { return item_size_; }
  int64_t out_item_size() const { return out_item_size_; }

  // The following have a meaning if size() > 0 only; otherwise there is nothing to run.
  ReduceForm form() const { return args_.form; }
  Layout layout() const { return layout_; }
  absl::Span<const ReduceAxis> reduced_axes() const { return reduced_; }
  // Extent of the innermost axis of a kernel call: reduced for kSequences, kept for kColumns.
  int64_t inner() const { return args_.form == ReduceForm::kColumns ? args_.kept : reduced_.back().extent; }
  absl::Span<const Axis> outer() const { return outer_; }  // outermost first
  // Kernel calls in the whole nest: the product of the extents of outer().
  int64_t steps() const { return steps_; }

  // Sets the scalar of every kernel call.
  void set_scalar(const KernelScalar& scalar) { args_.scalar = scalar; }
  // The kernel call of one step, of stage kWhole. ReduceArgs::axes points into the nest, which must outlive it.
  // Precondition: 0 <= step < steps().
  ReduceArgs Args(int64_t step) const;

  // Calls f(const ReduceArgs&) for the steps begin <= i < end of the outer axes, in order.
  template <typename F>
  void ForEachStep(int64_t begin, int64_t end, F&& f) const {
    if (begin >= end) return;
    if (outer_.empty()) {
      ReduceArgs args = args_;
      args.axes = reduced_.data();
      f(static_cast<const ReduceArgs&>(args));
      return;
    }
    Cursor cursor(*this, begin);
    for (int64_t i = begin;;) {
      f(static_cast<const ReduceArgs&>(cursor.args));
      if (++i == end) return;
      cursor.Next();
    }
  }

 private:
  // Position in the outer axes.
  struct Cursor {
    Cursor(const ReduceNest& nest, int64_t step);
    void Next();

    const ReduceNest& nest;
    absl::InlinedVector<int64_t, kInlineRank> index;
    ReduceArgs args;
  };

  ReduceNest(const ArrayView* const* views, int inputs, uint64_t reduced, const MutableArrayView& out) {
    const ArrayView& x = *views[0];
    inputs_ = inputs;
    size_ = x.size();
    outputs_ = out.size();
    item_size_ = x.item_size();
    out_item_size_ = out.item_size();
    args_.stage = ReduceStage::kWhole;
    args_.scalar = {};
    for (int k = 0; k < inputs; ++k) args_.in[k] = static_cast<const char*>(views[k]->data());
    args_.out = static_cast<char*>(out.data());
    if (inputs > 1 || !PlanMatrix(x, reduced, out)) Plan(views, reduced, out);
  }

  // What Plan() makes of a matrix and one of its axes, at a fraction of the cost. False for all else: nothing is done.
  bool PlanMatrix(const ArrayView& x, uint64_t reduced, const MutableArrayView& out);
  void Plan(const ArrayView* const* views, uint64_t reduced, const MutableArrayView& out);
  void OwnKept(const Axis& axis) {
    args_.kept = axis.extent;
    args_.kept_stride[0] = axis.stride[0];
    args_.kept_stride[1] = axis.stride[1];
    args_.out_stride = axis.out_stride;
  }
  void Finish() {
    args_.num_axes = static_cast<int>(reduced_.size());
    args_.begin = 0;
    args_.end = folded_;
    steps_ = 1;
    for (const Axis& axis : outer_) steps_ *= axis.extent;
    layout_ = Classify();
  }
  Layout Classify() const;

  ReduceArgs args_;  // without `axes`, which would point into a nest that was moved
  int64_t size_;
  int64_t outputs_;
  int64_t folded_;
  int64_t item_size_;
  int64_t out_item_size_;
  int64_t steps_;
  int inputs_;
  Layout layout_;
  absl::InlinedVector<ReduceAxis, kInlineRank> reduced_;
  absl::InlinedVector<Axis, kInlineRank> outer_;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_REDUCE_NEST_H_
