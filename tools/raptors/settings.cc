// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/settings.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/log.h"
#include "raptors/context/parse.h"
#include "raptors/context/scope.h"
#include "raptors/introspect/introspect.h"
#include "tools/raptors/args.h"

namespace raptors::tools {
namespace {

constexpr Flag kFlags[] = {
    {"simd", "LEVEL", "auto, off, a level, or <=LEVEL; see 'raptors info'"},
    {"threads", "N", "at most N threads"},
    {"blas", "MODE", "auto, off or prefer"},
    {"determinism", "MODE", "reproducible or fast"},
    {"profile", "FILE", "a profile instead of the built-in one"},
};

// scope(value), or the error in its place.
template <typename T, typename Scoped>
absl::StatusOr<context::Scope> ScopeOf(const absl::StatusOr<T>& value, Scoped scope) {
  if (!value.ok()) return value.status();
  return scope(*value);
}

// Puts a scope in force, or says which flag it was.
absl::Status Hold(absl::string_view flag, absl::StatusOr<context::Scope> scope, std::optional<context::Scope>* held) {
  if (!scope.ok()) {
    const absl::Status named(scope.status().code(), absl::StrCat("--", flag, ": ", scope.status().message()));
    return absl::IsInvalidArgument(named) ? AsUsageError(named) : named;
  }
  held->emplace(*std::move(scope));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const Flag> SettingFlags() { return kFlags; }

absl::Status CheckEnvironment() {
  // The one message about a profile file becomes an error here.
  context::LogHandler previous = context::SetLogHandler([](absl::string_view) {});
  const context::Settings& settings = context::Process();
  context::SetLogHandler(std::move(previous));
  if (!settings.status.ok()) return AsUsageError(settings.status);
  const absl::Status& file = settings.profile_source->file_status;
  return file.ok() ? file : absl::Status(file.code(), absl::StrCat("RAPTORS_PROFILE: ", file.message()));
}

void WarnOfForcedBlasCore() {
  // OpenBLAS reads it when the program is loaded, and leaves the processor's own kernels aside; some shells set it.
  const char* const core = std::getenv("OPENBLAS_CORETYPE");
  if (core != nullptr && introspect::Info().blas.name == "OpenBLAS") {
    std::fprintf(stderr, "raptors: warning: OPENBLAS_CORETYPE=%s forces the kernels of OpenBLAS\n", core);
  }
}

absl::Status FlagSettings::Apply(const Args& args) {
  if (const auto text = args.Value("simd")) {
    RAPTORS_RETURN_IF_ERROR(Hold("simd", context::ScopedSimd(*text), &simd_));
  }
  if (const auto text = args.Value("threads")) {
    RAPTORS_RETURN_IF_ERROR(Hold("threads", ScopeOf(context::ParseThreads(*text), context::ScopedThreads), &threads_));
  }
  if (const auto text = args.Value("blas")) {
    RAPTORS_RETURN_IF_ERROR(Hold("blas", ScopeOf(context::ParseBlasMode(*text), context::ScopedBlas), &blas_));
  }
  if (const auto text = args.Value("determinism")) {
    RAPTORS_RETURN_IF_ERROR(
        Hold("determinism", ScopeOf(context::ParseDeterminism(*text), context::ScopedDeterminism), &determinism_));
  }
  if (const auto text = args.Value("profile")) {
    RAPTORS_RETURN_IF_ERROR(Hold("profile", context::ScopedProfile(*text), &profile_));
  }
  return absl::OkStatus();
}

}  // namespace raptors::tools
