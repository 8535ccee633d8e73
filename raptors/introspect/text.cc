// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/introspect/text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace raptors::introspect {
namespace {

constexpr const char* kIndent = "  ";

std::string Bytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < sizeof(kUnits) / sizeof(kUnits[0])) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.4g %s", value, kUnits[unit]);
}

// Appends words, going to a new line with the same indentation where one would pass kColumns.
void AppendWrapped(absl::string_view words, size_t indentation, std::string* text) {
  constexpr size_t kColumns = 120;
  size_t column = indentation;
  const char* separator = "";
  for (const absl::string_view word : absl::StrSplit(words, ' ')) {
    if (column > indentation && column + 1 + word.size() > kColumns) {
      absl::StrAppend(text, "\n", std::string(indentation, ' '));
      column = indentation;
      separator = "";
    }
    absl::StrAppend(text, separator, word);
    column += word.size() + 1;
    separator = " ";
  }
}

// Rows with their columns aligned; long words of the last column go on below it.
std::string Columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    std::string line = kIndent;
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      absl::StrAppend(&line, row[i], std::string(widths[i] - row[i].size() + 2, ' '));
    }
    AppendWrapped(row.back(), line.size(), &line);
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return text;
}

std::string Threads(int threads) { return absl::StrCat(threads, threads == 1 ? " thread" : " threads"); }

std::string Settings(const SettingsInForce& settings) {
  std::string text = Columns(
      {{"simd", settings.simd},
       {"threads", settings.max_threads == 0 ? "all usable cores" : absl::StrCat("at most ", settings.max_threads)},
       {"blas", settings.blas},
       {"determinism", settings.determinism},
       {"metrics", settings.metrics ? "on" : "off"}});
  if (!settings.status.ok()) absl::StrAppend(&text, kIndent, "error: ", settings.status.message(), "\n");
  return text;
}

std::string Levels(const std::vector<LevelInfo>& levels) {
  std::vector<std::vector<std::string>> rows;
  for (const LevelInfo& level : levels) {
    rows.push_back({Name(level.isa), level.built ? "built" : "not built",
                    level.supported ? "supported" : "not supported", level.in_force ? "in force" : ""});
  }
  return Columns(rows);
}

std::string Profile(const ProfileInfo& profile) {
  std::vector<std::vector<std::string>> rows = {
      {"name", profile.name}, {"source", profile.source}, {"CPU pattern", profile.pattern}};
  const profile::Provenance& provenance = profile.provenance;
  for (const auto& [key, value] : {std::pair<const char*, const std::string&>{"machine", provenance.machine},
                                   {"date", provenance.date},
                                   {"command", provenance.command},
                                   {"note", provenance.note}}) {
    if (!value.empty()) rows.push_back({key, value});
  }
  std::string text = Columns(rows);
  if (!profile.file_status.ok()) {
    absl::StrAppend(&text, kIndent, "file not used: ", profile.file_status.message(), "\n");
  }
  return text;
}

}  // namespace

std::string ToText(const Explanation& why) {
  const policy::CallShape& shape = why.shape;
  const policy::Decision& decision = why.policy.decision;
  std::string text =
      absl::StrCat(Name(shape.op), " ", Name(shape.dtype), " ",
                   why.extents.empty() ? "scalar" : absl::StrJoin(why.extents, "x"), ", ", Name(shape.layout),
                   shape.in_place   ? ", in place"
                   : shape.buffered ? ", overlapping"
                                    : "",
                   ": ", shape.elements, " elements, ", Bytes(why.bytes_moved), " moved\n");
  absl::StrAppend(&text, "decision\n",
                  Columns({{"route", Name(decision.route)},
                           {"level", Name(decision.isa)},
                           {"threads", absl::StrCat(decision.threads)},
                           {"tile", absl::StrCat(decision.tile_elements, " elements")},
                           {"streaming stores", decision.stream ? "yes" : "no"},
                           {"reason", absl::StrCat(Name(decision.reason), ": ", Text(decision.reason))}}));
  std::vector<std::vector<std::string>> rows;
  for (const policy::Candidate& candidate : why.policy.candidates) {
    const std::string path =
        candidate.route == Route::kSimd ? absl::StrCat("simd ", Name(candidate.isa)) : Name(candidate.route);
    rows.push_back({candidate.chosen     ? "chosen"
                    : candidate.eligible ? "possible"
                                         : "excluded",
                    path, Threads(candidate.threads), Text(candidate.reason)});
  }
  absl::StrAppend(&text, "candidates\n", Columns(rows));
  rows.clear();
  for (const ThresholdInfo& info : why.thresholds) {
    const profile::FieldInfo& field = profile::Info(info.field);
    rows.push_back({field.key, info.threshold.never ? "never" : absl::StrCat(info.threshold.value, " ", field.unit),
                    info.threshold.provenance});
  }
  absl::StrAppend(&text, "thresholds\n", Columns(rows));
  absl::StrAppend(&text, "profile\n", Profile(why.profile), "settings\n", Settings(why.settings));
  return text;
}

