// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the benchmark programs share around Google Benchmark: flags, progress on stderr, and a display that is a table
// of our own on stdout unless --benchmark_format asks for another.

#ifndef RAPTORS_BENCHMARKS_HARNESS_HARNESS_H_
#define RAPTORS_BENCHMARKS_HARNESS_HARNESS_H_

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "benchmarks/grid.h"
#include "benchmarks/harness/measure.h"

namespace raptors::benchmarks {

struct Flags {
  GridName grid = GridName::kDefault;
  bool help = false;
  bool list_only = false;       // --benchmark_list_tests
  bool table = true;            // false: --benchmark_format=json or csv
  std::string filter;           // --benchmark_filter
  double seconds_per_case = 0;  // --benchmark_min_time=<t>s; 0: a share of the set's time
  int rounds = 0;               // --benchmark_min_time=<n>x or --benchmark_dry_run; 0: as the time allows

  std::FILE* text() const { return table ? stdout : stderr; }
};

// Takes --grid and --help out of the command line and reads, but leaves, what Google Benchmark parses itself. A filter
// without --grid chooses from the full grid. InvalidArgument for values that cannot be read.
absl::StatusOr<Flags> ParseFlags(int* argc, char** argv);

// Hands the time of a set out to its cases, so that the set ends in time on a slow machine too.
class Budget {
 public:
  // `seconds` for `cases` cases.
  Budget(const Flags& flags, double seconds, int cases) : flags_(flags), seconds_(seconds), cases_(cases) {}
  // For the next case, `elapsed` seconds after the start.
  MeasureOptions Next(double elapsed);

 private:
  Flags flags_;
  double seconds_;
  int cases_;
  int done_ = 0;
};

// "[ 3/123] name" on stderr: one line that is overwritten on a terminal, else one line each.
class Progress {
 public:
  explicit Progress(int cases) : cases_(cases) {}
  void Start(absl::string_view name);
  void Clear();

 private:
  int cases_;
  int done_ = 0;
};

// How many of the cases --benchmark_filter chooses ("-regex": those it does not match).
int CountMatches(const std::vector<std::string>& names, const std::string& filter);

// What Google Benchmark appends to the name of a case that times itself.
inline constexpr char kNameSuffix[] = "/iterations:1/manual_time";

// Hands the command line to Google Benchmark. InvalidArgument naming what nobody knows.
absl::Status InitializeBenchmark(int* argc, char** argv);

// Runs what is registered. In the table, a case is the line that `row` makes of its name (without kNameSuffix; ""
// prints nothing); errors and aggregates are printed as they are. Returns the number of cases that ran or failed.
int RunBenchmarks(const Flags& flags, const std::string& heading,
                  const std::function<std::string(const std::string& name)>& row);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_HARNESS_HARNESS_H_
