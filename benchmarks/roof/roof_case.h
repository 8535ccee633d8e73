// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// One figure of //benchmarks:roofline: the best loop for an operation on a working set, checked and measured in rounds.

#ifndef RAPTORS_BENCHMARKS_ROOF_ROOF_CASE_H_
#define RAPTORS_BENCHMARKS_ROOF_ROOF_CASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "benchmarks/buffer.h"
#include "benchmarks/grid.h"
#include "benchmarks/harness/measure.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/report/result.h"
#include "raptors/base/dtype.h"

namespace raptors::benchmarks {

struct RoofCell {
  PeerRoofOp op;
  DType dtype;
  int64_t working_set;  // bytes of all operands together; 0 for kRoofFma
  bool all_threads;

  // "scale/float32/256KiB/threads:1".
  std::string Name() const;
};

// "256KiB".
std::string FormatWorkingSet(int64_t bytes);

// default: float32, 16 KiB to 256 MiB in steps of four; full: the other dtypes too; smoke: 16 KiB.
std::vector<RoofCell> MakeRoofGrid(GridName name, int cores);

struct RoofResult {
  RoofCell cell;
  int threads = 1;
  double work = 0;  // bytes read plus written, or floating-point operations, of one call
  Named plain, streaming;
  Named independent;  // the compiler's own loop, or memcpy: neither may be faster than the limit it checks
  double spread = 0;

  const Named& Best() const;
  double Rate() const { return work / Best().ns; }  // GB/s or GFLOP/s
};

// Buffers of all cases.
struct RoofBuffers {
  Buffer a{kInputOffsets[0]}, b{kInputOffsets[1]}, out{kOutputOffset};
};

// Internal when a loop's answer is not that of an independent one.
absl::StatusOr<RoofResult> RunRoofCase(const RoofCell& cell, const MeasureOptions& options,
                                       const std::vector<PeerLibrary>& libraries, int cores, RoofBuffers& buffers);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_ROOF_ROOF_CASE_H_
