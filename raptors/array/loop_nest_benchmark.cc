// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What views, plans and tiles cost a call, before any element is touched.

#include <stdint.h>

#include <cstdlib>
#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/array/loop_nest.h"
#include "raptors/array/tile_grid.h"
#include "raptors/array/view.h"

namespace raptors {
namespace {

constexpr int64_t kEdge = 64;

struct Operands {
  std::vector<float> x = std::vector<float>(kEdge * kEdge), y = x;
  ArrayView in = *ArrayView::Matrix(x.data(), kEdge, kEdge);
  MutableArrayView out = *MutableArrayView::Matrix(y.data(), kEdge, kEdge);
};

// Every plan must cover all elements, or its time means nothing.
void Check(const LoopNest& nest) {
  int64_t elements = 0;
  nest.ForEach([&](const KernelArgs& args) { elements += args.extent[0] * args.extent[1]; });
  if (elements != kEdge * kEdge) abort();
}

void BM_ViewOfVector(benchmark::State& state) {
  Operands o;
  for (auto _ : state) {
    ArrayView view = o.x;
    benchmark::DoNotOptimize(view);
  }
}
BENCHMARK(BM_ViewOfVector);

void BM_CopyView(benchmark::State& state) {
  Operands o;
  for (auto _ : state) {
    ArrayView view = o.in;
    benchmark::DoNotOptimize(view);
  }
}
BENCHMARK(BM_CopyView);

void BM_CreateOutput(benchmark::State& state) {
  Operands o;
  for (auto _ : state) {
    auto view = MutableArrayView::Create(o.y.data(), {kEdge, kEdge - 4}, {kEdge * 4, 4});
    benchmark::DoNotOptimize(view);
  }
}
BENCHMARK(BM_CreateOutput);

void Plan(benchmark::State& state, const ArrayView& in, const MutableArrayView& out) {
  Check(LoopNest::Make(out, in));
  for (auto _ : state) {
    benchmark::ClobberMemory();
    LoopNest nest = LoopNest::Make(out, in);
    benchmark::DoNotOptimize(nest);
  }
}

void BM_PlanContiguous(benchmark::State& state) {
  Operands o;
  Plan(state, o.in, o.out);
}
BENCHMARK(BM_PlanContiguous);

void BM_PlanTransposed(benchmark::State& state) {
  Operands o;
  Plan(state, o.in.Transposed(), o.out);
}
BENCHMARK(BM_PlanTransposed);

// One call of one tile, then the cost of each of range(0) tiles.
void BM_Tiles(benchmark::State& state) {
  Operands o;
  const LoopNest nest = LoopNest::Make(o.out, o.in.Transposed());
  for (auto _ : state) {
    const TileGrid grid(nest, kEdge * kEdge / state.range(0), 1);
    if (grid.size() != state.range(0)) abort();
    grid.ForEach(0, grid.size(), [](const KernelArgs& args) { benchmark::DoNotOptimize(&args); });
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Tiles)->Arg(1)->Arg(256);

}  // namespace
}  // namespace raptors
