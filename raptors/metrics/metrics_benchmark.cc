// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What counting costs a call. Record/1 is the steady state of a loop over one operation; Record/64 cycles through 64
// choices.

#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "raptors/metrics/metrics.h"

namespace raptors::metrics {
namespace {

std::vector<Choice> Choices(int64_t count) {
  std::vector<Choice> choices;
  for (int64_t i = 0; i < count; ++i)
    choices.push_back({Op::kScale, DType::kFloat32, Layout::kContiguous, static_cast<uint8_t>(i % 16), Route::kSimd,
                       Isa::kScalar, static_cast<uint16_t>(i / 16), Reason::kBestIsa});
  return choices;
}

void BM_Record(benchmark::State& state) {
  const std::vector<Choice> choices = Choices(state.range(0));
  const uint64_t before = TakeSnapshot().Calls();
  size_t i = 0;
  for (auto _ : state) {
    RecordBackendChoice(choices[i]);
    if (++i == choices.size()) i = 0;
  }
  if (TakeSnapshot().Calls() - before < static_cast<uint64_t>(state.iterations()))
    state.SkipWithError("calls were lost");
}
BENCHMARK(BM_Record)->Arg(1)->Arg(64)->Arg(256)->Threads(1)->Threads(2);

void BM_RecordSwitchedOff(benchmark::State& state) {
  const std::vector<Choice> choices = Choices(1);
  SetEnabled(false);
  for (auto _ : state) RecordBackendChoice(choices[0]);
  SetEnabled(true);
}
BENCHMARK(BM_RecordSwitchedOff);

void BM_LastDecision(benchmark::State& state) {
  RecordBackendChoice(Choices(1)[0]);
  Choice choice;
  for (auto _ : state) benchmark::DoNotOptimize(LastDecision(&choice));
}
BENCHMARK(BM_LastDecision);

void BM_TakeSnapshot(benchmark::State& state) {
  for (const Choice& choice : Choices(64)) RecordBackendChoice(choice);
  for (auto _ : state) benchmark::DoNotOptimize(TakeSnapshot());
}
BENCHMARK(BM_TakeSnapshot);

}  // namespace
}  // namespace raptors::metrics
