// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/array.h"

#include <stdint.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

std::vector<int64_t> Strides(const Array& array) { return {array.strides().begin(), array.strides().end()}; }

TEST(ArrayTest, CreateAndZeros) {
  for (const DType dtype : kAllDTypes) {
    Array array = *Array::Zeros(dtype, {3, 5});
    EXPECT_EQ(array.dtype(), dtype);
    EXPECT_EQ(array.size(), 15);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data()) % 64, 0u);
    EXPECT_TRUE(array.view().IsContiguous());
    const char* const bytes = static_cast<const char*>(array.data());
    for (int64_t i = 0; i < 15 * ItemSize(dtype); ++i) EXPECT_EQ(bytes[i], 0);
  }
  EXPECT_EQ(Array::Create(DType::kFloat32, {})->size(), 1);
  EXPECT_EQ(Array::Create(DType::kFloat32, {0, 3})->size(), 0);
  EXPECT_TRUE(Array().view().empty());
}

TEST(ArrayTest, TypedDataIsChecked) {
  Array array = *Array::Zeros(DType::kFloat64, {2});
  array.data<double>()[1] = 5;
  EXPECT_EQ(test::Load<double>(array.view(), {1}), 5);
  EXPECT_EQ(array.data<float>(), nullptr);
  EXPECT_EQ(array.mutable_view().data(), array.data());
}

TEST(ArrayTest, MovesOwnership) {
  Array a = *Array::Zeros(DType::kFloat32, {4});
  const void* const data = a.data();
  Array b = std::move(a);
  EXPECT_EQ(b.data(), data);
  EXPECT_EQ(b.size(), 4);
  EXPECT_EQ(a.data(), nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(a.view().empty());
  a = *Array::Zeros(DType::kFloat32, {2});
  a = std::move(b);
  EXPECT_EQ(a.data(), data);
  Array& self = a;
  a = std::move(self);
  EXPECT_EQ(a.size(), 4);
}

TEST(ArrayTest, GivesItsMemoryBack) {
  const int64_t before = MemoryStats().bytes_in_use;
  {
    Array a = *Array::Create(DType::kFloat32, {1000});
    EXPECT_GE(MemoryStats().bytes_in_use, before + 4000);
    Array b = std::move(a);
    b = *Array::Create(DType::kFloat32, {10});
  }
  EXPECT_EQ(MemoryStats().bytes_in_use, before);
}

TEST(ArrayTest, Errors) {
  EXPECT_EQ(Array::Create(DType::kFloat32, {2, -1}).status().message(),
            "shape: got (2, -1); expected extents of at least 0");
  const absl::Status huge = Array::Create(DType::kFloat64, {int64_t{1} << 58}).status();
  EXPECT_EQ(huge.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(huge.message(),
            "not enough memory for 2305843009213693952 bytes (float64 array of shape (288230376151711744,))");
  Allocator::Global().FailAllocationForTesting(1);
  EXPECT_EQ(Array::Zeros(DType::kFloat32, {3}).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Array::Zeros(DType::kFloat32, {3}).ok());
}

TEST(ArrayTest, EmptyLikeKeepsTheMemoryOrder) {
  std::vector<float> x(1000);
  const auto like = [&](std::vector<int64_t> shape, std::vector<int64_t> strides) {
    return Strides(*Array::EmptyLike(*ArrayView::Create(x.data() + 500, shape, strides)));
  };
  using S = std::vector<int64_t>;
  EXPECT_EQ(like({2, 3, 4}, {48, 16, 4}), (S{48, 16, 4}));  // C
  EXPECT_EQ(like({2, 3, 4}, {4, 8, 24}), (S{4, 8, 24}));    // Fortran
  EXPECT_EQ(like({2, 3, 4}, {16, 32, 4}), (S{16, 32, 4}));  // axes 1, 0, 2
  EXPECT_EQ(like({3, 4}, {-40, 8}), (S{16, 4}));            // gaps close, reversed axes turn
  EXPECT_EQ(like({3, 4}, {-8, -40}), (S{4, 12}));
  EXPECT_EQ(like({3, 4}, {0, 4}), (S{16, 4}));  // a stride of 0 orders nothing
  EXPECT_EQ(like({3, 4}, {4, 0}), (S{16, 4}));
  EXPECT_EQ(like({2, 3, 4}, {4, 0, 8}), (S{4, 32, 8}));  // as NumPy's iterator has it
  EXPECT_EQ(like({0, 4}, {4, 8}), (S{16, 4}));
  EXPECT_EQ(like({}, {}), S{});
}

TEST(ArrayTest, EmptyLikeEveryLayoutHasNoGapsAndItsShape) {
  for (const test::LayoutCase& layout : test::AllLayouts()) {
    SCOPED_TRACE(layout.name);
    test::LayoutBuffer x(layout, DType::kFloat64);
    const Array like = *Array::EmptyLike(x.view());
    EXPECT_EQ(like.shape(), x.view().shape());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(like.data()) % 64, 0u);
    const ByteRange range = *CheckedByteRange(like.shape(), like.strides(), 8);
    EXPECT_EQ(range.begin, 0);
    EXPECT_EQ(range.end, like.size() * 8);
    EXPECT_TRUE(StridesNest(like.shape(), like.strides(), 8));
  }
}

}  // namespace
}  // namespace raptors
