// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/buffer.h"

#include <sys/mman.h>

#include <cstring>

#include "absl/strings/str_cat.h"

namespace raptors::benchmarks {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

Buffer::~Buffer() {
  if (memory_ != nullptr) munmap(memory_, size_);
}

absl::Status Buffer::Reserve(size_t bytes) {
  const size_t size = (bytes + offset_ + kHugePage - 1) / kHugePage * kHugePage;
  if (size <= size_) return absl::OkStatus();
  if (memory_ != nullptr) munmap(memory_, size_);
  memory_ = nullptr;
  size_ = 0;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(absl::StrCat("no memory for a buffer of ", size, " bytes"));
  }
  madvise(memory, size, MADV_HUGEPAGE);  // a wish
  std::memset(memory, 1, size);
  memory_ = static_cast<char*>(memory);
  size_ = size;
  return absl::OkStatus();
}

}  // namespace raptors::benchmarks
