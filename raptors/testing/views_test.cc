// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/views.h"

#include <stdint.h>

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/array/overlap.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/testing/reference.h"

namespace raptors::test {
namespace {

TEST(LayoutsTest, EveryLayoutHoldsItsElements) {
  for (const DType dtype : kAllDTypes) {
    for (const LayoutCase& layout : AllLayouts()) {
      SCOPED_TRACE(layout.name);
      LayoutBuffer buffer(layout, dtype);
      const ArrayView view = buffer.view();
      EXPECT_EQ(std::vector<int64_t>(view.shape().begin(), view.shape().end()), layout.Shape());
      EXPECT_TRUE(buffer.GapsIntact());
      EXPECT_EQ(SelfOverlaps(view), layout.HasZeroStride() && !view.empty());
      if (layout.HasZeroStride()) continue;
      const auto expected = [](int64_t i) { return static_cast<double>(i % 251 + 1); };
      int64_t i = 0;
      const auto check = [&](const auto& values) {
        for (const auto value : values) EXPECT_EQ(static_cast<double>(value), expected(i++));
      };
      switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    check(ToVector<type>(view));  \
    break;
        RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
      }
      EXPECT_EQ(i, view.size());
    }
  }
}

TEST(LayoutsTest, CoverWhatTheyPromise) {
  std::set<std::string> names;
  bool negative = false, zero = false, odd = false, misaligned = false, step113 = false, empty = false, scalar = false;
  bool transposed = false, rank9 = false;
  for (const LayoutCase& layout : AllLayouts()) {
    EXPECT_TRUE(names.insert(layout.name).second) << layout.name;
    EXPECT_EQ(layout.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << layout.name;
    LayoutBuffer buffer(layout, DType::kFloat64);
    const ArrayView view = buffer.view();
    empty = empty || view.empty();
    scalar = scalar || view.ndim() == 0;
    rank9 = rank9 || view.ndim() == 9;
    misaligned = misaligned || reinterpret_cast<uintptr_t>(view.data()) % 8 == 7;
    transposed = transposed || (view.ndim() == 2 && view.shape(0) > 1 && view.stride(0) == 8 && view.stride(1) > 8);
    for (int axis = 0; axis < view.ndim(); ++axis) {
      negative = negative || view.stride(axis) == -16;
      zero = zero || (view.stride(axis) == 0 && view.shape(axis) > 1);
      odd = odd || view.stride(axis) == 9;
      step113 = step113 || view.stride(axis) == 113 * 8;
    }
  }
  EXPECT_TRUE(negative && zero && odd && misaligned && step113 && empty && scalar && transposed && rank9);
}

TEST(LayoutBufferTest, SeesAStoreIntoAGap) {
  LayoutCase layout = LayoutsOf({4})[0];
  layout.axes[0].step = 2;
  LayoutBuffer buffer(layout, DType::kFloat32);
  Store<float>(buffer.out(), {3}, 9);
  EXPECT_TRUE(buffer.GapsIntact());
  buffer.out().data<float>()[1] = 9;
  EXPECT_FALSE(buffer.GapsIntact());
}

TEST(ReferenceTest, MapAndAssignUseLogicalOrder) {
  float data[6] = {1, 2, 3, 4, 5, 6};
  const MutableArrayView transposed = MutableArrayView::Matrix(data, 2, 3)->Transposed();
  EXPECT_EQ(ToVector<float>(transposed), (std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(Map<float>([](float a, float b) { return a + 10 * b; }, transposed, transposed)[1], 44);
  Assign<float>(transposed, {10, 20, 30, 40, 50, 60});
  EXPECT_EQ(data[1], 30);
  EXPECT_EQ(data[3], 20);
}

}  // namespace
}  // namespace raptors::test
