// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/metrics/exposition.h"

#include <stdint.h>

#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"

namespace raptors::metrics {
namespace {

// The fields of a choice as they are shown. X(name, value, is a number)
#define RAPTORS_SHOWN_FIELDS(X)                        \
  X("op", Name(choice.op), false)                      \
  X("dtype", Name(choice.dtype), false)                \
  X("layout", Name(choice.layout), false)              \
  X("size", SizeBucketFloor(choice.size_bucket), true) \
  X("route", Name(choice.route), false)                \
  X("isa", Name(choice.isa), false)                    \
  X("threads", choice.threads, true)                   \
  X("reason", Name(choice.reason), false)

constexpr const char* kOwnLabels[] = {
#define RAPTORS_X(name, value, number) name,
    RAPTORS_SHOWN_FIELDS(RAPTORS_X)
#undef RAPTORS_X
};

constexpr const char* kCounterHelps[] = {
#define RAPTORS_X(id, name, help) help,
    RAPTORS_COUNTERS(RAPTORS_X)
#undef RAPTORS_X
};

bool IsLabelName(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name[0])) || absl::StartsWith(name, "__"))
    return false;
  for (unsigned char c : name)
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  for (absl::string_view own : kOwnLabels)
    if (name == own) return false;
  return true;
}

// The fields of a choice as members of a JSON object, without braces.
std::string JsonMembers(const Choice& choice) {
  std::string out;
#define RAPTORS_X(name, value, number) \
  absl::StrAppend(&out, out.empty() ? "" : ", ", "\"" name "\": ", number ? "" : "\"", value, number ? "" : "\"");
  RAPTORS_SHOWN_FIELDS(RAPTORS_X)
#undef RAPTORS_X
  return out;
}

void AppendFamily(std::string* out, absl::string_view name, absl::string_view help) {
  absl::StrAppend(out, "# HELP raptors_", name, " ", help, "\n# TYPE raptors_", name, " counter\n");
}

}  // namespace

std::string ToJson(const Snapshot& snapshot) {
  std::string out = "{\"calls\": [";
  for (const Snapshot::Entry& entry : snapshot.entries) {
    absl::StrAppend(&out, &entry == &snapshot.entries.front() ? "{" : ", {", JsonMembers(entry.choice),
                    ", \"count\": ", entry.count, "}");
  }
  absl::StrAppend(&out, "], \"overflow\": ", snapshot.overflow, ", \"counters\": {");
  for (int i = 0; i < kNumCounters; ++i)
    absl::StrAppend(&out, i == 0 ? "" : ", ", "\"", kCounterNames[i], "\": ", snapshot.counters[i]);
  out += "}, \"last\": [";
  for (const Choice& choice : snapshot.last)
    absl::StrAppend(&out, &choice == &snapshot.last.front() ? "{" : ", {", JsonMembers(choice), "}");
  return out + "]}";
}

absl::StatusOr<std::string> ToPrometheus(const Snapshot& snapshot, absl::Span<const Label> labels) {
  std::string extra;
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::string& name = labels[i].first;
    bool repeated = false;
    for (size_t j = 0; j < i; ++j) repeated = repeated || labels[j].first == name;
    if (!IsLabelName(name) || repeated)
      return absl::InvalidArgumentError(absl::StrCat(
          "labels[", i, "]: got name \"", EscapeJson(name),
          "\"; expected [a-zA-Z_][a-zA-Z0-9_]*, not beginning with \"__\", once, and none of the labels of "
          "raptors_calls_total"));
    absl::StrAppend(&extra, extra.empty() ? "" : ",", name, "=\"", EscapeLabelValue(labels[i].second), "\"");
  }
  const std::string braces = extra.empty() ? "" : absl::StrCat("{", extra, "}");

  std::string out;
  AppendFamily(&out, "calls_total", "Calls by the path they took; size is the smallest of a power-of-two bucket");
  for (const Snapshot::Entry& entry : snapshot.entries) {
    const Choice& choice = entry.choice;
    out += "raptors_calls_total{";
#define RAPTORS_X(name, value, number) absl::StrAppend(&out, name "=\"", EscapeLabelValue(absl::StrCat(value)), "\",");
    RAPTORS_SHOWN_FIELDS(RAPTORS_X)
#undef RAPTORS_X
    if (extra.empty()) out.pop_back();
    absl::StrAppend(&out, extra, "} ", entry.count, "\n");
  }
  AppendFamily(&out, "calls_overflow_total", "Calls whose path was not counted apart because a table was full");
  absl::StrAppend(&out, "raptors_calls_overflow_total", braces, " ", snapshot.overflow, "\n");
  for (int i = 0; i < kNumCounters; ++i) {
    AppendFamily(&out, absl::StrCat(kCounterNames[i], "_total"), kCounterHelps[i]);
    absl::StrAppend(&out, "raptors_", kCounterNames[i], "_total", braces, " ", snapshot.counters[i], "\n");
  }
  return out;
}

std::string EscapeJson(absl::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string EscapeLabelValue(absl::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace raptors::metrics
