// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/snapshot_json.h"

#include <stdint.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/base/status.h"
#include "raptors/profile/json_tree.h"

namespace raptors::dashboard {
namespace {

using profile::Child;
using profile::ErrorAt;
using profile::Json;
using profile::Quoted;

// A snapshot has a few hundred bytes for each path; thousands of paths are a long benchmark.
constexpr int64_t kMaxBytes = int64_t{64} << 20;
constexpr int kMaxDepth = 3;

constexpr uint64_t kMaxCount = std::numeric_limits<uint64_t>::max();

std::string Got(const Json& value) {
  if (value.is_string()) return absl::StrCat("got ", Quoted(value.get_ref<const std::string&>()));
  return absl::StrCat("got ", value.is_structured() ? value.type_name() : value.dump());
}

absl::Status CheckKeys(const Json& value, absl::string_view pointer, std::initializer_list<absl::string_view> keys) {
  if (!value.is_object()) return ErrorAt(pointer, absl::StrCat(Got(value), "; expected an object"));
  for (const auto& item : value.items()) {
    if (std::find(keys.begin(), keys.end(), item.key()) == keys.end()) {
      return ErrorAt(Child(pointer, item.key()), "unknown key of a metrics snapshot");
    }
  }
  for (const absl::string_view key : keys) {
    if (!value.contains(key)) return ErrorAt(pointer, absl::StrCat("key \"", key, "\" is missing"));
  }
  return absl::OkStatus();
}

// The enumerator, of the first `count`, whose name stands at `key`.
template <typename E>
absl::Status ReadName(const Json& object, absl::string_view pointer, const char* key, int count, E* out) {
  const Json& value = object.at(key);
  std::string names;
  for (int i = 0; i < count; ++i) {
    const char* const name = Name(static_cast<E>(i));
    if (value.is_string() && value.get_ref<const std::string&>() == name) {
      *out = static_cast<E>(i);
      return absl::OkStatus();
    }
    absl::StrAppend(&names, i == 0 ? "" : ", ", name);
  }
  return ErrorAt(Child(pointer, key), absl::StrCat(Got(value), "; expected one of ", names));
}

absl::Status ReadCount(const Json& object, absl::string_view pointer, const char* key, uint64_t least, uint64_t most,
                       uint64_t* out) {
  const Json& value = object.at(key);
  if (!value.is_number_unsigned() || value.get<uint64_t>() < least || value.get<uint64_t>() > most) {
    return ErrorAt(Child(pointer, key), absl::StrCat(Got(value), "; expected an integer from ", least, " to ", most));
  }
  *out = value.get<uint64_t>();
  return absl::OkStatus();
}

absl::Status ReadChoice(const Json& object, absl::string_view pointer, metrics::Choice* choice) {
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "op", kNumOps, &choice->op));
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "dtype", kNumDTypes, &choice->dtype));
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "layout", kNumLayouts, &choice->layout));
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "route", kNumRoutes, &choice->route));
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "isa", kNumIsas, &choice->isa));
  RAPTORS_RETURN_IF_ERROR(ReadName(object, pointer, "reason", kNumReasons, &choice->reason));
  uint64_t number = 0;
  RAPTORS_RETURN_IF_ERROR(ReadCount(object, pointer, "threads", 0, std::numeric_limits<uint16_t>::max(), &number));
  choice->threads = static_cast<uint16_t>(number);
  RAPTORS_RETURN_IF_ERROR(ReadCount(object, pointer, "size", 0, metrics::SizeBucketFloor(63), &number));
  choice->size_bucket = metrics::SizeBucket(static_cast<int64_t>(number));
  if (metrics::SizeBucketFloor(choice->size_bucket) != static_cast<int64_t>(number)) {
    return ErrorAt(Child(pointer, "size"), absl::StrCat("got ", number, "; expected 0 or a power of two"));
  }
  return absl::OkStatus();
}

