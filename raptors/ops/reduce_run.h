// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How every reduction runs: validate, plan, decide, run, count. An operation adds its name, its operands and nothing
// else.

#ifndef RAPTORS_OPS_REDUCE_RUN_H_
#define RAPTORS_OPS_REDUCE_RUN_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/ops/axes.h"
#include "raptors/ops/call_options.h"
#include "raptors/ops/reduce.h"

namespace raptors::internal {

// The dtype of a reduction's results.
constexpr DType ResultDType(Op op, DType dtype) {
  if (IsFloat(dtype)) return dtype;
  if (op == Op::kSum) return DType::kInt64;
  return op == Op::kMean ? DType::kFloat64 : dtype;
}

// out = op(x) over options.axes. `op` is sum, mean, min or max.
absl::Status RunReduce(Op op, const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options);

// The same into a new C-ordered array.
absl::StatusOr<Array> RunReduceToNew(Op op, const ArrayView& x, const ReduceOptions& options);

// *value = op(x) over all axes. InvalidArgument unless `dtype`, that of the value, is that of the result.
absl::Status RunReduceToValue(Op op, const ArrayView& x, DType dtype, void* value, const CallOptions& options);

// Of vectors of floats: dot (with y), nrm2, asum (y is nullptr).
absl::StatusOr<double> RunReduceVectors(Op op, const ArrayView& x, const ArrayView* y, const CallOptions& options);

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_REDUCE_RUN_H_
