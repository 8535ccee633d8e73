// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a call costs beyond its kernel: a whole Scale() of a few elements against the kernel alone.

#include <optional>
#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/array/view.h"
#include "raptors/base/kernel_args.h"
#include "raptors/context/context.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/ops/elementwise.h"

namespace raptors {
namespace {

void BM_Kernel(benchmark::State& state) {
  std::vector<float> x(state.range(0), 1.0f), y(x.size());
  const KernelEntry* entry = dispatch::Lookup(Op::kScale, DType::kFloat32, context::Current().machine.usable.Best());
  KernelArgs args = {};
  args.ptr[0] = reinterpret_cast<char*>(y.data());
  args.ptr[1] = reinterpret_cast<char*>(x.data());
  args.stride[0][1] = args.stride[1][1] = 4;
  args.extent[0] = 1;
  args.extent[1] = state.range(0);
  args.layout = Layout::kContiguous;
  args.scalar[0].f32 = 2.0f;
  for (auto _ : state) {
    entry->map(args);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_Kernel)->Arg(32)->Arg(1024);

void BM_Span(benchmark::State& state) {
  std::vector<float> x(state.range(0), 1.0f), y(x.size());
  for (auto _ : state) {
    if (!Scale(absl::MakeConstSpan(x), 2.0f, absl::MakeSpan(y)).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_Span)->Arg(32)->Arg(1024);

void BM_View(benchmark::State& state) {
  std::vector<float> x(state.range(0), 1.0f), y(x.size());
  const MutableArrayView out(y);
  const ArrayView in(x);
  for (auto _ : state) {
    if (!Scale(in, 2.0f, out).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_View)->Arg(32)->Arg(1024);

// Every other element.
void BM_SteppedView(benchmark::State& state) {
  std::vector<float> x(2 * state.range(0), 1.0f), y(state.range(0));
  const MutableArrayView out(y);
  const ArrayView in = *ArrayView(x).Slice(0, std::nullopt, std::nullopt, 2);
  for (auto _ : state) {
    if (!Scale(in, 2.0f, out).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_SteppedView)->Arg(32)->Arg(1024);

// Every other column of a square.
void BM_SteppedColumns(benchmark::State& state) {
  const int64_t n = state.range(0);
  std::vector<float> x(2 * n * n, 1.0f), y(n * n);
  const MutableArrayView out = *MutableArrayView::Create(y.data(), {n, n});
  const ArrayView in = *ArrayView::Create(x.data(), {n, 2 * n})->Slice(1, std::nullopt, std::nullopt, 2);
  for (auto _ : state) {
    if (!Scale(in, 2.0f, out).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_SteppedColumns)->Arg(8)->Arg(32);

// A transposed view: the plan is not the trivial one.
void BM_TransposedView(benchmark::State& state) {
  std::vector<float> x(state.range(0), 1.0f), y(x.size());
  const MutableArrayView out = *MutableArrayView::Create(y.data(), {8, state.range(0) / 8});
  const ArrayView in = ArrayView::Create(x.data(), {state.range(0) / 8, 8})->Transposed();
  for (auto _ : state) {
    if (!Scale(in, 2.0f, out).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_TransposedView)->Arg(32)->Arg(1024);

}  // namespace
}  // namespace raptors