absl::Status CheckArray(const Json& document, const char* key) {
  const Json& value = document.at(key);
  return value.is_array() ? absl::OkStatus() : ErrorAt(Child("", key), absl::StrCat(Got(value), "; expected an array"));
}

auto Fields(const metrics::Choice& choice) {
  return std::make_tuple(choice.op, choice.dtype, choice.layout, choice.size_bucket, choice.route, choice.isa,
                         choice.threads, choice.reason);
}

absl::Status ReadCalls(const Json& document, metrics::Snapshot* snapshot) {
  RAPTORS_RETURN_IF_ERROR(CheckArray(document, "calls"));
  std::set<decltype(Fields({}))> seen;
  uint64_t calls = snapshot->overflow;
  for (const Json& object : document.at("calls")) {
    const std::string pointer = Child("/calls", static_cast<int64_t>(snapshot->entries.size()));
    RAPTORS_RETURN_IF_ERROR(
        CheckKeys(object, pointer, {"op", "dtype", "layout", "size", "route", "isa", "threads", "reason", "count"}));
    metrics::Snapshot::Entry entry = {};
    RAPTORS_RETURN_IF_ERROR(ReadChoice(object, pointer, &entry.choice));
    RAPTORS_RETURN_IF_ERROR(ReadCount(object, pointer, "count", 1, kMaxCount - calls, &entry.count));
    calls += entry.count;
    if (!seen.insert(Fields(entry.choice)).second) {
      return ErrorAt(pointer, "the same path as an item before it; expected each path once");
    }
    snapshot->entries.push_back(entry);
  }
  std::sort(snapshot->entries.begin(), snapshot->entries.end(),
            [](const auto& a, const auto& b) { return Fields(a.choice) < Fields(b.choice); });
  return absl::OkStatus();
}

absl::Status ReadCounters(const Json& document, metrics::Snapshot* snapshot) {
#define RAPTORS_X(id, name, help) name,
  RAPTORS_RETURN_IF_ERROR(CheckKeys(document.at("counters"), "/counters", {RAPTORS_COUNTERS(RAPTORS_X)}));
#undef RAPTORS_X
  for (int i = 0; i < metrics::kNumCounters; ++i) {
    RAPTORS_RETURN_IF_ERROR(ReadCount(document.at("counters"), "/counters", metrics::kCounterNames[i], 0, kMaxCount,
                                      &snapshot->counters[i]));
  }
  return absl::OkStatus();
}

absl::Status ReadLast(const Json& document, metrics::Snapshot* snapshot) {
  RAPTORS_RETURN_IF_ERROR(CheckArray(document, "last"));
  for (const Json& object : document.at("last")) {
    const std::string pointer = Child("/last", static_cast<int64_t>(snapshot->last.size()));
    RAPTORS_RETURN_IF_ERROR(
        CheckKeys(object, pointer, {"op", "dtype", "layout", "size", "route", "isa", "threads", "reason"}));
    RAPTORS_RETURN_IF_ERROR(ReadChoice(object, pointer, &snapshot->last.emplace_back()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<metrics::Snapshot> ParseSnapshot(absl::string_view json) {
  const absl::StatusOr<Json> document = profile::ReadJson(json, kMaxBytes, kMaxDepth);
  if (!document.ok()) return document.status();
  RAPTORS_RETURN_IF_ERROR(CheckKeys(*document, "", {"calls", "overflow", "counters", "last"}));
  metrics::Snapshot snapshot;
  RAPTORS_RETURN_IF_ERROR(ReadCount(*document, "", "overflow", 0, kMaxCount, &snapshot.overflow));
  RAPTORS_RETURN_IF_ERROR(ReadCalls(*document, &snapshot));
  RAPTORS_RETURN_IF_ERROR(ReadCounters(*document, &snapshot));
  RAPTORS_RETURN_IF_ERROR(ReadLast(*document, &snapshot));
  return snapshot;
}

}  // namespace raptors::dashboard
