// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/overhead_case.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "benchmarks/answers.h"
#include "raptors/array/view.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/ops/elementwise.h"

namespace raptors::benchmarks {
namespace {

void SetScalar(double factor, float*, KernelScalar* scalar) { scalar->f32 = static_cast<float>(factor); }
void SetScalar(double factor, double*, KernelScalar* scalar) { scalar->f64 = factor; }
void SetScalar(double factor, int32_t*, KernelScalar* scalar) { scalar->i32 = static_cast<int32_t>(factor); }
void SetScalar(double factor, int64_t*, KernelScalar* scalar) { scalar->i64 = static_cast<int64_t>(factor); }

// The arguments that the library itself would make for `elements` consecutive elements.
template <typename T>
KernelArgs DirectArgs(const void* in, void* out, int64_t elements, double factor) {
  KernelArgs args = {};
  args.ptr[0] = static_cast<char*>(out);
  args.ptr[1] = static_cast<char*>(const_cast<void*>(in));
  args.extent[0] = 1;
  args.extent[1] = elements;
  for (int k = 0; k < 2; ++k) {
    args.stride[k][0] = elements * static_cast<int64_t>(sizeof(T));
    args.stride[k][1] = sizeof(T);
  }
  SetScalar(factor, static_cast<T*>(nullptr), &args.scalar[0]);
  args.layout = Layout::kContiguous;
  return args;
}

template <typename T>
absl::StatusOr<OverheadResult> Run(DType dtype, int64_t elements, const MeasureOptions& options, Bench& bench) {
  Operands& operands = bench.operands;
  Cell cell;
  cell.op = Op::kScale;
  cell.dtype = dtype;
  cell.shape = cell.layout = "overhead";
  cell.inputs = {{{elements}, View::kC}};
  cell.out = {elements};
  if (absl::Status status = operands.Prepare(cell); !status.ok()) return status;
  const ArrayView* in = &operands.input(0);
  const MutableArrayView* out = &operands.output();
  const absl::StatusOr<context::Scope> limit = context::ScopedThreads(1);
  if (!limit.ok()) return limit.status();
  const Isa isa = context::Current().machine.usable.Best();
  const KernelEntry* entry = dispatch::Lookup(Op::kScale, dtype, isa);
  if (entry == nullptr) return absl::InternalError("the best usable level has no kernel");
  const MapKernel kernel = entry->map;

  // The direct call must compute the same.
  const Answers answers(operands);
  operands.ResetOutput();
  const KernelArgs check = DirectArgs<T>(in->data(), out->data(), elements, operands.check_scalar());
  kernel(check);
  if (absl::Status status = answers.Check(Whose::kRaptors); !status.ok()) return status;

  const absl::Span<const T> in_span(static_cast<const T*>(in->data()), static_cast<size_t>(elements));
  const absl::Span<T> out_span(static_cast<T*>(out->data()), static_cast<size_t>(elements));
  const T factor = static_cast<T>(operands.timed_scalar());
  const KernelArgs args = DirectArgs<T>(in->data(), out->data(), elements, factor);
  const std::vector<Contestant> contestants = {
      {"views", "views", 1,
       [&](int64_t reps) { return TimeCalls(reps, [&] { Scale(*in, factor, *out).IgnoreError(); }); }},
      {"spans", "spans", 1,
       [&](int64_t reps) { return TimeCalls(reps, [&] { Scale<T>(in_span, factor, out_span).IgnoreError(); }); }},
      {"kernel", "kernel", 1, [&](int64_t reps) { return TimeCalls(reps, [&] { kernel(args); }); }},
  };
  const std::vector<Timing> timings = MeasureInRounds(contestants, options);
  OverheadResult result;
  result.dtype = Name(dtype);
  result.elements = elements;
  result.call_ns = timings[0].median_ns;
  result.span_ns = timings[1].median_ns;
  result.kernel_ns = timings[2].median_ns;
  return result;
}

}  // namespace

absl::StatusOr<OverheadResult> RunOverheadCase(DType dtype, int64_t elements, const MeasureOptions& options,
                                               Bench& bench) {
  switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return Run<type>(dtype, elements, options, bench);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return absl::InternalError("unknown dtype");
}

}  // namespace raptors::benchmarks