std::string ToText(const SystemInfo& info) {
  const cpu::Info& cpu = info.cpu;
  std::string text = absl::StrCat("raptors ", info.version, "\n");
  std::vector<std::vector<std::string>> rows = {
      {"model", cpu.model}, {"vendor", cpu.vendor}, {"architecture", cpu.architecture}};
  if (cpu.sve_vector_bits > 0) rows.push_back({"SVE vectors", absl::StrCat(cpu.sve_vector_bits, " bits")});
  rows.push_back({"usable cores", absl::StrCat(cpu.usable_cores.cores, " (", cpu.usable_cores.source, ")")});
  for (const cpu::Cache& cache : cpu.caches) {
    rows.push_back({absl::StrCat("L", cache.level, " cache"),
                    absl::StrCat(Bytes(cache.bytes), ", lines of ", cache.line_bytes, " B",
                                 cache.shared_by > 0 ? absl::StrCat(", shared by ", cache.shared_by) : "", " (",
                                 cpu.caches_source, ")")});
  }
  absl::StrAppend(&text, "processor\n", Columns(rows));
  absl::StrAppend(&text, "levels\n", Levels(info.levels));
  rows = {{"library", info.blas.name}};
  if (!info.blas.core.empty()) rows.push_back({"core", info.blas.core});
  if (!info.blas.config.empty()) rows.push_back({"build", info.blas.config});
  absl::StrAppend(&text, "blas\n", Columns(rows));
  absl::StrAppend(
      &text, "memory\n",
      Columns(
          {{"in use", Bytes(info.memory.bytes_in_use)},
           {"kept for reuse", absl::StrCat(Bytes(info.memory.bytes_cached), " of at most ", Bytes(info.memory.cap))},
           {"allocations", absl::StrCat(info.memory.hits, " from kept blocks, ", info.memory.misses, " new")}}));
  absl::StrAppend(&text, "pool\n", Columns({{"workers", absl::StrCat(info.pool_workers)}}));
  absl::StrAppend(&text, "profile\n", Profile(info.profile), "settings\n", Settings(info.settings));
  return text;
}

std::string ToText(const ThreadingInfo& now) {
  const auto or_never = [](int64_t bytes) { return bytes == policy::kNever ? "never" : Bytes(bytes); };
  std::string text = "threads\n";
  std::vector<std::vector<std::string>> rows = {
      {"usable cores", absl::StrCat(now.usable_cores, " (", now.usable_cores_source, ")")},
      {"a call may use", absl::StrCat(Threads(now.max_threads), now.limited ? " (a setting)" : " (usable cores)")},
      {"pool", absl::StrCat(now.pool_workers, " workers, at most ", now.pool_limit, " threads")},
      {"ran inline", absl::StrCat(now.inline_nested, " nested, ", now.inline_busy, " while the workers were taken")},
      {"thread creation", absl::StrCat(now.creation_failed, " failures")}};
  absl::StrAppend(&text, Columns(rows), "several threads from (bytes moved), each with at least\n");
  rows.clear();
  for (const ParallelThreshold& row : now.thresholds) {
    rows.push_back({Name(row.op), row.dtype ? Name(*row.dtype) : "*", row.layout ? Name(*row.layout) : "*",
                    or_never(row.parallel_min_bytes), Bytes(row.thread_min_bytes)});
  }
  absl::StrAppend(&text, Columns(rows), "simd\n", Levels(now.levels));
  absl::StrAppend(&text, Columns({{"vectors in force", absl::StrCat(now.vector_bits, " bits")}}), "blas\n");
  rows = {{"library", now.blas.name}};
  if (!now.blas.core.empty()) rows.push_back({"core", now.blas.core});
  if (now.blas_threads > 0) rows.push_back({"threads", absl::StrCat(now.blas_threads, " inside each of our tiles")});
  rows.push_back({"mode", now.blas_mode});
  rows.push_back({"determinism", now.determinism});
  absl::StrAppend(&text, Columns(rows), "calls counted", now.metrics ? "" : " (counting is off)", "\n");
  rows = {{"all", absl::StrCat(now.calls)}};
  for (const RouteCount& row : now.routes) {
    rows.push_back({absl::StrCat(Name(row.op), " ", Name(row.route)), absl::StrCat(row.calls)});
  }
  absl::StrAppend(&text, Columns(rows), "last decision\n");
  if (!now.last) return absl::StrCat(text, kIndent, "none on this thread\n");
  const metrics::Choice& last = *now.last;
  rows = {{"call", absl::StrCat(Name(last.op), " ", Name(last.dtype), ", ", Name(last.layout), ", at least ",
                                metrics::SizeBucketFloor(last.size_bucket), " elements")},
          {"path", absl::StrCat(Name(last.route), " ", Name(last.isa), ", ", Threads(last.threads))},
          {"reason", absl::StrCat(Name(last.reason), ": ", Text(last.reason))}};
  return absl::StrCat(text, Columns(rows));
}

std::string ToText(const std::vector<TableRow>& table) {
  std::vector<std::vector<std::string>> rows = {{"op", "dtype", "level", "lane bits", "align required",
                                                 "align preferred", "unroll", "tile granularity", "prefetch",
                                                 "supported"}};
  for (const auto& [entry, supported] : table) {
    rows.push_back(
        {Name(entry.op), Name(entry.dtype), Name(entry.isa),
         entry.lane_bits == 0 ? "scalable" : absl::StrCat(entry.lane_bits), absl::StrCat(entry.align_required),
         absl::StrCat(entry.align_preferred), absl::StrCat(entry.unroll), absl::StrCat(entry.tile_granularity),
         entry.prefetch_distance == 0 ? "hardware" : absl::StrCat(entry.prefetch_distance), supported ? "yes" : "no"});
  }
  return Columns(rows);
}

}  // namespace raptors::introspect
