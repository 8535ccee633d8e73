// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/policy/policy.h"

#include <gtest/gtest.h>

#include <limits>

namespace raptors::policy {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// The second and third level of the list stand for "SIMD"; which architecture they belong to does not matter here.
constexpr Isa kLow = static_cast<Isa>(1);
constexpr Isa kHigh = static_cast<Isa>(2);

Machine EightCores() {
  Machine machine;
  machine.usable = IsaSet::UpTo(kHigh);
  machine.supported = machine.usable;
  machine.cores = 8;
  machine.l1_bytes = 32 * 1024;
  machine.l2_bytes = kMiB;
  machine.l3_bytes = 32 * kMiB;
  machine.blas = true;
  return machine;
}

Profile SomeProfile() {
  Profile profile;
  for (auto& by_dtype : profile.rows) {
    for (auto& by_layout : by_dtype) {
      for (Thresholds& row : by_layout) row = {256 * 1024, 64 * 1024, kNever, 0.5, 0.25};
    }
  }
  return profile;
}

CallShape Scale(int64_t elements) {
  CallShape shape;
  shape.op = Op::kScale;
  shape.dtype = DType::kFloat32;
  shape.layout = Layout::kContiguous;
  shape.elements = elements;
  shape.inner = elements;
  return shape;
}

CallShape BlasScale(int64_t elements) {
  CallShape shape = Scale(elements);
  shape.in_place = true;
  shape.blas_values = true;
  shape.blas_strides = true;
  return shape;
}

Decision DecideWith(const CallShape& shape, const Limits& limits = {}) {
  return Decide(shape, EightCores(), limits, SomeProfile());
}

TEST(DecideTest, NothingToCompute) {
  const Decision decision = DecideWith(Scale(0));
  EXPECT_EQ(decision.reason, Reason::kEmpty);
  EXPECT_EQ(decision.threads, 1);
  EXPECT_EQ(decision.tile_elements, 0);
  EXPECT_FALSE(decision.stream);
}

TEST(DecideTest, SmallCallTakesTheBestLevelOnOneThread) {
  const Decision decision = DecideWith(Scale(100));
  EXPECT_EQ(decision.route, Route::kSimd);
  EXPECT_EQ(decision.isa, kHigh);
  EXPECT_EQ(decision.threads, 1);
  EXPECT_EQ(decision.tile_elements, 100);
  EXPECT_FALSE(decision.stream);
  EXPECT_EQ(decision.reason, Reason::kBestIsa);
}

TEST(DecideTest, SimdRules) {
  Limits limits;
  limits.simd = SimdRule::kOff;
  Decision decision = DecideWith(Scale(100), limits);
  EXPECT_EQ(decision.route, Route::kScalar);
  EXPECT_EQ(decision.isa, Isa::kScalar);
  EXPECT_EQ(decision.reason, Reason::kSimdOff);

  limits.simd = SimdRule::kDemand;
  limits.isa = kLow;
  decision = DecideWith(Scale(100), limits);
  EXPECT_EQ(decision.route, Route::kSimd);
  EXPECT_EQ(decision.isa, kLow);
  EXPECT_EQ(decision.reason, Reason::kIsaDemanded);

  limits.simd = SimdRule::kCap;
  decision = DecideWith(Scale(100), limits);
  EXPECT_EQ(decision.isa, kLow);
  EXPECT_EQ(decision.reason, Reason::kIsaCapped);

  limits.isa = kHigh;  // a cap that caps nothing is no reason
  decision = DecideWith(Scale(100), limits);
  EXPECT_EQ(decision.isa, kHigh);
  EXPECT_EQ(decision.reason, Reason::kBestIsa);

  limits.isa = Isa::kScalar;
  decision = DecideWith(Scale(100), limits);
  EXPECT_EQ(decision.route, Route::kScalar);
  EXPECT_EQ(decision.reason, Reason::kIsaCapped);
}

// Every level that a demand may name, and every cap, is what comes out.
TEST(DecideTest, EveryLevelCanBeForced) {
  Machine machine = EightCores();
  machine.usable = machine.supported = IsaSet{(uint32_t{1} << kNumIsas) - 1};
  for (const Isa isa : kAllIsas) {
    for (const SimdRule rule : {SimdRule::kDemand, SimdRule::kCap}) {
      Limits limits;
      limits.simd = rule;
      limits.isa = isa;
      EXPECT_EQ(Decide(Scale(1 << 20), machine, limits, SomeProfile()).isa, isa) << Name(isa);
    }
  }
}

TEST(DecideTest, ThreadsGrowWithTheWork) {
  // float32 scale moves 8 bytes an element: the crossover of 256 KiB is at 32768 elements.
  EXPECT_EQ(DecideWith(Scale(32767)).threads, 1);
  const Decision first = DecideWith(Scale(32768));
  EXPECT_EQ(first.threads, 4);  // 256 KiB, 64 KiB each
  EXPECT_EQ(first.reason, Reason::kParallel);
  EXPECT_EQ(DecideWith(Scale(5 * 8192)).threads, 5);
  EXPECT_EQ(DecideWith(Scale(100 * 8192)).threads, 8);
  int last = 1;
  for (int64_t elements = 1; elements < (1 << 20); elements += 777) {
    const int threads = DecideWith(Scale(elements)).threads;
    EXPECT_GE(threads, last);
    last = threads;
  }
}

TEST(DecideTest, OneThreadMeansOne) {
  Limits limits;
  limits.max_threads = 1;
  const Decision decision = DecideWith(Scale(100 << 20), limits);
  EXPECT_EQ(decision.threads, 1);
  EXPECT_EQ(decision.reason, Reason::kOneThreadAllowed);
  EXPECT_EQ(decision.tile_elements, 100 << 20);
  EXPECT_EQ(DecideWith(Scale(100), limits).reason, Reason::kBestIsa);
}

TEST(DecideTest, MoreThreadsThanCoresOnlyWhenAskedFor) {
  Limits limits;
  EXPECT_EQ(DecideWith(Scale(100 << 20), limits).threads, 8);
  limits.max_threads = 16;
  EXPECT_EQ(DecideWith(Scale(100 << 20), limits).threads, 16);
  limits.max_threads = 3;
  EXPECT_EQ(DecideWith(Scale(100 << 20), limits).threads, 3);
}

TEST(DecideTest, TilesFitTheShareAndAreEvenlyDealt) {
  // A quarter of 1 MiB holds 32768 elements at 8 bytes moved each.
  for (const int64_t elements : {int64_t{40000}, int64_t{1} << 20, int64_t{1000003}, int64_t{123456789}}) {
    const Decision decision = DecideWith(Scale(elements));
    ASSERT_GT(decision.threads, 1);
    EXPECT_EQ(decision.tile_elements % 64, 0);
    EXPECT_GT(decision.tile_elements, 0);
    EXPECT_LE(decision.tile_elements, 32768);
    // Rounding tiles up to 64 elements may leave the last ones empty, so an even deal is the most that is promised.
    const int64_t tiles = (elements + decision.tile_elements - 1) / decision.tile_elements;
    const int64_t most = (tiles + decision.threads - 1) / decision.threads;
    const double share = static_cast<double>(elements) / decision.threads;
    EXPECT_LE(static_cast<double>(most * decision.tile_elements), share * 1.02 + 64) << elements;
  }
}

TEST(DecideTest, ReductionsComeInUnitsAndNeverStream) {
  CallShape shape = Scale(64 * kMiB);
  shape.op = Op::kSum;
  shape.outputs = 1;
  const Decision decision = DecideWith(shape);
  EXPECT_EQ(decision.threads, 8);
  EXPECT_EQ(decision.tile_elements, kMiB);
  EXPECT_FALSE(decision.stream);
  EXPECT_EQ(BytesMoved(shape), 4 * (64 * kMiB + 1));
  Limits one;
  one.max_threads = 1;
  EXPECT_EQ(DecideWith(shape, one).tile_elements, shape.elements);
}

TEST(DecideTest, StreamsOutOfPlaceOnly) {
  // Half of 32 MiB is 2 Mi elements at 8 bytes moved.
  EXPECT_FALSE(DecideWith(Scale(2 * kMiB)).stream);
  EXPECT_TRUE(DecideWith(Scale(2 * kMiB + 1)).stream);
  CallShape in_place = Scale(100 * kMiB);
  in_place.in_place = true;
  EXPECT_FALSE(DecideWith(in_place).stream);
  CallShape buffered = Scale(100 * kMiB);
  buffered.buffered = true;
  EXPECT_FALSE(DecideWith(buffered).stream);
  Machine unknown = EightCores();
  unknown.l3_bytes = unknown.l2_bytes = 0;
  EXPECT_FALSE(Decide(Scale(100 * kMiB), unknown, {}, SomeProfile()).stream);
  unknown.l2_bytes = kMiB;  // then the L2 cache is the last level
  EXPECT_TRUE(Decide(Scale(kMiB), unknown, {}, SomeProfile()).stream);
}

TEST(DecideTest, BufferedCallsWorkInPiecesOnOneThread) {
  CallShape shape = Scale(100 * kMiB);
  shape.buffered = true;
  const Decision decision = DecideWith(shape);
  EXPECT_EQ(decision.threads, 1);
  EXPECT_EQ(decision.reason, Reason::kOverlapBuffered);
  EXPECT_GT(decision.tile_elements, 0);
  EXPECT_LE(decision.tile_elements, 32768);
}

TEST(DecideTest, BlasFollowsTheProfile) {
  Profile profile = SomeProfile();
  const Machine machine = EightCores();
  EXPECT_NE(Decide(BlasScale(1 << 20), machine, {}, profile).route, Route::kBlas);
  profile.At(Op::kScale, DType::kFloat32, Layout::kContiguous).blas_min_elements = 1000;
  EXPECT_NE(Decide(BlasScale(999), machine, {}, profile).route, Route::kBlas);
  const Decision decision = Decide(BlasScale(1000), machine, {}, profile);
  EXPECT_EQ(decision.route, Route::kBlas);
  EXPECT_EQ(decision.reason, Reason::kBlasFaster);
  EXPECT_FALSE(decision.stream);
  // The other dtype and layouts keep their own crossover.
  CallShape other = BlasScale(1000);
  other.dtype = DType::kFloat64;
  EXPECT_NE(Decide(other, machine, {}, profile).route, Route::kBlas);
  other = BlasScale(1000);
  other.layout = Layout::kRows;
  EXPECT_NE(Decide(other, machine, {}, profile).route, Route::kBlas);
}

TEST(DecideTest, WhatExcludesBlas) {
  Limits prefer;
  prefer.blas = BlasMode::kPrefer;
  EXPECT_EQ(DecideWith(BlasScale(10), prefer).reason, Reason::kBlasPreferred);
  ASSERT_EQ(DecideWith(BlasScale(10), prefer).route, Route::kBlas);

  CallShape shape = BlasScale(10);
  shape.blas_values = false;
  EXPECT_NE(DecideWith(shape, prefer).route, Route::kBlas);
  shape = BlasScale(10);
  shape.blas_strides = false;
  EXPECT_NE(DecideWith(shape, prefer).route, Route::kBlas);
  shape = BlasScale(10);
  shape.in_place = false;
  EXPECT_NE(DecideWith(shape, prefer).route, Route::kBlas);
  shape = BlasScale(10);
  shape.buffered = true;
  EXPECT_NE(DecideWith(shape, prefer).route, Route::kBlas);

  Machine machine = EightCores();
  machine.blas = false;
  EXPECT_NE(Decide(BlasScale(10), machine, prefer, SomeProfile()).route, Route::kBlas);

  // One switch for SIMD: BLAS would choose its own level.
  for (const SimdRule rule : {SimdRule::kOff, SimdRule::kDemand, SimdRule::kCap}) {
    Limits limits = prefer;
    limits.simd = rule;
    limits.isa = kLow;
    EXPECT_NE(DecideWith(BlasScale(10), limits).route, Route::kBlas) << static_cast<int>(rule);
  }
  // Values decide in fast mode too: 0 * NaN must not depend on the route.
  Limits fast = prefer;
  fast.determinism = Determinism::kFast;
  shape = BlasScale(10);
  shape.blas_values = false;
  EXPECT_NE(DecideWith(shape, fast).route, Route::kBlas);
}

TEST(DecideTest, FastModeAdmitsWhatRoundsDifferently) {
  Limits prefer;
  prefer.blas = BlasMode::kPrefer;
  Limits fast = prefer;
  fast.determinism = Determinism::kFast;
  for (const OpInfo& info : kOpInfos) {
    CallShape shape = BlasScale(10);
    shape.op = info.op;
    shape.outputs = 1;
    const Op op = info.op;
    const bool rounds = op == Op::kAxpy || op == Op::kDot || op == Op::kNrm2 || op == Op::kAsum || op == Op::kSum;
    const bool any = op == Op::kScale || op == Op::kMatmul;
    EXPECT_EQ(DecideWith(shape, prefer).route == Route::kBlas, any) << info.name;
    EXPECT_EQ(DecideWith(shape, fast).route == Route::kBlas, any || rounds) << info.name;
  }
}

CallShape Product(int64_t m, int64_t n, int64_t k) {
  CallShape shape;
  shape.op = Op::kMatmul;
  shape.dtype = DType::kFloat64;
  shape.elements = m * n;
  shape.inner = k;
  shape.blas_values = true;
  shape.blas_strides = true;
  return shape;
}

TEST(DecideTest, ProductsGoToBlasOrEigen) {
  Profile profile = SomeProfile();
  profile.At(Op::kMatmul, DType::kFloat64, Layout::kContiguous).blas_min_elements = 1000;
  Machine machine = EightCores();
  Limits limits;
  limits.max_threads = 1;
  Decision decision = Decide(Product(10, 10, 10), machine, limits, profile);
  EXPECT_EQ(decision.route, Route::kBlas);
  EXPECT_EQ(decision.reason, Reason::kBlasFaster);
  EXPECT_EQ(decision.tile_elements, 100);
  decision = Decide(Product(10, 10, 9), machine, limits, profile);
  EXPECT_EQ(decision.route, Route::kEigen) << "multiplications count";
  EXPECT_EQ(decision.reason, Reason::kBlasSlower);
  EXPECT_FALSE(decision.stream);
  // An output that overlaps is no reason against it, nor one for a single thread.
  CallShape buffered = Product(300, 300, 300);
  buffered.buffered = true;
  decision = Decide(buffered, machine, {}, profile);
  EXPECT_EQ(decision.route, Route::kBlas);
  EXPECT_EQ(decision.threads, 8);

  limits.blas = BlasMode::kOff;
  decision = Decide(Product(10, 10, 10), machine, limits, profile);
  EXPECT_EQ(decision.route, Route::kEigen);
  EXPECT_EQ(decision.reason, Reason::kBlasOff);
  limits.blas = BlasMode::kAuto;
  for (const SimdRule rule : {SimdRule::kOff, SimdRule::kDemand, SimdRule::kCap}) {
    limits.simd = rule;
    limits.isa = kLow;
    decision = Decide(Product(10, 10, 10), machine, limits, profile);
    EXPECT_EQ(decision.route, Route::kEigen);
    EXPECT_EQ(decision.isa, rule == SimdRule::kOff ? Isa::kScalar : kLow);
  }
  machine.blas = false;
  EXPECT_EQ(Decide(Product(10, 10, 10), machine, {}, profile).reason, Reason::kBlasNotBuilt);
  EXPECT_EQ(Decide(Product(0, 10, 10), EightCores(), {}, profile).reason, Reason::kEmpty);
}

TEST(DecideTest, AProductIsDealtOut) {
  // Two items of 8 bytes a multiplication: 256 KiB are 16384 multiplications.
  EXPECT_EQ(DecideWith(Product(16, 16, 63)).threads, 1);
  const Decision decision = DecideWith(Product(16, 16, 64));
  EXPECT_EQ(decision.threads, 4);
  EXPECT_EQ(decision.tile_elements, 64);
  EXPECT_EQ(DecideWith(Product(100, 70, 1000)).tile_elements, 875);
}

TEST(DecideTest, ADefaultProfileMeansOneThreadAndOurKernels) {
  CallShape shape = BlasScale(int64_t{1} << 40);
  shape.in_place = false;
  const Decision decision = Decide(shape, EightCores(), {}, Profile{});
  EXPECT_EQ(decision.threads, 1);
  EXPECT_FALSE(decision.stream);
  EXPECT_EQ(decision.route, Route::kSimd);
}

TEST(DecideTest, HugeSizesDoNotOverflow) {
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  CallShape shape = Scale(kHuge);
  EXPECT_EQ(BytesMoved(shape), kHuge);
  shape.dtype = DType::kFloat64;
  shape.elements = 3;
  EXPECT_EQ(BytesMoved(shape), 48);
  shape.op = Op::kDot;
  shape.outputs = 1;
  EXPECT_EQ(BytesMoved(shape), (2 * 3 + 1) * 8) << "both inputs and the result";
  shape.op = Op::kMatmul;
  shape.inner = 5;
  EXPECT_EQ(BytesMoved(shape), 2 * 3 * 5 * 8) << "two items a multiplication";
  Limits limits;
  limits.max_threads = 2;
  const Decision decision = DecideWith(Scale(kHuge), limits);
  EXPECT_EQ(decision.threads, 2);
  EXPECT_GT(decision.tile_elements, 0);
  CallShape buffered = Scale(kHuge);
  buffered.buffered = true;
  limits.max_threads = 1;
  EXPECT_GT(DecideWith(buffered, limits).tile_elements, 0);
}

}  // namespace
}  // namespace raptors::policy
