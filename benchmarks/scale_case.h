// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// One cell of //benchmarks:scale from end to end: operands, scopes, answers checked, path proved, rounds.

#ifndef RAPTORS_BENCHMARKS_SCALE_CASE_H_
#define RAPTORS_BENCHMARKS_SCALE_CASE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/grid.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/operands.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/result.h"
#include "raptors/base/dtype.h"

namespace raptors::benchmarks {

// What all cells share.
struct ScaleBench {
  std::vector<PeerLibrary> libraries;
  std::string blas_name;  // "OpenBLAS SkylakeX"
  int cores = 1;
  Operands operands;
};

// Internal when an answer is wrong or the path that was asked for was not taken; other errors as Raptors gives them.
absl::StatusOr<CellResult> RunScaleCase(const Cell& cell, const MeasureOptions& options, ScaleBench& bench);

// What validating, planning, deciding and counting cost: raptors::Scale of `elements` consecutive elements against a
// direct call of the kernel that it ends in, on one thread.
absl::StatusOr<OverheadResult> RunOverheadCase(DType dtype, int64_t elements, const MeasureOptions& options,
                                               ScaleBench& bench);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_SCALE_CASE_H_
