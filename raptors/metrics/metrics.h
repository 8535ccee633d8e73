// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Counters of the paths that calls took: how often each (operation, dtype, layout, size, route, ISA, threads, reason)
// was chosen.
//
//   metrics::RecordBackendChoice(choice);                     // once per call; the only entry that counts choices
//   metrics::Snapshot now = metrics::TakeSnapshot();          // sums over all threads, also those that ended
//   std::string text = *metrics::ToPrometheus(now);
//
// Each thread counts in a table of its own: recording is a probe and a plain store, without locks or atomic
// read-modify-write. A table holds kTableCells different choices; further ones are counted in one overflow cell, never
// lost and never a reason to allocate. A thread's first record allocates its table; where that fails its calls go to
// the overflow count.
//
// All functions may be called from any thread, after fork() (the child goes on from the parent's counts), and during
// static destruction. Not from signal handlers.

#ifndef RAPTORS_METRICS_METRICS_H_
#define RAPTORS_METRICS_METRICS_H_

#include <stdint.h>

#include <array>
#include <string>
#include <vector>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"

// X(enumerator, name, help). Events that are not choices. In Prometheus the counter is raptors_<name>_total.
#define RAPTORS_COUNTERS(X)                                                                      \
  X(kPoolInlineNested, "pool_inline_nested", "Calls that ran inline inside a parallel body")     \
  X(kPoolInlineBusy, "pool_inline_busy", "Calls that ran inline because the workers were taken") \
  X(kPoolThreadFailed, "pool_thread_failed", "Calls that got fewer threads than they asked for") \
  X(kProfileFallback, "profile_fallback", "Profile files refused in favour of the built-in one") \
  X(kProductCopies, "product_copies", "Operands and results of matrix products that were copied")

namespace raptors::metrics {

// The key of a counter. All fields are always set.
struct Choice {
  Op op;
  DType dtype;
  Layout layout;
  uint8_t size_bucket;  // SizeBucket(elements of the output)
  Route route;
  Isa isa;
  uint16_t threads;  // that ran
  Reason reason;

  friend constexpr bool operator==(const Choice& a, const Choice& b) {
    return a.op == b.op && a.dtype == b.dtype && a.layout == b.layout && a.size_bucket == b.size_bucket &&
           a.route == b.route && a.isa == b.isa && a.threads == b.threads && a.reason == b.reason;
  }
  friend constexpr bool operator!=(const Choice& a, const Choice& b) { return !(a == b); }
};

// 0 for 0 elements, else floor(log2(elements)) + 1: bucket b > 0 holds the sizes 2^(b-1) to 2^b - 1.
// Precondition: elements >= 0.
constexpr uint8_t SizeBucket(int64_t elements) {
  return elements == 0 ? 0 : static_cast<uint8_t>(64 - __builtin_clzll(static_cast<uint64_t>(elements)));
}

// The smallest number of elements in a bucket. Precondition: bucket <= 63.
constexpr int64_t SizeBucketFloor(uint8_t bucket) { return bucket == 0 ? 0 : int64_t{1} << (bucket - 1); }

enum class Counter : uint8_t {
#define RAPTORS_X(id, name, help) id,
  RAPTORS_COUNTERS(RAPTORS_X)
#undef RAPTORS_X
};

#define RAPTORS_X(...) +1
inline constexpr int kNumCounters = 0 RAPTORS_COUNTERS(RAPTORS_X);
#undef RAPTORS_X

#define RAPTORS_X(id, name, help) name,
inline constexpr const char* kCounterNames[] = {RAPTORS_COUNTERS(RAPTORS_X)};
#undef RAPTORS_X
constexpr const char* Name(Counter counter) { return kCounterNames[static_cast<int>(counter)]; }

// Different choices that one thread counts apart. A program uses a few dozen; a benchmark grid a few hundred.
inline constexpr int kTableCells = 512;

// Counts one call. Under 3 ns once the thread has recorded before.
void RecordBackendChoice(const Choice& choice);

// Counts one event.
void Bump(Counter counter);

// The calling thread's last recorded choice, also while counting is switched off. False, and *choice untouched, where
// it has recorded none.
bool LastDecision(Choice* choice);

// Switches counting off or on for the process; on at the start.
void SetEnabled(bool enabled);
bool Enabled();

struct Snapshot {
  struct Entry {
    Choice choice;
    uint64_t count;  // > 0
  };
  std::vector<Entry> entries;                        // sorted by the fields of Choice in their order
  uint64_t overflow = 0;                             // calls whose choice found no room in its thread's table
  std::array<uint64_t, kNumCounters> counters = {};  // by Counter
  // The last counted decision of each thread that lives and has one since the start or Reset(); sorted as entries are.
  std::vector<Choice> last;

  uint64_t operator[](Counter counter) const { return counters[static_cast<int>(counter)]; }
  uint64_t Calls() const;  // the sum of all entries and of the overflow
};

// The counts of all threads. Calls that run meanwhile are seen or not, each as a whole; what happened before (in the
// sense of synchronisation) is seen.
Snapshot TakeSnapshot();

// Starts all counts at zero. A call recorded meanwhile counts before or after, never in between.
void Reset();

}  // namespace raptors::metrics

#endif  // RAPTORS_METRICS_METRICS_H_
