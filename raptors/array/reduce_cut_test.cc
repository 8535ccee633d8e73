// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduce_cut.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/testing/reduce_plan.h"

namespace raptors {
namespace {

using test::ExpectedFolds;
using test::FakeMemory;
using test::FakeOutput;
using test::Folds;
using test::NoteCombine;
using test::NoteFolds;

constexpr int64_t kAccumulator = 8;

ArrayView Fake(Dims shape, std::vector<int> order = {}) {
  Dims permuted = shape;
  for (size_t i = 0; i < order.size(); ++i) permuted[i] = shape[order[i]];
  Dims strides = CStrides(permuted, 4);
  if (!order.empty()) {
    for (size_t i = 0; i < order.size(); ++i) strides[order[i]] = CStrides(permuted, 4)[i];
  }
  return internal::ViewBuilder::Make(FakeMemory(64), DType::kFloat32, std::move(shape), std::move(strides));
}

// Runs all units, checks what they are cut into, and returns what each output is folded from.
Folds RunUnits(const ReduceNest& nest, const ReduceCut& cut) {
  Folds folds;
  if (!cut.by_parts()) {
    cut.ForEach(0, cut.size(), nullptr, 0, [&](const ReduceArgs& args) {
      EXPECT_EQ(args.stage, ReduceStage::kWhole);
      NoteFolds(args, &folds);
    });
    return folds;
  }
  char* const scratch = FakeMemory(8192);
  const int64_t block = nest.form() == ReduceForm::kSequences ? kSequenceBlock : BlockRows(nest.Args(0).lanes);
  Folds parts;
  int64_t length = 0;
  cut.ForEach(0, cut.size(), scratch, kAccumulator, [&](const ReduceArgs& args) {
    EXPECT_EQ(args.stage, ReduceStage::kPartial);
    if (length == 0) length = args.end;
    EXPECT_EQ(length % block, 0);
    EXPECT_EQ(length / block & (length / block - 1), 0) << "not a power of two of blocks";
    EXPECT_EQ(args.begin % length, 0);
    EXPECT_TRUE(args.end == args.begin + length || args.end == nest.folded());
    EXPECT_GE(args.out, scratch);
    EXPECT_LE(args.out + args.kept * args.out_stride, scratch + cut.accumulators() * kAccumulator);
    NoteFolds(args, &parts);
  });
  EXPECT_EQ(static_cast<int64_t>(parts.size()), cut.accumulators());
  cut.Combine(scratch, kAccumulator, [&](const ReduceArgs& args) {
    EXPECT_EQ(args.stage, ReduceStage::kCombine);
    NoteCombine(args, parts, &folds);
  });
  return folds;
}

struct Case {
  ArrayView x;
  uint64_t reduced;
};

std::vector<Case> Cases() {
  return {
      {Fake({8192 * 5 + 3}), 0b1},
      {Fake({8192}), 0b1},
      {Fake({8193}), 0b1},
      {Fake({3, 30000}), 0b10},
      {Fake({3, 30000}), 0b11},
      {Fake({3, 30000}), 0b01},
      {Fake({30000, 3}), 0b01},
      {Fake({30000, 3}), 0b10},
      {Fake({300, 257}), 0b01},
      {Fake({600, 1100}), 0b01},
      {Fake({300, 257}), 0b10},
      {Fake({300, 257}), 0},
      {Fake({40, 300, 7}), 0b010},
      {Fake({40, 300, 7}), 0b101},
      {Fake({40, 300, 7}), 0b001},
      {Fake({40, 300, 7}), 0b110},
      {Fake({40, 300, 7}, {2, 0, 1}), 0b010},
      {Fake({2, 400, 100}, {1, 0, 2}), 0b10},
      {Fake({129, 600}), 0b01},
  };
}

TEST(ReduceCut, EveryOutputGetsItsElementsInOrder) {
  int by_parts = 0, by_outputs = 0;
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.DebugString());
    const MutableArrayView out = FakeOutput(c.x, c.reduced, false, DType::kFloat64);
    const ReduceNest nest = ReduceNest::Make(c.x, c.reduced, out);
    const Folds want = ExpectedFolds(c.x, c.reduced, out);
    for (const int threads : {1, 2, 3, 16}) {
      for (const int64_t unit : {int64_t{1}, int64_t{1000}, c.x.size() / (8 * threads), c.x.size()}) {
        const ReduceCut cut(nest, threads, unit);
        ASSERT_EQ(RunUnits(nest, cut), want) << threads << " threads, units of " << unit;
        (cut.by_parts() ? by_parts : by_outputs) += cut.size() > 1;
      }
    }
  }
  EXPECT_GT(by_parts, 50);
  EXPECT_GT(by_outputs, 50);
}

