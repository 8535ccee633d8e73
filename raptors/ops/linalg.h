// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products.
//
//   std::vector<double> v = {1, 2, 3, 4, 5, 6}, x = {1, 0, 2};
//   absl::StatusOr<raptors::ArrayView> a = raptors::ArrayView::Matrix(v.data(), 2, 3);
//   absl::StatusOr<raptors::Array> gram = raptors::Matmul(*a, a->Transposed());    // (2, 2): {{14, 32}, {32, 77}}
//   absl::StatusOr<raptors::Array> y = raptors::Matmul(*a, x);                     // (2): {7, 16}
//
// Rules:
// - Operands have one or two axes and one dtype, float32 or float64. As in NumPy's matmul a vector on the left is a row
//   and one on the right a column, and the axis of extent 1 that this adds is not in the result: (m, k) x (k, n) gives
//   (m, n), (k) x (k, n) gives (n), (m, k) x (k) gives (m), (k) x (k) gives () and is Dot().
// - Views may have any strides: negative, zero (inputs), or no multiple of the item size; data may lie at any byte
//   address. Matrices whose rows or whose columns are consecutive items, with or without gaps between them, and vectors
//   of any stride are used where they lie, so that a transposed view costs nothing. Others are copied once (counted:
//   metrics::Counter::kProductCopies), and so is a result that the routines cannot store where it belongs.
// - The output may overlap the inputs in any way: the result is as if they had been copied first. It is never read.
// - Results are NOT the same bits on every machine, route, layout and thread count, unlike those of all other
//   operations: the BLAS adds in an order of its own, which depends on its kernels and on the tile. Each element is the
//   sum of k products within k * u * S / (1 - k * u) of the exact value, where S is the sum of their absolute values
//   and u is 2^-24 for float32 and 2^-53 for float64 (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
//   section 3.1: any order, fused or not), as long as nothing over- or underflows.
// - NaN and infinities count as the sum has them, on every route: 0 * NaN and 0 * infinity are NaN and make the element
//   NaN. A NaN's payload is not specified. A sum of zeros is +0. Exception flags are not specified.
// - An inner size k of 0 gives zeros.
// - Errors: InvalidArgument names the argument, its value and what was expected; ResourceExhausted when memory for a
//   result or a copy is not to be had; FailedPrecondition for an environment variable that Raptors cannot read. With
//   any error the output is untouched.
// - Thread safety: calls may run at the same time as long as no call writes what another reads or writes. The pinned
//   OpenBLAS serves 256 threads at once; further ones wait. A process may fork while products run: the child starts
//   with all of OpenBLAS's buffers free.
// - Complexity: m * n * k multiplications; several threads share tiles of the result, each a BLAS call of its own.
//
// Where the build has no BLAS, RAPTORS_BLAS=off says so, or RAPTORS_SIMD restricts the level (BLAS chooses its own),
// Eigen computes the product with the instructions that every processor of the platform has, or with RAPTORS_SIMD=off
// without SIMD: several times slower. Explain() gives the reason.
//
// Pitfall: BLAS keeps work buffers (tens of MiB of address space a thread) until the process ends.

#ifndef RAPTORS_OPS_LINALG_H_
#define RAPTORS_OPS_LINALG_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/ops/call_options.h"

namespace raptors {

// out = a x b.
absl::Status Matmul(const ArrayView& a, const ArrayView& b, const MutableArrayView& out,
                    const CallOptions& options = {});
// The same into a new array in C order.
absl::StatusOr<Array> Matmul(const ArrayView& a, const ArrayView& b, const CallOptions& options = {});

}  // namespace raptors

#endif  // RAPTORS_OPS_LINALG_H_
