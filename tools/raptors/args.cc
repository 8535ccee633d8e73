// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/args.h"

#include <stddef.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/base/status.h"

namespace raptors::tools {
namespace {

constexpr absl::string_view kUsageMark = "raptors/usage";
constexpr absl::string_view kOutput = "raptors/output";

bool IsFlag(absl::string_view word) {
  double number;
  return word.size() > 1 && word[0] == '-' && !absl::SimpleAtod(word, &number);
}

// Insertions, deletions and replacements that turn one word into the other.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

absl::StatusOr<Args> Args::Parse(absl::Span<const std::string> words, absl::Span<const char* const> positionals,
                                 absl::Span<const Flag> flags) {
  Args args;
  bool flags_ended = false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!flags_ended && words[i] == "--") {
      flags_ended = true;
    } else if (!flags_ended && IsFlag(words[i])) {
      RAPTORS_RETURN_IF_ERROR(args.TakeFlag(words, &i, flags));
    } else {
      args.positionals_.push_back(words[i]);
    }
  }
  if (args.help_) return args;
  if (args.positionals_.size() > positionals.size()) {
    return UsageError(absl::StrCat("unexpected argument '", args.positionals_[positionals.size()], "'"));
  }
  if (args.positionals_.size() < positionals.size()) {
    return UsageError(absl::StrCat("missing argument ", positionals[args.positionals_.size()]));
  }
  return args;
}

absl::Status Args::TakeFlag(absl::Span<const std::string> words, size_t* i, absl::Span<const Flag> flags) {
  const absl::string_view word = words[*i];
  if (word == "-h" || word == "--help") {
    help_ = true;
    return absl::OkStatus();
  }
  const size_t equals = word.find('=');
  const absl::string_view spelled = word.substr(0, equals);
  const Flag* flag =
      std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return spelled == absl::StrCat("--", f.name); });
  if (flag == flags.end()) {
    std::vector<std::string> names = {"--help"};
    for (const Flag& f : flags) names.push_back(absl::StrCat("--", f.name));
    return UsageError(absl::StrCat("unknown flag '", spelled, "'", DidYouMean(spelled, names)));
  }
  std::string value;
  if (flag->value == nullptr) {
    if (equals != absl::string_view::npos) return UsageError(absl::StrCat(spelled, " takes no value"));
  } else if (equals != absl::string_view::npos) {
    value = std::string(word.substr(equals + 1));
  } else {
    if (*i + 1 == words.size()) return UsageError(absl::StrCat(spelled, " needs a value: ", flag->value));
    value = words[++*i];
  }
  if (!flags_.emplace(flag->name, std::move(value)).second) {
    return UsageError(absl::StrCat(spelled, " is given twice"));
  }
  return absl::OkStatus();
}

std::optional<std::string> Args::Value(absl::string_view name) const {
  const auto found = flags_.find(name);
  if (found == flags_.end()) return std::nullopt;
  return found->second;
}

absl::Status UsageError(absl::string_view message) { return AsUsageError(absl::InvalidArgumentError(message)); }

absl::Status AsUsageError(const absl::Status& status) {
  absl::Status marked = status;
  marked.SetPayload(kUsageMark, absl::Cord());
  return marked;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsageMark).has_value(); }

absl::Status FailureWithOutput(absl::string_view output, absl::string_view message) {
  absl::Status status = absl::FailedPreconditionError(message);
  status.SetPayload(kOutput, absl::Cord(output));
  return status;
}

std::string OutputOf(const absl::Status& status) {
  const std::optional<absl::Cord> output = status.GetPayload(kOutput);
  return output.has_value() ? std::string(*output) : "";
}

std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates) {
  // About a third of the letters may be wrong; dashes do not count as letters.
  const auto length = [](absl::string_view w) { return w.size() - std::min(w.find_first_not_of('-'), w.size()); };
  const std::string* nearest = nullptr;
  size_t least = 1 + std::max<size_t>(1, (length(word) + 1) / 3);
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? "" : absl::StrCat(" (did you mean '", *nearest, "'?)");
}

}  // namespace raptors::tools
