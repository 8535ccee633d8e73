// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Scopes: settings for the operations that this thread starts while the scope lives.
//
//   absl::StatusOr<context::Scope> simd = context::ScopedSimd("<=avx2");
//   if (!simd.ok()) return simd.status();
//   absl::StatusOr<context::Scope> threads = context::ScopedThreads(1);
//
// Scopes nest; each changes one setting and keeps the others. An operation reads its caller's settings once, when it is
// entered; its worker threads need none. End scopes on the thread that made them, newest first: an older one
// that ends earlier leaves the newer one's settings, which include its change, in force.

#ifndef RAPTORS_CONTEXT_SCOPE_H_
#define RAPTORS_CONTEXT_SCOPE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/base/isa.h"
#include "raptors/context/context.h"
#include "raptors/context/frames.h"
#include "raptors/policy/policy.h"

namespace raptors::context {

// Holds changed settings in force on this thread until it is destroyed. Can be moved, on its own thread.
class [[nodiscard]] Scope {
 public:
  explicit Scope(Settings settings);
  Scope(Scope&&) noexcept;
  Scope& operator=(Scope&&) = delete;
  ~Scope();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SIMD level: "auto", "off", "<level>" (demanded) or "<=<level>" (capped). InvalidArgument for an unknown level,
// FailedPrecondition for one that this machine cannot run; both list what is built and supported.
absl::StatusOr<Scope> ScopedSimd(absl::string_view level);
// The same as a demand of `level`.
absl::StatusOr<Scope> ScopedSimd(Isa level);
// At most `threads` threads, 1 to 1024; more than there are cores are allowed.
absl::StatusOr<Scope> ScopedThreads(int threads);
Scope ScopedBlas(policy::BlasMode mode);
Scope ScopedDeterminism(policy::Determinism determinism);
// The file must exist and be valid: unlike RAPTORS_PROFILE, an explicit request does not fall back.
absl::StatusOr<Scope> ScopedProfile(absl::string_view file);
// A profile in memory, for tuning and tests.
Scope ScopedProfile(profile::LoadedProfile loaded, absl::string_view source);

// Puts the settings of a caller in force on a worker thread. Costs two writes. `settings` outlives it.
class [[nodiscard]] ScopedSettings {
 public:
  explicit ScopedSettings(const Settings& settings);
  ~ScopedSettings();
  ScopedSettings(const ScopedSettings&) = delete;
  ScopedSettings& operator=(const ScopedSettings&) = delete;

 private:
  Frame frame_;
};

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_SCOPE_H_
