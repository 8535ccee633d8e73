// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The flags that change how Raptors computes: --simd, --threads, --blas, --determinism, --profile. Each is the scope
// (raptors/context/scope.h) of the environment variable of that name and goes before it.

#ifndef TOOLS_RAPTORS_SETTINGS_H_
#define TOOLS_RAPTORS_SETTINGS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "raptors/context/scope.h"
#include "tools/raptors/args.h"

namespace raptors::tools {

absl::Span<const Flag> SettingFlags();

// An error for a RAPTORS_* variable that cannot be read or obeyed, and for a profile file that cannot be used: the
// library would go on with the built-in profile, but who calls the command wants to know.
absl::Status CheckEnvironment();

// Says on stderr when the shell forces the kernels of OpenBLAS, which is slow, and nobody asked for it.
void WarnOfForcedBlasCore();

// Holds the settings of the flags in force on this thread while it lives. Cannot be moved.
class FlagSettings {
 public:
  FlagSettings() = default;
  FlagSettings(const FlagSettings&) = delete;
  FlagSettings& operator=(const FlagSettings&) = delete;

  // Once. The flags that were not given change nothing. Errors name the flag.
  absl::Status Apply(const Args& args);

 private:
  // Scopes end in the reverse order of their beginning, as members do.
  std::optional<context::Scope> simd_, threads_, blas_, determinism_, profile_;
};

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_SETTINGS_H_
