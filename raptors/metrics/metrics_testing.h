// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What tests of the counters look at beside their values.

#ifndef RAPTORS_METRICS_METRICS_TESTING_H_
#define RAPTORS_METRICS_METRICS_TESTING_H_

namespace raptors::metrics {

// Tables that were ever allocated.
int TableCountForTest();

}  // namespace raptors::metrics

#endif  // RAPTORS_METRICS_METRICS_TESTING_H_
