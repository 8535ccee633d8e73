// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Helpers for absl::Status, so that every argument error reads alike: which argument, its value, what was expected.

#ifndef RAPTORS_BASE_STATUS_H_
#define RAPTORS_BASE_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#define RAPTORS_RETURN_IF_ERROR(expr)                  \
  do {                                                 \
    absl::Status raptors_status_ = (expr);             \
    if (!raptors_status_.ok()) return raptors_status_; \
  } while (false)

namespace raptors {

// InvalidArgument: "<argument>: got <value>; expected <expected>".
template <typename Value>
absl::Status ArgumentError(absl::string_view argument, const Value& value, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(argument, ": got ", value, "; expected ", expected));
}

}  // namespace raptors

#endif  // RAPTORS_BASE_STATUS_H_
