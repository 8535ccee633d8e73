// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/map.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "raptors/array/broadcast.h"
#include "raptors/array/copy.h"
#include "raptors/array/loop_nest.h"
#include "raptors/array/overlap.h"
#include "raptors/array/overlap_plan.h"
#include "raptors/array/tile_grid.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/decisions.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/blas_kernels.h"
#include "raptors/ops/call_limits.h"
#include "raptors/ops/pool_events.h"
#include "raptors/parallel/pool.h"
#include "raptors/policy/policy.h"

namespace raptors::internal {
namespace {

constexpr const char* kOperandNames[] = {"x", "y", "z"};
static_assert(sizeof(kOperandNames) / sizeof(kOperandNames[0]) == kMaxOperands - 1);

// ---- 1 validate
// -------------------------------------------------------------------------------------------------------

using Inputs = absl::Span<const ArrayView* const>;

// Out of line, so that the hot path holds no error texts.
ABSL_ATTRIBUTE_NOINLINE absl::Status DTypeError(Op op, const ArrayView& operand, const char* name, const ArrayView& x) {
  if (!Info(op).Takes(operand.dtype())) {
    return ArgumentError(absl::StrCat(name, ".dtype"), Name(operand.dtype()),
                         absl::StrCat("float32 or float64, which ", Name(op), " takes"));
  }
  return ArgumentError(absl::StrCat(name, ".dtype"), Name(operand.dtype()),
                       absl::StrCat(Name(x.dtype()), ", the dtype of x"));
}

ABSL_ATTRIBUTE_NOINLINE absl::Status ScalarError(Scalar scalar, const char* name, DType dtype) {
  const absl::string_view expected = dtype == DType::kInt32 ? "an integer that int32 holds" : "an integer";
  const std::string value =
      scalar.is_integer() ? absl::StrCat(scalar.As<int64_t>()) : absl::StrCat(scalar.As<double>());
  return ArgumentError(name, value, absl::StrCat(expected, ", because x is ", Name(dtype)));
}

bool Fits(Scalar scalar, DType dtype) {
  switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return scalar.FitsIn<type>();
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return false;
}

absl::Status Validate(Op op, Inputs inputs, absl::Span<const Scalar> scalars, const char* scalar_name,
                      const MutableArrayView& out, const CallOptions& options) {
  const ArrayView& x = *inputs[0];
  if (!Info(op).Takes(x.dtype())) return DTypeError(op, x, kOperandNames[0], x);
  for (size_t k = 1; k < inputs.size(); ++k) {
    if (inputs[k]->dtype() != x.dtype()) return DTypeError(op, *inputs[k], kOperandNames[k], x);
  }
  if (out.dtype() != x.dtype()) return DTypeError(op, out, "out", x);
  for (const Scalar& scalar : scalars) {
    if (!Fits(scalar, x.dtype())) return ScalarError(scalar, scalar_name, x.dtype());
  }
  return CheckOptions(options);
}

// ---- 2 plan
// -----------------------------------------------------------------------------------------------------------

// The operands of a call, output first, all with the output's shape.
struct Operands {
  const ArrayView* at[kMaxOperands];
  int count;
  // Views that were stretched; in the common case none is, and nothing is copied.
  std::optional<ArrayView> stretched[kMaxOperands - 1];

