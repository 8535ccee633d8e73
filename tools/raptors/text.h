// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Text for people and for programs: JSON, tables, counts, sizes.

#ifndef TOOLS_RAPTORS_TEXT_H_
#define TOOLS_RAPTORS_TEXT_H_

#include <stdint.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "nlohmann/json_fwd.hpp"

namespace raptors::tools {

// Indented, keys in the order in which they were added, ending in a newline. Bytes that are no UTF-8 (paths may have
// them) become U+FFFD.
std::string JsonText(const nlohmann::ordered_json& json);

// Columns as wide as their widest cell, two blanks apart, without blanks at line ends. The first row is the heading
// where there is one. Rows may be shorter than others.
std::string Columns(absl::Span<const std::vector<std::string>> rows);

// "1 thread", "2 threads".
std::string Count(int64_t n, absl::string_view noun);

// "48 KiB", "1 MiB", "1000 bytes": the largest binary unit that divides it.
std::string Bytes(int64_t bytes);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_TEXT_H_
