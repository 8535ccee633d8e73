// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/loop_nest.h"

#include <stdint.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using ::raptors::test::LayoutBuffer;
using ::raptors::test::LayoutCase;

// Where each element of the output comes from: address of the output's element -> addresses of the inputs'.
using Pairs = std::map<const char*, std::vector<const char*>>;

Pairs ByIndex(const MutableArrayView& out, const std::vector<ArrayView>& inputs) {
  Pairs pairs;
  test::ForEachIndex(out.shape(), [&](auto index) {
    auto& from = pairs[static_cast<const char*>(out.data()) + test::OffsetOf(out, index)];
    for (const ArrayView& in : inputs) from.push_back(static_cast<const char*>(in.data()) + test::OffsetOf(in, index));
  });
  return pairs;
}

void AddCall(const KernelArgs& args, int operands, Pairs* pairs) {
  ASSERT_GE(args.extent[0], 1);
  ASSERT_GE(args.extent[1], 1);
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    for (int64_t col = 0; col < args.extent[1]; ++col) {
      const auto at = [&](int k) { return args.ptr[k] + row * args.stride[k][0] + col * args.stride[k][1]; };
      std::vector<const char*>& from = (*pairs)[at(0)];
      ASSERT_TRUE(from.empty()) << "an element is computed twice";
      for (int k = 1; k < operands; ++k) from.push_back(at(k));
    }
  }
}

Pairs ByNest(const LoopNest& nest) {
  Pairs pairs;
  int64_t calls = 0;
  nest.ForEach([&](const KernelArgs& args) {
    ++calls;
    AddCall(args, nest.operands(), &pairs);
  });
  EXPECT_EQ(calls, nest.calls());
  return pairs;
}

// "2x3[4] outer(5)" and the layout's name.
std::string Describe(const LoopNest& nest) {
  std::string text = absl::StrCat(nest.args().extent[0], "x", nest.args().extent[1], " ", Name(nest.layout()));
  for (const auto& axis : nest.outer()) absl::StrAppend(&text, " outer ", axis.extent);
  return text;
}

TEST(LoopNestTest, EveryPairOfLayoutsVisitsEveryElementOnce) {
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{}, {1}, {0}, {9}, {5, 3}, {4, 1, 3}, {2, 3, 4}, {2, 3, 1, 4}}) {
    for (const LayoutCase& to : test::LayoutsOf(shape)) {
      if (to.HasZeroStride()) continue;
      LayoutBuffer out(to, DType::kFloat32);
      for (const LayoutCase& from : test::LayoutsOf(shape)) {
        LayoutBuffer in(from, DType::kFloat32);
        for (const auto order : {LoopNest::Order::kBest, LoopNest::Order::kOutput}) {
          const LoopNest nest = LoopNest::Make(out.out(), absl::MakeConstSpan({in.view()}), order);
          ASSERT_EQ(ByNest(nest), ByIndex(out.out(), {in.view()})) << to.name << " from " << from.name;
          if (nest.size() > 0) {
            ASSERT_EQ(nest.layout(), Classify(nest.args(), 2, 4)) << to.name << " from " << from.name;
            if (nest.args().extent[1] == 1) {
              ASSERT_EQ(nest.size(), 1);
            }
          }
        }
      }
    }
  }
}

TEST(LoopNestTest, ThreeInputsAndHighRank) {
  const std::vector<int64_t> shape = {2, 1, 2, 3, 2, 1, 2, 2, 2, 3};
  const auto layouts = test::LayoutsOf(shape);
  for (size_t i = 0; i + 3 < layouts.size(); ++i) {
    LayoutBuffer out(layouts[i].Output(), DType::kFloat64);
    LayoutBuffer x(layouts[i + 1], DType::kFloat64), y(layouts[i + 2], DType::kFloat64),
        z(layouts[i + 3], DType::kFloat64);
    const LoopNest nest = LoopNest::Make(out.out(), x.view(), y.view(), z.view());
    EXPECT_EQ(nest.operands(), 4);
    ASSERT_EQ(ByNest(nest), ByIndex(out.out(), {x.view(), y.view(), z.view()})) << layouts[i].name;
  }
}

TEST(LoopNestTest, OutputOrderAscends) {
  for (const LayoutCase& layout : test::AllLayouts()) {
    if (layout.HasZeroStride()) continue;
    SCOPED_TRACE(layout.name);
    LayoutBuffer out(layout, DType::kFloat32), in(test::LayoutsOf(layout.Shape())[0], DType::kFloat32);
    const LoopNest nest = LoopNest::Make(out.out(), absl::MakeConstSpan({in.view()}), LoopNest::Order::kOutput);
    const char* last = nullptr;
    nest.ForEach([&](const KernelArgs& args) {
      for (int64_t row = 0; row < args.extent[0]; ++row) {
        for (int64_t col = 0; col < args.extent[1]; ++col) {
          const char* const at = args.ptr[0] + row * args.stride[0][0] + col * args.stride[0][1];
          ASSERT_GT(at, last);
          last = at;
        }
      }
    });
  }
}

