// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The operands of a cell, as Raptors, the peers and the roofline loops see them.

#ifndef RAPTORS_BENCHMARKS_OPERANDS_H_
#define RAPTORS_BENCHMARKS_OPERANDS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/buffer.h"
#include "benchmarks/cell.h"
#include "benchmarks/peers/peer.h"
#include "raptors/array/view.h"

namespace raptors::benchmarks {

class Operands {
 public:
  // Makes and fills the operands of a cell.
  absl::Status Prepare(const Cell& cell);

  const Cell& cell() const { return cell_; }
  // As the cell says; in place, that input is the output.
  const ArrayView& input(int k) const { return inputs_[static_cast<size_t>(k)]; }
  const MutableArrayView& output() const { return output_; }

  // The scalar parameter that answers are checked with, which rounds for nearly every element, and the one that is
  // timed: in place, a billion calls with it change no magnitude. Integers for integer dtypes.
  double check_scalar() const;
  double timed_scalar() const;

  // The same operands as strides. Axes that follow one another without a gap in every operand are one axis here.
  const PeerArgs& peer_args(double scalar) {
    peer_.scalar = mean_scalar_ != 0 ? mean_scalar_ : scalar;
    return peer_;
  }

  // The roofline's loop with the same traffic (a product's: the same arithmetic), and its arguments: the first bytes of
  // the same buffers, as many as the streamed operands have, consecutive.
  PeerRoofOp roof_op() const { return roof_op_; }
  const PeerRoofArgs& roof_args() const { return roof_; }
  // How often that loop goes into the operation: above 1 for large products, because multiply-adds take the same time
  // each, and all of them would take long.
  double roof_times() const { return roof_times_; }
  // What the operation does at least: bytes read and written, or floating-point operations.
  double work() const { return work_; }

  // Gives the output a state from which only a complete computation comes to the right result.
  void ResetOutput();

 private:
  absl::Status MakeViews();
  absl::Status MakePeerArgs();
  void MakeRoof();

  Cell cell_;
  Buffer buffers_[3] = {Buffer(kInputOffsets[0]), Buffer(kInputOffsets[1]), Buffer(kInputOffsets[2])};
  Buffer output_buffer_{kOutputOffset};
  std::vector<ArrayView> inputs_;
  MutableArrayView output_;
  PeerArgs peer_ = {};
  double mean_scalar_ = 0;
  PeerRoofOp roof_op_ = kRoofCopy;
  PeerRoofArgs roof_ = {};
  double roof_times_ = 1;
  double work_ = 0;
};

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_OPERANDS_H_
