// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/guard_page.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "absl/log/absl_check.h"

namespace raptors::test {
namespace {

constexpr char kPattern = '\xA5';

}  // namespace

GuardedBuffer::GuardedBuffer(int64_t bytes, Flush flush) : page_(sysconf(_SC_PAGESIZE)), bytes_(bytes) {
  inside_ = std::max<int64_t>((bytes + page_ - 1) / page_ * page_, page_);
  void* const address = mmap(nullptr, static_cast<size_t>(inside_ + 2 * page_), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ABSL_CHECK(address != MAP_FAILED) << "no memory for " << bytes << " guarded bytes";
  base_ = static_cast<char*>(address);
  ABSL_CHECK_EQ(mprotect(base_, static_cast<size_t>(page_), PROT_NONE), 0);
  ABSL_CHECK_EQ(mprotect(base_ + page_ + inside_, static_cast<size_t>(page_), PROT_NONE), 0);
  data_ = base_ + page_ + (flush == Flush::kEnd ? inside_ - bytes : 0);
  memset(base_ + page_, kPattern, static_cast<size_t>(inside_));
  memset(data_, 0, static_cast<size_t>(bytes));
}

GuardedBuffer::~GuardedBuffer() { munmap(base_, static_cast<size_t>(inside_ + 2 * page_)); }

void GuardedBuffer::MakeReadOnly() {
  ABSL_CHECK_EQ(mprotect(base_ + page_, static_cast<size_t>(inside_), PROT_READ), 0);
}

bool GuardedBuffer::SlackIntact() const {
  const auto intact = [](const char* begin, const char* end) {
    return std::all_of(begin, end, [](char c) { return c == kPattern; });
  };
  return intact(base_ + page_, data_) && intact(data_ + bytes_, base_ + page_ + inside_);
}

}  // namespace raptors::test
