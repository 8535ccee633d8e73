// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/scope.h"

#include <assert.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "raptors/context/environment.h"
#include "raptors/context/parse.h"

namespace raptors::context {

struct Scope::State {
  Settings settings;
  Frame frame;
};

Scope::Scope(Settings settings) : state_(new State{std::move(settings), {}}) {
  state_->frame.settings = &state_->settings;
  Push(&state_->frame);
}

Scope::Scope(Scope&&) noexcept = default;

Scope::~Scope() {
  if (state_ == nullptr || Remove(&state_->frame)) return;
  // Another thread's stack holds the frame: leak it rather than leave that thread a dangling pointer.
  assert(false && "a scope must end on the thread that made it");
  state_.release();
}

namespace {

absl::Status Prefixed(absl::string_view setting, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(setting, ": ", status.message()));
}

}  // namespace

absl::StatusOr<Scope> ScopedSimd(absl::string_view level) {
  Settings settings = Current();
  const absl::StatusOr<SimdChoice> choice = ParseSimd(level, settings.built, settings.machine.supported);
  if (!choice.ok()) return Prefixed("simd", choice.status());
  settings.limits.simd = choice->rule;
  settings.limits.isa = choice->isa;
  return Scope(std::move(settings));
}

absl::StatusOr<Scope> ScopedSimd(Isa level) { return ScopedSimd(absl::string_view(Name(level))); }

absl::StatusOr<Scope> ScopedThreads(int threads) {
  const absl::StatusOr<int> checked = CheckThreads(threads);
  if (!checked.ok()) return Prefixed("threads", checked.status());
  Settings settings = Current();
  settings.limits.max_threads = *checked;
  return Scope(std::move(settings));
}

Scope ScopedBlas(policy::BlasMode mode) {
  Settings settings = Current();
  settings.limits.blas = mode;
  return Scope(std::move(settings));
}

Scope ScopedDeterminism(policy::Determinism determinism) {
  Settings settings = Current();
  settings.limits.determinism = determinism;
  return Scope(std::move(settings));
}

absl::StatusOr<Scope> ScopedProfile(absl::string_view file) {
  absl::StatusOr<ProfileSource> source = LoadProfile(file);
  if (!source.ok()) return Prefixed("profile", source.status());
  Settings settings = Current();
  UseProfile(std::make_shared<const ProfileSource>(*std::move(source)), &settings);
  return Scope(std::move(settings));
}

Scope ScopedProfile(profile::LoadedProfile loaded, absl::string_view source) {
  Settings settings = Current();
  ProfileSource in_memory;
  in_memory.loaded = std::move(loaded);
  in_memory.source = std::string(source);
  UseProfile(std::make_shared<const ProfileSource>(std::move(in_memory)), &settings);
  return Scope(std::move(settings));
}

ScopedSettings::ScopedSettings(const Settings& settings) : frame_{&settings, nullptr} { Push(&frame_); }

ScopedSettings::~ScopedSettings() {
  const bool removed = Remove(&frame_);
  assert(removed && "a scope must end on the thread that made it");
  (void)removed;
}

}  // namespace raptors::context