TEST(LoopNestTest, ShapesOfNests) {
  std::vector<float> x(10000), y(10000);
  using S = std::vector<int64_t>;
  const auto plan = [&](S shape, S to, S from) {
    return Describe(LoopNest::Make(*MutableArrayView::Create(y.data() + 5000, shape, to),
                                   *ArrayView::Create(x.data() + 5000, shape, from)));
  };
  EXPECT_EQ(plan({10, 20}, {80, 4}, {80, 4}), "1x200 contiguous");
  EXPECT_EQ(plan({10, 20}, {4, 40}, {4, 40}), "1x200 contiguous");      // both Fortran
  EXPECT_EQ(plan({10, 20}, {-80, -4}, {-80, -4}), "1x200 contiguous");  // both reversed
  EXPECT_EQ(plan({10, 20}, {80, 4}, {0, 0}), "1x200 contiguous");       // a broadcast scalar
  EXPECT_EQ(plan({10, 20}, {100, 4}, {80, 4}), "10x20 rows");
  EXPECT_EQ(plan({10, 20}, {80, 4}, {0, 4}), "10x20 rows");  // a broadcast row
  EXPECT_EQ(plan({10, 20}, {80, 4}, {4, 0}), "10x20 rows");  // a broadcast column
  EXPECT_EQ(plan({10, 20}, {80, 4}, {4, 40}), "10x20 transposed");
  EXPECT_EQ(plan({10, 20}, {4, 40}, {80, 4}), "20x10 transposed");
  EXPECT_EQ(plan({100, 3}, {16, 4}, {12, 4}), "100x3 narrow");
  EXPECT_EQ(plan({100}, {8}, {4}), "1x100 strided");
  EXPECT_EQ(plan({100}, {4}, {-4}), "1x100 strided");
  EXPECT_EQ(plan({10, 20}, {160, 8}, {160, 8}), "1x200 strided");
  EXPECT_EQ(plan({1, 1}, {0, 0}, {0, 0}), "1x1 contiguous");
  EXPECT_EQ(plan({5, 1, 6}, {24, 999, 4}, {24, 0, 4}), "1x30 contiguous");
  EXPECT_EQ(plan({4, 5, 9}, {400, 40, 4}, {400, 40, 4}), "5x9 rows outer 4");
  // The kernel gets both contiguous axes, also when they are not neighbours.
  EXPECT_EQ(plan({4, 5, 6}, {120, 24, 4}, {4, 16, 80}), "4x6 transposed outer 5");
  EXPECT_EQ(plan({4, 5, 6}, {120, 24, 4}, {24, 4, 96}), "5x6 transposed outer 4");
}

TEST(LoopNestTest, ShapesOfBroadcastingNests) {
  std::vector<float> x(10000), y(10000), out(10000);
  using S = std::vector<int64_t>;
  const auto plan = [&](S shape, S to, S a, S b) {
    return Describe(LoopNest::Make(*MutableArrayView::Create(out.data(), shape, to),
                                   *ArrayView::Create(x.data(), shape, a), *ArrayView::Create(y.data(), shape, b)));
  };
  const S c = {80, 4}, f = {4, 40};
  EXPECT_EQ(plan({10, 20}, c, c, {0, 4}), "10x20 rows");
  EXPECT_EQ(plan({10, 20}, c, {4, 0}, c), "10x20 rows");
  EXPECT_EQ(plan({10, 20}, c, {4, 0}, {0, 4}), "10x20 rows");  // an outer product
  EXPECT_EQ(plan({10, 20}, f, {4, 0}, {0, 4}), "20x10 rows");
  EXPECT_EQ(plan({10, 20}, c, c, {0, 0}), "1x200 contiguous");
  EXPECT_EQ(plan({10, 20}, c, c, f), "10x20 transposed");
  EXPECT_EQ(plan({10, 20}, c, f, f), "10x20 transposed");
  EXPECT_EQ(plan({10, 20}, f, f, c), "20x10 transposed");
  EXPECT_EQ(plan({10, 20}, c, {4, 0}, f), "10x20 transposed");
  EXPECT_EQ(plan({10, 20}, c, {0, 4}, f), "10x20 transposed");
  EXPECT_EQ(plan({100, 3}, {12, 4}, {12, 4}, {0, 4}), "100x3 narrow");
  EXPECT_EQ(plan({3, 100}, {400, 4}, {400, 4}, {4, 0}), "3x100 rows");
  // Three axes: a leading one, a middle one or the last one is shared.
  const S c3 = {720, 36, 4};
  EXPECT_EQ(plan({9, 20, 9}, c3, c3, {0, 36, 4}), "9x180 rows");
  EXPECT_EQ(plan({9, 20, 9}, c3, c3, {36, 0, 4}), "20x9 rows outer 9");
  EXPECT_EQ(plan({9, 20, 9}, c3, c3, {80, 4, 0}), "180x9 rows");
  EXPECT_EQ(plan({9, 20, 9}, c3, {0, 0, 4}, c3), "180x9 rows");
  EXPECT_EQ(plan({9, 20, 9}, c3, {36, 0, 4}, {0, 4, 0}), "20x9 rows outer 9");
  // Blocks of a few elements are not worth a call each.
  EXPECT_EQ(plan({200, 3, 3}, {36, 12, 4}, {12, 4, 0}, {0, 12, 4}), "200x3 narrow outer 3");
  EXPECT_EQ(plan({10, 3, 3}, {36, 12, 4}, {12, 4, 0}, {0, 12, 4}), "3x3 narrow outer 10");
  EXPECT_EQ(plan({200, 3, 3}, {36, 12, 4}, {36, 4, 12}, {36, 12, 4}), "200x3 strided outer 3");
}

