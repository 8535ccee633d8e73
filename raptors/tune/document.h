// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What documents and verdicts share: which ladders a row covers, and numbers as text. Internal to this package.

#ifndef RAPTORS_TUNE_DOCUMENT_H_
#define RAPTORS_TUNE_DOCUMENT_H_

#include <string>
#include <vector>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/ladder.h"
#include "raptors/tune/tune.h"

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

using Ladders = std::vector<const Ladder*>;

// Where a value is from that was chosen for `ladders`, of which it decides some: the others have rows of their own, and
// are no evidence for it.
std::string ProvenanceOf(const Ladders& ladders, const Ladders& decided, const Value& value, const About& about);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_DOCUMENT_H_
