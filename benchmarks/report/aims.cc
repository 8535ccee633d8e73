// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/report/aims.h"

#include "absl/strings/str_format.h"

namespace raptors::benchmarks {
namespace {

constexpr double kTransposedShare = 0.4;
constexpr double kTransposedShareOfPowers = 0.3;
constexpr double kNarrowMeanFactor = 1.5;
constexpr char kNarrowShape[] = "300000x3";

bool IsPowerOfTwo(int64_t n) { return n > 1 && (n & (n - 1)) == 0; }

// The judged cell with this operation, layout and axis, and otherwise the same as `like`; nullptr: not there.
const CellResult* Find(const std::vector<CellResult>& results, const Cell& like, Op op, const char* layout,
                       const char* axis) {
  for (const CellResult& result : results) {
    const Cell& cell = result.cell;
    if (cell.Auto() && cell.op == op && cell.dtype == like.dtype && cell.shape == like.shape && cell.layout == layout &&
        cell.axis == axis && cell.all_threads == like.all_threads) {
      return &result;
    }
  }
  return nullptr;
}

std::string Line(const CellResult& result, double reached, const char* what, bool met) {
  return absl::StrFormat("  %-40s %.2f %s: %s\n", absl::StrFormat("%s %dt", result.cell.Title(), result.threads),
                         reached, what, met ? "met" : "MISSED");
}

std::string WithHeading(const char* heading, const std::string& lines) {
  return lines.empty() ? "" : absl::StrFormat("\nAim: %s\n%s", heading, lines);
}

}  // namespace

std::string ElementwiseAims(const std::vector<CellResult>& results) {
  std::string lines;
  for (const CellResult& result : results) {
    const Cell& cell = result.cell;
    if (cell.op != Op::kAdd || cell.layout != "transposed" || !cell.Auto()) continue;
    const CellResult* contiguous = Find(results, cell, Op::kAdd, "C", "");
    if (contiguous == nullptr) continue;
    const double reached = contiguous->raptors_ns / result.raptors_ns;
    // The leading dimension of b, of which b.T is a view.
    const double least = IsPowerOfTwo(cell.out[0]) ? kTransposedShareOfPowers : kTransposedShare;
    lines +=
        Line(result, reached, absl::StrFormat("of the contiguous add, at least %.1f", least).c_str(), reached >= least);
  }
  return WithHeading("a + b.T beside a + b of the same shape", lines);
}

std::string ReductionAims(const std::vector<CellResult>& results) {
  std::string lines;
  for (const CellResult& result : results) {
    const Cell& cell = result.cell;
    if (cell.op != Op::kMean || cell.shape != kNarrowShape || cell.axis == "none" || cell.layout != "C" ||
        !cell.Auto()) {
      continue;
    }
    const CellResult* sum = Find(results, cell, Op::kSum, "C", "none");
    if (sum == nullptr) continue;
    const double reached = result.raptors_ns / sum->raptors_ns;
    lines += Line(result, reached, absl::StrFormat("times the sum over all, at most %.1f", kNarrowMeanFactor).c_str(),
                  reached <= kNarrowMeanFactor);
  }
  return WithHeading("means of narrow arrays beside the sum over all", lines);
}

}  // namespace raptors::benchmarks
