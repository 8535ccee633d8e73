// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/overlap_plan.h"

#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "raptors/array/overlap.h"
#include "raptors/testing/reference.h"

namespace raptors {
namespace {

// A kernel that reads a whole call before it stores anything, or stores before it reads on, by turns of a few elements
// as a vector loop does: right for operands in place or disjoint, wrong for others. `vector`: at most 8.
void Kernel(const KernelArgs& args, int inputs, int64_t vector) {
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    for (int64_t col = 0; col < args.extent[1]; col += vector) {
      const int64_t n = std::min(vector, args.extent[1] - col);
      float sums[8] = {};
      for (int64_t i = 0; i < n; ++i) {
        for (int k = 1; k <= inputs; ++k) {
          float value;
          memcpy(&value, args.ptr[k] + row * args.stride[k][0] + (col + i) * args.stride[k][1], sizeof(float));
          sums[i] += static_cast<float>(k) * value;
        }
      }
      for (int64_t i = 0; i < n; ++i) {
        memcpy(args.ptr[0] + row * args.stride[0][0] + (col + i) * args.stride[0][1], &sums[i], sizeof(float));
      }
    }
  }
}

// What every operand of a kernel call must obey.
void CheckCall(const KernelArgs& args, int inputs) {
  const auto view = [&](int k) {
    return *ArrayView::Create(DType::kFloat32, args.ptr[k], args.extent, args.stride[k]);
  };
  for (int k = 1; k <= inputs; ++k) ASSERT_TRUE(SameView(view(0), view(k)) || !Overlaps(view(0), view(k)));
}

// Runs the plan as an operation does.
absl::Status RunPlanned(const MutableArrayView& out, std::vector<ArrayView> inputs, int64_t vector, int64_t piece) {
  const OverlapPlan plan = OverlapPlan::Make(out, inputs);
  std::vector<ArrayCopy> copies;
  absl::Status status = plan.CopyWhere(absl::MakeSpan(inputs), &copies);
  if (!status.ok()) return status;
  const int count = static_cast<int>(inputs.size());
  const auto kernel = [&](const KernelArgs& args) {
    CheckCall(args, count);
    Kernel(args, count, vector);
  };
  if (plan.pieces()) return plan.ForEachPiece(out, inputs, KernelArgs(), kernel, piece);
  LoopNest::Make(out, absl::MakeConstSpan(inputs)).ForEach(kernel);
  return absl::OkStatus();
}

// The same over copies of the inputs, element by element.
void CopyFirst(const MutableArrayView& out, const std::vector<ArrayView>& inputs) {
  std::vector<float> sums(static_cast<size_t>(out.size()));
  for (size_t k = 0; k < inputs.size(); ++k) {
    const std::vector<float> values = test::ToVector<float>(inputs[k]);
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<float>(k + 1) * values[i];
  }
  test::Assign<float>(out, sums);
}

class OverlapFuzz {
 public:
  explicit OverlapFuzz(uint32_t seed) : random_(seed) {}

  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  // A random shape, an output somewhere in the memory, and inputs that are shifted, reversed, interleaved, transposed,
  // broadcast or unrelated to it.
  void Round(int inputs) {
    std::array<char, kBytes> memory, expected;
    // Small integers at every 4 bytes; misaligned reads see other values, compared as bits.
    const int salt = Pick(1000);
    for (size_t i = 0; i + 4 <= memory.size(); i += 4) {
      const auto value = static_cast<float>((static_cast<int>(i) * 31 + salt) % 1009);
      memcpy(memory.data() + i, &value, sizeof(value));
    }
    expected = memory;
    const int rank = 1 + Pick(3);
    std::vector<int64_t> shape(rank);
    for (int64_t& extent : shape) extent = Pick(20) == 0 ? Pick(2) : 1 + Pick(rank == 1 ? 40 : 6);
    const std::optional<Layout> to = RandomLayout(shape, true);
    if (!to) return;
    std::vector<Layout> from;
    for (int k = 0; k < inputs; ++k) {
      std::optional<Layout> layout = Pick(2) == 0 ? Shifted(shape, *to) : RandomLayout(shape, false);
      if (!layout) return;
      from.push_back(*layout);
    }
    const auto run = [&](char* base, auto f) {
      const MutableArrayView out = *MutableArrayView::Create(DType::kFloat32, base + to->offset, shape, to->strides);
      std::vector<ArrayView> views;
      for (const Layout& l : from)
        views.push_back(*ArrayView::Create(DType::kFloat32, base + l.offset, shape, l.strides));
      f(out, views);
    };
    run(expected.data(), CopyFirst);
    run(memory.data(), [&](const MutableArrayView& out, const std::vector<ArrayView>& views) {
      const OverlapPlan plan = OverlapPlan::Make(out, views);
      for (int k = 0; k < inputs; ++k) {
        ++kinds[static_cast<int>(plan.input(k))];
        overlapping += Overlaps(out, views[k]);
      }
      ASSERT_TRUE(RunPlanned(out, views, 1 + Pick(8), 1 + Pick(30)).ok());
      if (memory != expected) {
        std::string text = out.DebugString();
        for (int k = 0; k < inputs; ++k) {
          text += "\n  input " + views[k].DebugString() + " at " + std::to_string(from[k].offset - to->offset) +
                  " kind " + std::to_string(static_cast<int>(plan.input(k)));
        }
        FAIL() << text;
      }
    });
  }

