// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/aliased_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace raptors::test {
namespace {

absl::Status SystemError(const char* call, int64_t bytes) {
  return absl::UnavailableError(absl::StrCat(call, " of ", bytes, " bytes: ", strerror(errno)));
}

constexpr int64_t kTouch = 1 << 16;

int64_t PageSize() { return sysconf(_SC_PAGESIZE); }

}  // namespace

absl::StatusOr<AliasedMemory> AliasedMemory::Create(int64_t bytes) {
  bytes = (bytes + kPeriod - 1) / kPeriod * kPeriod;
  const int file = memfd_create("aliased", MFD_CLOEXEC);
  if (file < 0) return SystemError("memfd_create", kPeriod);
  if (ftruncate(file, kPeriod) != 0) {
    const absl::Status status = SystemError("ftruncate", kPeriod);
    close(file);
    return status;
  }
  const int64_t page = PageSize();
  // First all of it, inaccessible: nothing else comes to lie in between, and a page before and behind stays so.
  void* const reserved = mmap(nullptr, static_cast<size_t>(bytes + 2 * page), PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) {
    const absl::Status status = SystemError("mmap", bytes);
    close(file);
    return status;
  }
  AliasedMemory memory(file, static_cast<char*>(reserved) + page, bytes);
  for (int64_t offset = 0; offset < bytes; offset += kPeriod) {
    if (mmap(memory.data_ + offset, kPeriod, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) {
      return SystemError("mmap", bytes);
    }
  }
  // Faults take most of the time. One that reads maps the pages around, too, if they exist; one that writes does not.
  memset(memory.data_, 0, kPeriod);
  for (int64_t offset = 0; offset < bytes; offset += kTouch) *static_cast<volatile char*>(memory.data_ + offset);
  return memory;
}

AliasedMemory::AliasedMemory(AliasedMemory&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(other.bytes_),
      windows_(std::move(other.windows_)) {}

AliasedMemory::~AliasedMemory() {
  if (data_ == nullptr) return;
  munmap(data_ - PageSize(), static_cast<size_t>(bytes_ + 2 * PageSize()));
  close(file_);
}

absl::Status AliasedMemory::AddWindow(int64_t offset, int64_t bytes) {
  const int64_t page = PageSize();
  const int64_t first = offset / page * page, end = (offset + bytes + page - 1) / page * page;
  // A private mapping keeps the pages that are written: each of them, here.
  for (int64_t at = first; at < end; at += page) {
    char* const where = data_ + at;
    if (mmap(where, static_cast<size_t>(page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file_, at % kPeriod) ==
        MAP_FAILED) {
      return SystemError("mmap", page);
    }
    *static_cast<volatile char*>(where) = *static_cast<volatile char*>(where);
  }
  windows_.push_back({first, end - first});
  return absl::OkStatus();
}

}  // namespace raptors::test
