// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors tune: measures this machine's crossovers into a profile, or checks the one in force.

#include "raptors/tune/tune.h"

#include <stdio.h>
#include <unistd.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "raptors/base/op.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/introspect/introspect.h"
#include "raptors/profile/profile.h"
#include "re2/re2.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/file.h"
#include "tools/raptors/progress.h"
#include "tools/raptors/settings.h"
#include "tools/raptors/text.h"

namespace raptors::tools {
namespace {

using profile::Field;
using profile::Row;

// ---- Arguments

absl::StatusOr<double> ParseBudget(const std::string& text) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0 && seconds <= 86400)) {
    return AsUsageError(ArgumentError("--budget", absl::StrCat("'", text, "'"), "seconds, from 0 to 86400"));
  }
  return seconds;
}

absl::StatusOr<std::vector<Op>> ParseOps(const std::string& pattern) {
  const RE2 expression(pattern, RE2::Quiet);
  if (!expression.ok()) {
    return AsUsageError(ArgumentError("--ops", absl::StrCat("'", pattern, "'"),
                                      absl::StrCat("a regular expression (", expression.error(), ")")));
  }
  std::vector<Op> ops;
  std::string names;
  for (const OpInfo& info : kOpInfos) {
    if (RE2::FullMatch(info.name, expression)) ops.push_back(info.op);
    absl::StrAppend(&names, names.empty() ? "" : ", ", info.name);
  }
  if (ops.empty()) {
    return AsUsageError(
        ArgumentError("--ops", absl::StrCat("'", pattern, "'"), absl::StrCat("a match of one of ", names)));
  }
  return ops;
}

absl::Status ParseMode(const std::string& mode, tune::Options* options) {
  options->reproducible = mode == "reproducible" || mode == "both";
  options->fast = mode == "fast" || mode == "both";
  if (options->reproducible || options->fast) return absl::OkStatus();
  return AsUsageError(ArgumentError("--mode", absl::StrCat("'", mode, "'"), "reproducible, fast or both"));
}

absl::StatusOr<tune::Options> ParseOptions(const Args& args) {
  if (args.Has("check") && args.Has("output")) {
    return UsageError("--check writes no profile: --output cannot go with it");
  }
  tune::Options options;
  if (const auto text = args.Value("budget")) {
    const absl::StatusOr<double> seconds = ParseBudget(*text);
    if (!seconds.ok()) return seconds.status();
    options.seconds = *seconds;
  }
  if (const auto pattern = args.Value("ops")) {
    absl::StatusOr<std::vector<Op>> ops = ParseOps(*pattern);
    if (!ops.ok()) return ops.status();
    options.ops = *std::move(ops);
  }
  if (const auto mode = args.Value("mode")) RAPTORS_RETURN_IF_ERROR(ParseMode(*mode, &options));
  return options;
}

// ---- About

// The command without the output's path, which is of no interest to who reads the profile elsewhere.
std::string CommandLine(const Args& args) {
  std::string command = "raptors tune";
  for (const char* flag : {"budget", "ops", "mode"}) {
    if (const auto value = args.Value(flag)) absl::StrAppend(&command, " --", flag, "=", *value);
  }
  return command;
}

// "linux_x86_64" of "heuristics/linux_x86_64.json".
std::string ProfileName(const std::optional<std::string>& output) {
  if (!output.has_value()) return "tuned";
  const size_t slash = output->rfind('/');
  const std::string file = slash == std::string::npos ? *output : output->substr(slash + 1);
  const absl::string_view name = absl::StripSuffix(file, ".json");
  return name.empty() ? "tuned" : std::string(name);
}

// ---- Reports

std::string ValueText(double value, bool never) { return never ? "never" : absl::StrFormat("%.7g", value); }

template <typename E>
std::string Selector(const std::optional<E>& value) {
  return value.has_value() ? Name(*value) : "*";
}

std::string ToText(const profile::Document& document) {
  std::vector<std::vector<std::string>> rows = {{"op", "dtype", "layout"}};
  for (const profile::FieldInfo& info : profile::kFieldInfos) {
    rows[0].push_back(absl::StrCat(info.key, " (", info.unit, ")"));
  }
  for (const Row& row : document.cpus[0].rows) {
    std::vector<std::string> cells = {Selector(row.op), Selector(row.dtype), Selector(row.layout)};
    for (const std::optional<profile::Threshold>& field : row.fields) {
      cells.push_back(field.has_value() ? ValueText(field->value, field->never) : "");
    }
    rows.push_back(std::move(cells));
  }
  return absl::StrCat(Columns(rows), "\n", document.provenance.note, "\n");
}

const char* Finding(const tune::Verdict& verdict) {
  return !verdict.measured ? "not measured" : verdict.holds ? "holds" : "DOES NOT HOLD";
}

std::string ToText(const std::vector<tune::Verdict>& verdicts) {
  std::vector<std::vector<std::string>> rows = {
      {"op", "dtype", "layout", "threshold", "value", "finding", "loses", "best now", "where"}};
  for (const tune::Verdict& verdict : verdicts) {
    const profile::FieldInfo& info = profile::Info(verdict.field);
    std::vector<std::string> cells = {Selector(verdict.selector.op),
                                      Selector(verdict.selector.dtype),
                                      Selector(verdict.selector.layout),
                                      absl::StrCat(info.key, " (", info.unit, ")"),
                                      ValueText(verdict.threshold.value, verdict.threshold.never),
                                      Finding(verdict)};
    if (verdict.measured) {
      cells.push_back(absl::StrFormat("%.0f%%", 100 * verdict.loss));
      cells.push_back(ValueText(verdict.best.number, verdict.best.never));
      if (!verdict.holds) cells.push_back(verdict.where);
    }
    rows.push_back(std::move(cells));
  }
  return Columns(rows);
}

