// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The public operations by enumerator, for tests that go over all of them.
//
//   for (const OpInfo& info : kOpInfos) ... CallMap(info.op, {&x, &y, &z}, 2, out) ...

#ifndef RAPTORS_OPS_CONFORMANCE_CALLS_H_
#define RAPTORS_OPS_CONFORMANCE_CALLS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/base/scalar.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/reduce.h"

namespace raptors::test {

// The operations of one kind that take elements of type T.
template <typename T>
std::vector<Op> OpsOf(OpKind kind) {
  std::vector<Op> ops;
  for (const OpInfo& info : kOpInfos) {
    if (info.kind == kind && info.Takes(DTypeOf<T>::value)) ops.push_back(info.op);
  }
  return ops;
}

inline absl::Status NoSuchCall(Op op) { return absl::UnimplementedError(absl::StrCat("no call for ", Name(op))); }

// The inputs of a map; those beyond Info(op).inputs are not looked at.
struct MapInputs {
  const ArrayView* x;
  const ArrayView* y;
  const ArrayView* z;
};

// out = op(scalar, x, y, z).
inline absl::Status CallMap(Op op, const MapInputs& in, Scalar scalar, const MutableArrayView& out,
                            const CallOptions& options = {}) {
  switch (op) {
    case Op::kScale:
      return Scale(*in.x, scalar, out, options);
    case Op::kAdd:
      return Add(*in.x, *in.y, out, options);
    case Op::kSubtract:
      return Subtract(*in.x, *in.y, out, options);
    case Op::kMultiply:
      return Multiply(*in.x, *in.y, out, options);
    case Op::kAxpy:
      return Axpy(scalar, *in.x, *in.y, out, options);
    case Op::kMulAdd:
      return MulAdd(*in.x, *in.y, *in.z, out, options);
    case Op::kFma:
      return Fma(*in.x, *in.y, *in.z, out, options);
    default:
      return NoSuchCall(op);
  }
}

// The reduction of all elements of x (for kDot: and y), all vectors, as a value of type T.
template <typename T>
absl::StatusOr<T> CallReduce(Op op, const ArrayView& x, const ArrayView& y, const CallOptions& options = {}) {
  const auto converted = [](const absl::StatusOr<double>& value) -> absl::StatusOr<T> {
    if (!value.ok()) return value.status();
    return static_cast<T>(*value);
  };
  switch (op) {
    case Op::kSum:
      return Sum<T>(x, options);
    case Op::kMean:
      return Mean<T>(x, options);
    case Op::kMin:
      return Min<T>(x, options);
    case Op::kMax:
      return Max<T>(x, options);
    case Op::kDot:
      return converted(Dot(x, y, options));
    case Op::kNrm2:
      return converted(Nrm2(x, options));
    case Op::kAsum:
      return converted(Asum(x, options));
    default:
      return NoSuchCall(op);
  }
}

}  // namespace raptors::test

#endif  // RAPTORS_OPS_CONFORMANCE_CALLS_H_
