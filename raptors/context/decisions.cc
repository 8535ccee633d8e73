// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/decisions.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"

namespace raptors::context {
namespace {

// Who writes the header: nobody yet, the process of this number, or it is written. A child that was forked meanwhile
// finds its parent's number and leaves the header to it.
constexpr pid_t kNobody = 0;
constexpr pid_t kWritten = -1;
std::atomic<pid_t> header_writer{kNobody};

// To a pipe or a terminal one write is whole; to a full disk, say, it may be a part.
void WriteToStderr(const std::string& text) {
  const int saved = errno;
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(STDERR_FILENO, text.data() + done, text.size() - done);
    if (n > 0) done += static_cast<size_t>(n);
    if (n == 0 || (n < 0 && errno != EINTR)) break;
  }
  errno = saved;
}

}  // namespace

const char* DecisionHeader() {
  return "op,dtype,layout,elements,route,isa,threads,tile_elements,stream,reason,in_place";
}

std::string DecisionLine(const policy::CallShape& shape, const policy::Decision& decision) {
  return absl::StrCat(Name(shape.op), ",", Name(shape.dtype), ",", Name(shape.layout), ",", shape.elements, ",",
                      Name(decision.route), ",", Name(decision.isa), ",", decision.threads, ",", decision.tile_elements,
                      ",", decision.stream ? 1 : 0, ",", Name(decision.reason), ",", shape.in_place ? 1 : 0);
}

void LogDecision(const policy::CallShape& shape, const policy::Decision& decision) {
  const std::string line = absl::StrCat(DecisionLine(shape, decision), "\n");
  pid_t writer = header_writer.load(std::memory_order_acquire);
  if (writer != kWritten) {
    const pid_t self = getpid();
    writer = kNobody;
    if (header_writer.compare_exchange_strong(writer, self, std::memory_order_acq_rel)) {
      WriteToStderr(absl::StrCat(DecisionHeader(), "\n", line));
      header_writer.store(kWritten, std::memory_order_release);
      return;
    }
    while (header_writer.load(std::memory_order_acquire) == self) sched_yield();
  }
  WriteToStderr(line);
}

}  // namespace raptors::context
