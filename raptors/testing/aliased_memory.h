// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// AliasedMemory: tens of gigabytes of address space over a few mebibytes of memory, so that arrays of more than 2^31
// elements need none: the same pages, again and again. Some places have pages of their own ("windows"), where a value
// that is read or written elsewhere by mistake is seen.
//
//   absl::StatusOr<AliasedMemory> memory = AliasedMemory::Create(int64_t{16} << 30);
//   if (!memory.ok()) GTEST_SKIP() << memory.status();
//   memory->AddWindow(int64_t{8} << 30, 4096);    // these bytes are the file's until they are written, then their own

#ifndef RAPTORS_TESTING_ALIASED_MEMORY_H_
#define RAPTORS_TESTING_ALIASED_MEMORY_H_

#include <stdint.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace raptors::test {

class AliasedMemory {
 public:
  // Bytes after which the contents repeat, outside of windows.
  static constexpr int64_t kPeriod = 2 << 20;

  struct Window {
    int64_t offset;
    int64_t bytes;
  };

  // At least `bytes` of zeros between inaccessible pages. Unavailable, with the reason, where the system refuses.
  static absl::StatusOr<AliasedMemory> Create(int64_t bytes);
  AliasedMemory(AliasedMemory&& other) noexcept;
  AliasedMemory& operator=(AliasedMemory&&) = delete;
  ~AliasedMemory();

  char* data() const { return data_; }
  int64_t bytes() const { return bytes_; }

  // Gives the pages that hold [offset, offset + bytes) memory of their own, with what they hold now. Windows may touch.
  absl::Status AddWindow(int64_t offset, int64_t bytes);
  const std::vector<Window>& windows() const { return windows_; }

 private:
  AliasedMemory(int file, char* data, int64_t bytes) : file_(file), data_(data), bytes_(bytes) {}

  int file_;
  char* data_;
  int64_t bytes_;
  std::vector<Window> windows_;
};

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_ALIASED_MEMORY_H_
