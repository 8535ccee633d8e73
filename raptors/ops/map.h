// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How every element-wise operation runs: validate, plan, decide, run, count. An operation adds its name, its operands
// and nothing else.

#ifndef RAPTORS_OPS_MAP_H_
#define RAPTORS_OPS_MAP_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/base/scalar.h"
#include "raptors/ops/call_options.h"

namespace raptors::internal {

// out = op(inputs..., scalars...), where inputs are broadcast to the shape of out. Operand names in errors are those of
// kOperandNames: x, y, z, and out; a scalar has the name that is given.
// Preconditions: as many inputs and scalars as Info(op) says.
absl::Status RunMap(Op op, absl::Span<const ArrayView* const> inputs, absl::Span<const Scalar> scalars,
                    const char* scalar_name, const MutableArrayView& out, const CallOptions& options);

// The same into a new array of the inputs' common shape. Its axes lie in memory in the order of the first input that
// has this shape, else in C order.
absl::StatusOr<Array> RunMapToNew(Op op, absl::Span<const ArrayView* const> inputs, absl::Span<const Scalar> scalars,
                                  const char* scalar_name, const CallOptions& options);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_MAP_H_
