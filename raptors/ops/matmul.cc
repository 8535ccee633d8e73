// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include <optional>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/copy.h"
#include "raptors/array/overlap.h"
#include "raptors/array/shape.h"
#include "raptors/base/status.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/decisions.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/call_limits.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/product_plan.h"
#include "raptors/ops/product_run.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"

namespace raptors {
namespace {

using internal::ProductPlan;

// ---- 1 validate

bool IsOperand(const ArrayView& view) { return view.ndim() == 1 || view.ndim() == 2; }

// Of the left operand the last axis is summed over, of the right one the first.
int64_t InnerOf(const ArrayView& a) { return a.shape(a.ndim() - 1); }

// Errors are made out of line, so that the hot path holds no texts.
ABSL_ATTRIBUTE_NOINLINE absl::Status OperandsError(const ArrayView& a, const ArrayView& b) {
  for (const auto& [view, name] : {std::pair(&a, "a"), std::pair(&b, "b")}) {
    if (!IsOperand(*view)) {
      return ArgumentError(absl::StrCat(name, ".shape"), FormatTuple(view->shape()), "one or two axes");
    }
    if (!IsFloat(view->dtype())) {
      return ArgumentError(absl::StrCat(name, ".dtype"), Name(view->dtype()), "float32 or float64");
    }
  }
  if (a.dtype() != b.dtype()) {
    return ArgumentError("b.dtype", Name(b.dtype()), absl::StrCat(Name(a.dtype()), ", the dtype of a"));
  }
  return ArgumentError("b.shape", FormatTuple(b.shape()),
                       absl::StrCat("a first axis of ", InnerOf(a), ", because a has shape ", FormatTuple(a.shape())));
}

absl::Status ValidateOperands(const ArrayView& a, const ArrayView& b) {
  const bool ok =
      IsOperand(a) && IsOperand(b) && IsFloat(a.dtype()) && a.dtype() == b.dtype() && InnerOf(a) == b.shape(0);
  return ABSL_PREDICT_TRUE(ok) ? absl::OkStatus() : OperandsError(a, b);
}

Dims ResultShape(const ArrayView& a, const ArrayView& b) {
  Dims shape;
  if (a.ndim() == 2) shape.push_back(a.shape(0));
  if (b.ndim() == 2) shape.push_back(b.shape(1));
  return shape;
}

bool HasResultShape(const ArrayView& a, const ArrayView& b, const MutableArrayView& out) {
  int at = 0;
  if (out.ndim() != a.ndim() + b.ndim() - 2) return false;
  if (a.ndim() == 2 && out.shape(at++) != a.shape(0)) return false;
  return b.ndim() == 1 || out.shape(at) == b.shape(1);
}

ABSL_ATTRIBUTE_NOINLINE absl::Status OutError(const ArrayView& a, const ArrayView& b, const MutableArrayView& out) {
  if (out.dtype() != a.dtype()) {
    return ArgumentError("out.dtype", Name(out.dtype()), absl::StrCat(Name(a.dtype()), ", the dtype of a"));
  }
  return ArgumentError("out.shape", FormatTuple(out.shape()),
                       absl::StrCat(FormatTuple(ResultShape(a, b)), ", the shape of the result"));
}

// ---- 2 plan

policy::CallShape ShapeOf(const ProductPlan& plan, DType dtype, bool overlaps) {
  policy::CallShape shape;
  shape.op = Op::kMatmul;
  shape.dtype = dtype;
  shape.layout = plan.layout;
  shape.buffered = overlaps;
  shape.blas_values = true;
  shape.blas_strides = true;
  shape.elements = plan.m * plan.n;
  shape.inner = plan.k;
  return shape;
}

// An operand in C order, where the routines do not take it as it is.
absl::Status CopyOperand(const ArrayView& view, bool row, std::optional<Array>* storage, internal::Plane* plane) {
  absl::StatusOr<Array> copy = Array::Create(view.dtype(), view.shape());
  if (!copy.ok()) return std::move(copy).status();
  CopyElements(view, copy->mutable_view());
  *plane = internal::PlaneOf(copy->view(), row);
  storage->emplace(*std::move(copy));
  metrics::Bump(metrics::Counter::kProductCopies);
  return absl::OkStatus();
}

// ---- 4 run

// An empty sum is 0.
void FillZeros(const MutableArrayView& out) {
  const double zero = 0;
  CopyElements(internal::ViewBuilder::Make(&zero, out.dtype(), Dims(out.shape().begin(), out.shape().end()),
                                           Dims(out.ndim(), 0)),
               out);
}

blas::Provider ProviderOf(const policy::Decision& decision) {
  if (decision.route == Route::kBlas) return blas::Provider::kLibrary;
  return decision.isa == Isa::kScalar ? blas::Provider::kEigenScalar : blas::Provider::kEigen;
}

// With copies of what must be copied. *threads: those that took part.
absl::Status RunWithCopies(const ArrayView& a, const ArrayView& b, const MutableArrayView& out, ProductPlan plan,
                           const policy::Decision& decision, int* threads) {
  std::optional<Array> a_copy, b_copy, result;
  if (plan.copy_a) RAPTORS_RETURN_IF_ERROR(CopyOperand(a, /*row=*/true, &a_copy, &plan.a));
  if (plan.copy_b) RAPTORS_RETURN_IF_ERROR(CopyOperand(b, /*row=*/false, &b_copy, &plan.b));
  if (plan.copy_out) {
    absl::StatusOr<Array> array = Array::Create(out.dtype(), out.shape());
    if (!array.ok()) return std::move(array).status();
    result.emplace(*std::move(array));
    plan.out = internal::PlaneOf(result->view(), /*row=*/a.ndim() == 1);
    metrics::Bump(metrics::Counter::kProductCopies);
  }
  *threads = internal::RunProduct(plan, out.dtype(), ProviderOf(decision), decision.threads);
  if (plan.copy_out) CopyElements(result->view(), out);
  return absl::OkStatus();
}

// A product of vectors is their dot product.
absl::Status RunDot(const ArrayView& a, const ArrayView& b, const MutableArrayView& out, const CallOptions& options) {
  const absl::StatusOr<double> dot = Dot(a, b, options);
  if (!dot.ok()) return dot.status();
  if (out.dtype() == DType::kFloat32) {
    const float value = static_cast<float>(*dot);
    memcpy(out.data(), &value, sizeof(value));
  } else {
    memcpy(out.data(), &*dot, sizeof(double));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Matmul(const ArrayView& a, const ArrayView& b, const MutableArrayView& out, const CallOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  RAPTORS_RETURN_IF_ERROR(ValidateOperands(a, b));
  if (out.dtype() != a.dtype() || !HasResultShape(a, b, out)) return OutError(a, b, out);
  RAPTORS_RETURN_IF_ERROR(internal::CheckOptions(options));
  if (a.ndim() == 1 && b.ndim() == 1) return RunDot(a, b, out, options);

  ProductPlan plan = internal::PlanProduct(a, b, out);
  const bool overlaps = (MayOverlap(out, a) && Overlaps(out, a)) || (MayOverlap(out, b) && Overlaps(out, b));
  plan.copy_out = plan.copy_out || overlaps;
  const policy::CallShape shape = ShapeOf(plan, out.dtype(), overlaps);
  const policy::Decision decision =
      policy::Decide(shape, settings.machine, internal::LimitsOf(settings, options), *settings.profile);
  if (ABSL_PREDICT_FALSE(settings.verbose_decisions)) context::LogDecision(shape, decision);

  int threads = 1;
  if (plan.k == 0) {
    FillZeros(out);
  } else if (shape.elements > 0) {
    if (plan.copy_a || plan.copy_b || plan.copy_out) {
      RAPTORS_RETURN_IF_ERROR(RunWithCopies(a, b, out, plan, decision, &threads));
    } else {
      threads = internal::RunProduct(plan, out.dtype(), ProviderOf(decision), decision.threads);
    }
  }
  metrics::RecordBackendChoice({shape.op, shape.dtype, shape.layout, metrics::SizeBucket(shape.elements),
                                decision.route, decision.isa, static_cast<uint16_t>(threads), decision.reason});
  return absl::OkStatus();
}

absl::StatusOr<Array> Matmul(const ArrayView& a, const ArrayView& b, const CallOptions& options) {
  RAPTORS_RETURN_IF_ERROR(ValidateOperands(a, b));
  absl::StatusOr<Array> out = Array::Create(a.dtype(), ResultShape(a, b));
  if (!out.ok()) return out;
  RAPTORS_RETURN_IF_ERROR(Matmul(a, b, out->mutable_view(), options));
  return out;
}

}  // namespace raptors
