// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a cell came to, and the goals it is held against.

#ifndef RAPTORS_BENCHMARKS_REPORT_RESULT_H_
#define RAPTORS_BENCHMARKS_REPORT_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/cell.h"

namespace raptors::benchmarks {

// A contestant and its median.
struct Named {
  std::string name;  // empty: there was none
  double ns = 0;

  bool present() const { return !name.empty(); }
};

struct CellResult {
  Cell cell;
  int threads = 1;        // allowed
  double work = 0;        // bytes read plus written, or floating-point operations
  double raptors_ns = 0;  // median of one call
  double spread = 0;      // quartiles of that, relative
  int rounds = 0;
  std::string decision;  // "simd avx3 x1", "simd avx3 x2 stream"
  std::string reason;
  Named plain, eigen, blas;  // the best of each family
  Named roof_plain_stores, roof_streaming;
  // With all threads only: the same with one.
  double raptors_one_ns = 0;
  Named roof_one;

  // The fastest of plain, Eigen and BLAS; none for a few cells.
  const Named& BestPeer() const;
  // The fastest roofline loop with the same traffic.
  const Named& Roof() const;
  double Ratio() const { return BestPeer().ns / raptors_ns; }  // > 1: Raptors is faster
  double Share() const { return Roof().ns / raptors_ns; }      // of the machine's limit
};

// One thread: time <= reference / share + overhead_ns, where the references are the best peer and, for cells that
// stream and move at most kLargestJudged, the roofline.
struct Goals {
  double peer_share = 0.95;
  double roof_share = 0.95;  // 0: the roofline is for comparison only
  double overhead_ns = 40;
};
inline constexpr int64_t kLargestJudged = int64_t{256} << 20;

// With all threads: at least this much of the roofline's own gain, where one thread takes longer than kGainFromNs, ...
inline constexpr double kGainShare = 0.9;
inline constexpr double kGainFromNs = 20'000;
// ... and never below this share of the speed of one thread. kResolutionNs is what a median of nanoseconds can tell.
inline constexpr double kOneThreadShare = 0.97;
inline constexpr double kResolutionNs = 1;

struct Violation {
  std::string text;  // what was measured and what was allowed
  double factor;     // measured / allowed, > 1
};

// The goals that a cell misses. Empty for cells whose SIMD level was demanded: they show what a level is worth.
std::vector<Violation> Judge(const CellResult& result, const Goals& goals);

// "12.3 ns", "1.23 us", "45.6 ms".
std::string FormatNs(double ns);

// The cost of one call beyond the kernel, per dtype.
struct OverheadResult {
  std::string dtype;
  int64_t elements = 0;
  double call_ns = 0;    // raptors::Scale on views
  double span_ns = 0;    // raptors::Scale on spans
  double kernel_ns = 0;  // the same kernel, called directly

  double Overhead() const { return call_ns - kernel_ns; }
};

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_REPORT_RESULT_H_
