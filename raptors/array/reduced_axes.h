// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The axes that a reduction folds, as a bit set: bit k is axis k. And the shape of its result.

#ifndef RAPTORS_ARRAY_REDUCED_AXES_H_
#define RAPTORS_ARRAY_REDUCED_AXES_H_

#include <stdint.h>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/shape.h"

namespace raptors {

// Precondition: 0 <= ndim <= kMaxRank.
constexpr uint64_t AllAxes(int ndim) { return ndim == 64 ? ~uint64_t{0} : (uint64_t{1} << ndim) - 1; }

// The set of axes of which each lies from -ndim to ndim - 1, negative ones counted from the end. An error names
// `argument`: an axis that there is not, or one twice.
absl::StatusOr<uint64_t> ResolveAxes(absl::Span<const int> axes, int ndim, const char* argument);

// The shape without the reduced axes, or with extents of 1 in their place.
Dims ReducedShape(absl::Span<const int64_t> shape, uint64_t reduced, bool keepdims);

// Whether `got` is ReducedShape(shape, reduced, keepdims). Allocates nothing.
bool IsReducedShape(absl::Span<const int64_t> got, absl::Span<const int64_t> shape, uint64_t reduced, bool keepdims);

}  // namespace raptors

#endif  // RAPTORS_ARRAY_REDUCED_AXES_H_
