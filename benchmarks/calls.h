// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A cell's call of Raptors: the one place that knows the public function of every operation.

#ifndef RAPTORS_BENCHMARKS_CALLS_H_
#define RAPTORS_BENCHMARKS_CALLS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "benchmarks/operands.h"

namespace raptors::benchmarks {

// Calls it once with the scalar that answers are checked with. The operation's own error.
absl::Status CallOnce(const Operands& operands);

// Nanoseconds that so many calls take with the scalar that is timed. At most `max_threads` threads; 0: as the settings
// say. The operands outlive the function.
std::function<double(int64_t reps)> TimedCall(const Operands& operands, int max_threads);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_CALLS_H_
