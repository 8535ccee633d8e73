// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/log.h"

#include <stdio.h>

#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace raptors::context {
namespace {

struct Sink {
  // Recursive: a handler may use Raptors, which may have something to say.
  std::recursive_mutex mutex;
  LogHandler handler;
};

Sink& TheSink() {
  static Sink* const sink = new Sink;
  return *sink;
}

}  // namespace

LogHandler SetLogHandler(LogHandler handler) {
  Sink& sink = TheSink();
  const std::lock_guard<std::recursive_mutex> lock(sink.mutex);
  return std::exchange(sink.handler, std::move(handler));
}

void Log(absl::string_view message) {
  Sink& sink = TheSink();
  const std::lock_guard<std::recursive_mutex> lock(sink.mutex);
  if (sink.handler) {
    sink.handler(message);
  } else {
    const std::string line = absl::StrCat(message, "\n");
    fwrite(line.data(), 1, line.size(), stderr);
  }
}

}  // namespace raptors::context
