// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/program.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "benchmarks/cell_case.h"
#include "benchmarks/harness/harness.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/harness/process.h"
#include "benchmarks/overhead_case.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/shape.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/cpu/cpu.h"

extern char** environ;

namespace raptors::benchmarks {
namespace {

constexpr char kHelp[] =
    "%s: %s\n"
    "  --grid=default|full|smoke    which cells (default: a set of under 3 minutes; with a filter: full)\n"
    "  --benchmark_filter=<regex>   cells by name, as in %s\n"
    "  --benchmark_min_time=<t>s    seconds of rounds per cell; <n>x: so many rounds\n"
    "  --benchmark_...              Google Benchmark's other flags\n";

constexpr int64_t kOverheadElements = 32;

struct State {
  Bench bench;
  std::vector<CellResult> results;
  std::vector<OverheadResult> overheads;
  std::map<std::string, std::string> rows;  // by cell name
  bool failed = false;
};

void Report(const CellResult& result, const Program& program, benchmark::State& state) {
  state.SetIterationTime(result.raptors_ns * 1e-9);
  if (Info(result.cell.op).kind == OpKind::kProduct) {
    state.counters["gflop_per_s"] = result.work / result.raptors_ns;
  } else {
    state.SetBytesProcessed(static_cast<int64_t>(result.work));
  }
  const bool peer = result.BestPeer().present();
  state.SetLabel(absl::StrCat(result.decision, "; ", result.reason, "; best peer ",
                              peer ? result.BestPeer().name : "none", "; roofline ", result.Roof().name));
  const auto set = [&](const char* name, double value) { state.counters[name] = value; };
  if (peer) set("peer_ns", result.BestPeer().ns);
  if (result.plain.present()) set("plain_ns", result.plain.ns);
  if (result.eigen.present()) set("eigen_ns", result.eigen.ns);
  if (result.blas.present()) set("blas_ns", result.blas.ns);
  set("roof_ns", result.Roof().ns);
  set("roof_plain_ns", result.roof_plain_stores.ns);
  if (result.roof_streaming.present()) set("roof_streaming_ns", result.roof_streaming.ns);
  if (result.cell.all_threads) {
    set("one_thread_ns", result.raptors_one_ns);
    set("roof_one_thread_ns", result.roof_one.ns);
  }
  if (peer) set("ratio", result.Ratio());
  set("share", result.Share());
  set("spread", result.spread);
  set("rounds", result.rounds);
  set("threads_allowed", result.threads);
  set("goals_missed", static_cast<double>(Judge(result, program.style.goals).size()));
}

absl::StatusOr<std::vector<Shape>> ReadShapes(const char* argv0, const char* benchmark) {
  absl::StatusOr<std::string> path = FindRunfile(argv0, "benchmarks/data/shapes.json");
  if (!path.ok()) return path.status();
  std::ifstream file(*path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return ParseShapes(text, benchmark);
}

std::vector<std::string> SimdLevels() {
  std::vector<std::string> levels;
  for (Isa isa : kAllIsas) {
    if (isa != Isa::kScalar && context::Process().machine.usable.Has(isa)) levels.push_back(Name(isa));
  }
  return levels;
}

}  // namespace

int RunProgram(const Program& program, int argc, char** argv) {
  const auto fail = [&](const absl::Status& status) {
    absl::FPrintF(stderr, "%s: %s\n", program.name, status.message());
    return 1;
  };
  const std::vector<std::string> forced = RestartWithoutBlasVariables(argv);
  absl::StatusOr<Flags> flags = ParseFlags(&argc, argv);
  if (!flags.ok()) return fail(flags.status());
  if (flags->help) {
    absl::PrintF(kHelp, program.name, program.summary, program.example);
    return 0;
  }
  if (absl::Status status = InitializeBenchmark(&argc, argv); !status.ok()) return fail(status);
  if (absl::Status status = CheckRaptorsVariables(environ); !status.ok()) return fail(status);
  if (const absl::Status& status = context::Process().status; !status.ok()) return fail(status);
  const absl::StatusOr<std::vector<Shape>> shapes = ReadShapes(argv[0], program.name);
  if (!shapes.ok()) return fail(shapes.status());
  absl::StatusOr<std::vector<PeerLibrary>> libraries = LoadPeers(argv[0], cpu::Supported());
  if (!libraries.ok()) return fail(libraries.status());

  State run;
  run.bench.libraries = *std::move(libraries);
  run.bench.blas_name = BlasName();
  run.bench.cores = context::Process().machine.cores;
  const std::vector<Cell> cells = program.grid({flags->grid, *shapes, SimdLevels(), run.bench.cores});
  const absl::Span<const DType> overheads =
      program.overhead ? absl::MakeConstSpan(kFloatDTypes) : absl::Span<const DType>();
  std::vector<std::string> names;
  for (const Cell& cell : cells) names.push_back(cell.Name());
  for (DType dtype : overheads) names.push_back(absl::StrCat("overhead/", Name(dtype)));
  const int count = CountMatches(names, flags->filter);
  const double seconds =
      flags->grid == GridName::kDefault ? program.default_seconds : program.full_seconds_per_cell * count;
  Budget budget(*flags, seconds, count);
  Progress progress(count);
  const double start = NowNs();

  const auto begin = [&](const std::string& name) {
    progress.Start(name);
    return budget.Next(1e-9 * (NowNs() - start));
  };
  const auto end = [&](const absl::Status& status, benchmark::State& state) {
    progress.Clear();
    if (status.ok()) return;
    run.failed = true;
    state.SkipWithError(std::string(status.message()));
  };
  for (const Cell& cell : cells) {
    benchmark::RegisterBenchmark(cell.Name(),
                                 [&, cell](benchmark::State& state) {
                                   for (auto _ : state) {
                                     const absl::StatusOr<CellResult> result =
                                         RunCell(cell, begin(cell.Name()), run.bench);
                                     end(result.status(), state);
                                     if (!result.ok()) return;
                                     Report(*result, program, state);
                                     run.rows[cell.Name()] = FormatRow(*result, program.style);
                                     run.results.push_back(*result);
                                   }
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kNanosecond);
  }
  // Last: what a process measures first is slower.
  for (DType dtype : overheads) {
    const std::string name = absl::StrCat("overhead/", Name(dtype));
    benchmark::RegisterBenchmark(name,
                                 [&, dtype, name](benchmark::State& state) {
                                   for (auto _ : state) {
                                     const absl::StatusOr<OverheadResult> result =
                                         RunOverheadCase(dtype, kOverheadElements, begin(name), run.bench);
                                     end(result.status(), state);
                                     if (!result.ok()) return;
                                     run.rows[name] = FormatRow(*result);
                                     run.overheads.push_back(*result);
                                     state.SetIterationTime(result->call_ns * 1e-9);
                                     state.counters["kernel_ns"] = result->kernel_ns;
                                     state.counters["span_ns"] = result->span_ns;
                                     state.counters["overhead_ns"] = result->Overhead();
                                   }
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kNanosecond);
  }
  if (!flags->list_only) PrintMachine(flags->text(), run.bench.libraries, forced);
  const int ran = RunBenchmarks(*flags, RowHeading(program.style), [&](const std::string& name) {
    const auto row = run.rows.find(name);
    return row == run.rows.end() ? std::string() : row->second;
  });
  if (ran == 0) return fail(absl::NotFoundError(absl::StrCat("no case matches ", flags->filter)));
  if (flags->list_only) return 0;
  if (flags->rounds == 1) {
    absl::FPrintF(flags->text(), "\nOne round: the answers were checked, the figures mean nothing.\n");
  } else {
    absl::FPrintF(flags->text(), "%s", FormatSummary(run.results, run.overheads, program.style));
    if (program.aims != nullptr) absl::FPrintF(flags->text(), "%s", program.aims(OnePerCell(run.results)));
  }
  absl::FPrintF(flags->text(), "\n%d cells in %.0f s\n", run.results.size(), 1e-9 * (NowNs() - start));
  return run.failed ? 1 : 0;
}

}  // namespace raptors::benchmarks
