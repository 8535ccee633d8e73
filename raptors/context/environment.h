// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The settings that an environment asks for. Internal to this package.

#ifndef RAPTORS_CONTEXT_ENVIRONMENT_H_
#define RAPTORS_CONTEXT_ENVIRONMENT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/context/context.h"

namespace raptors::context {

// What this machine and this build are, with no limits and the built-in profile.
Settings DefaultSettings();

// Applies every variable whose name begins with RAPTORS_ ("NAME=value"; of two with one name the first counts, as for
// getenv). What is wrong is collected in settings->status, in order of the names.
void ApplyEnvironment(const std::vector<std::string>& environment, Settings* settings);

// Puts a profile into the settings.
void UseProfile(std::shared_ptr<const ProfileSource> source, Settings* settings);

// Reads a profile for this machine from a regular file of at most profile::kMaxBytes. NotFound or FailedPrecondition if
// it cannot be read, InvalidArgument if it is no profile; the message names the file.
absl::StatusOr<ProfileSource> LoadProfile(absl::string_view file);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_ENVIRONMENT_H_
