// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The arguments of a command: positional ones, and flags anywhere among them.
//
//   --name=value or --name value; --name for a flag without a value; "--" ends the flags.
//   "-2.5", "-inf" and "-" are positional: a factor may be negative.
//
// Unknown flags, repeated flags, missing and surplus arguments are errors.

#ifndef TOOLS_RAPTORS_ARGS_H_
#define TOOLS_RAPTORS_ARGS_H_

#include <stddef.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace raptors::tools {

struct Flag {
  const char* name;   // without dashes
  const char* value;  // what the value is, for the help; nullptr: takes none
  const char* help;   // one line
};

class Args {
 public:
  // `positionals` names the positional arguments; all of them are required. --help and -h are known everywhere; with
  // one of them the count of positional arguments is not checked. Errors are UsageError()s.
  static absl::StatusOr<Args> Parse(absl::Span<const std::string> words, absl::Span<const char* const> positionals,
                                    absl::Span<const Flag> flags);

  bool help() const { return help_; }
  const std::string& positional(int i) const { return positionals_[i]; }
  // Whether the flag was given. Precondition here and below: `name` is in the list that was parsed by.
  bool Has(absl::string_view name) const { return flags_.contains(name); }
  // The flag's value, if it was given.
  std::optional<std::string> Value(absl::string_view name) const;

 private:
  absl::Status TakeFlag(absl::Span<const std::string> words, size_t* i, absl::Span<const Flag> flags);

  bool help_ = false;
  std::vector<std::string> positionals_;
  absl::flat_hash_map<std::string, std::string> flags_;
};

// An error in how the command was called: InvalidArgument, marked so that the exit status is 2.
absl::Status UsageError(absl::string_view message);
// The same error, marked.
absl::Status AsUsageError(const absl::Status& status);
bool IsUsageError(const absl::Status& status);

// An error that comes with a result: `output` goes to stdout all the same, `message` to stderr, and the exit status is
// 1.
absl::Status FailureWithOutput(absl::string_view output, absl::string_view message);
// What goes to stdout with an error; empty for most.
std::string OutputOf(const absl::Status& status);

// " (did you mean 'x'?)" with the nearest of the candidates, or "" where none is near.
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_ARGS_H_
