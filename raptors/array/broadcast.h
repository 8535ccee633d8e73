// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// NumPy's broadcasting: shapes are aligned at their last axes, missing axes count as extent 1, and an extent of 1
// stretches to the other operand's by a stride of 0. Nothing is copied.

#ifndef RAPTORS_ARRAY_BROADCAST_H_
#define RAPTORS_ARRAY_BROADCAST_H_

#include <stdint.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/array/view.h"

namespace raptors {

// The common shape. InvalidArgument when two extents along an axis differ and neither is 1; it names the later of the
// two operands by `names` (one per shape).
absl::StatusOr<Dims> BroadcastShapes(absl::Span<const absl::Span<const int64_t>> shapes,
                                     absl::Span<const absl::string_view> names);

// `view` stretched to `shape`. InvalidArgument naming `argument` when it does not broadcast to exactly that shape, or
// the result has more than INT64_MAX bytes.
absl::StatusOr<ArrayView> BroadcastTo(const ArrayView& view, absl::Span<const int64_t> shape,
                                      absl::string_view argument);

}  // namespace raptors

#endif  // RAPTORS_ARRAY_BROADCAST_H_
