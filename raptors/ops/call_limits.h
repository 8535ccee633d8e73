// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a call's options do to the settings in force: a call argument goes before a scope and the environment.

#ifndef RAPTORS_OPS_CALL_LIMITS_H_
#define RAPTORS_OPS_CALL_LIMITS_H_

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/parse.h"
#include "raptors/ops/call_options.h"
#include "raptors/policy/policy.h"

namespace raptors::internal {

inline absl::Status CheckOptions(const CallOptions& options) {
  if (ABSL_PREDICT_TRUE(options.max_threads == 0) || context::CheckThreads(options.max_threads).ok()) {
    return absl::OkStatus();
  }
  return ArgumentError("options.max_threads", options.max_threads, "0 (as the settings say) or 1 to 1024");
}

// Precondition: CheckOptions() found nothing.
inline policy::Limits LimitsOf(const context::Settings& settings, const CallOptions& options) {
  policy::Limits limits = settings.limits;
  if (options.max_threads != 0) limits.max_threads = options.max_threads;
  if (options.determinism.has_value()) limits.determinism = *options.determinism;
  return limits;
}

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_CALL_LIMITS_H_
