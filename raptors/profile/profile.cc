// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Document to flat arrays, and back to JSON.

#include "raptors/profile/profile.h"

#include <assert.h>

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "raptors/base/status.h"
#include "raptors/heuristics/builtin.h"
#include "raptors/profile/json_tree.h"
#include "raptors/profile/rows.h"
#include "re2/re2.h"

namespace raptors::profile {
namespace {

using OrderedJson = nlohmann::ordered_json;

int64_t Whole(const Threshold& threshold) {
  return threshold.never ? policy::kNever : static_cast<int64_t>(threshold.value);
}

double Share(const Threshold& threshold) {
  return threshold.never ? std::numeric_limits<double>::infinity() : threshold.value;
}

template <typename E>
const char* Selector(const std::optional<E>& value) {
  return value.has_value() ? Name(*value) : "*";
}

OrderedJson ToJson(const Threshold& threshold, const FieldInfo& info) {
  OrderedJson json;
  if (threshold.never) {
    json["value"] = "never";
  } else if (info.whole) {
    json["value"] = static_cast<int64_t>(threshold.value);
  } else {
    json["value"] = threshold.value;
  }
  json["unit"] = info.unit;
  json["provenance"] = threshold.provenance;
  return json;
}

OrderedJson ToJson(const Row& row) {
  OrderedJson json;
  json["op"] = Selector(row.op);
  json["dtype"] = Selector(row.dtype);
  json["layout"] = Selector(row.layout);
  for (int i = 0; i < kNumFields; ++i) {
    if (row.fields[i].has_value()) json[kFieldInfos[i].key] = ToJson(*row.fields[i], kFieldInfos[i]);
  }
  return json;
}

OrderedJson ToJson(const Provenance& provenance) {
  OrderedJson json = OrderedJson::object();
  if (!provenance.machine.empty()) json["machine"] = provenance.machine;
  if (!provenance.date.empty()) json["date"] = provenance.date;
  if (!provenance.command.empty()) json["command"] = provenance.command;
  if (!provenance.note.empty()) json["note"] = provenance.note;
  return json;
}

// What ParseDocument() has checked of a document that it made, for one that was made in code.
absl::Status CheckNumbers(const std::vector<Row>& rows, absl::string_view pointer) {
  for (size_t r = 0; r < rows.size(); ++r) {
    for (int i = 0; i < kNumFields; ++i) {
      const std::optional<Threshold>& threshold = rows[r].fields[i];
      if (!threshold.has_value()) continue;
      const FieldInfo& info = kFieldInfos[i];
      const std::string at = Child(Child(Child(pointer, static_cast<int64_t>(r)), info.key), "value");
      if (threshold->never) {
        if (!info.may_be_never) return ErrorAt(at, "got \"never\"; expected a number");
        continue;
      }
      RAPTORS_RETURN_IF_ERROR(CheckNumber(threshold->value, info, at));
    }
  }
  return absl::OkStatus();
}

bool Covers(const Row& row, Op op, DType dtype, Layout layout) {
  return row.op.value_or(op) == op && row.dtype.value_or(dtype) == dtype && row.layout.value_or(layout) == layout;
}

}  // namespace

const Threshold* Find(const std::vector<Row>& rows, Op op, DType dtype, Layout layout, Field field) {
  const Threshold* found = nullptr;
  for (const Row& row : rows) {
    const std::optional<Threshold>& threshold = row.fields[static_cast<int>(field)];
    if (threshold.has_value() && Covers(row, op, dtype, layout)) found = &*threshold;
  }
  return found;
}

std::string FirstGap(const std::vector<Row>& rows) {
  for (const OpInfo& info : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      for (int k = 0; k < kNumLayouts; ++k) {
        const Layout layout = static_cast<Layout>(k);
        for (int i = 0; i < kNumFields; ++i) {
          if (Find(rows, info.op, dtype, layout, static_cast<Field>(i)) != nullptr) continue;
          return absl::StrCat(kFieldInfos[i].key, " for ", info.name, ", ", Name(dtype), ", ", Name(layout));
        }
      }
    }
  }
  return "";
}

const Threshold& LoadedProfile::At(Op op, DType dtype, Layout layout, Field field) const {
  const Threshold* const found = Find(rows, op, dtype, layout, field);
  assert(found != nullptr);  // Compile() left no gap
  return *found;
}

std::string Serialize(const Document& document) {
  OrderedJson json;
  json["schema"] = kSchemaVersion;
  json["name"] = document.name;
  json["provenance"] = ToJson(document.provenance);
  json["cpus"] = OrderedJson::array();
  for (const CpuThresholds& cpu : document.cpus) {
    OrderedJson rows = OrderedJson::array();
    for (const Row& row : cpu.rows) rows.push_back(ToJson(row));
    OrderedJson entry;
    entry["pattern"] = cpu.pattern;
    entry["thresholds"] = std::move(rows);
    json["cpus"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', /*ensure_ascii=*/true, OrderedJson::error_handler_t::replace) + "\n";
}

absl::StatusOr<LoadedProfile> Compile(const Document& document, absl::string_view cpu_model) {
  for (size_t i = 0; i < document.cpus.size(); ++i) {
    const CpuThresholds& cpu = document.cpus[i];
    const RE2 pattern(cpu.pattern, PatternOptions());
    if (!RE2::PartialMatch(cpu_model, pattern)) continue;
    const std::string pointer = Child(Child("/cpus", static_cast<int64_t>(i)), "thresholds");
    RAPTORS_RETURN_IF_ERROR(CheckNumbers(cpu.rows, pointer));
    if (const std::string gap = FirstGap(cpu.rows); !gap.empty()) {
      return ErrorAt(pointer, absl::StrCat("no value of ", gap));
    }
    LoadedProfile loaded;
    loaded.name = document.name;
    loaded.pattern = cpu.pattern;
    loaded.provenance = document.provenance;
    loaded.rows = cpu.rows;
    for (const OpInfo& info : kOpInfos) {
      for (const DType dtype : kAllDTypes) {
        for (int k = 0; k < kNumLayouts; ++k) {
          const Layout layout = static_cast<Layout>(k);
          const auto at = [&](Field field) -> const Threshold& {
            return *Find(cpu.rows, info.op, dtype, layout, field);
          };
          policy::Thresholds& out = loaded.thresholds.At(info.op, dtype, layout);
          out.parallel_min_bytes = Whole(at(Field::kParallelMin));
          out.thread_min_bytes = Whole(at(Field::kThreadMin));
          out.blas_min_elements = Whole(at(Field::kBlasMin));
          out.stream_llc_share = Share(at(Field::kStreamMin));
          out.tile_l2_share = Share(at(Field::kTile));
        }
      }
    }
    return loaded;
  }
  return ErrorAt("/cpus", absl::StrCat("no pattern matches the CPU model ", Quoted(cpu_model)));
}

absl::StatusOr<LoadedProfile> Parse(absl::string_view json, absl::string_view cpu_model) {
  absl::StatusOr<Document> document = ParseDocument(json);
  if (!document.ok()) return document.status();
  return Compile(*document, cpu_model);
}

absl::string_view BuiltinJson() { return {heuristics::kBuiltinJson, sizeof(heuristics::kBuiltinJson) - 1}; }

}  // namespace raptors::profile
