// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/environment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "raptors/blas/blas.h"
#include "raptors/context/parse.h"
#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"

namespace raptors::context {
namespace {

constexpr absl::string_view kPrefix = "RAPTORS_";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const auto error = [&](absl::string_view what) {
    const std::string message = absl::StrCat(absl::CEscape(path), ": ", what, ": ", strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(message) : absl::FailedPreconditionError(message);
  };
  // Asked first: opening a pipe would wait for its writer.
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return error("cannot read the profile");
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(absl::CEscape(path), ": not a regular file"));
  }
  FILE* const file = fopen(path.c_str(), "rb");
  if (file == nullptr) return error("cannot read the profile");
  // One byte more than is allowed, so that the reader sees an oversized file as such.
  std::string text(static_cast<size_t>(profile::kMaxBytes) + 1, '\0');
  text.resize(fread(text.data(), 1, text.size(), file));
  const bool failed = ferror(file) != 0;
  const absl::Status status = failed ? error("cannot read the profile") : absl::OkStatus();
  fclose(file);
  if (!status.ok()) return status;
  return text;
}

std::shared_ptr<const ProfileSource> BuiltinProfile() {
  // Not kept in a static: another thread could fork while its guard is held. Needed once or twice a process.
  ProfileSource source;
  source.source = "built-in";
  absl::StatusOr<profile::LoadedProfile> loaded = profile::Parse(profile::BuiltinJson(), cpu::GetInfo().model);
  // Tested for every file that can be embedded. Should it fail, every threshold is "never".
  if (loaded.ok()) {
    source.loaded = *std::move(loaded);
  } else {
    source.file_status = loaded.status();
  }
  return std::make_shared<const ProfileSource>(std::move(source));
}

// The built-in profile, remembering which file was not used and why.
std::shared_ptr<const ProfileSource> Fallback(absl::Status file_status) {
  ProfileSource source = *BuiltinProfile();
  source.file_status = std::move(file_status);
  return std::make_shared<const ProfileSource>(std::move(source));
}

template <typename T>
absl::Status Assign(absl::StatusOr<T> value, T* out) {
  if (!value.ok()) return value.status();
  *out = *value;
  return absl::OkStatus();
}

// One of two words. `value` is left alone on an error.
absl::Status ApplySwitch(absl::string_view text, absl::string_view yes, absl::string_view no, bool* value) {
  if (text == yes || (!no.empty() && text == no)) {
    *value = text == yes;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("got \"", absl::CEscape(text.substr(0, 200)), "\"; expected ", yes, no.empty() ? "" : " or ", no));
}

absl::Status Apply(absl::string_view name, const std::string& value, Settings* settings) {
  if (name == "RAPTORS_SIMD") {
    const absl::StatusOr<SimdChoice> choice = ParseSimd(value, settings->built, settings->machine.supported);
    if (!choice.ok()) return choice.status();
    settings->limits.simd = choice->rule;
    settings->limits.isa = choice->isa;
    return absl::OkStatus();
  }
  if (name == "RAPTORS_THREADS") return Assign(ParseThreads(value), &settings->limits.max_threads);
  if (name == "RAPTORS_BLAS") return Assign(ParseBlasMode(value), &settings->limits.blas);
  if (name == "RAPTORS_DETERMINISM") return Assign(ParseDeterminism(value), &settings->limits.determinism);
  if (name == "RAPTORS_VERBOSE") return ApplySwitch(value, "decisions", "", &settings->verbose_decisions);
  if (name == "RAPTORS_METRICS") return ApplySwitch(value, "on", "off", &settings->metrics);
  if (name == "RAPTORS_PROFILE") {
    if (value.empty()) return absl::InvalidArgumentError("got \"\"; expected the name of a file");
    absl::StatusOr<ProfileSource> source = LoadProfile(value);
    UseProfile(source.ok() ? std::make_shared<const ProfileSource>(*std::move(source)) : Fallback(source.status()),
               settings);
    return absl::OkStatus();
  }
  // Of the build scripts; they may be left over in a shell that built Raptors.
  if (name == "RAPTORS_BAZEL" || name == "RAPTORS_DEBIAN_MIRROR") return absl::OkStatus();
  return absl::InvalidArgumentError(
      "unknown variable; expected RAPTORS_SIMD, RAPTORS_THREADS, RAPTORS_BLAS, RAPTORS_PROFILE, RAPTORS_DETERMINISM, "
      "RAPTORS_VERBOSE or RAPTORS_METRICS");
}

}  // namespace

void UseProfile(std::shared_ptr<const ProfileSource> source, Settings* settings) {
  settings->profile = &source->loaded.thresholds;
  settings->profile_source = std::move(source);
}

absl::StatusOr<ProfileSource> LoadProfile(absl::string_view file) {
  ProfileSource source;
  source.source = std::string(file);
  const absl::StatusOr<std::string> text = ReadFile(source.source);
  if (!text.ok()) return text.status();
  absl::StatusOr<profile::LoadedProfile> loaded = profile::Parse(*text, cpu::GetInfo().model);
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(absl::CEscape(file), ": ", loaded.status().message()));
  }
  source.loaded = *std::move(loaded);
  return source;
}

Settings DefaultSettings() {
  Settings settings;
  const cpu::Info& info = cpu::GetInfo();
  settings.built = dispatch::Built();
  settings.machine.supported = cpu::Supported();
  settings.machine.usable = settings.built & settings.machine.supported;
  settings.machine.cores = info.usable_cores.cores;
  settings.machine.l1_bytes = info.CacheBytes(1);
  settings.machine.l2_bytes = info.CacheBytes(2);
  settings.machine.l3_bytes = info.CacheBytes(3);
  settings.machine.blas = blas::Available();
  UseProfile(BuiltinProfile(), &settings);
  return settings;
}

void ApplyEnvironment(const std::vector<std::string>& environment, Settings* settings) {
  std::map<std::string, std::string> variables;
  for (const std::string& entry : environment) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || !absl::StartsWith(entry, kPrefix)) continue;
    variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  std::string errors;
  for (const auto& [name, value] : variables) {
    const absl::Status status = Apply(name, value, settings);
    if (status.ok()) continue;
    absl::StrAppend(&errors, errors.empty() ? "" : "; ", absl::CEscape(absl::string_view(name).substr(0, 200)), ": ",
                    status.message());
  }
  if (!errors.empty()) settings->status = absl::FailedPreconditionError(errors);
}

}  // namespace raptors::context
