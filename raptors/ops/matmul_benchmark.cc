// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products on each route, and small ones, where what a call costs beyond the routine shows.
// Arguments: m, n, k, threads.

#include <cmath>
#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/array/view.h"
#include "raptors/blas/blas.h"
#include "raptors/context/scope.h"
#include "raptors/ops/linalg.h"
#include "raptors/policy/policy.h"

namespace raptors {
namespace {

template <typename T>
void Run(benchmark::State& state, policy::BlasMode mode) {
  const int64_t m = state.range(0), n = state.range(1), k = state.range(2);
  if (mode == policy::BlasMode::kPrefer && !blas::Available()) {
    state.SkipWithError("this build has no BLAS");
    return;
  }
  const context::Scope blas_scope = context::ScopedBlas(mode);
  std::vector<T> a(static_cast<size_t>(m * k), T(0.5)), b(static_cast<size_t>(k * n), T(2)), c(a.size() + b.size());
  c.resize(static_cast<size_t>(m * n));
  const ArrayView x = *ArrayView::Matrix(a.data(), m, k), y = *ArrayView::Matrix(b.data(), k, n);
  const MutableArrayView out = *MutableArrayView::Matrix(c.data(), m, n);
  CallOptions options;
  options.max_threads = static_cast<int>(state.range(3));
  for (auto _ : state) {
    if (!Matmul(x, y, out, options).ok()) state.SkipWithError("failed");
    benchmark::ClobberMemory();
  }
  for (const T value : c) {
    if (value != static_cast<T>(k)) {
      state.SkipWithError("wrong");
      break;
    }
  }
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * static_cast<double>(m) * static_cast<double>(n) *
                                                     static_cast<double>(k) * static_cast<double>(state.iterations()),
                                                 benchmark::Counter::kIsRate);
}

void BM_Blas32(benchmark::State& state) { Run<float>(state, policy::BlasMode::kPrefer); }
void BM_Blas64(benchmark::State& state) { Run<double>(state, policy::BlasMode::kPrefer); }
void BM_Eigen32(benchmark::State& state) { Run<float>(state, policy::BlasMode::kOff); }
void BM_Eigen64(benchmark::State& state) { Run<double>(state, policy::BlasMode::kOff); }

void Sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int64_t threads : {1, 2}) {
    for (const int64_t n : {2, 4, 8, 12, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048}) {
      benchmark->Args({n, n, n, threads});
    }
    for (const int64_t n : {8, 64, 128, 256, 512, 1024, 2048}) benchmark->Args({n, 1, n, threads});
  }
}
BENCHMARK(BM_Blas32)->Apply(Sizes)->UseRealTime();
BENCHMARK(BM_Blas64)->Apply(Sizes)->UseRealTime();
BENCHMARK(BM_Eigen32)->Apply(Sizes)->UseRealTime();
BENCHMARK(BM_Eigen64)->Apply(Sizes)->UseRealTime();

}  // namespace
}  // namespace raptors
