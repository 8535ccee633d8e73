// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/loop_nest.h"

#include <utility>

namespace raptors {
namespace {

// A kernel call of so many elements takes about as long as calling it (Zen 5: 64 elements 10 to 50 ns).
constexpr int64_t kSmallBlock = 64;

}  // namespace

LoopNest LoopNest::Make(const MutableArrayView& out, absl::Span<const ArrayView> inputs, Order order) {
  const ArrayView* views[kMaxOperands] = {&out.view()};
  int operands = 1;
  for (const ArrayView& input : inputs) views[operands++] = &input;
  return LoopNest(views, operands, order);
}

void LoopNest::Plan(const ArrayView* const* views, Order order) {
  if (size_ == 0) return;
  const ArrayView& out = *views[0];
  Axes& axes = outer_;  // outermost first; the kernel's two leave it at the end
  for (int axis = 0; axis < out.ndim(); ++axis) {
    Axis a;
    a.extent = out.shape(axis);
    if (a.extent == 1) continue;
    const bool turn = out.stride(axis) < 0;
    for (int k = 0; k < operands_; ++k) {
      const int64_t stride = views[k]->stride(axis);
      if (turn) args_.ptr[k] += (a.extent - 1) * stride;
      a.stride[k] = turn ? -stride : stride;
    }
    // No two axes have the same output stride: the output does not overlap itself.
    size_t at = axes.size();
    axes.push_back(a);
    for (; at > 0 && axes[at - 1].stride[0] < a.stride[0]; --at) axes[at] = axes[at - 1];
    axes[at] = a;
  }
  if (axes.empty()) return;

  // Merge from the innermost outwards. Unsigned products: one that wraps belongs to a view that cannot exist.
  size_t inner = axes.size() - 1;
  for (size_t at = inner; at-- > 0;) {
    bool merge = true;
    for (int k = 0; k < operands_; ++k) {
      const uint64_t end = static_cast<uint64_t>(axes[inner].extent) * static_cast<uint64_t>(axes[inner].stride[k]);
      merge = merge && static_cast<uint64_t>(axes[at].stride[k]) == end;
    }
    if (merge) {
      axes[inner].extent *= axes[at].extent;
    } else {
      axes[--inner] = axes[at];
    }
  }
  axes.erase(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(inner));

  const Axis last = axes.back();
  axes.pop_back();
  args_.extent[1] = last.extent;
  for (int k = 0; k < operands_; ++k) args_.stride[k][1] = last.stride[k];
  if (!axes.empty()) {
    size_t chosen = axes.size() - 1;
    if (order == Order::kBest && last.stride[0] == item_size_) {
      bool found = false;
      for (int k = 1; k < operands_ && !found; ++k) {
        if (last.stride[k] == item_size_ || last.stride[k] == 0) continue;
        for (size_t at = 0; at < axes.size() && !found; ++at) {
          found = axes[at].stride[k] == item_size_;
          if (found) chosen = at;
        }
      }
    }
    // Many calls of a few elements each would cost more than they compute.
    if (order == Order::kBest && last.extent * axes[chosen].extent <= kSmallBlock) {
      size_t longest = chosen;
      for (size_t at = axes.size(); at-- > 0;) {
        if (axes[at].extent > axes[longest].extent) longest = at;
      }
      if (axes[longest].extent >= 4 * axes[chosen].extent) chosen = longest;
    }
    args_.extent[0] = axes[chosen].extent;
    for (int k = 0; k < operands_; ++k) args_.stride[k][0] = axes[chosen].stride[k];
    axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  args_.layout = Classify(args_, operands_, item_size_);
}

int64_t LoopNest::calls() const {
  if (size_ == 0) return 0;
  int64_t calls = 1;
  for (const Axis& axis : outer_) calls *= axis.extent;
  return calls;
}

}  // namespace raptors