nlohmann::ordered_json JsonValue(double value, bool never) {
  return never ? nlohmann::ordered_json("never") : nlohmann::ordered_json(value);
}

std::string ToJson(const profile::LoadedProfile& loaded, const std::vector<tune::Verdict>& verdicts) {
  nlohmann::ordered_json json;
  json["profile"] = loaded.name;
  json["thresholds"] = nlohmann::ordered_json::array();
  for (const tune::Verdict& verdict : verdicts) {
    const profile::FieldInfo& info = profile::Info(verdict.field);
    nlohmann::ordered_json one = {{"op", Selector(verdict.selector.op)},
                                  {"dtype", Selector(verdict.selector.dtype)},
                                  {"layout", Selector(verdict.selector.layout)},
                                  {"threshold", info.key},
                                  {"unit", info.unit},
                                  {"value", JsonValue(verdict.threshold.value, verdict.threshold.never)},
                                  {"measured", verdict.measured}};
    if (verdict.measured) {
      one["holds"] = verdict.holds;
      one["loss"] = verdict.loss;
      one["best"] = JsonValue(verdict.best.number, verdict.best.never);
      if (!verdict.where.empty()) one["where"] = verdict.where;
    }
    json["thresholds"].push_back(std::move(one));
  }
  return JsonText(json);
}

// ---- The command

// Above this load average there is not a core for each of our threads.
constexpr double kBusyLoad = 0.5;

absl::StatusOr<tune::Measurement> MeasureWithBar(tune::Options options) {
  ProgressBar bar(stderr, isatty(fileno(stderr)) != 0);
  options.progress = [&bar](const tune::Progress& progress) {
    bar.Show(progress.fraction, absl::StrCat("round ", progress.round), progress.seconds);
  };
  absl::StatusOr<tune::Measurement> measured = tune::Measure(options);
  bar.Done();
  if (measured.ok() && measured->load_before > kBusyLoad) {
    absl::FPrintF(
        stderr,
        "raptors: warning: the machine was busy (load average %.2f before): several threads look worse than they "
        "are on an idle one\n",
        measured->load_before);
  }
  return measured;
}

absl::StatusOr<std::string> RunCheck(const Args& args, const tune::Options& options) {
  const absl::StatusOr<tune::Measurement> measured = MeasureWithBar(options);
  if (!measured.ok()) return measured.status();
  const profile::LoadedProfile& loaded = context::Current().profile_source->loaded;
  const std::vector<tune::Verdict> verdicts = tune::Check(*measured, loaded);
  int failed = 0, known = 0;
  for (const tune::Verdict& verdict : verdicts) {
    known += verdict.measured ? 1 : 0;
    failed += verdict.measured && !verdict.holds ? 1 : 0;
  }
  const std::string report = args.Has("json") ? ToJson(loaded, verdicts) : ToText(verdicts);
  if (failed == 0) return report;
  return FailureWithOutput(report, absl::StrCat(failed, " of ", Count(known, "measured threshold"), " of the profile ",
                                                loaded.name, " do not hold on this machine"));
}

absl::StatusOr<std::string> Run(const Args& args) {
  const absl::StatusOr<tune::Options> options = ParseOptions(args);
  if (!options.ok()) return options.status();
  WarnOfForcedBlasCore();
  if (args.Has("check")) return RunCheck(args, *options);

  // Before minutes go into a measurement that nobody could keep.
  const std::optional<std::string> path = args.Value("output");
  std::optional<OutputFile> file;
  if (path.has_value()) {
    absl::StatusOr<OutputFile> created = OutputFile::Create(*path);
    if (!created.ok()) return created.status();
    file.emplace(*std::move(created));
  }
  const absl::StatusOr<tune::Measurement> measured = MeasureWithBar(*options);
  if (!measured.ok()) return measured.status();
  const std::string machine = introspect::Info().cpu.model;
  const profile::Document document = tune::MakeDocument(
      *measured,
      {ProfileName(path), machine, absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()), CommandLine(args)},
      &context::Current().profile_source->loaded);
  const std::string json = profile::Serialize(document);
  // What is written can be read.
  RAPTORS_RETURN_IF_ERROR(profile::Parse(json, machine).status());
  if (file.has_value()) {
    RAPTORS_RETURN_IF_ERROR(file->Write(json.data(), static_cast<int64_t>(json.size())));
    RAPTORS_RETURN_IF_ERROR(file->Commit());
  }
  return args.Has("json") ? json : ToText(document);
}

}  // namespace

const Command& TuneCommand() {
  static const auto* command = new Command{
      "tune",
      "measure this machine's crossovers and write them to a profile",
      {},
      {{"output", "FILE", "write the profile to FILE, whole or not at all"},
       {"budget", "SECONDS", "the time to take (default 120); three rounds are made even where they take longer"},
       {"check", nullptr, "write nothing; say which thresholds of the profile in force hold on this machine"},
       {"ops", "REGEX", "only operations whose whole name matches; the rest stays as the profile in force has it"},
       {"mode", "MODE", "compare with BLAS where this mode admits it: reproducible, fast or both (default)"},
       kJsonFlag},
      /*settings=*/false,
      "A profile says from which size several threads, streaming stores and BLAS pay. Prints the thresholds, or with\n"
      "--json the profile itself; RAPTORS_PROFILE=FILE puts it in force. With --check the exit status is 1 where a\n"
      "threshold of the profile in force does not hold any more: it loses more than 10 % at some size, beyond noise.\n"
      "Measure on an idle machine. More time means more rounds and less noise.\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
