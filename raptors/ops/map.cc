// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/map.h"

#include <vector>

#include "raptors/array/copy.h"
#include "raptors/array/loop_nest.h"
#include "raptors/array/overlap.h"
#include "raptors/array/overlap_plan.h"
#include "raptors/array/tile_grid.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/decisions.h"
#include "raptors/context/parse.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/blas_kernels.h"
#include "raptors/parallel/pool.h"
#include "raptors/policy/policy.h"

namespace raptors::internal {
namespace {

constexpr const char* kOperandNames[] = {"x", "y", "z"};
static_assert(sizeof(kOperandNames) / sizeof(kOperandNames[0]) == kMaxOperands - 1);

// ---- 1 validate
// -------------------------------------------------------------------------------------------------------

// Out of line, so that the hot path holds no error texts.
ABSL_ATTRIBUTE_NOINLINE absl::Status OperandError(const ArrayView& operand, const char* name, const ArrayView& x) {
  if (operand.dtype() != x.dtype()) {
    return ArgumentError(absl::StrCat(name, ".dtype"), Name(operand.dtype()),
                         absl::StrCat(Name(x.dtype()), ", the dtype of x"));
  }
  return ArgumentError(absl::StrCat(name, ".shape"), FormatTuple(operand.shape()),
                       absl::StrCat(FormatTuple(x.shape()), ", the shape of x"));
}

bool Matches(const ArrayView& operand, const ArrayView& x) {
  return operand.dtype() == x.dtype() && operand.shape() == x.shape();
}

absl::Status Validate(absl::Span<const ArrayView> inputs, const MutableArrayView& out, const CallOptions& options) {
  for (size_t k = 1; k < inputs.size(); ++k) {
    if (!Matches(inputs[k], inputs[0])) return OperandError(inputs[k], kOperandNames[k], inputs[0]);
  }
  if (!Matches(out, inputs[0])) return OperandError(out, "out", inputs[0]);
  if (options.max_threads != 0) {
    const absl::StatusOr<int> threads = context::CheckThreads(options.max_threads);
    if (!threads.ok()) {
      return ArgumentError("options.max_threads", options.max_threads, "0 (as the settings say) or 1 to 1024");
    }
  }
  return absl::OkStatus();
}

// ---- 2 plan
// -----------------------------------------------------------------------------------------------------------

void ConvertScalars(DType dtype, absl::Span<const Scalar> scalars, KernelScalar* converted) {
  for (size_t k = 0; k < scalars.size(); ++k) {
    if (dtype == DType::kFloat32) {
      converted[k].f32 = scalars[k].As<float>();
    } else {
      converted[k].f64 = scalars[k].As<double>();
    }
  }
}

// How the output relates to the inputs.
struct Sharing {
  bool in_place = false;  // the output is an input
  bool overlaps = false;  // it shares memory with an input in another way
};

Sharing SharingOf(absl::Span<const ArrayView> inputs, const MutableArrayView& out) {
  Sharing sharing;
  for (const ArrayView& x : inputs) {
    if (!MayOverlap(out, x)) continue;
    if (SameView(out, x)) {
      sharing.in_place = true;
    } else if (Overlaps(out, x)) {
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
  switch (result.inline_reason) {
    case parallel::Inline::kNo:
    case parallel::Inline::kOneRange:
      break;
    case parallel::Inline::kNested:
      metrics::Bump(metrics::Counter::kPoolInlineNested);
      break;
    case parallel::Inline::kBusy:
      metrics::Bump(metrics::Counter::kPoolInlineBusy);
      break;
    case parallel::Inline::kNoWorker:
      metrics::Bump(metrics::Counter::kPoolThreadFailed);
      break;
  }
  return result.threads;
}

// Through buffers, as if the inputs had been copied first.
absl::Status RunOverlapping(absl::Span<const ArrayView> inputs, const MutableArrayView& out, const KernelArgs& scalars,
                            MapKernel kernel) {
  const OverlapPlan plan = OverlapPlan::Make(out, inputs);
  std::vector<ArrayView> views(inputs.begin(), inputs.end());
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

absl::Status RunMap(Op op, absl::Span<const ArrayView> inputs, absl::Span<const Scalar> scalars,
                    const MutableArrayView& out, const CallOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  RAPTORS_RETURN_IF_ERROR(Validate(inputs, out, options));

  LoopNest nest = LoopNest::Make(out, inputs);
  ConvertScalars(out.dtype(), scalars, nest.args().scalar);
  const policy::CallShape shape = ShapeOf(op, out.dtype(), nest, SharingOf(inputs, out));

  policy::Limits limits = settings.limits;
  if (options.max_threads != 0) limits.max_threads = options.max_threads;
  const policy::Decision decision = policy::Decide(shape, settings.machine, limits, *settings.profile);
  if (ABSL_PREDICT_FALSE(settings.verbose_decisions)) context::LogDecision(shape, decision);

  int threads = 1;
  if (shape.elements > 0) {
    const MapKernel kernel = KernelOf(op, out.dtype(), decision);
    nest.args().stream = decision.stream;
    if (ABSL_PREDICT_FALSE(shape.buffered)) {
      RAPTORS_RETURN_IF_ERROR(RunOverlapping(inputs, out, nest.args(), kernel));
    } else if (decision.threads > 1) {
      threads = RunParallel(nest, kernel, decision, dispatch::Lookup(op, out.dtype(), decision.isa)->tile_granularity);
    } else {
      nest.ForEach(kernel);
    }
  }

  Count(shape, decision, threads);
  return absl::OkStatus();
}

}  // namespace raptors::internal
