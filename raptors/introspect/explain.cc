// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "raptors/array/reduce_nest.h"
#include "raptors/array/reduced_axes.h"
#include "raptors/array/shape.h"
#include "raptors/array/view.h"
#include "raptors/base/status.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/settings.h"

namespace raptors::introspect {

namespace {

bool MayHave(OpKind kind, size_t axes, Layout layout) {
  switch (layout) {
    case Layout::kContiguous:
    case Layout::kStrided:
      return true;
    case Layout::kRows:
    case Layout::kNarrow:
      return axes >= 2;
    case Layout::kTransposed:
      return axes >= 2 && kind != OpKind::kReduce;
    case Layout::kColumns:
      return axes >= 2 && kind == OpKind::kReduce;
  }
  return false;
}

// Any aligned address: nothing is read or written.
alignas(64) char g_nowhere[64];

absl::Status DescribeReduction(absl::Span<const int64_t> extents, const ExplainOptions& options,
                               policy::CallShape* shape) {
  const absl::StatusOr<ArrayView> x = ArrayView::Create(shape->dtype, g_nowhere, extents);
  if (!x.ok()) return x.status();
  const int ndim = x->ndim();
  uint64_t reduced = AllAxes(ndim);
  if (options.axes.has_value()) {
    const absl::StatusOr<uint64_t> resolved = ResolveAxes(*options.axes, ndim, "axes");
    if (!resolved.ok()) return resolved.status();
    reduced = *resolved;
  }
  // The one sum over axes that a routine computes is that of a matrix over one of its axes.
  if (shape->op == Op::kSum) shape->blas_strides = ndim == 2 && (reduced == 1 || reduced == 2);
  const absl::StatusOr<MutableArrayView> out =
      MutableArrayView::Create(shape->dtype, g_nowhere, ReducedShape(extents, reduced, /*keepdims=*/true));
  if (!out.ok()) return out.status();
  shape->outputs = out->size();
  if (x->empty()) return absl::OkStatus();
  const ReduceNest nest = ReduceNest::Make(*x, reduced, *out);
  shape->layout = nest.layout();
  shape->inner = nest.inner();
  return absl::OkStatus();
}

absl::Status CheckOptions(Op op, absl::Span<const int64_t> extents, const ExplainOptions& options) {
  const OpKind kind = Info(op).kind;
  if (options.layout.has_value() && !MayHave(kind, extents.size(), *options.layout)) {
    return ArgumentError("layout", Name(*options.layout),
                         "contiguous or strided for one axis; columns for reductions only, transposed not for them");
  }
  if (options.axes.has_value() && kind != OpKind::kReduce) {
    return ArgumentError("axes", absl::StrCat("axes for ", Name(op)), "none, because only reductions have them");
  }
  if (options.in_place && options.buffered) {
    return ArgumentError("options", "in_place and buffered", "at most one of them");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Explanation> Explain(Op op, DType dtype, absl::Span<const int64_t> extents,
                                    const ExplainOptions& options) {
  const context::Settings& settings = context::Current();
  if (!settings.status.ok()) return settings.status;
  if (!Info(op).Takes(dtype)) {
    return ArgumentError("dtype", Name(dtype), absl::StrCat("float32 or float64, which ", Name(op), " takes"));
  }
  absl::StatusOr<int64_t> elements = CheckedElementCount(extents, ItemSize(dtype), "extents");
  if (!elements.ok()) return elements.status();
  if (Info(op).kind == OpKind::kProduct) {
    if (extents.size() != 3) {
      return ArgumentError("extents", FormatTuple(extents), "(m, n, k), for the product of (m, k) and (k, n)");
    }
    elements = extents[0] * extents[1];
  }
  RAPTORS_RETURN_IF_ERROR(CheckOptions(op, extents, options));

  Explanation why;
  why.extents.assign(extents.begin(), extents.end());
  why.shape.op = op;
  why.shape.dtype = dtype;
  why.shape.in_place = options.in_place;
  why.shape.buffered = options.buffered;
  why.shape.elements = *elements;
  why.shape.inner = extents.empty() ? 1 : extents.back();
  why.shape.blas_strides = true;
  why.shape.blas_values = IsFloat(dtype);
  if (op == Op::kScale) {
    why.shape.blas_values = (dtype == DType::kFloat32 && blas::ScalMatches(options.factor.As<float>())) ||
                            (dtype == DType::kFloat64 && blas::ScalMatches(options.factor.As<double>()));
  }
  if (Info(op).kind == OpKind::kReduce) RAPTORS_RETURN_IF_ERROR(DescribeReduction(extents, options, &why.shape));
  if (options.layout.has_value()) why.shape.layout = *options.layout;
  why.bytes_moved = policy::BytesMoved(why.shape);
  why.policy = policy::Explain(why.shape, settings.machine, settings.limits, *settings.profile);
  const IsaSet here = settings.built | settings.machine.supported;
  std::vector<policy::Candidate>& candidates = why.policy.candidates;
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [&](const policy::Candidate& candidate) { return !here.Has(candidate.isa); }),
                   candidates.end());
  for (int i = 0; i < profile::kNumFields; ++i) {
    const auto field = static_cast<profile::Field>(i);
    why.thresholds.push_back({field, settings.profile_source->loaded.At(op, dtype, why.shape.layout, field)});
  }
  why.settings = Describe(settings);
  why.profile = Describe(*settings.profile_source);
  return why;
}

}  // namespace raptors::introspect
