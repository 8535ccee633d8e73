// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// JSON to Document: the schema, checked key by key.

#include <math.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/base/status.h"
#include "raptors/profile/json_tree.h"
#include "raptors/profile/profile.h"
#include "raptors/profile/rows.h"
#include "re2/re2.h"

namespace raptors::profile {
namespace {

std::string KindOf(const Json& value) {
  return value.is_null() ? "null" : absl::StrCat("a value of type ", value.type_name());
}

absl::Status CheckObject(const Json& value, absl::string_view pointer,
                         std::initializer_list<absl::string_view> required,
                         std::initializer_list<absl::string_view> optional) {
  if (!value.is_object()) return ErrorAt(pointer, absl::StrCat("got ", KindOf(value), "; expected an object"));
  const auto in = [](std::initializer_list<absl::string_view> keys, absl::string_view key) {
    for (const absl::string_view k : keys) {
      if (k == key) return true;
    }
    return false;
  };
  for (const auto& [key, unused] : value.items()) {
    if (!in(required, key) && !in(optional, key)) return ErrorAt(Child(pointer, key), "unknown key");
  }
  for (const absl::string_view key : required) {
    if (!value.contains(std::string(key))) return ErrorAt(pointer, absl::StrCat("key \"", key, "\" is missing"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadText(const Json& object, absl::string_view pointer, absl::string_view key) {
  const Json& value = object.at(std::string(key));
  if (!value.is_string())
    return ErrorAt(Child(pointer, key), absl::StrCat("got ", KindOf(value), "; expected a string"));
  const std::string& text = value.get_ref<const std::string&>();
  if (text.empty()) return ErrorAt(Child(pointer, key), "got an empty string; expected some text");
  return text;
}

// Key `key` of a row: "*" (no value) or the name of one of the first `count` enumerators.
template <typename E>
absl::Status ReadSelector(const Json& row, absl::string_view pointer, absl::string_view key, int count,
                          std::optional<E>* out) {
  absl::StatusOr<std::string> text = ReadText(row, pointer, key);
  if (!text.ok()) return text.status();
  if (*text == "*") return absl::OkStatus();
  std::string known;
  for (int i = 0; i < count; ++i) {
    const absl::string_view name = Name(static_cast<E>(i));
    if (*text == name) {
      *out = static_cast<E>(i);
      return absl::OkStatus();
    }
    absl::StrAppend(&known, ", ", name);
  }
  return ErrorAt(Child(pointer, key), absl::StrCat("got ", Quoted(*text), "; expected one of *", known));
}

absl::StatusOr<Threshold> ReadThreshold(const Json& json, absl::string_view pointer, const FieldInfo& info) {
  RAPTORS_RETURN_IF_ERROR(CheckObject(json, pointer, {"value", "unit", "provenance"}, {}));
  Threshold threshold;
  const Json& value = json.at("value");
  const std::string value_pointer = Child(pointer, "value");
  if (value.is_number()) {
    threshold.value = value.get<double>();
    RAPTORS_RETURN_IF_ERROR(CheckNumber(threshold.value, info, value_pointer));
  } else if (info.may_be_never && value.is_string() && value.get_ref<const std::string&>() == "never") {
    threshold.never = true;
  } else {
    const std::string got = value.is_string() ? Quoted(value.get_ref<const std::string&>()) : KindOf(value);
    return ErrorAt(value_pointer,
                   absl::StrCat("got ", got, "; expected a number", info.may_be_never ? " or \"never\"" : ""));
  }
  absl::StatusOr<std::string> unit = ReadText(json, pointer, "unit");
  if (!unit.ok()) return unit.status();
  if (*unit != info.unit) {
    return ErrorAt(Child(pointer, "unit"), absl::StrCat("got ", Quoted(*unit), "; expected \"", info.unit, "\""));
  }
  absl::StatusOr<std::string> provenance = ReadText(json, pointer, "provenance");
  if (!provenance.ok()) return provenance.status();
  threshold.provenance = *std::move(provenance);
  return threshold;
}

absl::StatusOr<Row> ReadRow(const Json& json, absl::string_view pointer) {
#define RAPTORS_X(id, key, ...) key,
  RAPTORS_RETURN_IF_ERROR(CheckObject(json, pointer, {"op", "dtype", "layout"}, {RAPTORS_PROFILE_FIELDS(RAPTORS_X)}));
#undef RAPTORS_X
  Row row;
  RAPTORS_RETURN_IF_ERROR(ReadSelector(json, pointer, "op", kNumOps, &row.op));
  RAPTORS_RETURN_IF_ERROR(ReadSelector(json, pointer, "dtype", kNumDTypes, &row.dtype));
  RAPTORS_RETURN_IF_ERROR(ReadSelector(json, pointer, "layout", kNumLayouts, &row.layout));
  bool any = false;
  for (int i = 0; i < kNumFields; ++i) {
    const FieldInfo& info = kFieldInfos[i];
    if (!json.contains(info.key)) continue;
    absl::StatusOr<Threshold> threshold = ReadThreshold(json.at(info.key), Child(pointer, info.key), info);
    if (!threshold.ok()) return threshold.status();
    row.fields[i] = *std::move(threshold);
    any = true;
  }
  if (!any) return ErrorAt(pointer, "the row has no threshold");
  return row;
}

absl::StatusOr<CpuThresholds> ReadCpu(const Json& json, absl::string_view pointer) {
  RAPTORS_RETURN_IF_ERROR(CheckObject(json, pointer, {"pattern", "thresholds"}, {}));
  CpuThresholds cpu;
  absl::StatusOr<std::string> pattern = ReadText(json, pointer, "pattern");
  if (!pattern.ok()) return pattern.status();
  cpu.pattern = *std::move(pattern);
  const RE2 compiled(cpu.pattern, PatternOptions());
  if (!compiled.ok()) {
    return ErrorAt(Child(pointer, "pattern"), absl::StrCat("not a regular expression: ", Quoted(compiled.error())));
  }
  const Json& rows = json.at("thresholds");
  const std::string rows_pointer = Child(pointer, "thresholds");
  if (!rows.is_array()) return ErrorAt(rows_pointer, absl::StrCat("got ", KindOf(rows), "; expected an array"));
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string row_pointer = Child(rows_pointer, static_cast<int64_t>(i));
    absl::StatusOr<Row> row = ReadRow(rows[i], row_pointer);
    if (!row.ok()) return row.status();
    for (size_t k = 0; k < cpu.rows.size(); ++k) {
      const Row& earlier = cpu.rows[k];
      if (earlier.op == row->op && earlier.dtype == row->dtype && earlier.layout == row->layout) {
        return ErrorAt(row_pointer, absl::StrCat("same op, dtype and layout as row ", k));
      }
    }
    cpu.rows.push_back(*std::move(row));
  }
  if (const std::string missing = FirstGap(cpu.rows); !missing.empty()) {
    return ErrorAt(rows_pointer, absl::StrCat("no value of ", missing));
  }
  return cpu;
}

absl::StatusOr<Provenance> ReadProvenance(const Json& json, absl::string_view pointer) {
  RAPTORS_RETURN_IF_ERROR(CheckObject(json, pointer, {}, {"machine", "date", "command", "note"}));
  Provenance provenance;
  const std::pair<const char*, std::string*> members[] = {{"machine", &provenance.machine},
                                                          {"date", &provenance.date},
                                                          {"command", &provenance.command},
                                                          {"note", &provenance.note}};
  for (const auto& [key, out] : members) {
    if (!json.contains(key)) continue;
    absl::StatusOr<std::string> text = ReadText(json, pointer, key);
    if (!text.ok()) return text.status();
    *out = *std::move(text);
  }
  return provenance;
}

}  // namespace

absl::Status CheckNumber(double value, const FieldInfo& info, absl::string_view pointer) {
  if (value >= info.least && value <= info.largest && (!info.whole || value == floor(value))) return absl::OkStatus();
  return ErrorAt(pointer, absl::StrCat("got ", value, "; expected a ", info.whole ? "whole " : "", "number from ",
                                       info.least, " to ", info.largest));
}

absl::StatusOr<Document> ParseDocument(absl::string_view json) {
  absl::StatusOr<Json> tree = ReadJson(json, kMaxBytes, kMaxDepth);
  if (!tree.ok()) return tree.status();
  RAPTORS_RETURN_IF_ERROR(CheckObject(*tree, "", {"schema", "name", "provenance", "cpus"}, {}));
  const Json& schema = tree->at("schema");
  if (!schema.is_number_integer() || schema != kSchemaVersion) {
    return ErrorAt("/schema", absl::StrCat("got ", schema.is_number() ? schema.dump() : KindOf(schema), "; expected ",
                                           kSchemaVersion));
  }
  Document document;
  absl::StatusOr<std::string> name = ReadText(*tree, "", "name");
  if (!name.ok()) return name.status();
  document.name = *std::move(name);
  absl::StatusOr<Provenance> provenance = ReadProvenance(tree->at("provenance"), "/provenance");
  if (!provenance.ok()) return provenance.status();
  document.provenance = *std::move(provenance);

  const Json& cpus = tree->at("cpus");
  if (!cpus.is_array()) return ErrorAt("/cpus", absl::StrCat("got ", KindOf(cpus), "; expected an array"));
  for (size_t i = 0; i < cpus.size(); ++i) {
    absl::StatusOr<CpuThresholds> cpu = ReadCpu(cpus[i], Child("/cpus", static_cast<int64_t>(i)));
    if (!cpu.ok()) return cpu.status();
    document.cpus.push_back(*std::move(cpu));
  }
  if (document.cpus.empty() || document.cpus.back().pattern != ".*") {
    return ErrorAt("/cpus", "the last pattern must be \".*\", for every CPU that no other pattern matches");
  }
  return document;
}

}  // namespace raptors::profile
