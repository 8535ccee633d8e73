// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/copy.h"

#include <string.h>

#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "raptors/array/overlap.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

template <typename T>
void CopyPairs(DType dtype) {
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{}, {0}, {5}, {66, 17}, {3, 70}, {2, 3, 4}}) {
    // Each layout as a source for six others: all pairs would take most of a minute.
    const std::vector<test::LayoutCase> layouts = test::LayoutsOf(shape);
    for (size_t i = 0; i < layouts.size(); ++i) {
      for (size_t j = 0; j < 6; ++j) {
        const test::LayoutCase& from = layouts[i];
        const test::LayoutCase to = layouts[(i + 5 * j) % layouts.size()].Output();
        test::LayoutBuffer source(from, dtype), target(to, dtype);
        test::ForEachIndex(shape, [&](auto index) { test::Store<T>(target.out(), index, T{-1}); });
        CopyElements(source.view(), target.out());
        ASSERT_EQ(test::ToVector<T>(target.view()), test::ToVector<T>(source.view())) << from.name << " " << to.name;
        ASSERT_TRUE(target.GapsIntact()) << from.name << " " << to.name;
      }
    }
  }
}

TEST(CopyTest, PairsOfLayoutsFloat32) { CopyPairs<float>(DType::kFloat32); }
TEST(CopyTest, PairsOfLayoutsFloat64) { CopyPairs<double>(DType::kFloat64); }

TEST(CopyTest, BlocksOfOtherItemSizes) {
  const char from[] = "abcdefghijklmnopqr";
  char to[19] = {};
  // Two rows of three items of 3 bytes, rows exchanged, items reversed.
  CopyBlock(to + 9, {-9, 3}, from + 6, {9, -3}, {2, 3}, 3);
  EXPECT_STREQ(to, "pqrmnojklghidefabc");
}

TEST(CopyTest, KeepsTheBitsOfNaNs) {
  const uint32_t signalling = 0xFFA12345;
  float x = 0, y = 0;
  memcpy(&x, &signalling, 4);
  CopyElements(*ArrayView::Create(&x, {}), *MutableArrayView::Create(&y, {}));
  uint32_t bits;
  memcpy(&bits, &y, 4);
  EXPECT_EQ(bits, signalling);
}

TEST(CopyTest, CopyOfStoresZeroStridesOnce) {
  for (const test::LayoutCase& layout : test::AllLayouts()) {
    SCOPED_TRACE(layout.name);
    test::LayoutBuffer source(layout, DType::kFloat32);
    const ArrayCopy copy = *CopyOf(source.view());
    EXPECT_EQ(copy.view.shape(), source.view().shape());
    EXPECT_EQ(test::ToVector<float>(copy.view), test::ToVector<float>(source.view()));
    EXPECT_FALSE(MayOverlap(copy.view, source.view()));
    int64_t stored = 1;
    for (const auto& axis : layout.axes) stored *= axis.step == 0 && axis.extent > 1 ? 1 : axis.extent;
    EXPECT_EQ(copy.storage.size(), stored);
  }
}

TEST(CopyTest, ReportsMissingMemory) {
  Allocator::Global().FailAllocationForTesting(1);
  EXPECT_EQ(CopyOf(std::vector<float>{1, 2}).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace raptors
