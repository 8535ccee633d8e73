// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Whether BLAS would compute a call, for code that has arrays of its own and wants the policy alone.
//
//   if (blas::ShouldUse(blas::Kind::kGemm, {m, n, k}, DType::kFloat64)) cblas_dgemm(...);
//
// The answer is the route that policy::Decide() chooses with the settings in force on the calling thread: operations of
// this library go the same way. It has no thresholds, no rules and no state of its own.

#ifndef RAPTORS_SHOULD_USE_SHOULD_USE_H_
#define RAPTORS_SHOULD_USE_SHOULD_USE_H_

#include <stdint.h>

#include "absl/types/span.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"

// X(enumerator, name, operation, extents of a shape).
#define RAPTORS_BLAS_KINDS(X)                                                                                    \
  X(kScal, "scal", kScale, 1)  /* {n}: x = alpha * x */                                                          \
  X(kAxpy, "axpy", kAxpy, 1)   /* {n}: y = alpha * x + y */                                                      \
  X(kDot, "dot", kDot, 1)      /* {n} */                                                                         \
  X(kNrm2, "nrm2", kNrm2, 1)   /* {n} */                                                                         \
  X(kAsum, "asum", kAsum, 1)   /* {n} */                                                                         \
  X(kGemv, "gemv", kSum, 2)    /* {rows, cols}: the sum of each row, as the product with a vector of ones */     \
  X(kGemvT, "gemv_t", kSum, 2) /* {rows, cols}: the sum of each column, as the product of ones and the matrix */ \
  X(kGemm, "gemm", kMatmul, 3) /* {m, n, k}: (m, k) x (k, n), also of a matrix and a vector */

namespace raptors::blas {

enum class Kind : uint8_t {
#define RAPTORS_X(id, ...) id,
  RAPTORS_BLAS_KINDS(RAPTORS_X)
#undef RAPTORS_X
};

struct KindInfo {
  Kind kind;
  const char* name;
  Op op;        // the operation that the routine computes
  int extents;  // of a shape
};
inline constexpr KindInfo kKindInfos[] = {
#define RAPTORS_X(id, name, op, extents) {Kind::id, name, Op::op, extents},
    RAPTORS_BLAS_KINDS(RAPTORS_X)
#undef RAPTORS_X
};
inline constexpr int kNumKinds = sizeof(kKindInfos) / sizeof(kKindInfos[0]);
constexpr const KindInfo& Info(Kind kind) { return kKindInfos[static_cast<int>(kind)]; }
constexpr const char* Name(Kind kind) { return Info(kind).name; }

// The call as the policy sees it: consecutive elements in C order, in place where the routine is, a finite factor that
// is not 0. Preconditions: as many extents as the kind has, none negative, and m * n (n, rows * cols) within int64.
policy::CallShape ShapeOf(Kind kind, absl::Span<const int64_t> shape, DType dtype);

// Whether BLAS computes such a call. False where no operation runs at all, because the environment could not be read.
// Preconditions as above; `dtype` may be any: BLAS has no integers. Takes some tens of nanoseconds, allocates nothing.
bool ShouldUse(Kind kind, absl::Span<const int64_t> shape, DType dtype);

}  // namespace raptors::blas

#endif  // RAPTORS_SHOULD_USE_SHOULD_USE_H_
