// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Element-wise operations on strided N-d arrays.
//
//   std::vector<float> x = {1, 2, 3}, y(3);
//   absl::Status status = raptors::Scale(x, 2.5, y);              // y = {2.5, 5, 7.5}
//   absl::StatusOr<raptors::Array> z = raptors::Scale(x, 2.5);    // a new array
//
// Rules for every function here:
// - Views may have any strides: negative, zero (inputs), or no multiple of the item size; data may lie at any byte
// address.
// - The output may be the input itself (in place) or overlap it in any way: the result is as if the inputs had been
// copied
//   first.
// - Results are the same bits on every ISA, thread count, alignment, layout and route. Each element is rounded once, to
//   nearest even unless the caller's floating-point environment says otherwise, which also holds in worker threads.
// - No floating-point exception flag is raised, and no trap taken, that the elements themselves do not cause.
//   (Our kernels; the BLAS route, which only RAPTORS_BLAS=prefer takes today, promises values alone.)
// - NaN, infinities, zeros of both signs and subnormals are treated as IEEE 754 says; a NaN's payload is not specified.
// - Errors: InvalidArgument names the argument, its value and what was expected; ResourceExhausted when memory for a
// result
//   or a buffer is not to be had; FailedPrecondition for an environment variable that Raptors cannot read. With any
//   error the output is untouched.
// - Thread safety: calls may run at the same time as long as no call writes what another reads or writes.
// - Complexity: one pass over the data; a call costs some tens of nanoseconds beyond that and allocates nothing, except
//   for owned results and for overlapping (not identical) operands.
//
// Pitfall: fresh memory is slow. Pass `out` where the result's memory can be reused.

#ifndef RAPTORS_OPS_ELEMENTWISE_H_
#define RAPTORS_OPS_ELEMENTWISE_H_

#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"
#include "raptors/ops/call_options.h"

namespace raptors {

// out[i] = factor * x[i].
//
// x and out have the same shape and dtype; `factor` is converted to that dtype once (NumPy 2's rule for scalars).
absl::Status Scale(const ArrayView& x, Scalar factor, const MutableArrayView& out, const CallOptions& options = {});

// A new array with the shape and dtype of x; its axes lie in memory in the order of x's strides.
absl::StatusOr<Array> Scale(const ArrayView& x, Scalar factor, const CallOptions& options = {});

// x[i] = factor * x[i].
absl::Status ScaleInPlace(const MutableArrayView& x, Scalar factor, const CallOptions& options = {});

// The same for consecutive elements. T is float or double.
template <typename T>
absl::Status Scale(absl::Span<const T> x, std::common_type_t<T> factor, absl::Span<T> out) {
  return Scale(ArrayView(x), Scalar(factor), MutableArrayView(out));
}

}  // namespace raptors

#endif  // RAPTORS_OPS_ELEMENTWISE_H_
