// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The log handler: how the library tells about the few things that are no error of a call, such as a profile file
// that could not be used. The default writes one line to stderr.

#ifndef RAPTORS_CONTEXT_LOG_H_
#define RAPTORS_CONTEXT_LOG_H_

#include <functional>

#include "absl/strings/string_view.h"

namespace raptors::context {

// Receives one message without a line end. Called from any thread, one call at a time; must not call SetLogHandler.
using LogHandler = std::function<void(absl::string_view message)>;

// Installs a handler and returns the previous one (empty: the default). An empty handler restores the default.
LogHandler SetLogHandler(LogHandler handler);

// Hands a message to the handler.
void Log(absl::string_view message);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_LOG_H_
