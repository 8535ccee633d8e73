// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// RAPTORS_VERBOSE=decisions: one CSV line a call on stderr, after a header line.
//
//   op,dtype,layout,elements,route,isa,threads,tile_elements,stream,reason,in_place
//   scale,float32,contiguous,1000000,simd,avx3,2,65536,0,parallel,0

#ifndef RAPTORS_CONTEXT_DECISIONS_H_
#define RAPTORS_CONTEXT_DECISIONS_H_

#include <string>

#include "raptors/policy/policy.h"

namespace raptors::context {

// The names of the columns, without a line end.
const char* DecisionHeader();

// One line, without a line end.
std::string DecisionLine(const policy::CallShape& shape, const policy::Decision& decision);

// Writes the line to stderr, the first time after the header. Lines of several threads do not mix. Called by operations
// when Settings::verbose_decisions is set.
void LogDecision(const policy::CallShape& shape, const policy::Decision& decision);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_DECISIONS_H_
