// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reductions of strided N-d arrays: sums, means, minima and maxima over any set of axes, and the dot product, Euclidean
// norm and sum of absolute values of vectors.
//
//   std::vector<float> v = {1, 2, 3, 4, 5, 6}, sums(3);
//   absl::StatusOr<raptors::ArrayView> x = raptors::ArrayView::Matrix(v.data(), 2, 3);
//   absl::Status status = raptors::Sum(*x, sums, {/*axes=*/0});         // sums = {5, 7, 9}
//   absl::StatusOr<raptors::Array> means = raptors::Mean(*x, {{-1}, /*keepdims=*/true});   // (2, 1): {{2}, {5}}
//   absl::StatusOr<float> total = raptors::Sum<float>(*x);              // 21
//   absl::StatusOr<double> d = raptors::Dot(v, v);                      // 91
//
// Rules for every function here:
// - Which bits a result has is specified in docs/reductions.md. They depend on the values, the shape, the axes and the
//   order of the strides by size; not on the level, the number of threads, the alignment or the gaps between elements.
//   Fast mode (RAPTORS_DETERMINISM=fast, a scope, ReduceOptions::determinism) gives that up: dot, nrm2, asum and sums
//   over one axis of a matrix of floats may then go to the BLAS, where each result is within n * u * S / (1 - n * u).
// - Views may have any strides: negative, zero (inputs), or no multiple of the item size; data may lie at any byte
//   address. A reduction along a reversed axis takes its elements in the order of their indices.
// - Error bounds, derived in docs/reductions.md: with u = 2^-24 for float32 and 2^-53 for float64 and S the sum of the
//   magnitudes of the terms, a sum of n elements differs from the exact one by at most d * u * S / (1 - d * u), where
//   d <= 134 + b for float32 and 261 + b for float64; b is 0 up to 8192 elements, else log2(n / 8192) rounded up. For a
//   dot product it is d + 1, for a mean d + 2 (of int64: that of float64, and S of the elements).
// - NaN and infinities are treated as IEEE 754 says; a NaN's payload is not specified. Sums of integers wrap around in
//   64 bits (two's complement). No mean does: that of int32 is the exact sum's, that of int64 folds float64 values. No
//   sum is -0.
// - `out` has exactly the shape of the result: that of x without the reduced axes, or with extent 1 in their place if
//   ReduceOptions::keepdims; and its dtype: that of x, but int64 for sums and float64 for means of integers.
// - The output may overlap the input in any way: the result is as if the input had been copied first.
// - Errors: InvalidArgument names the argument, its value and what was expected; ResourceExhausted when memory for a
//   result or a buffer is not to be had; FailedPrecondition for an environment variable that Raptors cannot read. With
//   any error the output is untouched.
// - Thread safety: calls may run at the same time as long as no call writes what another reads or writes.
// - Complexity: one pass over the data (Nrm2 of float64: two or three where squares over- or underflow); a call costs
//   some tens of nanoseconds beyond that and allocates nothing, except for owned results, for overlapping operands, and
//   for a result that several threads compute together.
//
// Pitfall: float32 results are float32. Their error grows slowly with n (see above), but they hold 24 bits.

#ifndef RAPTORS_OPS_REDUCE_H_
#define RAPTORS_OPS_REDUCE_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/ops/axes.h"
#include "raptors/ops/call_options.h"

namespace raptors {

struct ReduceOptions {
  // The axes to reduce; by default all of them. InvalidArgument for one that x does not have or that is named twice.
  Axes axes;
  // Whether reduced axes stay in the result, with extent 1.
  bool keepdims = false;
  // As in CallOptions.
  int max_threads = 0;
  std::optional<Determinism> determinism = {};
};

// The sum over the reduced axes. 0 where no element is reduced.
absl::Status Sum(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options = {});
absl::StatusOr<Array> Sum(const ArrayView& x, const ReduceOptions& options = {});

// The sum divided by the number of elements in it, both as above. NaN where there is none.
absl::Status Mean(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options = {});
absl::StatusOr<Array> Mean(const ArrayView& x, const ReduceOptions& options = {});

// The smallest and the largest element. NaN if there is one; of zeros -0 is the smaller. InvalidArgument where a result
// would have no element.
absl::Status Min(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options = {});
absl::StatusOr<Array> Min(const ArrayView& x, const ReduceOptions& options = {});
absl::Status Max(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options = {});
absl::StatusOr<Array> Max(const ArrayView& x, const ReduceOptions& options = {});

// The same over all axes, as a value. T is the C++ type of the result's dtype; InvalidArgument otherwise. T is float,
// double, int32_t or int64_t.
template <typename T>
absl::StatusOr<T> Sum(const ArrayView& x, const CallOptions& options = {});
template <typename T>
absl::StatusOr<T> Mean(const ArrayView& x, const CallOptions& options = {});
template <typename T>
absl::StatusOr<T> Min(const ArrayView& x, const CallOptions& options = {});
template <typename T>
absl::StatusOr<T> Max(const ArrayView& x, const CallOptions& options = {});

// The following take vectors (one axis, any stride) of float32 or float64, and compute in that dtype; a float32 result
// is returned as the double of the same value.

// The sum of x[i] * y[i], each product rounded. x and y have the same length and dtype. 0 for empty vectors.
absl::StatusOr<double> Dot(const ArrayView& x, const ArrayView& y, const CallOptions& options = {});

// The square root of the sum of x[i]^2; 0 for an empty vector. Infinity only where an element is infinite or the norm
// itself exceeds the dtype, and no underflow: float32 is summed in float64, and float64 is summed again, scaled by a
// power of two, where squares leave its range (which raises the overflow or underflow flag even where the norm does
// not). With d as above for float64, the relative error of a norm that is no subnormal number is at most
// (d + 4) / 2 * 2^-53, and 2^-24 more for float32.
absl::StatusOr<double> Nrm2(const ArrayView& x, const CallOptions& options = {});

// The sum of |x[i]|. 0 for an empty vector.
absl::StatusOr<double> Asum(const ArrayView& x, const CallOptions& options = {});

}  // namespace raptors

#endif  // RAPTORS_OPS_REDUCE_H_
