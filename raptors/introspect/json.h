// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Introspection for programs: one JSON value, indented, with a line end. Keys stay; new ones may come.

#ifndef RAPTORS_INTROSPECT_JSON_H_
#define RAPTORS_INTROSPECT_JSON_H_

#include <string>
#include <vector>

#include "raptors/introspect/introspect.h"
#include "raptors/introspect/threading.h"

namespace raptors::introspect {

std::string ToJson(const Explanation& why);
std::string ToJson(const SystemInfo& info);
std::string ToJson(const ThreadingInfo& now);
std::string ToJson(const std::vector<TableRow>& table);

}  // namespace raptors::introspect

#endif  // RAPTORS_INTROSPECT_JSON_H_