  Inputs inputs() const { return Inputs(at + 1, static_cast<size_t>(count - 1)); }
};

absl::StatusOr<Dims> CommonShape(Inputs inputs) {
  absl::Span<const int64_t> shapes[kMaxOperands - 1];
  absl::string_view names[kMaxOperands - 1];
  for (size_t k = 0; k < inputs.size(); ++k) {
    shapes[k] = inputs[k]->shape();
    names[k] = kOperandNames[k];
  }
  return BroadcastShapes(absl::MakeConstSpan(shapes, inputs.size()), absl::MakeConstSpan(names, inputs.size()));
}

// The inputs do not fit each other, or together not the output.
absl::Status OutShapeError(Inputs inputs, const MutableArrayView& out) {
  const absl::StatusOr<Dims> common = CommonShape(inputs);
  if (!common.ok()) return common.status();
  return ArgumentError(
      "out.shape", FormatTuple(out.shape()),
      absl::StrCat(FormatTuple(*common), inputs.size() == 1 ? ", the shape of x" : ", the common shape of the inputs"));
}

ABSL_ATTRIBUTE_NOINLINE absl::Status Stretch(Inputs inputs, int k, const MutableArrayView& out, Operands* operands) {
  const ArrayView& input = *inputs[static_cast<size_t>(k)];
  absl::StatusOr<ArrayView> view = BroadcastTo(input, out.shape(), kOperandNames[k]);
  if (!view.ok()) return OutShapeError(inputs, out);
  operands->at[k + 1] = &operands->stretched[k].emplace(*std::move(view));
  return absl::OkStatus();
}

absl::Status Broadcast(Inputs inputs, const MutableArrayView& out, Operands* operands) {
  operands->at[0] = &out.view();
  operands->count = 1 + static_cast<int>(inputs.size());
  for (size_t k = 0; k < inputs.size(); ++k) {
    operands->at[k + 1] = inputs[k];
    if (ABSL_PREDICT_TRUE(inputs[k]->shape() == out.shape())) continue;
    RAPTORS_RETURN_IF_ERROR(Stretch(inputs, static_cast<int>(k), out, operands));
  }
  return absl::OkStatus();
}

void Convert(Scalar scalar, KernelScalar* converted, float) { converted->f32 = scalar.As<float>(); }
void Convert(Scalar scalar, KernelScalar* converted, double) { converted->f64 = scalar.As<double>(); }
void Convert(Scalar scalar, KernelScalar* converted, int32_t) { converted->i32 = scalar.As<int32_t>(); }
void Convert(Scalar scalar, KernelScalar* converted, int64_t) { converted->i64 = scalar.As<int64_t>(); }

void ConvertScalars(DType dtype, absl::Span<const Scalar> scalars, KernelScalar* converted) {
  for (size_t k = 0; k < scalars.size(); ++k) {
    switch (dtype) {
#define RAPTORS_X(id, type, name)               \
  case DType::id:                               \
    Convert(scalars[k], &converted[k], type{}); \
    break;
      RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
    }
  }
}

// How the output relates to the inputs.
struct Sharing {
  bool in_place = false;  // the output is an input
  bool overlaps = false;  // it shares memory with an input in another way
};

Sharing SharingOf(Inputs inputs, const MutableArrayView& out) {
  Sharing sharing;
  for (const ArrayView* x : inputs) {
    if (!MayOverlap(out, *x)) continue;
    if (SameView(out, *x)) {
      sharing.in_place = true;
    } else if (Overlaps(out, *x)) {
      sharing.overlaps = true;
    }
  }
  return sharing;
}

policy::CallShape ShapeOf(Op op, DType dtype, const LoopNest& nest, const Sharing& sharing) {
  policy::CallShape shape;
  shape.op = op;
  shape.dtype = dtype;
  shape.elements = nest.size();
  if (nest.size() == 0) return shape;
  shape.layout = nest.layout();
  shape.inner = nest.args().extent[1];
  shape.in_place = sharing.in_place;
  shape.buffered = sharing.overlaps;
  if (sharing.in_place && !sharing.overlaps) DescribeForBlas(op, dtype, nest.args(), &shape);
  return shape;
}

// ---- 4 run
// ------------------------------------------------------------------------------------------------------------

MapKernel KernelOf(Op op, DType dtype, const policy::Decision& decision) {
  if (decision.route == Route::kBlas) return BlasKernel(op, dtype);
  return dispatch::Lookup(op, dtype, decision.isa)->map;
}

// Tiles over the pool. Returns the threads that took part.
int RunParallel(const LoopNest& nest, MapKernel kernel, const policy::Decision& decision, int granularity) {
  const TileGrid grid(nest, decision.tile_elements, granularity);
  const parallel::RunResult result = parallel::Run(
      decision.threads, grid.size(), [&](int64_t begin, int64_t end) { grid.ForEach(begin, end, kernel); });
  CountPoolEvent(result);
  return result.threads;
}

// Through buffers, as if the inputs had been copied first.
absl::Status RunOverlapping(Inputs inputs, const MutableArrayView& out, const KernelArgs& scalars, MapKernel kernel) {
  std::vector<ArrayView> views;
  for (const ArrayView* x : inputs) views.push_back(*x);
  const OverlapPlan plan = OverlapPlan::Make(out, views);
  std::vector<ArrayCopy> copies;
  RAPTORS_RETURN_IF_ERROR(plan.CopyWhere(absl::MakeSpan(views), &copies));
  if (plan.pieces()) return plan.ForEachPiece(out, views, scalars, kernel);
  LoopNest nest = LoopNest::Make(out, absl::MakeConstSpan(views));
  for (int k = 0; k < kMaxScalars; ++k) nest.args().scalar[k] = scalars.scalar[k];
  nest.ForEach(kernel);
  return absl::OkStatus();
}

// ---- 5 count
// ----------------------------------------------------------------------------------------------------------

void Count(const policy::CallShape& shape, const policy::Decision& decision, int threads) {
  metrics::RecordBackendChoice({shape.op, shape.dtype, shape.layout, metrics::SizeBucket(shape.elements),
                                decision.route, decision.isa, static_cast<uint16_t>(threads), decision.reason});
}

}  // namespace

absl::Status RunMap(Op op, absl::Span<const ArrayView* const> inputs, absl::Span<const Scalar> scalars,
                    const char* scalar_name, const MutableArrayView& out, const CallOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  RAPTORS_RETURN_IF_ERROR(Validate(op, inputs, scalars, scalar_name, out, options));

  Operands operands;
  RAPTORS_RETURN_IF_ERROR(Broadcast(inputs, out, &operands));
  LoopNest nest = LoopNest::Make(operands.at, operands.count);
  ConvertScalars(out.dtype(), scalars, nest.args().scalar);
  const policy::CallShape shape = ShapeOf(op, out.dtype(), nest, SharingOf(operands.inputs(), out));

  const policy::Decision decision =
      policy::Decide(shape, settings.machine, LimitsOf(settings, options), *settings.profile);
  if (ABSL_PREDICT_FALSE(settings.verbose_decisions)) context::LogDecision(shape, decision);

  int threads = 1;
  if (shape.elements > 0) {
    const MapKernel kernel = KernelOf(op, out.dtype(), decision);
    nest.args().stream = decision.stream;
    if (ABSL_PREDICT_FALSE(shape.buffered)) {
      RAPTORS_RETURN_IF_ERROR(RunOverlapping(operands.inputs(), out, nest.args(), kernel));
    } else if (decision.threads > 1) {
      threads = RunParallel(nest, kernel, decision, dispatch::Lookup(op, out.dtype(), decision.isa)->tile_granularity);
    } else {
      nest.ForEach(kernel);
    }
  }

  Count(shape, decision, threads);
  return absl::OkStatus();
}

absl::StatusOr<Array> RunMapToNew(Op op, absl::Span<const ArrayView* const> inputs, absl::Span<const Scalar> scalars,
                                  const char* scalar_name, const CallOptions& options) {
  const absl::StatusOr<Dims> shape = CommonShape(inputs);
  if (!shape.ok()) return shape.status();
  const auto full = std::find_if(inputs.begin(), inputs.end(),
                                 [&](const ArrayView* x) { return x->shape() == absl::MakeConstSpan(*shape); });
  absl::StatusOr<Array> out =
      full != inputs.end() ? Array::EmptyLike(**full) : Array::Create(inputs[0]->dtype(), *shape);
  if (!out.ok()) return out;
  RAPTORS_RETURN_IF_ERROR(RunMap(op, inputs, scalars, scalar_name, out->mutable_view(), options));
  return out;
}

}  // namespace raptors::internal
