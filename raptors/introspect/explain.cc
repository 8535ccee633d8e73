// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "raptors/array/shape.h"
#include "raptors/base/status.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/settings.h"

namespace raptors::introspect {

absl::StatusOr<Explanation> Explain(Op op, DType dtype, absl::Span<const int64_t> extents,
                                    const ExplainOptions& options) {
  const context::Settings& settings = context::Current();
  if (!settings.status.ok()) return settings.status;
  if (!Info(op).Takes(dtype)) {
    return ArgumentError("dtype", Name(dtype), absl::StrCat("float32 or float64, which ", Name(op), " takes"));
  }
  const absl::StatusOr<int64_t> elements = CheckedElementCount(extents, ItemSize(dtype), "extents");
  if (!elements.ok()) return elements.status();
  const OpKind kind = Info(op).kind;
  const bool two_axes = options.layout != Layout::kContiguous && options.layout != Layout::kStrided;
  if ((two_axes && extents.size() < 2) || (options.layout == Layout::kColumns && kind != OpKind::kReduce) ||
      (options.layout == Layout::kTransposed && kind == OpKind::kReduce)) {
    return ArgumentError("layout", Name(options.layout),
                         "contiguous or strided for one axis; columns for reductions only, transposed not for them");
  }
  if (options.in_place && options.buffered) {
    return ArgumentError("options", "in_place and buffered", "at most one of them");
  }

  Explanation why;
  why.extents.assign(extents.begin(), extents.end());
  why.shape.op = op;
  why.shape.dtype = dtype;
  why.shape.layout = options.layout;
  why.shape.in_place = options.in_place;
  why.shape.buffered = options.buffered;
  why.shape.elements = *elements;
  why.shape.inner = extents.empty() ? 1 : extents.back();
  why.shape.blas_strides = true;
  why.shape.blas_values = dtype == DType::kFloat32   ? blas::ScalMatches(options.factor.As<float>())
                          : dtype == DType::kFloat64 ? blas::ScalMatches(options.factor.As<double>())
                                                     : false;
  why.bytes_moved = policy::BytesMoved(why.shape);
  why.policy = policy::Explain(why.shape, settings.machine, settings.limits, *settings.profile);
  const IsaSet here = settings.built | settings.machine.supported;
  std::vector<policy::Candidate>& candidates = why.policy.candidates;
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [&](const policy::Candidate& candidate) { return !here.Has(candidate.isa); }),
                   candidates.end());
  for (int i = 0; i < profile::kNumFields; ++i) {
    const auto field = static_cast<profile::Field>(i);
    why.thresholds.push_back({field, settings.profile_source->loaded.At(op, dtype, options.layout, field)});
  }
  why.settings = Describe(settings);
  why.profile = Describe(*settings.profile_source);
  return why;
}

}  // namespace raptors::introspect
