// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How long counted calls may have taken. Counters hold no times: a call reads no clock. The estimate is a model of what
// a call costs, good for comparing shares, not for speaking of seconds:
//
//   time of a call = call_seconds + work / (rate * threads)
//
// where the work of a map or a reduction is the bytes of all its operands and results, and its rate the bandwidth of a
// thread; the work of a matrix product is its floating-point operations, and its rate those of a thread. A call is
// taken to have the mean size of its size bucket, and a product, whose counter knows the elements of its result only,
// to be one of square matrices.

#ifndef RAPTORS_DASHBOARD_ESTIMATE_H_
#define RAPTORS_DASHBOARD_ESTIMATE_H_

#include "raptors/metrics/metrics.h"

namespace raptors::dashboard {

struct Model {
  double call_seconds = 100e-9;    // of a call beside its work
  double bytes_per_second = 20e9;  // one thread
  double flops_per_second = 50e9;  // one thread, matrix products
};

// The mean number of elements of the sizes in a bucket. Precondition: bucket <= 63.
double MeanElements(uint8_t bucket);

// Seconds of one call that took this path; more than 0.
double EstimatedSeconds(const metrics::Choice& choice, const Model& model);

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_ESTIMATE_H_
