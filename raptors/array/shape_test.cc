// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/shape.h"

#include <stdint.h>

#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace raptors {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(ShapeTest, CountsElements) {
  EXPECT_EQ(*CheckedElementCount({}, 4), 1);
  EXPECT_EQ(*CheckedElementCount({3, 4, 5}, 8), 60);
  EXPECT_EQ(*CheckedElementCount({3, 0, 5}, 8), 0);
  EXPECT_EQ(*CheckedElementCount({int64_t{1} << 60}, 4), int64_t{1} << 60);
}

TEST(ShapeTest, RefusesBadShapes) {
  const auto message = [](std::vector<int64_t> shape) {
    return std::string(CheckedElementCount(shape, 8, "out.shape").status().message());
  };
  EXPECT_EQ(message({2, -1}), "out.shape: got (2, -1); expected extents of at least 0");
  EXPECT_EQ(message({0, -1}), "out.shape: got (0, -1); expected extents of at least 0");
  EXPECT_EQ(message({int64_t{1} << 60}),
            "out.shape: got (1152921504606846976,); expected a size in bytes that fits into 63 bits");
  EXPECT_EQ(message(std::vector<int64_t>(65, 1)), "out.shape: got 65 axes; expected at most 64 axes");
  // An extent of 0 does not hide that the strides would overflow.
  EXPECT_FALSE(CheckedElementCount({0, int64_t{1} << 40, int64_t{1} << 40}, 8).ok());
  EXPECT_FALSE(CheckedElementCount({kMax, kMax}, 1).ok());
  EXPECT_TRUE(CheckedElementCount(std::vector<int64_t>(64, 1), 8).ok());
}

TEST(ShapeTest, ByteRange) {
  const ByteRange c = *CheckedByteRange({3, 4}, {16, 4}, 4);
  EXPECT_EQ(c.begin, 0);
  EXPECT_EQ(c.end, 48);
  const ByteRange reversed = *CheckedByteRange({3, 4}, {-16, 4}, 4);
  EXPECT_EQ(reversed.begin, -32);
  EXPECT_EQ(reversed.end, 16);
  const ByteRange empty = *CheckedByteRange({3, 0}, {kMax, kMax}, 4);
  EXPECT_EQ(empty.begin, empty.end);
  EXPECT_EQ(CheckedByteRange({1, 2}, {kMax, 4}, 4)->end, 8);  // one element: its stride is not used
}

TEST(ShapeTest, ByteRangeRefusesOverflow) {
  EXPECT_FALSE(CheckedByteRange({3}, {kMax / 2 + 1}, 4).ok());
  EXPECT_FALSE(CheckedByteRange({2}, {kMax}, 4).ok());  // the last element's end
  EXPECT_FALSE(CheckedByteRange({2, 2}, {kMax / 2, kMax / 2 + 8}, 4).ok());
  EXPECT_FALSE(CheckedByteRange({2}, {std::numeric_limits<int64_t>::min()}, 4).ok());
  // Each side fits, their distance does not.
  EXPECT_FALSE(CheckedByteRange({2, 2}, {-(kMax - 8), kMax - 8}, 4).ok());
  EXPECT_EQ(CheckedByteRange({3}, {kMax / 2 + 1}, 4, "x").status().message(),
            "x: got (4611686018427387904,); expected byte offsets of shape (3,) that fit into 63 bits");
}

TEST(ShapeTest, CStrides) {
  EXPECT_EQ(CStrides({2, 3, 4}, 8), Dims({96, 32, 8}));
  EXPECT_EQ(CStrides({}, 8), Dims());
  EXPECT_EQ(CStrides({0, 5}, 4), Dims({20, 4}));
}

