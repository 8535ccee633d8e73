// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The texts that settings are written as: in the environment, in scopes, in arguments of calls and of the command.
// An error says what was expected; the caller prefixes where the text came from.

#ifndef RAPTORS_CONTEXT_PARSE_H_
#define RAPTORS_CONTEXT_PARSE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/base/isa.h"
#include "raptors/policy/policy.h"

namespace raptors::context {

struct SimdChoice {
  policy::SimdRule rule;
  Isa isa;
};

// "auto", "off", "<level>" or "<=<level>". InvalidArgument for an unknown level; FailedPrecondition for a demanded
// level outside built & supported or a cap outside built (a level of another architecture). Both list what there is.
absl::StatusOr<SimdChoice> ParseSimd(absl::string_view text, IsaSet built, IsaSet supported);

// An integer from 1 to 1024. InvalidArgument otherwise.
absl::StatusOr<int> ParseThreads(absl::string_view text);
absl::StatusOr<int> CheckThreads(int64_t threads);

absl::StatusOr<policy::BlasMode> ParseBlasMode(absl::string_view text);
absl::StatusOr<policy::Determinism> ParseDeterminism(absl::string_view text);

const char* Name(policy::SimdRule rule);
const char* Name(policy::BlasMode mode);
const char* Name(policy::Determinism determinism);

// The rule as ParseSimd() reads it.
std::string ToText(policy::SimdRule rule, Isa isa);

// "scalar, sse4, avx2", or "none".
std::string ToText(IsaSet set);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_PARSE_H_
