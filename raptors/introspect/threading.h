// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// ThreadingInfo: everything about threads, SIMD levels and BLAS that a call on this thread would meet now, and what
// calls met so far.
//
//   introspect::ThreadingInfo now = introspect::GetThreadingInfo();
//   std::cout << introspect::ToText(now);     // raptors/introspect/text.h; json.h for ToJson()

#ifndef RAPTORS_INTROSPECT_THREADING_H_
#define RAPTORS_INTROSPECT_THREADING_H_

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/introspect/introspect.h"
#include "raptors/metrics/metrics.h"

namespace raptors::introspect {

// From which size calls use several threads. A missing dtype or layout stands for all that have no row of their own:
// all of the operation have these values.
struct ParallelThreshold {
  Op op;
  std::optional<DType> dtype;
  std::optional<Layout> layout;
  int64_t parallel_min_bytes;  // bytes moved; policy::kNever: one thread always
  int64_t thread_min_bytes;    // each thread gets at least so many
};

// How many calls of an operation took a route.
struct RouteCount {
  Op op;
  Route route;
  uint64_t calls;
};

struct ThreadingInfo {
  int usable_cores = 1;
  std::string usable_cores_source;  // "affinity", "cgroup v2 quota", ...
  int max_threads = 1;              // what a call may use: the settings' limit, else the usable cores
  bool limited = false;             // whether a setting says so
  int64_t pool_workers = 0;         // threads that exist now, besides callers
  int pool_limit = 0;               // largest thread count ever
  // Calls that ran on the calling thread alone or on fewer threads than asked for, since the process started.
  int64_t inline_nested = 0;
  int64_t inline_busy = 0;
  int64_t creation_failed = 0;

  std::vector<ParallelThreshold> thresholds;

  std::vector<LevelInfo> levels;  // built or supported, lowest first
  Isa isa = Isa::kScalar;         // the level in force
  int vector_bits = 0;            // of its registers on this machine

  BlasInfo blas;
  int blas_threads = 0;  // of the library inside one call of ours: 1, or 0 without a library
  std::string blas_mode;
  std::string determinism;

  bool metrics = false;                 // whether calls are counted
  std::vector<RouteCount> routes;       // those that occurred
  uint64_t calls = 0;                   // all of them
  std::optional<metrics::Choice> last;  // the calling thread's last decision
};

ThreadingInfo GetThreadingInfo();

}  // namespace raptors::introspect

#endif  // RAPTORS_INTROSPECT_THREADING_H_
