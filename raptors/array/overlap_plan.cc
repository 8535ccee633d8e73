// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/overlap_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "raptors/array/allocator.h"
#include "raptors/array/overlap.h"
#include "raptors/array/tile_grid.h"

namespace raptors {
namespace {

bool Shifted(Overlap overlap) { return overlap == Overlap::kPiecesForward || overlap == Overlap::kPiecesBackward; }

bool EqualStrides(const ArrayView& a, const ArrayView& b) {
  for (int axis = 0; axis < a.ndim(); ++axis) {
    if (a.shape(axis) > 1 && a.stride(axis) != b.stride(axis)) return false;
  }
  return true;
}

// Addresses that operand k of a kernel call touches.
AddressRange BoundsOf(const KernelArgs& args, int k, int64_t item_size) {
  auto begin = reinterpret_cast<uintptr_t>(args.ptr[k]);
  uintptr_t end = begin + static_cast<uintptr_t>(item_size);
  for (int axis = 0; axis < 2; ++axis) {
    const int64_t reach = (args.extent[axis] - 1) * args.stride[k][axis];
    (reach < 0 ? begin : end) += static_cast<uintptr_t>(reach);
  }
  return {begin, end};
}

}  // namespace

Overlap ClassifyOverlap(const MutableArrayView& out, const ArrayView& in) {
  if (!MayOverlap(out, in)) return Overlap::kNone;
  if (SameView(out, in)) return Overlap::kInPlace;
  if (!Overlaps(out, in)) return Overlap::kNone;
  // Where addresses ascend with the index and the input is ahead by a constant, a store at index i cannot reach the
  // input at an index above i; where the input is behind, none below i.
  if (!EqualStrides(out, in) || !StridesNest(out.shape(), out.strides(), out.item_size())) return Overlap::kCopy;
  return reinterpret_cast<uintptr_t>(in.data()) > reinterpret_cast<uintptr_t>(out.data()) ? Overlap::kPiecesForward
                                                                                          : Overlap::kPiecesBackward;
}

OverlapPlan OverlapPlan::Make(const MutableArrayView& out, absl::Span<const ArrayView> inputs) {
  OverlapPlan plan;
  for (size_t k = 0; k < inputs.size(); ++k) {
    Overlap overlap = ClassifyOverlap(out, inputs[k]);
    if (Shifted(overlap)) {
      if (plan.order_ == Overlap::kNone) plan.order_ = overlap;
      if (plan.order_ != overlap) overlap = Overlap::kCopy;
    }
    plan.input_[k] = overlap;
  }
  return plan;
}

bool OverlapPlan::copies() const {
  return std::find(std::begin(input_), std::end(input_), Overlap::kCopy) != std::end(input_);
}

absl::Status OverlapPlan::CopyWhere(absl::Span<ArrayView> inputs, std::vector<ArrayCopy>* copies) const {
  for (size_t k = 0; k < inputs.size(); ++k) {
    if (input_[k] != Overlap::kCopy) continue;
    absl::StatusOr<ArrayCopy> copy = CopyOf(inputs[k]);
    if (!copy.ok()) return std::move(copy).status();
    inputs[k] = copy->view;
    copies->push_back(*std::move(copy));
  }
  return absl::OkStatus();
}

absl::Status OverlapPlan::ForEachPiece(const MutableArrayView& out, absl::Span<const ArrayView> inputs,
                                       const KernelArgs& prototype, absl::FunctionRef<void(const KernelArgs&)> kernel,
                                       int64_t piece_elements) const {
  LoopNest nest = LoopNest::Make(out, inputs, LoopNest::Order::kOutput);
  std::copy(std::begin(prototype.scalar), std::end(prototype.scalar), nest.args().scalar);
  const TileGrid grid(nest, piece_elements, /*granularity=*/1, TileGrid::Shape::kRows);
  const int64_t item = nest.item_size();
  const int64_t piece_bytes = grid.tile_rows() * grid.tile_cols() * item;
  const int64_t shifted = std::count_if(std::begin(input_), std::end(input_), Shifted);
  Allocator& allocator = Allocator::Global();
  const Allocator::Block buffer = allocator.Allocate(piece_bytes * shifted);
  if (buffer.data == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("not enough memory for ", piece_bytes * shifted, " bytes (buffer for an overlapping input)"));
  }
  for (int64_t i = 0; i < grid.size(); ++i) {
    KernelArgs args = grid.Args(order_ == Overlap::kPiecesBackward ? grid.size() - 1 - i : i);
    const AddressRange written = BoundsOf(args, 0, item);
    char* piece = static_cast<char*>(buffer.data);
    for (int k = 1; k < nest.operands(); ++k) {
      if (!Shifted(input_[k - 1])) continue;
      const AddressRange read = BoundsOf(args, k, item);
      if (read.begin >= written.end || written.begin >= read.end) continue;
      const int64_t dense[2] = {args.extent[1] * item, item};
      CopyBlock(piece, dense, args.ptr[k], args.stride[k], args.extent, item);
      args.ptr[k] = piece;
      args.stride[k][0] = dense[0];
      args.stride[k][1] = dense[1];
      piece += piece_bytes;
    }
    kernel(args);
  }
  allocator.Free(buffer);
  return absl::OkStatus();
}

}  // namespace raptors
