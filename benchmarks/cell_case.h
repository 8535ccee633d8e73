// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// One cell from end to end: operands, scopes, answers checked, path proved, rounds.

#ifndef RAPTORS_BENCHMARKS_CELL_CASE_H_
#define RAPTORS_BENCHMARKS_CELL_CASE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/buffer.h"
#include "benchmarks/cell.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/operands.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/report/result.h"

namespace raptors::benchmarks {

// What all cells share.
struct Bench {
  std::vector<PeerLibrary> libraries;
  std::string blas_name;  // "OpenBLAS SkylakeX"
  int cores = 1;
  Operands operands;
};

// Internal when an answer is wrong or the path that was asked for was not taken; other errors as Raptors gives them.
absl::StatusOr<CellResult> RunCell(const Cell& cell, const MeasureOptions& options, Bench& bench);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_CELL_CASE_H_
