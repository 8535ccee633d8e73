// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Memory on which Raptors, peers and roofline work alike, reused by all cells.

#ifndef RAPTORS_BENCHMARKS_BUFFER_H_
#define RAPTORS_BENCHMARKS_BUFFER_H_

#include <cstddef>

#include "absl/status/status.h"

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
// overlapped the other, which is nothing that these benchmarks are about.
inline constexpr size_t kInputOffsets[] = {0, 16 * 64, 24 * 64};
inline constexpr size_t kOutputOffset = 33 * 64;

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_BUFFER_H_