// The range that a thread runs does not depend on where it begins.
TEST(ReduceCut, RangesOfUnits) {
  for (const Case& c : Cases()) {
    const ReduceNest nest = ReduceNest::Make(c.x, c.reduced, FakeOutput(c.x, c.reduced, true, DType::kFloat32));
    const ReduceCut cut(nest, 4, c.x.size() / 32);
    Folds whole, ranges;
    const auto note = [](Folds* to) { return [to](const ReduceArgs& args) { NoteFolds(args, to); }; };
    cut.ForEach(0, cut.size(), FakeMemory(8192), kAccumulator, note(&whole));
    for (int64_t at = 0; at < cut.size(); at += 3) {
      cut.ForEach(at, std::min(at + 3, cut.size()), FakeMemory(8192), kAccumulator, note(&ranges));
    }
    EXPECT_EQ(whole, ranges);
  }
}

TEST(ReduceCut, CutsByOutputsWhereThereAreEnough) {
  const auto cut = [](const ArrayView& x, uint64_t reduced, int threads) {
    const MutableArrayView out = FakeOutput(x, reduced, false, DType::kFloat32);
    const ReduceNest nest = ReduceNest::Make(x, reduced, out);
    const ReduceCut cut(nest, threads, x.size() / (8 * threads));
    return std::make_pair(cut.by_parts(), cut.size());
  };
  EXPECT_EQ(cut(Fake({1000, 1000}), 0b10, 2), std::make_pair(false, int64_t{16}));
  EXPECT_EQ(cut(Fake({200, 1000}), 0b01, 2), std::make_pair(false, int64_t{8}));   // stripes of 128 columns
  EXPECT_EQ(cut(Fake({1000, 1000}), 0b01, 2), std::make_pair(true, int64_t{8}));   // faster than stripes
  EXPECT_EQ(cut(Fake({1000, 1000}), 0b01, 16), std::make_pair(true, int64_t{8}));  // too narrow for 64 stripes
  EXPECT_EQ(cut(Fake({512, 1000}), 0b01, 2), std::make_pair(true, int64_t{4}));
  EXPECT_EQ(cut(Fake({600, 1000}), 0b01, 2), std::make_pair(false, int64_t{8}));     // five blocks are no even share
  EXPECT_EQ(cut(Fake({1000, 40000}), 0b01, 2), std::make_pair(false, int64_t{16}));  // stripes are long
  EXPECT_EQ(cut(Fake({1 << 20}), 0b1, 2), std::make_pair(true, int64_t{16}));
  EXPECT_EQ(cut(Fake({300000, 3}), 0b01, 2), std::make_pair(true, int64_t{19}));
  EXPECT_EQ(cut(Fake({300000, 3}), 0b10, 2).first, false);
  EXPECT_EQ(cut(Fake({5000}), 0b1, 2), std::make_pair(false, int64_t{1}));  // one block: nothing to cut
  EXPECT_EQ(cut(Fake({2, 1 << 20}), 0b10, 2).first, true);                  // two outputs are no even share for long
}

// Elements that cannot be counted in int64 together with a block do not overflow.
TEST(ReduceCut, HugeExtents) {
  const ArrayView x =
      internal::ViewBuilder::Make(FakeMemory(64), DType::kFloat32, {int64_t{1} << 30, int64_t{1} << 30}, {0, 0});
  for (const uint64_t reduced : {0b01, 0b10, 0b11}) {
    const ReduceNest nest = ReduceNest::Make(x, reduced, FakeOutput(x, reduced, false, DType::kFloat32));
    const ReduceCut cut(nest, 16, x.size() / 128);
    EXPECT_GE(cut.size(), 16);
    EXPECT_LE(cut.size(), 1 << 12);
  }
}

}  // namespace
}  // namespace raptors
