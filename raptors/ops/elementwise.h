// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Element-wise operations on strided N-d arrays.
//
//   std::vector<float> x = {1, 2, 3}, y(3);
//   absl::Status status = raptors::Scale(x, 2.5, y);              // y = {2.5, 5, 7.5}
//   absl::StatusOr<raptors::Array> z = raptors::Add(x, y);        // a new array
//
// Rules for every function here:
// - Inputs are broadcast by NumPy's rules to the shape of `out`, or for a new result to their common shape: shapes are
//   aligned at their last axes, and an extent of 1 (or a missing axis) stretches. Nothing is copied for it.
// - All operands have one dtype. Scalars are converted to it once (NumPy 2's rule for scalars): for an integer dtype
//   they must be integers that it holds.
// - Views may have any strides: negative, zero (inputs), or no multiple of the item size; data may lie at any byte
//   address.
// - The output may be an input itself (in place) or overlap the inputs in any way: the result is as if the inputs had
//   been copied first.
// - Results are the same bits on every ISA, thread count, alignment, layout and route. Each element is rounded as often
//   as the function says, to nearest even unless the caller's floating-point environment says otherwise, which also
//   holds in worker threads. Integers wrap around (two's complement).
// - No floating-point exception flag is raised, and no trap taken, that the elements themselves do not cause.
//   This holds for our kernels. The BLAS route promises values alone: where a build has a BLAS, Scale onto its own
//   input may take it with default settings (from a size that the profile names), and Axpy onto its own input in fast
//   mode. ScopedBlas(BlasMode::kOff) and RAPTORS_BLAS=off exclude it.
// - NaN, infinities, zeros of both signs and subnormals are treated as IEEE 754 says; a NaN's payload is not specified.
// - Errors: InvalidArgument names the argument, its value and what was expected; ResourceExhausted when memory for a
//   result or a buffer is not to be had; FailedPrecondition for an environment variable that Raptors cannot read. With
//   any error the output is untouched.
// - Thread safety: calls may run at the same time as long as no call writes what another reads or writes. The bytes
//   between the elements of a strided input may be read too (and are ignored), never those beyond its first and last.
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

// out = factor * x, one rounding.
absl::Status Scale(const ArrayView& x, Scalar factor, const MutableArrayView& out, const CallOptions& options = {});
absl::StatusOr<Array> Scale(const ArrayView& x, Scalar factor, const CallOptions& options = {});
// x = factor * x.
absl::Status ScaleInPlace(const MutableArrayView& x, Scalar factor, const CallOptions& options = {});

// out = x + y, one rounding.
absl::Status Add(const ArrayView& x, const ArrayView& y, const MutableArrayView& out, const CallOptions& options = {});
absl::StatusOr<Array> Add(const ArrayView& x, const ArrayView& y, const CallOptions& options = {});
// x = x + y; y is broadcast to the shape of x.
absl::Status AddInPlace(const MutableArrayView& x, const ArrayView& y, const CallOptions& options = {});

// out = x - y, one rounding.
absl::Status Subtract(const ArrayView& x, const ArrayView& y, const MutableArrayView& out,
                      const CallOptions& options = {});
absl::StatusOr<Array> Subtract(const ArrayView& x, const ArrayView& y, const CallOptions& options = {});
// x = x - y; y is broadcast to the shape of x.
absl::Status SubtractInPlace(const MutableArrayView& x, const ArrayView& y, const CallOptions& options = {});

// out = x * y, one rounding.
absl::Status Multiply(const ArrayView& x, const ArrayView& y, const MutableArrayView& out,
                      const CallOptions& options = {});
absl::StatusOr<Array> Multiply(const ArrayView& x, const ArrayView& y, const CallOptions& options = {});
// x = x * y; y is broadcast to the shape of x.
absl::Status MultiplyInPlace(const MutableArrayView& x, const ArrayView& y, const CallOptions& options = {});

// out = alpha * x + y, two roundings: the product, then the sum. float32 and float64.
absl::Status Axpy(Scalar alpha, const ArrayView& x, const ArrayView& y, const MutableArrayView& out,
                  const CallOptions& options = {});
absl::StatusOr<Array> Axpy(Scalar alpha, const ArrayView& x, const ArrayView& y, const CallOptions& options = {});
// y = alpha * x + y, as BLAS's axpy; x is broadcast to the shape of y.
absl::Status AxpyInPlace(Scalar alpha, const ArrayView& x, const MutableArrayView& y, const CallOptions& options = {});

// out = x * y + z, two roundings. float32 and float64.
absl::Status MulAdd(const ArrayView& x, const ArrayView& y, const ArrayView& z, const MutableArrayView& out,
                    const CallOptions& options = {});
absl::StatusOr<Array> MulAdd(const ArrayView& x, const ArrayView& y, const ArrayView& z,
                             const CallOptions& options = {});

// out = x * y + z, one rounding, on every level: those without such an instruction compute it in software, slowly.
// float32 and float64.
absl::Status Fma(const ArrayView& x, const ArrayView& y, const ArrayView& z, const MutableArrayView& out,
                 const CallOptions& options = {});
absl::StatusOr<Array> Fma(const ArrayView& x, const ArrayView& y, const ArrayView& z, const CallOptions& options = {});

// The same for consecutive elements of type T.
template <typename T>
absl::Status Scale(absl::Span<const T> x, std::common_type_t<T> factor, absl::Span<T> out) {
  return Scale(ArrayView(x), Scalar(factor), MutableArrayView(out));
}
template <typename T>
absl::Status Add(absl::Span<const T> x, absl::Span<const T> y, absl::Span<T> out) {
  return Add(ArrayView(x), ArrayView(y), MutableArrayView(out));
}
template <typename T>
absl::Status Axpy(std::common_type_t<T> alpha, absl::Span<const T> x, absl::Span<const T> y, absl::Span<T> out) {
  return Axpy(Scalar(alpha), ArrayView(x), ArrayView(y), MutableArrayView(out));
}

}  // namespace raptors

#endif  // RAPTORS_OPS_ELEMENTWISE_H_
