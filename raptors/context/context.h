// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The context: the one place that joins what is built, what the processor supports and what the user allows, and the
// only reader of the environment. The result is an immutable snapshot, Settings. An operation takes it once when it is
// entered:
//
//   const context::Settings& settings = context::Current();
//   if (!settings.status.ok()) return settings.status;
//
// Precedence: call argument > scope (raptors/context/scope.h) > environment > profile file > built-in profile.
//
// The environment, read once at the first use in the process:
//   RAPTORS_SIMD=auto|off|<level>|<=<level>      a level is demanded, "<=" caps; levels: see `raptors info`
//   RAPTORS_THREADS=<n>                          at most n threads, n >= 1
//   RAPTORS_BLAS=auto|off|prefer
//   RAPTORS_DETERMINISM=reproducible|fast
//   RAPTORS_PROFILE=<file>                       a profile (raptors/heuristics/README.md) instead of the built-in one
//   RAPTORS_VERBOSE=decisions                    one CSV line a call on stderr
//   RAPTORS_METRICS=on|off
// A variable that begins with RAPTORS_ and is not in this list, an empty or malformed value, or a level that this
// machine cannot run makes `status` FailedPrecondition, naming the variable, its value and what was expected, and every
// operation returns it. Two variables belong to the build scripts and are ignored: RAPTORS_BAZEL and
// RAPTORS_DEBIAN_MIRROR. A profile file that cannot be read or parsed is no such error: the built-in profile is used,
// metrics count it, and the log handler (raptors/context/log.h) is told once.

#ifndef RAPTORS_CONTEXT_CONTEXT_H_
#define RAPTORS_CONTEXT_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "raptors/base/isa.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::context {

// A profile and where it was read from.
struct ProfileSource {
  profile::LoadedProfile loaded;
  std::string source;        // "built-in" or the path of the file
  absl::Status file_status;  // not OK: the file in RAPTORS_PROFILE was not used, and why
};

// One consistent state of everything that a call depends on. Immutable once published.
struct Settings {
  absl::Status status;      // not OK: every operation returns it
  IsaSet built;             // levels that this binary holds kernels for
  policy::Machine machine;  // usable = built and supported
  policy::Limits limits;
  const policy::Profile* profile = nullptr;  // &profile_source->loaded.thresholds
  std::shared_ptr<const ProfileSource> profile_source;
  bool verbose_decisions = false;
  bool metrics = true;
};

// The settings in force on this thread: those of the innermost scope, else the process's. The reference stays valid
// while that scope lives (without a scope: for ever). Takes a nanosecond or two; the first call in the process reads
// the environment. Never fails: errors are in `status`.
const Settings& Current();

// The settings of the process, without any scope.
const Settings& Process();

// For tests: replaces the settings of the process by those of the given environment ("NAME=value" strings; nothing else
// is read from the real one). The previous ones stay valid. Not while other threads are inside Raptors.
void ResetForTesting(const std::vector<std::string>& environment);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_CONTEXT_H_
