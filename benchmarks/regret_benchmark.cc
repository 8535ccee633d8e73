// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:regret: how much slower the chosen path is than the best one, on random calls. See README.md.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "benchmarks/harness/harness.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/harness/process.h"
#include "benchmarks/operands.h"
#include "benchmarks/regrets/regret_case.h"
#include "benchmarks/regrets/regret_draw.h"
#include "benchmarks/report/result.h"
#include "raptors/context/context.h"

extern char** environ;

namespace raptors::benchmarks {
namespace {

constexpr char kHelp[] =
    "regret: the time of the chosen path over that of the best one, on random calls.\n"
    "  --cases=<n>       how many calls (default 300)\n"
    "  --seed=<n>        which ones (default: a fresh seed, which is printed)\n"
    "  --rounds=<n>      rounds of a case, at least 2 (default 20); half of them choose the best path, half score it\n"
    "  --seconds=<t>     of a case, with fewer rounds, at least 6, where calls are slow (default 0.4)\n"
    "  --largest=<n>     elements of the largest call (default 4194304)\n"
    "  --limit=<x>       fail when the 95th percentile exceeds this (default: report only)\n"
    "  --all             print every case, not only the worst ten\n";

constexpr size_t kWorst = 10;

struct Arguments {
  int cases = 300;
  uint64_t seed = 0;
  RegretOptions options;
  DrawLimits draw;
  double limit = 0;  // 0: none
  bool all = false;
  bool help = false;
};

absl::StatusOr<Arguments> Parse(int argc, char** argv) {
  Arguments arguments;
  arguments.seed = std::random_device()();
  arguments.options.seconds = 0.4;
  for (int i = 1; i < argc; ++i) {
    absl::string_view text = argv[i];
    bool good = false;
    if (text == "--help") {
      arguments.help = good = true;
    } else if (text == "--all") {
      arguments.all = good = true;
    } else if (absl::ConsumePrefix(&text, "--cases=")) {
      good = absl::SimpleAtoi(text, &arguments.cases) && arguments.cases >= 1;
    } else if (absl::ConsumePrefix(&text, "--seed=")) {
      good = absl::SimpleAtoi(text, &arguments.seed);
    } else if (absl::ConsumePrefix(&text, "--rounds=")) {
      good = absl::SimpleAtoi(text, &arguments.options.rounds) && arguments.options.rounds >= 2;
    } else if (absl::ConsumePrefix(&text, "--seconds=")) {
      good = absl::SimpleAtod(text, &arguments.options.seconds) && arguments.options.seconds > 0;
    } else if (absl::ConsumePrefix(&text, "--largest=")) {
      good = absl::SimpleAtoi(text, &arguments.draw.largest_elements) &&
             arguments.draw.largest_elements >= arguments.draw.smallest_elements &&
             arguments.draw.largest_elements <= int64_t{1} << 30;
    } else if (absl::ConsumePrefix(&text, "--limit=")) {
      good = absl::SimpleAtod(text, &arguments.limit) && arguments.limit >= 1;
    }
    if (!good) return absl::InvalidArgumentError(absl::StrCat("unexpected \"", argv[i], "\": see --help"));
  }
  return arguments;
}

// Element `share` of the sorted values.
double Percentile(const std::vector<RegretResult>& sorted, double share) {
  const size_t last = sorted.size() - 1;
  return sorted[std::min(last, static_cast<size_t>(share * static_cast<double>(sorted.size())))].Regret();
}

void PrintRow(const RegretResult& r) {
  absl::PrintF("  %5.2f  %-48s %8s by %s, %8s by %s of %d\n", r.Regret(), r.cell.Title(), FormatNs(r.chosen_ns),
               r.chosen, FormatNs(r.best_ns), r.best, r.candidates);
}

// Returns the 95th percentile.
double PrintSummary(std::vector<RegretResult> results, bool all) {
  std::sort(results.begin(), results.end(),
            [](const RegretResult& a, const RegretResult& b) { return a.Regret() < b.Regret(); });
  const double p95 = Percentile(results, 0.95);
  absl::PrintF("\nTime of the chosen path / time of the best one, %d cases: p50 %.3f, p95 %.3f, max %.3f\n",
               results.size(), Percentile(results, 0.5), p95, results.back().Regret());
  const size_t shown = all ? results.size() : std::min(kWorst, results.size());
  absl::PrintF("%s\n", all ? "All cases, the worst first:" : absl::StrFormat("The worst %d:", shown));
  for (size_t i = 0; i < shown; ++i) PrintRow(results[results.size() - 1 - i]);
  return p95;
}

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "regret: %s\n", status.message());
  return 1;
}

int Main(int argc, char** argv) {
  const std::vector<std::string> forced = RestartWithoutBlasVariables(argv);
  absl::StatusOr<Arguments> arguments = Parse(argc, argv);
  if (!arguments.ok()) return Fail(arguments.status());
  if (arguments->help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (absl::Status status = CheckRaptorsVariables(environ); !status.ok()) return Fail(status);
  const context::Settings& settings = context::Process();
  if (!settings.status.ok()) return Fail(settings.status);
  arguments->options.cores = settings.machine.cores;

  PrintMachine(stdout, {}, forced);
  absl::PrintF("Seed:      %d (repeat with --seed=%d)\n", arguments->seed, arguments->seed);
  std::fflush(stdout);
  const double start = NowNs();
  Progress progress(arguments->cases);
  Operands operands;
  std::vector<RegretResult> results;
  bool failed = false;
  for (const Cell& cell : DrawCells(arguments->seed, arguments->cases, arguments->draw)) {
    progress.Start(cell.Name());
    absl::StatusOr<RegretResult> result = RunRegretCase(cell, arguments->options, operands);
    progress.Clear();
    if (result.ok()) {
      results.push_back(*std::move(result));
    } else {
      absl::PrintF("%s: FAILED: %s\n", cell.Name(), result.status().message());
      failed = true;
    }
  }
  if (results.empty()) return 1;
  const double p95 = PrintSummary(std::move(results), arguments->all);
  absl::PrintF("\n%d cases in %.0f s\n", arguments->cases, 1e-9 * (NowNs() - start));
  if (arguments->limit == 0 || p95 <= arguments->limit) return failed ? 1 : 0;
  absl::PrintF("p95 %.3f exceeds the limit %.3f\n", p95, arguments->limit);
  return 1;
}

}  // namespace
}  // namespace raptors::benchmarks

int main(int argc, char** argv) { return raptors::benchmarks::Main(argc, argv); }
