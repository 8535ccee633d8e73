// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/elementwise.h"

#include "raptors/ops/map.h"

namespace raptors {

using internal::RunMap;
using internal::RunMapToNew;

absl::Status Scale(const ArrayView& x, Scalar factor, const MutableArrayView& out, const CallOptions& options) {
  return RunMap(Op::kScale, {&x}, {&factor, 1}, "factor", out, options);
}
absl::StatusOr<Array> Scale(const ArrayView& x, Scalar factor, const CallOptions& options) {
  return RunMapToNew(Op::kScale, {&x}, {&factor, 1}, "factor", options);
}
absl::Status ScaleInPlace(const MutableArrayView& x, Scalar factor, const CallOptions& options) {
  return Scale(x.view(), factor, x, options);
}

// Operations of two inputs and no scalar.
#define RAPTORS_BINARY(name)                                                                                           \
  absl::Status name(const ArrayView& x, const ArrayView& y, const MutableArrayView& out, const CallOptions& options) { \
    return RunMap(Op::k##name, {&x, &y}, {}, "", out, options);                                                        \
  }                                                                                                                    \
  absl::StatusOr<Array> name(const ArrayView& x, const ArrayView& y, const CallOptions& options) {                     \
    return RunMapToNew(Op::k##name, {&x, &y}, {}, "", options);                                                        \
  }                                                                                                                    \
  absl::Status name##InPlace(const MutableArrayView& x, const ArrayView& y, const CallOptions& options) {              \
    return name(x.view(), y, x, options);                                                                              \
  }
RAPTORS_BINARY(Add)
RAPTORS_BINARY(Subtract)
RAPTORS_BINARY(Multiply)
#undef RAPTORS_BINARY

absl::Status Axpy(Scalar alpha, const ArrayView& x, const ArrayView& y, const MutableArrayView& out,
                  const CallOptions& options) {
  return RunMap(Op::kAxpy, {&x, &y}, {&alpha, 1}, "alpha", out, options);
}
absl::StatusOr<Array> Axpy(Scalar alpha, const ArrayView& x, const ArrayView& y, const CallOptions& options) {
  return RunMapToNew(Op::kAxpy, {&x, &y}, {&alpha, 1}, "alpha", options);
}
absl::Status AxpyInPlace(Scalar alpha, const ArrayView& x, const MutableArrayView& y, const CallOptions& options) {
  return Axpy(alpha, x, y.view(), y, options);
}

// Operations of three inputs.
#define RAPTORS_TERNARY(name)                                                                                          \
  absl::Status name(const ArrayView& x, const ArrayView& y, const ArrayView& z, const MutableArrayView& out,           \
                    const CallOptions& options) {                                                                      \
    return RunMap(Op::k##name, {&x, &y, &z}, {}, "", out, options);                                                    \
  }                                                                                                                    \
  absl::StatusOr<Array> name(const ArrayView& x, const ArrayView& y, const ArrayView& z, const CallOptions& options) { \
    return RunMapToNew(Op::k##name, {&x, &y, &z}, {}, "", options);                                                    \
  }
RAPTORS_TERNARY(MulAdd)
RAPTORS_TERNARY(Fma)
#undef RAPTORS_TERNARY

}  // namespace raptors
