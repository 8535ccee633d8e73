// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What documents and verdicts share: which ladders a row covers, and numbers as text. Internal to this package.

#ifndef RAPTORS_TUNE_DOCUMENT_H_
#define RAPTORS_TUNE_DOCUMENT_H_

#include <string>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/ladder.h"

namespace raptors::tune {

inline bool Covers(const profile::Row& row, Op op, DType dtype, Layout layout) {
  return row.op.value_or(op) == op && row.dtype.value_or(dtype) == dtype && row.layout.value_or(layout) == layout;
}

// What was timed: "add float32 contiguous".
std::string NameOf(const Ladder& ladder);

// "at 128 KiB 4.1 and 3.2 us": a rung's size and medians, in the field's unit.
std::string Times(const Ladder& ladder, const Rung& rung);

// "12%".
std::string Percent(double share);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_DOCUMENT_H_