  int64_t overlapping = 0;
  int64_t kinds[5] = {};

 private:
  static constexpr int kBytes = 1600;
  struct Layout {
    int64_t offset;
    std::vector<int64_t> strides;
  };

  // Random strides that fit, without self-overlap for an output.
  std::optional<Layout> RandomLayout(const std::vector<int64_t>& shape, bool output) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      std::vector<int64_t> strides(shape.size());
      int64_t place = 4;
      std::vector<int> order(shape.size());
      for (size_t k = 0; k < order.size(); ++k) order[k] = static_cast<int>(k);
      if (Pick(3) == 0) std::shuffle(order.begin(), order.end(), random_);
      for (size_t k = order.size(); k-- > 0;) {
        int64_t stride = place * (Pick(3) == 0 ? 2 : 1) + (Pick(4) == 0 ? Pick(12) : 0);
        place = stride * std::max<int64_t>(shape[order[k]], 1);
        if (Pick(4) == 0) stride = -stride;
        if (!output && Pick(8) == 0) stride = 0;
        if (Pick(10) == 0) stride = Pick(41) - 20;
        strides[order[k]] = stride;
      }
      if (output && StridesSelfOverlap(shape, strides, 4)) continue;
      if (std::optional<Layout> layout = Place(shape, std::move(strides), Pick(2) == 0 ? 4 : 1)) return layout;
    }
    return std::nullopt;
  }

  // Puts the first element anywhere within the memory, at a multiple of `step` bytes.
  std::optional<Layout> Place(const std::vector<int64_t>& shape, std::vector<int64_t> strides, int step) {
    const ByteRange range = *CheckedByteRange(shape, strides, 4);
    const int64_t room = kBytes - (range.end - range.begin);
    if (room < 0) return std::nullopt;
    return Layout{-range.begin + Pick(static_cast<int>(room) / step + 1) * step, std::move(strides)};
  }

  // The output's strides, a few bytes or elements away.
  std::optional<Layout> Shifted(const std::vector<int64_t>& shape, const Layout& to) {
    const ByteRange range = *CheckedByteRange(shape, to.strides, 4);
    const int64_t shift = Pick(8) == 0 ? 0 : Pick(2) == 0 ? Pick(257) - 128 : 4 * (Pick(65) - 32);
    const int64_t offset = to.offset + shift;
    if (offset + range.begin < 0 || offset + range.end > kBytes) return std::nullopt;
    return Layout{offset, to.strides};
  }

  std::mt19937 random_;
};

TEST(OverlapPlanTest, FuzzOneInputAgainstCopyFirst) {
  OverlapFuzz fuzz(4);
  while (fuzz.overlapping < 50000 && !HasFatalFailure()) fuzz.Round(1);
  for (const int64_t rounds : fuzz.kinds) EXPECT_GT(rounds, 500);
}

TEST(OverlapPlanTest, FuzzThreeInputsAgainstCopyFirst) {
  OverlapFuzz fuzz(5);
  while (fuzz.overlapping < 20000 && !HasFatalFailure()) fuzz.Round(3);
  for (const int64_t rounds : fuzz.kinds) EXPECT_GT(rounds, 500);
}

Overlap Classify(const absl::StatusOr<MutableArrayView>& out, const absl::StatusOr<ArrayView>& in) {
  return ClassifyOverlap(*out, *in);
}

