// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a call costs beyond its kernel: whole reductions of a few elements against the kernel alone.

#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/array/view.h"
#include "raptors/base/reduce_args.h"
#include "raptors/context/context.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/ops/reduce.h"

namespace raptors {
namespace {

void BM_Kernel(benchmark::State& state) {
  std::vector<float> x(state.range(0), 1.0f);
  float out;
  const KernelEntry* entry = dispatch::Lookup(Op::kSum, DType::kFloat32, context::Current().machine.usable.Best());
  const ReduceAxis axis = {state.range(0), {4, 4}};
  ReduceArgs args = {};
  args.in[0] = reinterpret_cast<const char*>(x.data());
  args.axes = &axis;
  args.num_axes = 1;
  args.end = state.range(0);
  args.kept = 1;
  args.out = reinterpret_cast<char*>(&out);
  for (auto _ : state) {
    entry->reduce(args);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_Kernel)->Arg(32)->Arg(1024);

// All elements as a value.
void BM_Value(benchmark::State& state) {
  std::vector<float> v(state.range(0), 1.0f);
  const ArrayView x(v);
  for (auto _ : state) {
    absl::StatusOr<float> sum = Sum<float>(x);
    if (!sum.ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(BM_Value)->Arg(32)->Arg(1024);

void BM_Dot(benchmark::State& state) {
  std::vector<float> v(state.range(0), 1.0f);
  const ArrayView x(v);
  for (auto _ : state) {
    absl::StatusOr<double> dot = Dot(x, x);
    if (!dot.ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(dot);
  }
}
BENCHMARK(BM_Dot)->Arg(32)->Arg(1024);

// One axis of a matrix of eight rows: range(1) says which.
void BM_Axis(benchmark::State& state) {
  std::vector<float> v(state.range(0), 1.0f), sums(state.range(1) == 0 ? state.range(0) / 8 : 8);
  const ArrayView x = *ArrayView::Create(v.data(), {8, state.range(0) / 8});
  const MutableArrayView out(sums);
  const ReduceOptions options = {static_cast<int>(state.range(1))};
  for (auto _ : state) {
    if (!Sum(x, out, options).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
}
BENCHMARK(BM_Axis)->Args({32, 0})->Args({32, 1})->Args({1024, 0})->Args({1024, 1});

// The rows of a matrix of range(0) columns, each range(1)-th one of the memory's; rows have gaps. 16 Ki elements.
void RowsOf(benchmark::State& state, absl::Status (*reduce)(const ArrayView&, const MutableArrayView&)) {
  const int64_t columns = state.range(0), step = state.range(1), rows = 16 * 1024 / columns;
  const int64_t apart = columns * step + 1;
  std::vector<float> v(rows * apart, 1.0f), results(rows);
  const ArrayView x = *ArrayView::Create(v.data(), {rows, columns}, {4 * apart, 4 * step});
  const MutableArrayView out(results);
  for (auto _ : state) {
    if (!reduce(x, out).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
  state.counters["ns_per_row"] = benchmark::Counter(
      static_cast<double>(rows), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
void BM_SumRows(benchmark::State& state) {
  RowsOf(state, [](const ArrayView& x, const MutableArrayView& out) { return Sum(x, out, {1}); });
}
void BM_MaxRows(benchmark::State& state) {
  RowsOf(state, [](const ArrayView& x, const MutableArrayView& out) { return Max(x, out, {1}); });
}
BENCHMARK(BM_SumRows)->ArgsProduct({{3, 9, 12, 40}, {1, 2}});
BENCHMARK(BM_MaxRows)->ArgsProduct({{3, 9, 12, 40}, {1, 2}});

}  // namespace
}  // namespace raptors
