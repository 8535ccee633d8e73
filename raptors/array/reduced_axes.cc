// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduced_axes.h"

#include <stddef.h>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/status.h"

namespace raptors {
namespace {

ABSL_ATTRIBUTE_NOINLINE absl::Status AxisError(int axis, int ndim, const char* argument) {
  if (ndim == 0) return ArgumentError(argument, axis, "no axis, because x has none");
  return ArgumentError(argument, axis, absl::StrCat(-ndim, " to ", ndim - 1, ", because x has ", ndim, " axes"));
}

bool IsReduced(uint64_t reduced, size_t axis) { return ((reduced >> axis) & 1) != 0; }

}  // namespace

absl::StatusOr<uint64_t> ResolveAxes(absl::Span<const int> axes, int ndim, const char* argument) {
  uint64_t reduced = 0;
  for (const int axis : axes) {
    if (axis < -ndim || axis >= ndim) return AxisError(axis, ndim, argument);
    const uint64_t bit = uint64_t{1} << (axis < 0 ? axis + ndim : axis);
    if (reduced & bit) return ArgumentError(argument, absl::StrCat("axis ", axis, " twice"), "each axis once");
    reduced |= bit;
  }
  return reduced;
}

Dims ReducedShape(absl::Span<const int64_t> shape, uint64_t reduced, bool keepdims) {
  Dims result;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const bool gone = IsReduced(reduced, axis);
    if (!gone || keepdims) result.push_back(gone ? 1 : shape[axis]);
  }
  return result;
}

bool IsReducedShape(absl::Span<const int64_t> got, absl::Span<const int64_t> shape, uint64_t reduced, bool keepdims) {
  size_t at = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const bool gone = IsReduced(reduced, axis);
    if (gone && !keepdims) continue;
    if (at == got.size() || got[at] != (gone ? 1 : shape[axis])) return false;
    ++at;
  }
  return at == got.size();
}

}  // namespace raptors
