// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/should_use/should_use.h"

#include <assert.h>

#include "raptors/base/choice.h"
#include "raptors/base/kernel_args.h"
#include "raptors/context/context.h"

namespace raptors::blas {
namespace {

// The class of the loops of a reduction of a matrix whose innermost loop runs over `inner` elements.
Layout ReduceLayout(int64_t outputs, int64_t inner, Layout wide) {
  if (outputs == 1) return Layout::kContiguous;
  return inner <= kNarrowExtent ? Layout::kNarrow : wide;
}

}  // namespace

policy::CallShape ShapeOf(Kind kind, absl::Span<const int64_t> shape, DType dtype) {
  const KindInfo& info = Info(kind);
  assert(static_cast<int>(shape.size()) == info.extents);
  policy::CallShape call;
  call.op = info.op;
  call.dtype = dtype;
  call.layout = Layout::kContiguous;
  call.blas_values = call.blas_strides = IsFloat(dtype);
  call.elements = info.extents == 1 ? shape[0] : shape[0] * shape[1];
  call.inner = shape[info.extents - 1];
  switch (kind) {
    case Kind::kScal:
    case Kind::kAxpy:
      call.in_place = true;
      break;
    case Kind::kDot:
    case Kind::kNrm2:
    case Kind::kAsum:
      call.outputs = 1;
      break;
    case Kind::kGemv:
      call.outputs = shape[0];
      // Where a row has one element, the innermost loop is over the results.
      call.layout = shape[1] == 1 ? ReduceLayout(shape[0], shape[0], Layout::kColumns)
                                  : ReduceLayout(shape[0], shape[1], Layout::kRows);
      break;
    case Kind::kGemvT:
      call.outputs = shape[1];
      call.layout = ReduceLayout(shape[1], shape[1], Layout::kColumns);
      break;
    case Kind::kGemm:
      if (shape[0] == 1 || shape[1] == 1) call.layout = Layout::kNarrow;
      break;
  }
  return call;
}

bool ShouldUse(Kind kind, absl::Span<const int64_t> shape, DType dtype) {
  const context::Settings& settings = context::Current();
  return settings.status.ok() &&
         policy::Decide(ShapeOf(kind, shape, dtype), settings.machine, settings.limits, *settings.profile).route ==
             Route::kBlas;
}

}  // namespace raptors::blas
