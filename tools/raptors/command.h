// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A subcommand of `raptors`: what the help says about it, and the function behind it. commands.cc lists them.

#ifndef TOOLS_RAPTORS_COMMAND_H_
#define TOOLS_RAPTORS_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/raptors/args.h"

namespace raptors::tools {

struct Command {
  const char* name;
  const char* summary;                   // one line
  std::vector<const char*> positionals;  // names of its arguments, in order; all are required
  std::vector<Flag> flags;               // without those of settings.h
  bool settings;                         // whether it takes the flags of settings.h
  const char* details;                   // more for its help: paragraphs with line ends
  // What goes to stdout. An error goes to stderr, and then nothing to stdout but its OutputOf().
  absl::StatusOr<std::string> (*run)(const Args& args);
};

const Command& InfoCommand();
const Command& DashboardCommand();
const Command& ExplainCommand();
const Command& TableCommand();
const Command& ScaleCommand();
const Command& ThreadingInfoCommand();
const Command& TuneCommand();

// The flag that every command has.
inline constexpr Flag kJsonFlag = {"json", nullptr, "print JSON"};

// Runs `raptors words...`: returns what goes to stdout. Errors in the call itself are IsUsageError().
absl::StatusOr<std::string> RunRaptors(absl::Span<const std::string> words);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_COMMAND_H_