TEST(OverlapPlanTest, Kinds) {
  std::vector<float> x(10000);
  const MutableArrayView all = x;
  const ArrayView in = x;
  EXPECT_EQ(Classify(all, in), Overlap::kInPlace);
  EXPECT_EQ(Classify(all.Slice(0, 0, 99), in.Slice(0, 1, 100)), Overlap::kPiecesForward);
  EXPECT_EQ(Classify(all.Slice(0, 1, 100), in.Slice(0, 0, 99)), Overlap::kPiecesBackward);
  EXPECT_EQ(Classify(all.Slice(0, 0, 100, 2), in.Slice(0, 1, 100, 2)), Overlap::kNone);
  EXPECT_EQ(Classify(all.Slice(0, 0, 100), in.Slice(0, 100, 200)), Overlap::kNone);
  EXPECT_EQ(Classify(all.Slice(0, 0, 100), in.Slice(0, 99, std::nullopt, -1)), Overlap::kCopy);
  EXPECT_EQ(Classify(all.Slice(0, 0, 50), in.Slice(0, 0, 100, 2)), Overlap::kCopy);
  // A matrix shifted by a row and a column.
  const MutableArrayView matrix = *MutableArrayView::Matrix(x.data(), 100, 100);
  EXPECT_EQ(Classify(matrix.Slice(0, 0, 99)->Slice(1, 0, 99), matrix.view().Slice(0, 1, 100)->Slice(1, 1, 100)),
            Overlap::kPiecesForward);
  EXPECT_EQ(Classify(matrix, matrix.view().Transposed()), Overlap::kCopy);
  EXPECT_EQ(Classify(matrix.Slice(1, 0, 50), matrix.view().Slice(1, 50, 100)), Overlap::kNone);
}

TEST(OverlapPlanTest, OppositeShiftsCopyOne) {
  std::vector<float> x(100);
  const ArrayView in = x;
  const MutableArrayView out = *MutableArrayView(x).Slice(0, 1, 99);
  const OverlapPlan plan = OverlapPlan::Make(out, {*in.Slice(0, 0, 98), *in.Slice(0, 2, 100), out.view()});
  EXPECT_EQ(plan.input(0), Overlap::kPiecesBackward);
  EXPECT_EQ(plan.input(1), Overlap::kCopy);
  EXPECT_EQ(plan.input(2), Overlap::kInPlace);
  EXPECT_TRUE(plan.pieces());
  EXPECT_TRUE(plan.copies());
  EXPECT_FALSE(OverlapPlan::Make(out, {out.view()}).pieces());
}

TEST(OverlapPlanTest, LongShiftsNeedBoundedMemory) {
  std::vector<float> x(1 << 20, 1.0f);
  const MutableArrayView out = *MutableArrayView(x).Slice(0, 1, std::nullopt);
  const ArrayView in = *ArrayView(x).Slice(0, 0, -1);
  ReleaseMemory();
  const int64_t misses = MemoryStats().misses;
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(RunPlanned(out, {in}, 8, OverlapPlan::kPieceElements).ok());
  EXPECT_EQ(MemoryStats().misses, misses + 1);
  EXPECT_LT(MemoryStats().bytes_cached, 16 << 10);
}

TEST(OverlapPlanTest, EveryFailedAllocationLeavesTheOutput) {
  std::vector<float> x(100);
  for (int i = 0; i < 100; ++i) x[i] = static_cast<float>(i);
  const std::vector<float> before = x;
  const ArrayView in = x;
  const MutableArrayView out = *MutableArrayView(x).Slice(0, 1, 99);
  const std::vector<ArrayView> inputs = {*in.Slice(0, 0, 98), *in.Slice(0, 2, 100)};
  for (int k = 1; k <= 2; ++k) {
    Allocator::Global().FailAllocationForTesting(k);
    EXPECT_EQ(RunPlanned(out, inputs, 4, 16).code(), absl::StatusCode::kResourceExhausted) << k;
    EXPECT_EQ(x, before);
  }
  Allocator::Global().FailAllocationForTesting(3);
  EXPECT_TRUE(RunPlanned(out, inputs, 4, 16).ok());  // there is no third
  Allocator::Global().FailAllocationForTesting(0);
  EXPECT_EQ(x[1], before[0] + 2 * before[2]);
}

}  // namespace
}  // namespace raptors
