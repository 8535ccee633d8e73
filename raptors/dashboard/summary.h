// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A metrics snapshot added up the ways a page shows it.

#ifndef RAPTORS_DASHBOARD_SUMMARY_H_
#define RAPTORS_DASHBOARD_SUMMARY_H_

#include <stdint.h>

#include <array>
#include <map>
#include <vector>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/dashboard/estimate.h"
#include "raptors/metrics/metrics.h"

namespace raptors::dashboard {

struct Total {
  uint64_t calls = 0;
  double seconds = 0;  // estimated
};

// The calls of one operation in one size bucket, by Route.
using RouteCalls = std::array<uint64_t, kNumRoutes>;

struct Summary {
  Total all;                                           // without the calls that were not counted apart
  std::vector<uint8_t> buckets;                        // those that occur, ascending
  std::map<Op, std::map<uint8_t, RouteCalls>> routes;  // operation -> bucket
  std::array<Total, kNumRoutes> by_route = {};
  std::array<Total, kNumReasons> by_reason = {};
  std::map<uint16_t, Total> by_threads;

  struct Kind {
    Op op;
    DType dtype;
    uint8_t bucket;
    Total total;
    RouteCalls routes = {};
  };
  std::vector<Kind> kinds;  // the longest estimated time first
};

Summary Summarize(const metrics::Snapshot& snapshot, const Model& model);

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_SUMMARY_H_
