// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduce_nest.h"

#include <cstddef>
#include <utility>

#include "raptors/base/kernel_args.h"

namespace raptors {
namespace {

// An axis of the inputs on its way into the nest.
struct Loop {
  ReduceNest::Axis axis;
  bool reduced;
};
using Loops = absl::InlinedVector<Loop, kInlineRank>;
using Axes = absl::InlinedVector<ReduceNest::Axis, kInlineRank>;

uint64_t Magnitude(int64_t stride) {
  return stride < 0 ? uint64_t{0} - static_cast<uint64_t>(stride) : static_cast<uint64_t>(stride);
}

// Stable insertion sort by the size of the first input's stride, descending; zero strides stay where they are.
void SortByStride(Loops& loops) {
  for (size_t i = 1; i < loops.size(); ++i) {
    if (loops[i].axis.stride[0] == 0) continue;
    size_t at = i;
    for (size_t before = i; before-- > 0;) {
      if (loops[before].axis.stride[0] == 0) continue;
      if (Magnitude(loops[before].axis.stride[0]) >= Magnitude(loops[at].axis.stride[0])) break;
      std::swap(loops[before], loops[at]);
      at = before;
    }
  }
}

// Whether a step along an outer axis is what an inner axis reaches. Unsigned: a product that wraps belongs to a view
// that cannot exist.
bool Continues(int64_t outer_stride, int64_t inner_extent, int64_t inner_stride) {
  return static_cast<uint64_t>(outer_stride) ==
         static_cast<uint64_t>(inner_extent) * static_cast<uint64_t>(inner_stride);
}

// Merges neighbours, `merges(outer, inner)` permitting, from the innermost outwards.
template <typename Axes, typename Merges>
void Coalesce(Axes& axes, Merges merges) {
  if (axes.empty()) return;
  size_t inner = axes.size() - 1;
  for (size_t at = inner; at-- > 0;) {
    if (merges(axes[at], axes[inner])) {
      axes[inner].extent *= axes[at].extent;
    } else {
      axes[--inner] = axes[at];
    }
  }
  axes.erase(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(inner));
}

}  // namespace

bool ReduceNest::PlanMatrix(const ArrayView& x, uint64_t reduced, const MutableArrayView& out) {
  if (x.ndim() != 2 || (reduced != 1 && reduced != 2)) return false;
  const int gone = reduced == 1 ? 0 : 1, stays = 1 - gone;
  const int64_t gone_stride = x.stride(gone), stays_stride = x.stride(stays);
  if (x.shape(0) < 2 || x.shape(1) < 2 || gone_stride <= 0 || stays_stride <= 0 || gone_stride == stays_stride) {
    return false;
  }
  const bool columns = stays_stride < gone_stride;
  args_.form = columns ? ReduceForm::kColumns : ReduceForm::kSequences;
  args_.lanes = columns ? RowLanes(x.shape(stays) * item_size_) : 0;
  folded_ = x.shape(gone);
  reduced_.push_back({folded_, {gone_stride, 0}});
  OwnKept({x.shape(stays), {stays_stride, 0}, out.stride(out.ndim() == 2 ? stays : 0)});
  Finish();
  return true;
}

void ReduceNest::Plan(const ArrayView* const* views, uint64_t reduced, const MutableArrayView& out) {
  const ArrayView& x = *views[0];
  const bool keepdims = out.ndim() == x.ndim();
  Loops loops;
  folded_ = 1;
  int out_axis = 0;
  for (int axis = 0; axis < x.ndim(); ++axis) {
    Loop loop;
    loop.reduced = ((reduced >> axis) & 1) != 0;
    loop.axis.extent = x.shape(axis);
    for (int k = 0; k < inputs_; ++k) loop.axis.stride[k] = views[k]->stride(axis);
    if (inputs_ == 1) loop.axis.stride[1] = 0;
    loop.axis.out_stride = loop.reduced ? 0 : out.stride(out_axis);
    out_axis += keepdims || !loop.reduced;
    if (loop.reduced) folded_ *= loop.axis.extent;
    if (loop.axis.extent != 1) loops.push_back(loop);
  }
  if (size_ == 0) return;
  SortByStride(loops);

  const bool columns = !loops.empty() && !loops.back().reduced;
  args_.form = columns ? ReduceForm::kColumns : ReduceForm::kSequences;
  int64_t row = 1;  // elements of the trailing kept axes
  size_t trailing = loops.size();
  for (; trailing > 0 && !loops[trailing - 1].reduced; --trailing) row *= loops[trailing - 1].axis.extent;
  args_.lanes = columns ? RowLanes(row * item_size_) : 0;

  // Of kColumns the trailing kept axes stay apart from the others: they are the row that `lanes` speaks of.
  Axes row_axes;
  for (size_t i = 0; i < loops.size(); ++i) {
    Axis& axis = loops[i].axis;
    if (loops[i].reduced) {
      reduced_.push_back({axis.extent, {axis.stride[0], axis.stride[1]}});
      continue;
    }
    if (axis.stride[0] < 0 || (axis.stride[0] == 0 && axis.out_stride < 0)) {
      for (int k = 0; k < inputs_; ++k) {
        args_.in[k] += (axis.extent - 1) * axis.stride[k];
        axis.stride[k] = -axis.stride[k];
      }
      args_.out += (axis.extent - 1) * axis.out_stride;
      axis.out_stride = -axis.out_stride;
    }
    (columns && i >= trailing ? row_axes : outer_).push_back(axis);
  }
  Coalesce(reduced_, [](const ReduceAxis& outer, const ReduceAxis& inner) {
    return Continues(outer.stride[0], inner.extent, inner.stride[0]) &&
           Continues(outer.stride[1], inner.extent, inner.stride[1]);
  });
  const auto kept_continues = [](const Axis& outer, const Axis& inner) {
    return Continues(outer.stride[0], inner.extent, inner.stride[0]) &&
           Continues(outer.stride[1], inner.extent, inner.stride[1]) &&
           Continues(outer.out_stride, inner.extent, inner.out_stride);
  };
  Coalesce(row_axes, kept_continues);
  Coalesce(outer_, kept_continues);
  const size_t candidates = columns ? row_axes.size() : outer_.size();
  outer_.insert(outer_.end(), row_axes.begin(), row_axes.end());

  if (reduced_.empty()) reduced_.push_back({1, {0, 0}});
  if (outer_.empty()) {
    OwnKept({1, {0, 0}, 0});
  } else {
    // The innermost, unless it is so short that calls would cost more than jumps in memory.
    size_t chosen = outer_.size() - 1;
    if (outer_[chosen].extent <= kNarrowExtent) {
      for (size_t at = outer_.size() - 1; at-- > outer_.size() - candidates;) {
        if (outer_[at].extent > outer_[chosen].extent) chosen = at;
      }
    }
    OwnKept(outer_[chosen]);
    outer_.erase(outer_.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  Finish();
}

Layout ReduceNest::Classify() const {
  const ReduceAxis& inner = reduced_.back();
  if (args_.form == ReduceForm::kColumns) {
    if (args_.kept_stride[0] != item_size_) return Layout::kStrided;
    return args_.kept <= kNarrowExtent ? Layout::kNarrow : Layout::kColumns;
  }
  const bool contiguous =
      inner.extent == 1 || (inner.stride[0] == item_size_ && (inputs_ == 1 || inner.stride[1] == item_size_));
  if (!contiguous) return Layout::kStrided;
  if (reduced_.size() == 1 && outputs_ == 1) return Layout::kContiguous;
  return inner.extent <= kNarrowExtent ? Layout::kNarrow : Layout::kRows;
}

ReduceArgs ReduceNest::Args(int64_t step) const { return Cursor(*this, step).args; }

ReduceNest::Cursor::Cursor(const ReduceNest& from, int64_t step)
    : nest(from), index(from.outer_.size()), args(from.args_) {
  args.axes = nest.reduced_.data();
  for (size_t at = index.size(); at-- > 0;) {
    const Axis& axis = nest.outer_[at];
    index[at] = step % axis.extent;
    step /= axis.extent;
    for (int k = 0; k < nest.inputs_; ++k) args.in[k] += index[at] * axis.stride[k];
    args.out += index[at] * axis.out_stride;
  }
}

void ReduceNest::Cursor::Next() {
  for (size_t at = index.size(); at-- > 0;) {
    const Axis& axis = nest.outer_[at];
    if (++index[at] < axis.extent) {
      for (int k = 0; k < nest.inputs_; ++k) args.in[k] += axis.stride[k];
      args.out += axis.out_stride;
      return;
    }
    index[at] = 0;
    for (int k = 0; k < nest.inputs_; ++k) args.in[k] -= (axis.extent - 1) * axis.stride[k];
    args.out -= (axis.extent - 1) * axis.out_stride;
  }
}

}  // namespace raptors
