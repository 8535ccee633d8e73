// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// RAPTORS_VERBOSE=decisions: one CSV line a call on stderr, after a header line.
//
//   op,dtype,layout,elements,route,isa,threads,tile_elements,stream,reason,in_place
//   scale,float32,contiguous,1000000,simd,avx3,2,65536,0,parallel,0
//
// A line is what was decided, written before the call runs. `threads` is thus the number that the call may use: where
// another call has the pool, or the call is made inside of one, the calling thread computes it alone. A call that then
// fails, for want of memory, has its line too.

#ifndef RAPTORS_CONTEXT_DECISIONS_H_
#define RAPTORS_CONTEXT_DECISIONS_H_

#include <string>

#include "raptors/policy/policy.h"

namespace raptors::context {

// The names of the columns, without a line end.
const char* DecisionHeader();

// One line, without a line end.
std::string DecisionLine(const policy::CallShape& shape, const policy::Decision& decision);

// Writes the line to stderr, the first time after the header, with one write(2) and without a lock: lines of several
// threads do not mix, and a child that is forked meanwhile waits for nobody. What cannot be written is dropped. errno
// is kept. Called by operations when Settings::verbose_decisions is set.
void LogDecision(const policy::CallShape& shape, const policy::Decision& decision);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_DECISIONS_H_
