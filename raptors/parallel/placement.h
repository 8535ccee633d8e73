// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Which processor a thread of the pool runs on. Linux wakes a thread where it ran last, looks for an idle processor
// only if few were busy of late, and leaves two threads that offer each other their processor there: on two processors
// a worker and its caller then shared one for tens of milliseconds, while the other idled, and two threads took longer
// than one.

#ifndef RAPTORS_PARALLEL_PLACEMENT_H_
#define RAPTORS_PARALLEL_PLACEMENT_H_

#include <sched.h>
#include <stdint.h>

#include "raptors/parallel/wait.h"

namespace raptors::parallel {

// Whether the calling thread may use just these processors.
inline bool IsAllowed(const cpu_set_t& processors) {
  cpu_set_t now;
  return sched_getaffinity(0, sizeof(now), &now) == 0 && CPU_EQUAL(&now, &processors) != 0;
}

// A move that took longer: another program keeps that processor busy.
inline constexpr int64_t kSlowMoveNanos = 100000;

// Moves the calling thread to another processor that it may use, if there is one; and back where that was slow. Which
// ones it may use is then what it was, unless someone else changed it meanwhile; but processors that come online or
// into its cpuset later are not among them. Returns how long it took, in nanoseconds.
inline int64_t LeaveProcessor(int processor) {
  const int64_t begin = MonotonicNanos();
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {  // not on machines with more than CPU_SETSIZE
    cpu_set_t others = allowed;
    CPU_CLR(processor, &others);
    if (CPU_COUNT(&others) > 0 && sched_setaffinity(0, sizeof(others), &others) == 0) {
      if (MonotonicNanos() - begin > kSlowMoveNanos) {
        cpu_set_t before;
        CPU_ZERO(&before);
        CPU_SET(processor, &before);
        if (IsAllowed(others)) sched_setaffinity(0, sizeof(before), &before);
        others = before;
      }
      if (IsAllowed(others)) sched_setaffinity(0, sizeof(allowed), &allowed);
    }
  }
  return MonotonicNanos() - begin;
}

}  // namespace raptors::parallel

#endif  // RAPTORS_PARALLEL_PLACEMENT_H_
