// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The memory of a cell: one set of buffers, reused by all cells, on which Raptors, peers and roofline work alike.

#ifndef RAPTORS_BENCHMARKS_OPERANDS_H_
#define RAPTORS_BENCHMARKS_OPERANDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/grid.h"
#include "benchmarks/peers/peer.h"
#include "raptors/array/view.h"

namespace raptors::benchmarks {

// Anonymous memory, page-faulted, in huge pages where the system has them: figures then do not depend on which small
// pages a run happened to get. Grows, never shrinks.
class Buffer {
 public:
  // Data starts `offset` bytes (a multiple of 64) after a page boundary.
  explicit Buffer(size_t offset) : offset_(offset) {}
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // At least `bytes` bytes. ResourceExhausted if there are not that many.
  absl::Status Reserve(size_t bytes);
  char* data() const { return memory_ + offset_; }
  template <typename T>
  T* data() const {
    return reinterpret_cast<T*>(data());
  }

 private:
  size_t offset_;
  char* memory_ = nullptr;
  size_t size_ = 0;
};

// Different offsets, because operands that lie at the same place of their pages look to the load-store unit as if one
// overlapped the other, which is nothing that this benchmark is about.
inline constexpr size_t kInputOffset = 0;
inline constexpr size_t kSecondInputOffset = 16 * 64;
inline constexpr size_t kOutputOffset = 33 * 64;

class Operands {
 public:
  // Fills the input of the cell and computes what the result must be, by one plain loop over indices.
  absl::Status Prepare(const Cell& cell);

  // The same operands as views and as strides. In place, both are the output.
  absl::StatusOr<ArrayView> Input() const;
  absl::StatusOr<MutableArrayView> Output() const;
  // Axes that follow one another without a gap in both operands are one axis here.
  PeerScaleArgs PeerArgs(double factor) const;

  // The first elements of the same buffers, as many as the result has, consecutive: what the roofline's loops work on.
  PeerRoofArgs RoofArgs(double factor) const;

  // Gives the output a state from which only a complete computation comes to the expected result.
  void ResetOutput();
  // Whether the output has exactly the expected bits. `contiguous_input`: the input's first elements were the operand,
  // as in RoofArgs().
  absl::Status CheckOutput(bool contiguous_input = false) const;

  int64_t elements() const { return elements_; }
  // Read plus written by the operation.
  int64_t bytes_moved() const { return 2 * elements_ * item_; }

 private:
  template <typename T>
  void Fill();
  template <typename T>
  absl::Status Check(bool contiguous_input) const;

  Cell cell_;
  int64_t item_ = 0;
  int64_t elements_ = 0;
  int64_t rows_ = 0, cols_ = 0;      // of the result
  int64_t in_row_ = 0, in_col_ = 0;  // of the input, in elements
  std::vector<int64_t> parent_;      // shape of the array that the input is a view of
  int64_t parent_elements_ = 0;
  Buffer input_{kInputOffset}, output_{kOutputOffset}, expected_{kInputOffset};
};

// The factor that answers are checked with: rounds for nearly every element.
inline constexpr double kCheckFactor = 1.1;
// The factor that is timed: a billion in-place calls change no magnitude.
inline constexpr double kTimedFactor = -1.0;

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_OPERANDS_H_
