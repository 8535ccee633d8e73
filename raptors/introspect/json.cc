// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/introspect/json.h"

#include <utility>

#include "nlohmann/json.hpp"

namespace raptors::introspect {
namespace {

using Json = nlohmann::ordered_json;

// Texts may come from files; what is no UTF-8 is replaced, so that nothing throws.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
}

Json Error(const absl::Status& status) { return status.ok() ? Json(nullptr) : Json(std::string(status.message())); }

Json ToTree(const SettingsInForce& settings) {
  return {{"simd", settings.simd},
          {"max_threads", settings.max_threads == 0 ? Json(nullptr) : Json(settings.max_threads)},
          {"blas", settings.blas},
          {"determinism", settings.determinism},
          {"verbose_decisions", settings.verbose_decisions},
          {"metrics", settings.metrics},
          {"error", Error(settings.status)}};
}

Json ToTree(const ProfileInfo& profile) {
  return {{"name", profile.name},
          {"source", profile.source},
          {"pattern", profile.pattern},
          {"provenance",
           {{"machine", profile.provenance.machine},
            {"date", profile.provenance.date},
            {"command", profile.provenance.command},
            {"note", profile.provenance.note}}},
          {"file_error", Error(profile.file_status)}};
}

Json ToTree(const std::vector<LevelInfo>& levels) {
  Json tree = Json::array();
  for (const LevelInfo& level : levels) {
    tree.push_back({{"isa", Name(level.isa)},
                    {"built", level.built},
                    {"supported", level.supported},
                    {"in_force", level.in_force}});
  }
  return tree;
}

Json ToTree(const BlasInfo& blas) {
  return {{"available", blas.available}, {"name", blas.name}, {"core", blas.core}, {"config", blas.config}};
}

}  // namespace

std::string ToJson(const Explanation& why) {
  const policy::CallShape& shape = why.shape;
  const policy::Decision& decision = why.policy.decision;
  Json json = {{"call",
                {{"op", Name(shape.op)},
                 {"dtype", Name(shape.dtype)},
                 {"shape", why.extents},
                 {"layout", Name(shape.layout)},
                 {"in_place", shape.in_place},
                 {"overlapping", shape.buffered},
                 {"elements", shape.elements},
                 {"bytes_moved", why.bytes_moved}}},
               {"decision",
                {{"route", Name(decision.route)},
                 {"isa", Name(decision.isa)},
                 {"threads", decision.threads},
                 {"tile_elements", decision.tile_elements},
                 {"stream", decision.stream},
                 {"reason", Name(decision.reason)},
                 {"text", Text(decision.reason)}}}};
  json["candidates"] = Json::array();
  for (const policy::Candidate& candidate : why.policy.candidates) {
    json["candidates"].push_back({{"route", Name(candidate.route)},
                                  {"isa", Name(candidate.isa)},
                                  {"threads", candidate.threads},
                                  {"eligible", candidate.eligible},
                                  {"chosen", candidate.chosen},
                                  {"reason", Name(candidate.reason)},
                                  {"text", Text(candidate.reason)}});
  }
  json["thresholds"] = Json::object();
  for (const ThresholdInfo& info : why.thresholds) {
    const profile::FieldInfo& field = profile::Info(info.field);
    json["thresholds"][field.key] = {{"value", info.threshold.never ? Json("never") : Json(info.threshold.value)},
                                     {"unit", field.unit},
                                     {"provenance", info.threshold.provenance}};
  }
  json["profile"] = ToTree(why.profile);
  json["settings"] = ToTree(why.settings);
  return Dump(json);
}

