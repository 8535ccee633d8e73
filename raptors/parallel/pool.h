// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A small thread pool for data-parallel loops: Run() splits [0, tasks) into contiguous ranges, one per thread, and
// returns when all are done. The caller takes the first range itself.
//
//   RunResult result = parallel::Run(4, tiles, [&](int64_t begin, int64_t end) { ...tiles begin to end - 1... });
//
// - The partition depends on (tasks, threads) only, see Partition(). Fewer threads than asked for may take part; the
//   result says how many and why, and results of a body must not depend on it.
// - Workers are created when a call first needs them, never at load, and live until the process ends. They block all
//   signals but those of faults (a fault handler of the program sees its fault), belong to no processor in particular
//   (of two, one that finds itself on its caller's moves to the other), and wait by a bounded spin (kSpinMicros; none
//   where there are more threads than processors) and then a futex.
// - One caller at a time has the workers. A call from inside a body (nested) or while another thread has them (busy)
//   runs on the calling thread alone; it never waits.
// - The caller's floating-point environment (rounding, flush-to-zero, exception masks) holds in every range, and
//   exception flags raised by workers are raised in the caller, as if it had computed everything itself.
// - After fork() the child starts without workers and creates its own when it needs them, even where the parent's were
//   busy at that moment.
// - Usable during static destruction.
//
// Pitfalls: a body must not throw (the process ends), must not wait for another range (they may run one after the
// other), and a child that it forks must not return from it (the other ranges' threads are not in the child).

#ifndef RAPTORS_PARALLEL_POOL_H_
#define RAPTORS_PARALLEL_POOL_H_

#include <stdint.h>

#include "absl/functional/function_ref.h"

namespace raptors::parallel {

// More threads than this are never used; Run() treats a larger request as this many.
inline constexpr int kMaxThreads = 1024;

// Idle workers spin this long before they sleep. A futex wake costs 5 to 10 us, in a virtual machine 50 and more, so
// less would lose them between the calls of a loop, and more would only burn a core.
inline constexpr int kSpinMicros = 200;

// A caller that waits for the last worker spins this long: it has nothing else to do, and offers its processor.
inline constexpr int kCallerSpinMicros = 1000;

// Why a call ran on the calling thread alone or, with kNoWorker, on fewer threads than it asked for.
enum class Inline : uint8_t {
  kNo,        // it ran as asked
  kOneRange,  // one thread asked for, or fewer than two tasks
  kNested,    // called from inside a body
  kBusy,      // another thread had the workers
  kNoWorker,  // the system did not create all threads
};

struct RunResult {
  int threads;  // ranges that ran, each on a thread of its own; 0 where there were no tasks
  Inline inline_reason;
};

struct Range {
  int64_t begin;
  int64_t end;
};

// Range `part` of `parts` of [0, tasks): contiguous, in order, sizes differ by at most one, the longer ones first.
// Preconditions: tasks >= 0, parts >= 1, 0 <= part < parts.
constexpr Range Partition(int64_t tasks, int parts, int part) {
  const int64_t size = tasks / parts;
  const int64_t longer = tasks % parts;
  const int64_t begin = part * size + (part < longer ? part : longer);
  return {begin, begin + size + (part < longer ? 1 : 0)};
}

// Runs body(begin, end) over the ranges of [0, tasks), on up to min(threads, tasks) threads. Everything the bodies
// wrote is visible to the caller afterwards. threads < 1 counts as 1; tasks <= 0 runs nothing. With one thread or one
// task this is a plain call of the body.
RunResult Run(int threads, int64_t tasks, absl::FunctionRef<void(int64_t begin, int64_t end)> body);

// Totals since the process started (since the fork, in a child).
struct Stats {
  int64_t workers;          // threads that exist now
  int64_t creation_failed;  // calls that got fewer threads than asked for because the system created no more
  int64_t inline_nested;    // calls that ran inline, by reason
  int64_t inline_busy;
};
Stats GetStats();

}  // namespace raptors::parallel

#endif  // RAPTORS_PARALLEL_POOL_H_
