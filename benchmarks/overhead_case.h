// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a call costs beyond its kernel.

#ifndef RAPTORS_BENCHMARKS_OVERHEAD_CASE_H_
#define RAPTORS_BENCHMARKS_OVERHEAD_CASE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "benchmarks/cell_case.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/report/result.h"
#include "raptors/base/dtype.h"

namespace raptors::benchmarks {

// What validating, planning, deciding and counting cost: raptors::Scale of `elements` consecutive elements against a
// direct call of the kernel that it ends in, on one thread.
absl::StatusOr<OverheadResult> RunOverheadCase(DType dtype, int64_t elements, const MeasureOptions& options,
                                               Bench& bench);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_OVERHEAD_CASE_H_
