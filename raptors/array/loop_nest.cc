// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/loop_nest.h"

#include <stddef.h>

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
  Axis axes[kMaxRank];  // outermost first
  int rank = 0;
  for (int axis = 0; axis < out.ndim(); ++axis) {
    Axis a = {};
    a.extent = out.shape(axis);
    if (a.extent == 1) continue;
    const bool turn = out.stride(axis) < 0;
    for (int k = 0; k < operands_; ++k) {
      const int64_t stride = views[k]->stride(axis);
      if (turn) args_.ptr[k] += (a.extent - 1) * stride;
      a.stride[k] = turn ? -stride : stride;
    }
    // No two axes have the same output stride: the output does not overlap itself.
    int at = rank++;
    for (; at > 0 && axes[at - 1].stride[0] < a.stride[0]; --at) axes[at] = axes[at - 1];
    axes[at] = a;
  }
  if (rank == 0) return;
  const Axis* first = Merge(axes, rank);
  const Axis* const last = &axes[rank - 1];
  args_.extent[1] = last->extent;
  for (int k = 0; k < operands_; ++k) args_.stride[k][1] = last->stride[k];
  if (first != last) {
    const Axis* const chosen = ChooseOuter(first, last, order);
    args_.extent[0] = chosen->extent;
    for (int k = 0; k < operands_; ++k) args_.stride[k][0] = chosen->stride[k];
    if (last - first > 1) {
      for (; first != last; ++first) {
        if (first != chosen) outer_.push_back(*first);
      }
    }
  }
  args_.layout = Classify(args_, operands_, item_size_);
}

// From the innermost axis outwards; what is left are the last ones, from the returned one on.
LoopNest::Axis* LoopNest::Merge(Axis* axes, int rank) const {
  Axis* inner = &axes[rank - 1];
  for (int outer = rank - 1; outer-- > 0;) {
    const Axis& at = axes[outer];
    bool merge = true;
    for (int k = 0; k < operands_; ++k) {
      // Unsigned products: one that wraps belongs to a view that cannot exist.
      const uint64_t end = static_cast<uint64_t>(inner->extent) * static_cast<uint64_t>(inner->stride[k]);
      merge = merge && static_cast<uint64_t>(at.stride[k]) == end;
    }
    if (merge) {
      inner->extent *= at.extent;
    } else {
      *--inner = at;
    }
  }
  return inner;
}

const LoopNest::Axis* LoopNest::ChooseOuter(const Axis* first, const Axis* last, Order order) const {
  const Axis* chosen = last - 1;
  if (order == Order::kOutput) return chosen;
  if (last->stride[0] == item_size_) {
    bool found = false;
    for (int k = 1; k < operands_ && !found; ++k) {
      if (last->stride[k] == item_size_ || last->stride[k] == 0) continue;
      for (const Axis* at = first; at != last && !found; ++at) {
        found = at->stride[k] == item_size_;
        if (found) chosen = at;
      }
    }
  }
  // Many calls of a few elements each would cost more than they compute.
  if (last->extent * chosen->extent <= kSmallBlock) {
    const Axis* longest = chosen;
    for (ptrdiff_t i = last - first; i-- > 0;) {
      if (first[i].extent > longest->extent) longest = &first[i];
    }
    if (longest->extent >= 4 * chosen->extent) chosen = longest;
  }
  return chosen;
}

int64_t LoopNest::calls() const {
  if (size_ == 0) return 0;
  int64_t calls = 1;
  for (const Axis& axis : outer_) calls *= axis.extent;
  return calls;
}

}  // namespace raptors
