// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What to do when an output and its inputs share memory, so that the result is as if every input had been copied first.
//
// Kernels accept an input that is exactly the output (in place) or shares no byte with it. Anything else is brought to
// that: an input that is the output shifted (equal strides, another first element) is read piece by piece into a small
// buffer, in the order in which no store hits an element that is still to be read; any other overlap is copied whole.
//
//   if (MayOverlap(out, x)) {                                    // the common case ends here
//     OverlapPlan plan = OverlapPlan::Make(out, {x});
//     RAPTORS_RETURN_IF_ERROR(plan.CopyWhere(inputs, &copies));  // whole copies, where needed
//     if (plan.pieces()) return plan.ForEachPiece(out, inputs, [&](const KernelArgs& args) { kernel(args); });
//   }
//   ... the normal path over `inputs`
//
// Complexity: O(rank^2) and a bounded search; not for the hot path.

#ifndef RAPTORS_ARRAY_OVERLAP_PLAN_H_
#define RAPTORS_ARRAY_OVERLAP_PLAN_H_

#include <stdint.h>

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "raptors/array/copy.h"
#include "raptors/array/loop_nest.h"
#include "raptors/array/view.h"
#include "raptors/base/kernel_args.h"

namespace raptors {

// How one input relates to the output.
enum class Overlap : uint8_t {
  kNone,            // no shared byte
  kInPlace,         // the same view
  kPiecesForward,   // the output shifted: safe in ascending order of the output's addresses
  kPiecesBackward,  // the output shifted: safe in descending order
  kCopy,            // anything else
};

// Precondition: equal shapes and item sizes.
Overlap ClassifyOverlap(const MutableArrayView& out, const ArrayView& in);

class OverlapPlan {
 public:
  // Elements of one buffered piece: 16 KiB of float64, half of the smallest level-1 data cache in use.
  static constexpr int64_t kPieceElements = 2048;

  // Preconditions: at most kMaxOperands - 1 inputs; equal shapes and item sizes. Where inputs want opposite orders,
  // those of the second order are classified kCopy.
  static OverlapPlan Make(const MutableArrayView& out, absl::Span<const ArrayView> inputs);

  Overlap input(int k) const { return input_[k]; }
  // Whether the call must go through ForEachPiece().
  bool pieces() const { return order_ != Overlap::kNone; }
  // Whether an input must be copied whole first.
  bool copies() const;

  // Replaces each input that is classified kCopy by a copy, which `copies` keeps alive. ResourceExhausted when there is
  // not enough memory; nothing was written then.
  absl::Status CopyWhere(absl::Span<ArrayView> inputs, std::vector<ArrayCopy>* copies) const;

  // Runs `kernel` over the whole call in safe pieces, one after another. `prototype` supplies scalars; pointers,
  // strides, extents and layout are set for each piece, whose shifted inputs are in the buffer where they would overlap
  // the output's piece. ResourceExhausted when there is no memory for the buffer; nothing was written then.
  // Precondition: CopyWhere() was called on `inputs`.
  absl::Status ForEachPiece(const MutableArrayView& out, absl::Span<const ArrayView> inputs,
                            const KernelArgs& prototype, absl::FunctionRef<void(const KernelArgs&)> kernel,
                            int64_t piece_elements = kPieceElements) const;

 private:
  Overlap input_[kMaxOperands] = {};
  Overlap order_ = Overlap::kNone;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_OVERLAP_PLAN_H_
