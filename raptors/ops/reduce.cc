// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/reduce.h"

#include "raptors/base/dtype.h"
#include "raptors/ops/reduce_run.h"

namespace raptors {

#define RAPTORS_REDUCTION(name)                                                                           \
  absl::Status name(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options) {      \
    return internal::RunReduce(Op::k##name, x, out, options);                                             \
  }                                                                                                       \
  absl::StatusOr<Array> name(const ArrayView& x, const ReduceOptions& options) {                          \
    return internal::RunReduceToNew(Op::k##name, x, options);                                             \
  }                                                                                                       \
  template <typename T>                                                                                   \
  absl::StatusOr<T> name(const ArrayView& x, const CallOptions& options) {                                \
    T value;                                                                                              \
    absl::Status status = internal::RunReduceToValue(Op::k##name, x, DTypeOf<T>::value, &value, options); \
    if (!status.ok()) return status;                                                                      \
    return value;                                                                                         \
  }
RAPTORS_REDUCTION(Sum)
RAPTORS_REDUCTION(Mean)
RAPTORS_REDUCTION(Min)
RAPTORS_REDUCTION(Max)
#undef RAPTORS_REDUCTION

#define RAPTORS_X(id, type, name)                                                           \
  template absl::StatusOr<type> Sum<type>(const ArrayView& x, const CallOptions& options);  \
  template absl::StatusOr<type> Mean<type>(const ArrayView& x, const CallOptions& options); \
  template absl::StatusOr<type> Min<type>(const ArrayView& x, const CallOptions& options);  \
  template absl::StatusOr<type> Max<type>(const ArrayView& x, const CallOptions& options);
RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X

absl::StatusOr<double> Dot(const ArrayView& x, const ArrayView& y, const CallOptions& options) {
  return internal::RunReduceVectors(Op::kDot, x, &y, options);
}
absl::StatusOr<double> Nrm2(const ArrayView& x, const CallOptions& options) {
  return internal::RunReduceVectors(Op::kNrm2, x, nullptr, options);
}
absl::StatusOr<double> Asum(const ArrayView& x, const CallOptions& options) {
  return internal::RunReduceVectors(Op::kAsum, x, nullptr, options);
}

}  // namespace raptors
