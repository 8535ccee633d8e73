// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// JSON text to a tree, with errors that say where: syntax errors by line and column; duplicate keys, too much depth and
// numbers out of range by JSON pointer. Never throws. For the packages that read JSON files.

#ifndef RAPTORS_PROFILE_JSON_TREE_H_
#define RAPTORS_PROFILE_JSON_TREE_H_

#include <stdint.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace raptors::profile {

// Members in alphabetical order, found in logarithmic time whatever the file holds.
using Json = nlohmann::json;

// InvalidArgument: "<pointer>: <message>"; an empty pointer, the whole document, is written "(document)".
absl::Status ErrorAt(absl::string_view pointer, absl::string_view message);

// A pointer's next step: `key` with "~" and "/" escaped as RFC 6901 says.
std::string Child(absl::string_view pointer, absl::string_view key);
std::string Child(absl::string_view pointer, int64_t index);

// Text from an untrusted file for a message: quoted, without bytes outside printable ASCII, shortened.
std::string Quoted(absl::string_view text);

absl::StatusOr<Json> ReadJson(absl::string_view text, int64_t max_bytes, int max_depth);

}  // namespace raptors::profile

#endif  // RAPTORS_PROFILE_JSON_TREE_H_
