// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// ReduceCut: a ReduceNest cut into units for several threads, such that no cut changes a bit of the result.
//
// Where there are enough outputs, a unit is some of them: whole steps of the nest, or a part of the kernel's kept axis,
// cut where cache lines of the output are. Else, and where a few threads would cut rows into short pieces, the
// sequence, or the rows, are cut into parts of equal length, a power of two of the blocks in which they are folded
// anyway; each part leaves accumulators in scratch memory, and folding the parts pairwise is the rest of the same tree.
//
//   const ReduceCut cut(nest, decision.threads, decision.tile_elements);
//   by outputs: for each range of units      cut.ForEach(begin, end, nullptr, 0, kernel);
//   by parts:   for each range of units      cut.ForEach(begin, end, scratch, accumulator_bytes, kernel);
//               and then, on one thread      cut.Combine(scratch, accumulator_bytes, kernel);
//
// Keeps a pointer to the nest, which must outlive it. Complexity: O(1) to make, O(rank) a unit.

#ifndef RAPTORS_ARRAY_REDUCE_CUT_H_
#define RAPTORS_ARRAY_REDUCE_CUT_H_

#include <stdint.h>

#include <algorithm>

#include "raptors/array/reduce_nest.h"
#include "raptors/base/reduce_args.h"

namespace raptors {

class ReduceCut {
 public:
  // `unit_elements`: input elements that a unit should have, at most. Precondition: nest.size() > 0.
  ReduceCut(const ReduceNest& nest, int threads, int64_t unit_elements);

  // Number of units, >= 1.
  int64_t size() const { return units_; }
  // Whether units are parts of sequences or rows, which Combine() puts together.
  bool by_parts() const { return parts_ > 1; }
  // By parts: how many accumulators all units leave together.
  int64_t accumulators() const { return nest_->outputs() * parts_; }

  // Calls f(const ReduceArgs&) for the units begin <= i < end, in order. By parts, accumulators go to `scratch`, which
  // has room for all, `accumulator_bytes` each.
  template <typename F>
  void ForEach(int64_t begin, int64_t end, char* scratch, int64_t accumulator_bytes, F&& f) const {
    for (int64_t unit = begin; unit < end; ++unit) {
      if (by_parts()) {
        f(static_cast<const ReduceArgs&>(Part(unit, scratch, accumulator_bytes)));
      } else if (piece_ < kept_) {
        f(static_cast<const ReduceArgs&>(Piece(unit)));
      } else {
        nest_->ForEachStep(unit * unit_steps_, std::min((unit + 1) * unit_steps_, nest_->steps()), f);
      }
    }
  }

  // By parts, after all units: calls f(const ReduceArgs&) with stage kCombine for each step of the nest.
  template <typename F>
  void Combine(const char* scratch, int64_t accumulator_bytes, F&& f) const {
    const ReduceAxis axis = {parts_, {kept_ * accumulator_bytes, 0}};
    for (int64_t step = 0; step < nest_->steps(); ++step) {
      ReduceArgs args = nest_->Args(step);
      args.stage = ReduceStage::kCombine;
      args.in[0] = scratch + step * parts_ * kept_ * accumulator_bytes;
      args.axes = &axis;
      args.num_axes = 1;
      args.begin = 0;
      args.end = parts_;
      args.kept_stride[0] = accumulator_bytes;
      f(static_cast<const ReduceArgs&>(args));
    }
  }

 private:
  // Some outputs along the kernel's kept axis of one step.
  ReduceArgs Piece(int64_t unit) const;
  // All outputs of one step from a part of the inputs.
  ReduceArgs Part(int64_t unit, char* scratch, int64_t accumulator_bytes) const;

  const ReduceNest* nest_;
  int64_t kept_;  // extent of the kernel's kept axis
  int64_t units_;
  int64_t piece_;        // by outputs: kept elements in a unit; kept_ where units are whole steps
  int64_t unit_steps_;   // by outputs: steps in a unit
  int64_t parts_;        // 1: by outputs
  int64_t part_folded_;  // by parts: elements of the sequence, or rows, in a part
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_REDUCE_CUT_H_
