// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// //benchmarks:roofline: what this machine can do, as the best of many loops. See README.md.

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmark/benchmark.h"
#include "benchmarks/grid.h"
#include "benchmarks/harness/harness.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/harness/process.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/report/result.h"
#include "benchmarks/roof/roof_case.h"
#include "benchmarks/roof/roof_check.h"
#include "raptors/context/context.h"
#include "raptors/cpu/cpu.h"

namespace raptors::benchmarks {
namespace {

constexpr char kHelp[] =
    "roofline: what this machine can do, as the best of many loops.\n"
    "  --grid=default|full|smoke    which cases (default: float32, in under 3 minutes; with a filter: full)\n"
    "  --benchmark_filter=<regex>   cases by name, as in scale/float32/4MiB/threads:1\n"
    "  --benchmark_min_time=<t>s    seconds of rounds per case; <n>x: so many rounds\n"
    "  --benchmark_...              Google Benchmark's other flags\n";

constexpr double kDefaultSeconds = 100;
constexpr double kFullSecondsPerCase = 1.2;

std::string Heading() {
  return absl::StrFormat("%-15s %-8s %-8s %8s %9s  %-36s %8s %8s %8s", "operation", "dtype", "set", "threads", "GB/s",
                         "best loop", "plain", "stream", "indep.");
}

std::string Rate(const RoofResult& result, const Named& named) {
  return named.present() ? absl::StrFormat("%.1f", result.work / named.ns) : "-";
}

std::string Row(const RoofResult& result) {
  const RoofCell& cell = result.cell;
  const std::string set = cell.op == kRoofFma ? "GFLOP/s" : FormatWorkingSet(cell.working_set);
  return absl::StrFormat("%-15s %-8s %-8s %8d %8.1f%s  %-36s %8s %8s %8s", Name(cell.op), Name(cell.dtype), set,
                         result.threads, result.Rate(), result.spread > 0.1 ? "~" : " ", result.Best().name,
                         Rate(result, result.plain), Rate(result, result.streaming), Rate(result, result.independent));
}

// The best rates: one row per operation, dtype and threads, one column per working set.
std::string Summary(const std::vector<RoofResult>& results) {
  std::vector<int64_t> sets;
  std::vector<std::string> order;
  std::map<std::string, std::map<int64_t, double>> rates;
  for (const RoofResult& result : results) {
    const RoofCell& cell = result.cell;
    const std::string row = absl::StrFormat("%-15s %-8s %3d", Name(cell.op), Name(cell.dtype), result.threads);
    if (rates.find(row) == rates.end()) order.push_back(row);
    rates[row][cell.working_set] = result.Rate();
    bool known = cell.working_set == 0;
    for (int64_t set : sets) known = known || set == cell.working_set;
    if (!known) sets.push_back(cell.working_set);
  }
  std::string text = absl::StrFormat("\n%-28s", "GB/s by working set, threads");
  for (int64_t set : sets) absl::StrAppendFormat(&text, " %8s", FormatWorkingSet(set));
  text += "\n";
  for (const std::string& row : order) {
    text += row + " ";
    for (const auto& [set, rate] : rates[row]) {
      absl::StrAppendFormat(&text, " %8.1f%s", rate, set == 0 ? " GFLOP/s" : "");
    }
    text += "\n";
  }
  return text;
}

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "roofline: %s\n", status.message());
  return 1;
}

int Main(int argc, char** argv) {
  const std::vector<std::string> forced = RestartWithoutBlasVariables(argv);
  const absl::StatusOr<Flags> flags = ParseFlags(&argc, argv);
  if (!flags.ok()) return Fail(flags.status());
  if (flags->help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (absl::Status status = InitializeBenchmark(&argc, argv); !status.ok()) return Fail(status);
  if (const absl::Status& status = context::Process().status; !status.ok()) return Fail(status);
  const absl::StatusOr<std::vector<PeerLibrary>> libraries = LoadPeers(argv[0], cpu::Supported());
  if (!libraries.ok()) return Fail(libraries.status());
  const int cores = context::Process().machine.cores;

  RoofBuffers buffers;
  std::vector<RoofResult> results;
  std::map<std::string, std::string> rows;
  bool failed = false;
  const std::vector<RoofCell> cells = MakeRoofGrid(flags->grid, cores);
  std::vector<std::string> names;
  for (const RoofCell& cell : cells) names.push_back(cell.Name());
  const int count = CountMatches(names, flags->filter);
  Budget budget(*flags, flags->grid == GridName::kDefault ? kDefaultSeconds : kFullSecondsPerCase * count, count);
  Progress progress(count);
  const double start = NowNs();
  for (const RoofCell& cell : cells) {
    benchmark::RegisterBenchmark(cell.Name(),
                                 [&, cell](benchmark::State& state) {
                                   for (auto _ : state) {
                                     progress.Start(cell.Name());
                                     const absl::StatusOr<RoofResult> result = RunRoofCase(
                                         cell, budget.Next(1e-9 * (NowNs() - start)), *libraries, cores, buffers);
                                     progress.Clear();
                                     if (!result.ok()) {
                                       failed = true;
                                       state.SkipWithError(std::string(result.status().message()));
                                       return;
                                     }
                                     state.SetIterationTime(result->Best().ns * 1e-9);
                                     state.SetLabel(result->Best().name);
                                     state.counters[cell.op == kRoofFma ? "gflop_per_s" : "gb_per_s"] = result->Rate();
                                     state.counters["plain_ns"] = result->plain.ns;
                                     if (result->streaming.present())
                                       state.counters["streaming_ns"] = result->streaming.ns;
                                     if (result->independent.present())
                                       state.counters["independent_ns"] = result->independent.ns;
                                     state.counters["spread"] = result->spread;
                                     rows[cell.Name()] = Row(*result);
                                     results.push_back(*result);
                                   }
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kNanosecond);
  }
  if (!flags->list_only) PrintMachine(flags->text(), *libraries, forced);
  const int ran = RunBenchmarks(*flags, Heading(), [&](const std::string& name) {
    const auto row = rows.find(name);
    return row == rows.end() ? std::string() : row->second;
  });
  if (ran == 0) return Fail(absl::NotFoundError(absl::StrCat("no case matches ", flags->filter)));
  if (flags->list_only) return 0;
  absl::FPrintF(flags->text(), "%s\n%d figures in %.0f s\n", Summary(results), results.size(),
                1e-9 * (NowNs() - start));
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace raptors::benchmarks

int main(int argc, char** argv) { return raptors::benchmarks::Main(argc, argv); }
