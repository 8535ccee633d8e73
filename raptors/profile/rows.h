// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the reader and Compile() share: patterns, ranges, and which row applies to a call. Internal to this package.

#ifndef RAPTORS_PROFILE_ROWS_H_
#define RAPTORS_PROFILE_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"
#include "re2/re2.h"

namespace raptors::profile {

// How patterns are compiled: quiet, and with a bound on the memory of one.
inline RE2::Options PatternOptions() {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(64 * 1024);
  return options;
}

// Whether a number lies in its field's range; the error begins with `pointer`.
absl::Status CheckNumber(double value, const FieldInfo& info, absl::string_view pointer);

// The threshold of the last row that covers the call and has the field; nullptr if there is none.
const Threshold* Find(const std::vector<Row>& rows, Op op, DType dtype, Layout layout, Field field);

// The first field that some call is left without: "tile for scale, float32, rows". Empty if there is none.
std::string FirstGap(const std::vector<Row>& rows);

}  // namespace raptors::profile

#endif  // RAPTORS_PROFILE_ROWS_H_
