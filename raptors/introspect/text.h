// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Introspection for people: plain text, each line ended. Not meant to be parsed; for that there is json.h.

#ifndef RAPTORS_INTROSPECT_TEXT_H_
#define RAPTORS_INTROSPECT_TEXT_H_

#include <string>
#include <vector>

#include "raptors/introspect/introspect.h"
#include "raptors/introspect/threading.h"

namespace raptors::introspect {

std::string ToText(const Explanation& why);
std::string ToText(const SystemInfo& info);
std::string ToText(const ThreadingInfo& now);
std::string ToText(const std::vector<TableRow>& table);

}  // namespace raptors::introspect

#endif  // RAPTORS_INTROSPECT_TEXT_H_
