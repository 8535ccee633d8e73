// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The version of this source tree, as semver.org has it; CHANGELOG.md says what it means for users.

#ifndef RAPTORS_BASE_VERSION_H_
#define RAPTORS_BASE_VERSION_H_

namespace raptors {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace raptors

#endif  // RAPTORS_BASE_VERSION_H_
