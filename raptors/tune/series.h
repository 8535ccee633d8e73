// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Series: one kind of call at several sizes, each in all the ways that a threshold chooses between. Internal to this
// package.

#ifndef RAPTORS_TUNE_SERIES_H_
#define RAPTORS_TUNE_SERIES_H_

#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/calls.h"
#include "raptors/tune/ladder.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {

// Settings that leave the policy no choice.
struct ForcedSettings {
  context::Settings settings;
  policy::Profile profile;  // settings.profile points at it
};

struct Way {
  std::string name;  // for people
  int threads = 1;
  double value = 0;  // of a choice
  std::shared_ptr<const ForcedSettings> forced;

  const context::Settings& settings() const { return forced->settings; }
};

struct Point {
  double at = 0;  // in the unit of the threshold
  Call call;
  std::vector<std::vector<double>> samples;  // [way][round], nanoseconds of one call
  std::vector<int64_t> reps;                 // [way], calls in a sample; 0: not calibrated
  double call_ns = 0;                        // about
};

struct Series {
  profile::Field field = {};
  Op op = {};
  std::vector<Op> stands_for;  // operations with the same traffic, itself among them
  DType dtype = {};
  Layout layout = {};
  bool read_result = false;  // a read of the result belongs to the call
  std::vector<Way> ways;
  std::vector<Point> points;  // ascending in size
};

// Everything that `options` asks for on a machine with these settings.
absl::StatusOr<std::vector<Series>> MakeSeries(const Options& options, const context::Settings& settings,
                                               Buffers& buffers);

// The ladders of a series whose points have samples.
void AppendLadders(const Series& series, std::vector<Ladder>* ladders);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_SERIES_H_
