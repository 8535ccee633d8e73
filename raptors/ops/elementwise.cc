// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/elementwise.h"

#include "raptors/ops/map.h"

namespace raptors {

using internal::RunMap;
using internal::RunMapToNew;

// The functions of an operation follow from its operand counts in the list: RAPTORS_DEFINE_<inputs>_<scalars>.

#define RAPTORS_DEFINE_1_1(name)                                                                                  \
  absl::Status name(const ArrayView& x, Scalar factor, const MutableArrayView& out, const CallOptions& options) { \
    return RunMap(Op::k##name, {&x}, {&factor, 1}, "factor", out, options);                                       \
  }                                                                                                               \
  absl::StatusOr<Array> name(const ArrayView& x, Scalar factor, const CallOptions& options) {                     \
    return RunMapToNew(Op::k##name, {&x}, {&factor, 1}, "factor", options);                                       \
  }                                                                                                               \
  absl::Status name##InPlace(const MutableArrayView& x, Scalar factor, const CallOptions& options) {              \
    return name(x.view(), factor, x, options);                                                                    \
  }

#define RAPTORS_DEFINE_2_0(name)                                                                                       \
  absl::Status name(const ArrayView& x, const ArrayView& y, const MutableArrayView& out, const CallOptions& options) { \
    return RunMap(Op::k##name, {&x, &y}, {}, "", out, options);                                                        \
  }                                                                                                                    \
  absl::StatusOr<Array> name(const ArrayView& x, const ArrayView& y, const CallOptions& options) {                     \
    return RunMapToNew(Op::k##name, {&x, &y}, {}, "", options);                                                        \
  }                                                                                                                    \
  absl::Status name##InPlace(const MutableArrayView& x, const ArrayView& y, const CallOptions& options) {              \
    return name(x.view(), y, x, options);                                                                              \
  }

#define RAPTORS_DEFINE_2_1(name)                                                                                 \
  absl::Status name(Scalar alpha, const ArrayView& x, const ArrayView& y, const MutableArrayView& out,           \
                    const CallOptions& options) {                                                                \
    return RunMap(Op::k##name, {&x, &y}, {&alpha, 1}, "alpha", out, options);                                    \
  }                                                                                                              \
  absl::StatusOr<Array> name(Scalar alpha, const ArrayView& x, const ArrayView& y, const CallOptions& options) { \
    return RunMapToNew(Op::k##name, {&x, &y}, {&alpha, 1}, "alpha", options);                                    \
  }                                                                                                              \
  absl::Status name##InPlace(Scalar alpha, const ArrayView& x, const MutableArrayView& y,                        \
                             const CallOptions& options) {                                                       \
    return name(alpha, x, y.view(), y, options);                                                                 \
  }

#define RAPTORS_DEFINE_3_0(name)                                                                                       \
  absl::Status name(const ArrayView& x, const ArrayView& y, const ArrayView& z, const MutableArrayView& out,           \
                    const CallOptions& options) {                                                                      \
    return RunMap(Op::k##name, {&x, &y, &z}, {}, "", out, options);                                                    \
  }                                                                                                                    \
  absl::StatusOr<Array> name(const ArrayView& x, const ArrayView& y, const ArrayView& z, const CallOptions& options) { \
    return RunMapToNew(Op::k##name, {&x, &y, &z}, {}, "", options);                                                    \
  }

#define RAPTORS_X(op, functor, name, kind, inputs, scalars, dtypes) RAPTORS_DEFINE_##inputs##_##scalars(functor)
RAPTORS_MAP_OPS(RAPTORS_X)
#undef RAPTORS_X

}  // namespace raptors
