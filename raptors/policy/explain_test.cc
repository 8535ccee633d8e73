// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/policy/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

namespace raptors::policy {
namespace {

// Random, but valid, arguments of Decide(). Small ranges, so that every branch is met often.
class Arguments {
 public:
  explicit Arguments(uint32_t seed) : random_(seed) {}

  void Draw() {
    shape.op = static_cast<Op>(Below(kNumOps));
    shape.dtype = static_cast<DType>(Below(kNumDTypes));
    shape.layout = static_cast<Layout>(Below(kNumLayouts));
    shape.in_place = Below(2);
    shape.buffered = !shape.in_place && Below(4) == 0;
    shape.blas_values = Below(4) != 0;
    shape.blas_strides = Below(4) != 0;
    shape.elements = Below(10) == 0 ? 0 : Below(int64_t{1} << (1 + Below(30)));
    shape.inner = shape.elements;
    machine.supported = IsaSet{static_cast<uint32_t>(Below(1 << kNumIsas)) | 1};
    machine.usable = machine.supported & IsaSet{static_cast<uint32_t>(Below(1 << kNumIsas)) | 1};
    machine.cores = 1 + static_cast<int>(Below(8));
    machine.l1_bytes = 32 * 1024;
    machine.l2_bytes = Below(3) << 20;
    machine.l3_bytes = Below(3) << 24;
    machine.blas = Below(4) != 0;
    limits.simd = static_cast<SimdRule>(Below(6) < 3 ? 0 : Below(4));
    do {
      limits.isa = static_cast<Isa>(Below(kNumIsas));
    } while (limits.simd == SimdRule::kDemand && !machine.usable.Has(limits.isa));
    limits.max_threads = Below(2) ? 0 : 1 + static_cast<int>(Below(20));
    limits.blas = static_cast<BlasMode>(Below(3));
    limits.determinism = static_cast<Determinism>(Below(2));
    Thresholds& row = profile.At(shape.op, shape.dtype, shape.layout);
    row.parallel_min_bytes = Below(4) == 0 ? kNever : Below(1 << 20);
    row.thread_min_bytes = 1 + Below(1 << 18);
    row.blas_min_elements = Below(3) == 0 ? kNever : Below(1 << 16);
    row.stream_llc_share = static_cast<double>(Below(100)) / 50;
    row.tile_l2_share = static_cast<double>(1 + Below(100)) / 100;
  }

  CallShape shape;
  Machine machine;
  Limits limits;
  Profile profile;

 private:
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  std::mt19937_64 random_;
};

TEST(ExplainTest, AgreesWithDecideOnRandomCalls) {
  Arguments args(20240722);
  std::set<Reason> seen;
  for (int i = 0; i < 100000; ++i) {
    args.Draw();
    const Decision decision = Decide(args.shape, args.machine, args.limits, args.profile);
    const Explanation why = Explain(args.shape, args.machine, args.limits, args.profile);
    ASSERT_EQ(std::tie(why.decision.route, why.decision.isa, why.decision.threads, why.decision.tile_elements,
                       why.decision.stream, why.decision.reason),
              std::tie(decision.route, decision.isa, decision.threads, decision.tile_elements, decision.stream,
                       decision.reason));
    const Candidate* chosen = nullptr;
    for (const Candidate& candidate : why.candidates) {
      seen.insert(candidate.reason);
      if (!candidate.chosen) continue;
      ASSERT_EQ(chosen, nullptr) << "two candidates are chosen";
      chosen = &candidate;
    }
    ASSERT_NE(chosen, nullptr);
    ASSERT_TRUE(chosen->eligible);
    ASSERT_EQ(std::tie(chosen->route, chosen->isa, chosen->threads, chosen->reason),
              std::tie(decision.route, decision.isa, decision.threads, decision.reason));

    const bool product = Info(args.shape.op).kind == OpKind::kProduct;
    // What a decision may be at all, stated without the code under test.
    ASSERT_TRUE(args.machine.usable.Has(decision.isa));
    ASSERT_GE(decision.threads, 1);
    ASSERT_LE(decision.threads, args.limits.max_threads > 0 ? args.limits.max_threads : args.machine.cores);
    if (args.shape.in_place || args.shape.buffered || product) ASSERT_FALSE(decision.stream);
    if (args.shape.elements > 0) ASSERT_GT(decision.tile_elements, 0);
    if (decision.route == Route::kBlas) {
      ASSERT_TRUE(args.machine.blas && args.shape.blas_values && args.shape.blas_strides);
      ASSERT_NE(args.limits.blas, BlasMode::kOff);
      ASSERT_TRUE(args.shape.op == Op::kScale || product || args.limits.determinism == Determinism::kFast);
    }
    ASSERT_EQ(decision.route == Route::kEigen, product && decision.route != Route::kBlas);
    if (args.limits.simd == SimdRule::kOff) ASSERT_EQ(decision.route, product ? Route::kEigen : Route::kScalar);
    if (args.limits.simd == SimdRule::kDemand) ASSERT_EQ(decision.isa, args.limits.isa);
  }
  for (int i = 0; i < kNumReasons; ++i) {
    const Reason reason = static_cast<Reason>(i);
    EXPECT_TRUE(seen.count(reason)) << Name(reason);
  }
}

TEST(ExplainTest, ListsEveryPathOnce) {
  Arguments args(1);
  for (int i = 0; i < 1000; ++i) {
    args.Draw();
    std::set<std::tuple<Route, Isa, int>> paths;
    for (const Candidate& candidate : Explain(args.shape, args.machine, args.limits, args.profile).candidates) {
      EXPECT_TRUE(paths.insert({candidate.route, candidate.isa, candidate.threads}).second);
    }
    const bool product = Info(args.shape.op).kind == OpKind::kProduct;
    EXPECT_GE(paths.size(), product ? 1u : static_cast<size_t>(kNumIsas));
  }
}

TEST(ExplainTest, ThreadCountsSayWhyNot) {
  CallShape shape;
  shape.elements = 1 << 16;
  shape.inner = shape.elements;
  Machine machine;
  machine.usable = machine.supported = IsaSet::UpTo(static_cast<Isa>(1));
  machine.cores = 8;
  machine.l2_bytes = 1 << 20;
  Profile profile;
  Thresholds& row = profile.At(shape.op, shape.dtype, shape.layout);
  row.parallel_min_bytes = 1;
  row.thread_min_bytes = BytesMoved(shape) / 3;
  Limits limits;
  limits.max_threads = 4;
  std::vector<std::pair<int, Reason>> others;
  for (const Candidate& c : Explain(shape, machine, limits, profile).candidates) {
    if (c.route == Route::kSimd && c.isa == static_cast<Isa>(1)) others.push_back({c.threads, c.reason});
  }
  const std::vector<std::pair<int, Reason>> expected = {{3, Reason::kParallel},
                                                        {1, Reason::kParallel},
                                                        {2, Reason::kParallel},
                                                        {4, Reason::kTooSmallForThreads},
                                                        {8, Reason::kThreadsLimited}};
  EXPECT_EQ(others, expected);
}

}  // namespace
}  // namespace raptors::policy