std::string ToJson(const SystemInfo& info) {
  Json json = {{"version", info.version},
               {"cpu",
                {{"model", info.cpu.model},
                 {"vendor", info.cpu.vendor},
                 {"architecture", info.cpu.architecture},
                 {"sve_vector_bits", info.cpu.sve_vector_bits},
                 {"usable_cores", info.cpu.usable_cores.cores},
                 {"usable_cores_source", info.cpu.usable_cores.source},
                 {"caches_source", info.cpu.caches_source},
                 {"caches", Json::array()}}}};
  for (const cpu::Cache& cache : info.cpu.caches) {
    json["cpu"]["caches"].push_back({{"level", cache.level},
                                     {"bytes", cache.bytes},
                                     {"line_bytes", cache.line_bytes},
                                     {"shared_by", cache.shared_by}});
  }
  json["levels"] = ToTree(info.levels);
  json["blas"] = ToTree(info.blas);
  json["memory"] = {{"bytes_in_use", info.memory.bytes_in_use},
                    {"bytes_cached", info.memory.bytes_cached},
                    {"cap", info.memory.cap},
                    {"hits", info.memory.hits},
                    {"misses", info.memory.misses}};
  json["pool"] = {{"workers", info.pool_workers}};
  json["profile"] = ToTree(info.profile);
  json["settings"] = ToTree(info.settings);
  return Dump(json);
}

std::string ToJson(const ThreadingInfo& now) {
  const auto or_never = [](int64_t bytes) { return bytes == policy::kNever ? Json("never") : Json(bytes); };
  Json json = {{"usable_cores", now.usable_cores},
               {"usable_cores_source", now.usable_cores_source},
               {"max_threads", now.max_threads},
               {"limited", now.limited},
               {"pool",
                {{"workers", now.pool_workers},
                 {"limit", now.pool_limit},
                 {"inline_nested", now.inline_nested},
                 {"inline_busy", now.inline_busy},
                 {"creation_failed", now.creation_failed}}},
               {"parallel_thresholds", Json::array()}};
  for (const ParallelThreshold& row : now.thresholds) {
    json["parallel_thresholds"].push_back({{"op", Name(row.op)},
                                           {"dtype", row.dtype ? Name(*row.dtype) : "*"},
                                           {"layout", row.layout ? Name(*row.layout) : "*"},
                                           {"parallel_min_bytes", or_never(row.parallel_min_bytes)},
                                           {"thread_min_bytes", row.thread_min_bytes}});
  }
  json["simd"] = {{"level", Name(now.isa)}, {"vector_bits", now.vector_bits}, {"levels", ToTree(now.levels)}};
  json["blas"] = ToTree(now.blas);
  json["blas"]["threads"] = now.blas_threads;
  json["blas"]["mode"] = now.blas_mode;
  json["determinism"] = now.determinism;
  json["metrics"] = now.metrics;
  json["calls"] = now.calls;
  json["routes"] = Json::array();
  for (const RouteCount& row : now.routes) {
    json["routes"].push_back({{"op", Name(row.op)}, {"route", Name(row.route)}, {"calls", row.calls}});
  }
  json["last_decision"] = nullptr;
  if (now.last) {
    json["last_decision"] = {
        {"op", Name(now.last->op)},         {"dtype", Name(now.last->dtype)},
        {"layout", Name(now.last->layout)}, {"size_at_least", metrics::SizeBucketFloor(now.last->size_bucket)},
        {"route", Name(now.last->route)},   {"isa", Name(now.last->isa)},
        {"threads", now.last->threads},     {"reason", Name(now.last->reason)},
        {"text", Text(now.last->reason)}};
  }
  return Dump(json);
}

std::string ToJson(const std::vector<TableRow>& table) {
  Json json = Json::array();
  for (const auto& [entry, supported] : table) {
    json.push_back({{"op", Name(entry.op)},
                    {"dtype", Name(entry.dtype)},
                    {"isa", Name(entry.isa)},
                    {"lane_bits", entry.lane_bits == 0 ? Json("scalable") : Json(entry.lane_bits)},
                    {"align_required", entry.align_required},
                    {"align_preferred", entry.align_preferred},
                    {"unroll", entry.unroll},
                    {"tile_granularity", entry.tile_granularity},
                    {"prefetch_distance", entry.prefetch_distance},
                    {"supported", supported}});
  }
  return Dump(json);
}

}  // namespace raptors::introspect
