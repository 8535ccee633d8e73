// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/elementwise.h"

#include "raptors/base/status.h"
#include "raptors/ops/map.h"

namespace raptors {

absl::Status Scale(const ArrayView& x, Scalar factor, const MutableArrayView& out, const CallOptions& options) {
  return internal::RunMap(Op::kScale, absl::MakeConstSpan(&x, 1), {&factor, 1}, out, options);
}

absl::StatusOr<Array> Scale(const ArrayView& x, Scalar factor, const CallOptions& options) {
  absl::StatusOr<Array> out = Array::EmptyLike(x);
  if (!out.ok()) return out;
  RAPTORS_RETURN_IF_ERROR(Scale(x, factor, out->mutable_view(), options));
  return out;
}

absl::Status ScaleInPlace(const MutableArrayView& x, Scalar factor, const CallOptions& options) {
  return Scale(x.view(), factor, x, options);
}

}  // namespace raptors