TEST(LoopNestTest, BroadcastOperandsVisitEveryElementOnce) {
  std::vector<float> memory(3 * 4 * 70 * 3);
  const std::vector<int64_t> shape = {3, 4, 70, 3}, dense = {3360, 840, 12, 4};
  const auto out = *MutableArrayView::Create(memory.data(), shape, dense);
  for (int a = 0; a < 16; ++a) {
    for (int b = 0; b < 16; ++b) {
      std::vector<int64_t> x = dense, y = {4, 12, 48, 3360};
      for (int axis = 0; axis < 4; ++axis) {
        if ((a >> axis) & 1) x[axis] = 0;
        if ((b >> axis) & 1) y[axis] = 0;
      }
      const auto from_x = *ArrayView::Create(memory.data(), shape, x);
      const auto from_y = *ArrayView::Create(memory.data(), shape, y);
      const LoopNest nest = LoopNest::Make(out, from_x, from_y);
      ASSERT_EQ(ByNest(nest), ByIndex(out, {from_x, from_y})) << a << " " << b;
      ASSERT_EQ(nest.layout(), Classify(nest.args(), 3, 4)) << a << " " << b;
    }
  }
}

TEST(LoopNestTest, OutputStridesAreMadePositive) {
  std::vector<float> x(30), y(30);
  const MutableArrayView out = *MutableArrayView(y).Reversed(0);
  const LoopNest nest = LoopNest::Make(out, ArrayView(x));
  EXPECT_EQ(nest.args().ptr[0], reinterpret_cast<char*>(y.data()));
  EXPECT_EQ(nest.args().ptr[1], reinterpret_cast<char*>(x.data() + 29));
  EXPECT_EQ(nest.args().stride[0][1], 4);
  EXPECT_EQ(nest.args().stride[1][1], -4);
}

TEST(LoopNestTest, ScalarsReachEveryCall) {
  std::vector<float> x(100), y(100);
  const auto in = *ArrayView::Create(x.data(), {3, 2, 4}, {128, 48, 8});
  const auto out = *MutableArrayView::Create(y.data(), {3, 2, 4}, {128, 48, 4});
  LoopNest nest = LoopNest::Make(out, in);
  nest.args().scalar[0].f32 = 7;
  nest.args().stream = true;
  EXPECT_EQ(nest.calls(), 3);
  nest.ForEach([](const KernelArgs& args) {
    EXPECT_EQ(args.scalar[0].f32, 7);
    EXPECT_TRUE(args.stream);
  });
}

TEST(LoopNestTest, EmptyRunsNothing) {
  std::vector<float> x(10);
  const auto in = *ArrayView::Create(x.data(), {2, 0, 3}, {4, 4, 4});
  const auto out = *MutableArrayView::Create(x.data(), {2, 0, 3}, {8, 4, 4});
  const LoopNest nest = LoopNest::Make(out, in);
  EXPECT_EQ(nest.size(), 0);
  EXPECT_EQ(nest.calls(), 0);
  nest.ForEach([](const KernelArgs&) { FAIL(); });
}

}  // namespace
}  // namespace raptors
