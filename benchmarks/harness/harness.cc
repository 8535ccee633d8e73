// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/harness/harness.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "benchmarks/report/result.h"
#include "re2/re2.h"

namespace raptors::benchmarks {
namespace {

// The value of --name=value, or of NAME in the environment, Google Benchmark's default. nullptr: neither.
const char* ValueOf(absl::string_view name, int argc, char** argv) {
  const char* value = std::getenv(absl::AsciiStrToUpper(name).c_str());
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (!absl::ConsumePrefix(&argument, "--") || !absl::ConsumePrefix(&argument, name)) continue;
    if (argument.empty()) value = "true";
    if (absl::ConsumePrefix(&argument, "=")) value = argument.data();
  }
  return value;
}

bool IsTrue(const char* value) { return value != nullptr && *value != '\0' && std::strchr("0fFnN", *value) == nullptr; }

absl::Status ParseMinTime(absl::string_view text, Flags* flags) {
  absl::string_view number = text;
  if (absl::ConsumeSuffix(&number, "x") && absl::SimpleAtoi(number, &flags->rounds) && flags->rounds >= 1) {
    return absl::OkStatus();
  }
  flags->rounds = 0;
  number = text;
  absl::ConsumeSuffix(&number, "s");
  if (absl::SimpleAtod(number, &flags->seconds_per_case) && flags->seconds_per_case > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--benchmark_min_time=", text, ": expected a number of rounds as in 9x, or of seconds as in 0.5s"));
}

class TableReporter : public benchmark::BenchmarkReporter {
 public:
  TableReporter(const std::string& heading, const std::function<std::string(const std::string&)>& row)
      : heading_(heading), row_(row) {}

  bool ReportContext(const Context&) override {
    absl::PrintF("\n%s\n", heading_);
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.skipped) {
        absl::PrintF("%s: FAILED: %s\n", run.benchmark_name(), run.skip_message);
      } else if (run.run_type == Run::RT_Aggregate) {
        absl::PrintF("%s: %s\n", run.benchmark_name(),
                     run.aggregate_unit == benchmark::kPercentage
                         ? absl::StrFormat("%.1f%%", 100 * run.real_accumulated_time)
                         : FormatNs(run.GetAdjustedRealTime() * 1e9 / benchmark::GetTimeUnitMultiplier(run.time_unit)));
      } else if (const std::string text = row_(std::string(absl::StripSuffix(run.benchmark_name(), kNameSuffix)));
                 !text.empty()) {
        absl::PrintF("%s\n", text);
      }
    }
    std::fflush(stdout);
  }

 private:
  std::string heading_;
  std::function<std::string(const std::string&)> row_;
};

}  // namespace

absl::StatusOr<Flags> ParseFlags(int* argc, char** argv) {
  Flags flags;
  bool grid_given = false;
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    absl::string_view argument = argv[i];
    if (absl::ConsumePrefix(&argument, "--grid=")) {
      absl::StatusOr<GridName> grid = ParseGridName(argument);
      if (!grid.ok()) return grid.status();
      flags.grid = *grid;
      grid_given = true;
    } else if (argument == "--help") {
      flags.help = true;
    } else {
      argv[kept++] = argv[i];
    }
  }
  argv[kept] = nullptr;
  *argc = kept;
  if (const char* value = ValueOf("benchmark_min_time", *argc, argv); value != nullptr) {
    if (absl::Status status = ParseMinTime(value, &flags); !status.ok()) return status;
  }
  if (IsTrue(ValueOf("benchmark_dry_run", *argc, argv))) flags.rounds = 1;
  flags.list_only = IsTrue(ValueOf("benchmark_list_tests", *argc, argv));
  if (const char* value = ValueOf("benchmark_format", *argc, argv); value != nullptr) {
    flags.table = absl::string_view(value) == "console";
  }
  if (const char* value = ValueOf("benchmark_filter", *argc, argv); value != nullptr) flags.filter = value;
  if (!grid_given && !flags.filter.empty() && flags.filter != "all") flags.grid = GridName::kFull;
  return flags;
}

MeasureOptions Budget::Next(double elapsed) {
  MeasureOptions options;
  if (flags_.rounds > 0) {
    options.seconds = 0;
    options.min_rounds = options.max_rounds = flags_.rounds;
  } else if (flags_.seconds_per_case > 0) {
    options.seconds = flags_.seconds_per_case;
    options.max_rounds = 1'000'000;
  } else {
    // Three quarters of an equal share: filling operands, checking and choosing finalists take the rest.
    const int left = std::max(1, cases_ - done_);
    options.seconds = std::max(0.02, 0.75 * (seconds_ - elapsed) / left);
  }
  if (flags_.rounds == 1) options.sample_ns = 1;  // a test: every call once
  ++done_;
  return options;
}

void Progress::Start(absl::string_view name) {
  ++done_;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  absl::FPrintF(stderr, "%s[%d/%d] %s%s", terminal ? "\r\033[K" : "", done_, cases_, name, terminal ? "" : "\n");
  std::fflush(stderr);
}

void Progress::Clear() {
  if (isatty(STDERR_FILENO) == 1) absl::FPrintF(stderr, "\r\033[K");
  std::fflush(stderr);
}

int CountMatches(const std::vector<std::string>& names, const std::string& filter) {
  if (filter.empty() || filter == "all") return static_cast<int>(names.size());
  const bool negative = filter[0] == '-';
  const RE2 pattern(absl::string_view(filter).substr(negative ? 1 : 0), RE2::Quiet);
  if (!pattern.ok()) return static_cast<int>(names.size());  // Google Benchmark will say what is wrong with it
  return static_cast<int>(std::count_if(names.begin(), names.end(), [&](const std::string& name) {
    return RE2::PartialMatch(name + kNameSuffix, pattern) != negative;
  }));
}

absl::Status InitializeBenchmark(int* argc, char** argv) {
  benchmark::Initialize(argc, argv);
  if (*argc <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argv[1], "\": see --help"));
}

int RunBenchmarks(const Flags& flags, const std::string& heading,
                  const std::function<std::string(const std::string& name)>& row) {
  TableReporter table(heading, row);
  const size_t ran =
      flags.table && !flags.list_only ? benchmark::RunSpecifiedBenchmarks(&table) : benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return static_cast<int>(ran);
}

}  // namespace raptors::benchmarks