TEST(ShapeTest, Contiguity) {
  EXPECT_TRUE(IsCContiguous({2, 3}, {12, 4}, 4));
  EXPECT_TRUE(IsCContiguous({2, 1, 3}, {12, 999, 4}, 4));
  EXPECT_TRUE(IsCContiguous({1}, {0}, 4));
  EXPECT_TRUE(IsCContiguous({}, {}, 4));
  EXPECT_TRUE(IsCContiguous({0, 3}, {1, 1}, 4));
  EXPECT_TRUE(IsCContiguous({3, 0}, {1, 1}, 4));
  EXPECT_FALSE(IsCContiguous({2, 3}, {16, 4}, 4));
  EXPECT_FALSE(IsCContiguous({2, 3}, {4, 8}, 4));
  EXPECT_FALSE(IsCContiguous({3}, {-4}, 4));
  EXPECT_FALSE(IsCContiguous({2, 2}, {0, 4}, 4));
}

TEST(ShapeTest, NestedStridesNeverOverlap) {
  EXPECT_TRUE(StridesNest({3, 4}, {16, 4}, 4));
  EXPECT_TRUE(StridesNest({3, 4}, {-4, 12}, 4));
  EXPECT_TRUE(StridesNest({5}, {9}, 8));
  EXPECT_FALSE(StridesNest({5}, {7}, 8));
  EXPECT_FALSE(StridesNest({3, 4}, {15, 4}, 4));
  EXPECT_FALSE(StridesNest({3, 2}, {2, 3}, 1));  // interleaved: 0 2 4 3 5 7
  EXPECT_FALSE(StridesSelfOverlap({3, 2}, {2, 3}, 1));
  EXPECT_TRUE(StridesSelfOverlap({4, 2}, {2, 6}, 1));  // 3 * 2 = 1 * 6
  EXPECT_TRUE(StridesSelfOverlap({5}, {0}, 4));
  EXPECT_TRUE(StridesSelfOverlap({5}, {-3}, 4));
  EXPECT_FALSE(StridesSelfOverlap({1}, {0}, 4));
  EXPECT_FALSE(StridesSelfOverlap({0, 5}, {0, 0}, 4));
}

// Every small set of strides, against counting bytes.
TEST(ShapeTest, SelfOverlapIsExact) {
  std::mt19937 random(1);
  int overlapping = 0;
  for (int round = 0; round < 20000; ++round) {
    const int rank = 1 + static_cast<int>(random() % 4);
    const int64_t item = int64_t{1} << (random() % 4);
    std::vector<int64_t> shape, strides;
    for (int axis = 0; axis < rank; ++axis) {
      shape.push_back(static_cast<int64_t>(random() % 5));
      strides.push_back(static_cast<int64_t>(random() % 81) - 40);
    }
    std::set<int64_t> bytes;
    int64_t elements = 1;
    for (const int64_t extent : shape) elements *= extent;
    for (int64_t i = 0; i < elements; ++i) {
      int64_t offset = 0;
      int64_t rest = i;
      for (int axis = 0; axis < rank; ++axis) {
        offset += rest % shape[axis] * strides[axis];
        rest /= shape[axis];
      }
      for (int64_t b = 0; b < item; ++b) bytes.insert(offset + b);
    }
    const bool overlap = static_cast<int64_t>(bytes.size()) != elements * item;
    overlapping += overlap;
    ASSERT_EQ(StridesSelfOverlap(shape, strides, item), overlap)
        << FormatTuple(shape) << " " << FormatTuple(strides) << " " << item;
    if (StridesNest(shape, strides, item)) {
      ASSERT_FALSE(overlap);
    }
  }
  EXPECT_GT(overlapping, 1000);
  EXPECT_LT(overlapping, 19000);
}

TEST(ShapeTest, Formats) {
  EXPECT_EQ(FormatTuple({}), "()");
  EXPECT_EQ(FormatTuple({3}), "(3,)");
  EXPECT_EQ(FormatTuple({1000, -1}), "(1000, -1)");
  EXPECT_EQ(FormatShape({1000, 1000}), "1000x1000");
  EXPECT_EQ(FormatShape({7}), "7");
  EXPECT_EQ(FormatShape({}), "scalar");
}

}  // namespace
}  // namespace raptors
