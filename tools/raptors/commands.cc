// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The list of subcommands, the help, and which of them `raptors words...` means.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "raptors/base/status.h"
#include "raptors/base/version.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/settings.h"
#include "tools/raptors/text.h"

namespace raptors::tools {
namespace {

std::vector<const Command*> Commands() {
  return {&InfoCommand(),  &ThreadingInfoCommand(), &ExplainCommand(),  &TableCommand(),
          &ScaleCommand(), &TuneCommand(),          &DashboardCommand()};
}

using Rows = std::vector<std::vector<std::string>>;

std::string Usage(const Command& command) {
  return absl::StrCat("raptors ", command.name, command.positionals.empty() ? "" : " ",
                      absl::StrJoin(command.positionals, " "), " [flags]");
}

std::string Overview() {
  Rows rows;
  for (const Command* command : Commands()) rows.push_back({"", command->name, command->summary});
  return absl::StrCat("Array kernels that pick the fastest correct path on this machine, and say why.\n\n",
                      "Usage: raptors COMMAND [arguments] [flags]\n", "       raptors --version | --help\n\n",
                      "Commands:\n", Columns(rows), "\nSee 'raptors help COMMAND' for its arguments and flags.\n");
}

std::vector<Flag> AllFlags(const Command& command) {
  std::vector<Flag> flags = command.flags;
  if (command.settings) flags.insert(flags.end(), SettingFlags().begin(), SettingFlags().end());
  return flags;
}

std::string Help(const Command& command) {
  Rows rows;
  for (const Flag& flag : AllFlags(command)) {
    rows.push_back(
        {"", absl::StrCat("--", flag.name, flag.value == nullptr ? "" : absl::StrCat("=", flag.value)), flag.help});
  }
  return absl::StrCat("raptors ", command.name, ": ", command.summary, "\n\nUsage: ", Usage(command), "\n\n",
                      command.details, "\nFlags:\n", Columns(rows));
}

absl::Status WithHint(const absl::Status& status, absl::string_view hint) {
  return AsUsageError(absl::Status(status.code(), absl::StrCat(status.message(), "\n", hint)));
}

absl::StatusOr<const Command*> Find(absl::string_view name) {
  std::vector<std::string> names = {"help"};
  for (const Command* command : Commands()) {
    if (name == command->name) return command;
    names.push_back(command->name);
  }
  const absl::string_view what = absl::StartsWith(name, "-") ? "flag" : "command";
  if (what == "flag") names = {"--help", "--version"};
  return WithHint(UsageError(absl::StrCat("unknown ", what, " '", name, "'", DidYouMean(name, names))),
                  "See 'raptors help'.");
}

// `raptors help [COMMAND]`, --help and -h.
absl::StatusOr<std::string> RunHelp(absl::Span<const std::string> words) {
  if (words.empty()) return Overview();
  if (words.size() > 1)
    return WithHint(UsageError(absl::StrCat("unexpected argument '", words[1], "'")), "See 'raptors help'.");
  const absl::StatusOr<const Command*> command = Find(words[0]);
  if (!command.ok()) return command.status();
  return Help(**command);
}

}  // namespace

absl::StatusOr<std::string> RunRaptors(absl::Span<const std::string> words) {
  if (words.empty()) return WithHint(UsageError("missing command"), absl::StripSuffix(Overview(), "\n"));
  const std::string& first = words[0];
  const absl::Span<const std::string> rest = words.subspan(1);
  if (first == "help" || first == "--help" || first == "-h") return RunHelp(rest);
  if (first == "--version") {
    if (!rest.empty()) return UsageError(absl::StrCat("unexpected argument '", rest[0], "'"));
    return absl::StrCat("raptors ", kVersion, "\n");
  }
  const absl::StatusOr<const Command*> command = Find(first);
  if (!command.ok()) return command.status();
  const std::string see = absl::StrCat("See 'raptors help ", first, "'.");
  const absl::StatusOr<Args> args = Args::Parse(rest, (*command)->positionals, AllFlags(**command));
  if (!args.ok()) return WithHint(args.status(), absl::StrCat("Usage: ", Usage(**command), "\n", see));
  if (args->help()) return Help(**command);
  RAPTORS_RETURN_IF_ERROR(CheckEnvironment());
  const absl::StatusOr<std::string> output = (*command)->run(*args);
  if (!output.ok() && IsUsageError(output.status())) return WithHint(output.status(), see);
  return output;
}

}  // namespace raptors::tools
