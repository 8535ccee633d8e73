// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/calls.h"

#include "absl/status/statusor.h"
#include "benchmarks/harness/measure.h"
#include "raptors/base/scalar.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"

namespace raptors::benchmarks {
namespace {

Scalar ScalarFor(DType dtype, double value) {
  return IsFloat(dtype) ? Scalar(value) : Scalar(static_cast<int64_t>(value));
}

absl::Status Store(const absl::StatusOr<double>& value, const MutableArrayView& out) {
  if (!value.ok()) return value.status();
  if (float* f = out.data<float>(); f != nullptr) *f = static_cast<float>(*value);
  if (double* d = out.data<double>(); d != nullptr) *d = *value;
  return absl::OkStatus();
}

// use(f) with the function f() that makes the call. Each operation has a function of its own, so that timing one goes
// through no pointer.
template <typename Use>
auto WithCall(const Operands& operands, double scalar_value, int max_threads, const Use& use) {
  const Cell& cell = operands.cell();
  const ArrayView* x = &operands.input(0);
  const ArrayView* y = cell.inputs.size() > 1 ? &operands.input(1) : x;
  const ArrayView* z = cell.inputs.size() > 2 ? &operands.input(2) : x;
  const MutableArrayView* out = &operands.output();
  const Scalar s = ScalarFor(cell.dtype, scalar_value);
  CallOptions options;
  options.max_threads = max_threads;
  ReduceOptions reduce;
  if (!cell.axes.empty()) reduce.axes = cell.axes;
  reduce.max_threads = max_threads;
  switch (cell.op) {
    case Op::kScale:
      return use([=] { return Scale(*x, s, *out, options); });
    case Op::kAdd:
      return use([=] { return Add(*x, *y, *out, options); });
    case Op::kSubtract:
      return use([=] { return Subtract(*x, *y, *out, options); });
    case Op::kMultiply:
      return use([=] { return Multiply(*x, *y, *out, options); });
    case Op::kAxpy:
      return use([=] { return Axpy(s, *x, *y, *out, options); });
    case Op::kMulAdd:
      return use([=] { return MulAdd(*x, *y, *z, *out, options); });
    case Op::kFma:
      return use([=] { return Fma(*x, *y, *z, *out, options); });
    case Op::kSum:
      return use([=] { return Sum(*x, *out, reduce); });
    case Op::kMean:
      return use([=] { return Mean(*x, *out, reduce); });
    case Op::kMin:
      return use([=] { return Min(*x, *out, reduce); });
    case Op::kMax:
      return use([=] { return Max(*x, *out, reduce); });
    case Op::kDot:
      return use([=] { return Store(Dot(*x, *y, options), *out); });
    case Op::kNrm2:
      return use([=] { return Store(Nrm2(*x, options), *out); });
    case Op::kAsum:
      return use([=] { return Store(Asum(*x, options), *out); });
    case Op::kMatmul:
      return use([=] { return Matmul(*x, *y, *out, options); });
  }
  return use([] { return absl::InternalError("unknown operation"); });
}

}  // namespace

absl::Status CallOnce(const Operands& operands) {
  return WithCall(operands, operands.check_scalar(), 0, [](const auto& call) -> absl::Status { return call(); });
}

std::function<double(int64_t)> TimedCall(const Operands& operands, int max_threads) {
  return WithCall(operands, operands.timed_scalar(), max_threads, [](auto call) -> std::function<double(int64_t)> {
    return [call](int64_t reps) { return TimeCalls(reps, [&] { call().IgnoreError(); }); };
  });
}

}  // namespace raptors::benchmarks
