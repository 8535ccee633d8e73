// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/overlap.h"

#include <stdint.h>

#include <random>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/testing/reference.h"

namespace raptors {
namespace {

// The addresses of a view's bytes, one by one.
std::set<uintptr_t> BytesOf(const ArrayView& view) {
  std::set<uintptr_t> bytes;
  test::ForEachIndex(view.shape(), [&](auto index) {
    const uintptr_t at = reinterpret_cast<uintptr_t>(view.data()) + static_cast<uintptr_t>(test::OffsetOf(view, index));
    for (int64_t b = 0; b < view.item_size(); ++b) bytes.insert(at + static_cast<uintptr_t>(b));
  });
  return bytes;
}

TEST(OverlapTest, SameView) {
  std::vector<float> x(12), y(12);
  const ArrayView a = *ArrayView::Matrix(x.data(), 3, 4);
  EXPECT_TRUE(SameView(a, *ArrayView::Matrix(x.data(), 3, 4)));
  EXPECT_FALSE(SameView(a, *ArrayView::Matrix(y.data(), 3, 4)));
  EXPECT_FALSE(SameView(a, *ArrayView::Matrix(x.data(), 4, 3)));
  EXPECT_FALSE(SameView(*ArrayView::Matrix(x.data(), 3, 3), ArrayView::Matrix(x.data(), 3, 3)->Transposed()));
  EXPECT_FALSE(
      SameView(*ArrayView::Create(DType::kFloat32, x.data(), {2}), *ArrayView::Create(DType::kFloat64, x.data(), {2})));
  // Strides of axes with one element do not matter.
  EXPECT_TRUE(SameView(*ArrayView::Create(x.data(), {1, 2}, {100, 8}), *ArrayView::Create(x.data(), {1, 2}, {0, 8})));
  EXPECT_FALSE(SameView(*ArrayView::Create(x.data(), {2, 2}, {16, 8}), *ArrayView::Create(x.data(), {2, 2}, {8, 16})));
  EXPECT_TRUE(SameView(*ArrayView::Create(x.data(), {0}), *ArrayView::Create(y.data(), {0})));
}

TEST(OverlapTest, Bounds) {
  std::vector<float> x(100);
  const ArrayView all = x;
  EXPECT_TRUE(MayOverlap(*all.Slice(0, 0, 50), *all.Slice(0, 49, 100)));
  EXPECT_FALSE(MayOverlap(*all.Slice(0, 0, 50), *all.Slice(0, 50, 100)));  // adjacent
  EXPECT_FALSE(MayOverlap(*all.Slice(0, 50, 100), *all.Slice(0, 0, 50)));
  EXPECT_FALSE(MayOverlap(*all.Slice(0, 49, std::nullopt, -1), *all.Slice(0, 99, 49, -1)));
  EXPECT_TRUE(MayOverlap(*all.Slice(0, 50, std::nullopt, -1), *all.Slice(0, 99, 49, -1)));
  EXPECT_FALSE(MayOverlap(*all.Slice(0, 5, 5), all));
  // Interleaved: bounds intersect, bytes do not.
  EXPECT_TRUE(MayOverlap(*all.Slice(0, 0, 100, 2), *all.Slice(0, 1, 100, 2)));
  EXPECT_FALSE(Overlaps(*all.Slice(0, 0, 100, 2), *all.Slice(0, 1, 100, 2)));
  // One byte in common.
  const char* const bytes = reinterpret_cast<const char*>(x.data());
  EXPECT_TRUE(
      Overlaps(*ArrayView::Create(DType::kFloat32, bytes, {4}), *ArrayView::Create(DType::kFloat32, bytes + 15, {4})));
  EXPECT_FALSE(MayOverlap(*ArrayView::Create(DType::kFloat32, bytes, {4}),
                          *ArrayView::Create(DType::kFloat32, bytes + 16, {4})));
}

TEST(OverlapTest, ColumnHalvesAreDisjoint) {
  std::vector<double> x(64 * 64);
  const ArrayView matrix = *ArrayView::Matrix(x.data(), 64, 64);
  const ArrayView left = *matrix.Slice(1, 0, 32);
  EXPECT_TRUE(MayOverlap(left, *matrix.Slice(1, 32, 64)));
  EXPECT_FALSE(Overlaps(left, *matrix.Slice(1, 32, 64)));
  EXPECT_TRUE(Overlaps(left, *matrix.Slice(1, 31, 63)));
  EXPECT_FALSE(Overlaps(left, matrix.Slice(1, 32, 64)->Transposed()));
  EXPECT_TRUE(Overlaps(left, matrix.Slice(1, 31, 63)->Transposed()));
}

TEST(OverlapTest, AgreesWithCountingBytes) {
  std::mt19937 random(3);
  std::vector<char> memory(1000);
  int overlapping = 0, bounds_only = 0;
  const auto make = [&](DType dtype) {
    const int rank = static_cast<int>(random() % 4);
    std::vector<int64_t> shape, strides;
    for (int axis = 0; axis < rank; ++axis) {
      shape.push_back(static_cast<int64_t>(random() % 4) + (random() % 20 != 0));
      strides.push_back(static_cast<int64_t>(random() % 81) - 40);
    }
    return *ArrayView::Create(dtype, memory.data() + 400 + random() % 200, shape, strides);
  };
  for (int round = 0; round < 20000; ++round) {
    const ArrayView a = make(kAllDTypes[random() % kNumDTypes]);
    const ArrayView b = make(a.dtype());
    const auto x = BytesOf(a), y = BytesOf(b);
    bool expected = false;
    for (const uintptr_t byte : x) expected = expected || y.count(byte) > 0;
    ASSERT_EQ(Overlaps(a, b), expected) << a.DebugString() << " " << b.DebugString();
    ASSERT_EQ(Overlaps(b, a), expected);
    const bool bounds = !x.empty() && !y.empty() && *x.begin() <= *y.rbegin() && *y.begin() <= *x.rbegin();
    ASSERT_EQ(MayOverlap(a, b), bounds) << a.DebugString() << " " << b.DebugString();
    if (!x.empty()) {
      ASSERT_EQ(AddressesOf(a).begin, *x.begin());
      ASSERT_EQ(AddressesOf(a).end, *x.rbegin() + 1);
      ASSERT_EQ(SelfOverlaps(a), static_cast<int64_t>(x.size()) != a.size() * a.item_size());
    }
    overlapping += expected;
    bounds_only += bounds && !expected;
  }
  EXPECT_GT(overlapping, 1000);
  EXPECT_GT(bounds_only, 1000);
}

}  // namespace
}  // namespace raptors
