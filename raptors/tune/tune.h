// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Tuning: measures the crossovers of this machine and makes a profile of them (raptors/heuristics/README.md), or says
// which thresholds of a profile still hold. Returns values and prints nothing; `raptors tune` is the command.
//
//   tune::Options options;
//   options.seconds = 60;
//   absl::StatusOr<tune::Measurement> measured = tune::Measure(options);
//   if (!measured.ok()) return measured.status();
//   tune::About about = {"my_machine", "AMD EPYC", "2026-11-22", "raptors tune"};
//   std::string json = profile::Serialize(tune::MakeDocument(*measured, about));
//
// What is measured: every operation in every dtype and layout, through the public functions, with settings that force
// each of the two ways that a threshold chooses between.
//   parallel_min, thread_min   one thread and several, calls in a tight loop (idle workers still spin), to 16 MiB moved
//   stream_min                 stores through the caches and past them, each followed by a read of the whole result
//   tile                       shares of the L2 cache, all threads
//   blas_min                   our kernels and BLAS on one thread, wherever the policy admits BLAS at all
// All samples are taken in rounds over everything, as many as the time allows, so that a disturbance of seconds meets
// each comparison in a few of its samples only. raptors/tune/ladder.h says how crossovers follow from them.
//
// Pitfalls: something else that runs at the same time costs accuracy, above all for several threads; the load before
// and after stands in the document's note. A machine with one usable core, or a build without BLAS, leaves the
// thresholds about them unmeasured, and they say so.

#ifndef RAPTORS_TUNE_TUNE_H_
#define RAPTORS_TUNE_TUNE_H_

#include <stdint.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/ladder.h"

namespace raptors::tune {

struct Progress {
  double fraction = 0;  // of the time or, where that is longer, of the least number of rounds; 0 to 1, never smaller
  int round = 0;        // from 1
  double seconds = 0;   // since the start
};

struct Options {
  double seconds = 120;
  int min_rounds = 3;   // are made even where they take longer
  std::vector<Op> ops;  // empty: all
  // The modes in which BLAS is measured against our kernels (blas_min; nothing else depends on the mode).
  bool reproducible = true;
  bool fast = true;
  // Memory of each of four buffers; 0: twice the last-level cache, at least 16 MiB, at most 256 MiB and a sixteenth of
  // the machine's memory. With less the largest sizes are left out.
  int64_t buffer_bytes = 0;
  std::function<void(const Progress&)> progress;  // called often; may be empty
};

struct Measurement {
  std::vector<Ladder> ladders;
  std::vector<Op> ops;  // what was asked for; empty: all
  bool reproducible = true;
  bool fast = true;
  int cores = 1;
  bool blas = false;
  int64_t l2_bytes = 0;
  int64_t llc_bytes = 0;
  int rounds = 0;
  double seconds = 0;
  double load_before = 0;  // the system's load average over one minute; negative: unknown
  double load_after = 0;
};

// Measures. FailedPrecondition when the settings in force limit levels, threads or BLAS, or log decisions: such a
// profile would be for them alone. InvalidArgument for options out of range; ResourceExhausted without memory for the
// operands; errors of the operations themselves.
absl::StatusOr<Measurement> Measure(const Options& options);

// Who measured.
struct About {
  std::string name;  // of the profile
  std::string machine;
  std::string date;
  std::string command;
};

// The profile: rows with wildcards first, specific rows only where those lose more than a few percent. Always valid for
// profile::Compile(), on any CPU model, and at most profile::kMaxBytes long. Where `ops` was given, the rows are those
// of `base`, which must not be null then, followed by the ones for these operations: what was measured, and for the
// rest what `base` has for them.
profile::Document MakeDocument(const Measurement& measurement, const About& about,
                               const profile::LoadedProfile* base = nullptr);

// What was found out about one threshold of a profile.
struct Verdict {
  profile::Row selector;  // op, dtype and layout of its row; no fields
  profile::Field field;
  profile::Threshold threshold;
  bool measured = false;  // whether a measurement bears on it; the rest has no meaning otherwise
  bool holds = false;
  Value best;         // the value that these measurements would give
  double loss = 0;    // the largest share of time that the threshold loses, beyond noise: 0.1 is 10 % more time
  std::string where;  // the call that loses it, and its times
};

// One verdict for each threshold of the profile, in its order. A threshold holds where it loses at most 10 % at every
// size that was measured, beyond what noise explains.
std::vector<Verdict> Check(const Measurement& measurement, const profile::LoadedProfile& loaded);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_TUNE_H_
