// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// LoopNest: the loops of an element-wise call over strided operands, in the order that memory likes.
//
// Axes with extent 1 vanish, axes are turned so that the output is walked upwards, sorted by the output's stride (the
// largest outermost), and merged where no operand has a gap between them. The two innermost axes are a kernel's
// (KernelArgs); the nest iterates the others. When an input is contiguous along another axis than the output, the
// kernel gets both of these axes, so that it can transpose tiles in registers. When the two innermost axes are short,
// the kernel gets the innermost and the longest one.
//
//   LoopNest nest = LoopNest::Make(out, x, y);     // shapes equal; broadcast inputs have stride 0
//   nest.args().scalar[0].f32 = 2;
//   nest.ForEach([&](const KernelArgs& args) { kernel(args); });
//
// Complexity: a few nanoseconds when every operand is C-contiguous, else O(rank^2) with rank small; no allocation for
// up to kInlineRank axes.

#ifndef RAPTORS_ARRAY_LOOP_NEST_H_
#define RAPTORS_ARRAY_LOOP_NEST_H_

#include <stdint.h>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "raptors/array/view.h"
#include "raptors/base/kernel_args.h"

namespace raptors {

class LoopNest {
 public:
  // How the kernel's outer axis is chosen.
  enum class Order {
    kBest,    // as above
    kOutput,  // strictly by the output's strides: when they nest, elements come in ascending addresses of the output
  };

  // One iterated axis.
  struct Axis {
    int64_t extent;
    int64_t stride[kMaxOperands];
  };

  // Preconditions: at most kMaxOperands - 1 inputs; every input has the shape and item size of `out`.
  template <typename... Inputs>
  static LoopNest Make(const MutableArrayView& out, const Inputs&... inputs) {
    static_assert(sizeof...(Inputs) < kMaxOperands);
    const ArrayView* const views[] = {&out.view(), &static_cast<const ArrayView&>(inputs)...};
    return LoopNest(views, 1 + sizeof...(Inputs), Order::kBest);
  }
  static LoopNest Make(const MutableArrayView& out, absl::Span<const ArrayView> inputs, Order order = Order::kBest);
  // The same from pointers to all operands, the output first.
  static LoopNest Make(const ArrayView* const* operands, int count) { return LoopNest(operands, count, Order::kBest); }

  // Number of elements of the output. 0: there is nothing to run, and args() has no meaning.
  int64_t size() const { return size_; }
  int operands() const { return operands_; }  // with the output
  int64_t item_size() const { return item_size_; }
  Layout layout() const { return args_.layout; }

  // The first kernel call: pointers at the first element. Its scalars and stream flag are copied into every call.
  KernelArgs& args() { return args_; }
  const KernelArgs& args() const { return args_; }
  // The iterated axes, outermost first; empty when one kernel call does it all.
  absl::Span<const Axis> outer() const { return outer_; }
  // Kernel calls in the whole nest, 0 when it is empty.
  int64_t calls() const;

  // Calls f(const KernelArgs&) for each step of the outer axes, in order.
  template <typename F>
  void ForEach(F&& f) const {
    if (size_ == 0) return;
    if (outer_.empty()) {
      f(args_);
    } else {
      Iterate(f);
    }
  }

 private:
  using Axes = absl::InlinedVector<Axis, kInlineRank>;

  LoopNest(const ArrayView* const* views, int operands, Order order) {
    const ArrayView& out = *views[0];
    operands_ = operands;
    size_ = out.size();
    item_size_ = out.item_size();
    bool contiguous = true;
    for (int k = 0; k < operands; ++k) {
      args_.ptr[k] = static_cast<char*>(const_cast<void*>(views[k]->data()));
      args_.stride[k][0] = 0;
      args_.stride[k][1] = item_size_;
      contiguous = contiguous && views[k]->IsContiguous();
    }
    args_.extent[0] = 1;
    args_.extent[1] = size_;
    args_.layout = Layout::kContiguous;
    args_.stream = false;
    if (!contiguous) Plan(views, order);
  }

  // Fills everything for operands that are not all C-contiguous.
  void Plan(const ArrayView* const* views, Order order);
  Axis* Merge(Axis* axes, int rank) const;
  const Axis* ChooseOuter(const Axis* first, const Axis* last, Order order) const;

  template <typename F>
  void Iterate(F& f) const {
    KernelArgs args = args_;
    absl::InlinedVector<int64_t, kInlineRank> index(outer_.size(), 0);
    for (;;) {
      f(static_cast<const KernelArgs&>(args));
      int axis = static_cast<int>(outer_.size()) - 1;
      for (;; --axis) {
        if (axis < 0) return;
        const Axis& a = outer_[axis];
        if (++index[axis] < a.extent) {
          for (int k = 0; k < operands_; ++k) args.ptr[k] += a.stride[k];
          break;
        }
        index[axis] = 0;
        for (int k = 0; k < operands_; ++k) args.ptr[k] -= (a.extent - 1) * a.stride[k];
      }
    }
  }

  KernelArgs args_;
  int64_t size_;
  int64_t item_size_;
  int operands_;
  Axes outer_;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_LOOP_NEST_H_
