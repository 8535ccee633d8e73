// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What it costs to start and join parallel work: Run() with workers that spin, with workers that sleep, and the threads
// one would create otherwise.

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/parallel/pool.h"
#include "raptors/parallel/wait.h"

namespace raptors::parallel {
namespace {

void BM_RunSpinning(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  std::atomic<int64_t> ranges{0};
  for (auto _ : state) {
    Run(threads, threads, [&](int64_t, int64_t) { ranges.fetch_add(1, std::memory_order_relaxed); });
  }
  if (ranges != state.iterations() * threads) state.SkipWithError("ranges were lost");
}
BENCHMARK(BM_RunSpinning)->Arg(1)->Arg(2)->Arg(4)->Arg(16)->UseRealTime();

// Workers have fallen asleep between two calls.
void BM_RunSleeping(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    usleep(kSpinMicros * 4);
    const int64_t start = MonotonicNanos();
    Run(threads, threads, [](int64_t, int64_t) {});
    state.SetIterationTime(1e-9 * static_cast<double>(MonotonicNanos() - start));
  }
}
BENCHMARK(BM_RunSleeping)->Arg(2)->Arg(4)->Arg(16)->UseManualTime();

void BM_StdThread(benchmark::State& state) {
  const int64_t others = state.range(0) - 1;
  for (auto _ : state) {
    std::vector<std::thread> threads;
    for (int64_t i = 0; i < others; ++i) threads.emplace_back([] {});
    for (std::thread& thread : threads) thread.join();
  }
}
BENCHMARK(BM_StdThread)->Arg(2)->Arg(4)->Arg(16)->UseRealTime();

// A caller that finds the workers taken.
void BM_RunBusy(benchmark::State& state) {
  std::atomic<bool> inside{false}, stop{false};
  std::thread other([&] {
    Run(2, 2, [&](int64_t, int64_t) {
      inside = true;
      while (!stop) usleep(1000);
    });
  });
  while (!inside) std::this_thread::yield();
  for (auto _ : state) {
    if (Run(2, 2, [](int64_t, int64_t) {}).inline_reason != Inline::kBusy) state.SkipWithError("not busy");
  }
  stop = true;
  other.join();
}
BENCHMARK(BM_RunBusy);

}  // namespace
}  // namespace raptors::parallel
