// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Values: every layout, set of axes, ISA, thread count and alignment gives the bits of docs/reductions.md.

#include "raptors/ops/reduce.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/reduce_testing.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/guard_page.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reduce_reference.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::AllLayouts;
using test::Bytes;
using test::BytesOf;
using test::FillRandom;
using test::GuardedBuffer;
using test::kAxisOps;
using test::LayoutBuffer;
using test::LayoutCase;
using test::MakeLayout;
using test::RandomCase;
using test::Reduce;
using test::ReferenceBytes;

constexpr double kNever = std::numeric_limits<double>::infinity();

metrics::Choice LastChoice() {
  metrics::Choice choice;
  EXPECT_TRUE(metrics::LastDecision(&choice));
  return choice;
}

class EveryIsaTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(EveryIsaTest);

// Every layout and every set of axes, the dtypes and keepdims in turn.
TEST_P(EveryIsaTest, EveryLayoutAndSetOfAxes) {
  int64_t calls = 0;
  uint64_t seed = 0;
  for (const LayoutCase& layout : AllLayouts()) {
    const DType dtype = kAllDTypes[seed % kNumDTypes];
    const RandomCase c(layout, dtype, ++seed);
    SCOPED_TRACE(c.x.DebugString());
    const uint64_t sets = uint64_t{1} << c.x.ndim();
    for (uint64_t set = 0; set < sets; set += sets > 32 ? 53 : 1) {
      for (const Op op : kAxisOps) {
        const bool keepdims = ++calls % 2 == 0;
        const ReduceOptions options = {test::AxesOf(set), keepdims};
        const absl::StatusOr<Array> got = Reduce(op, c.x, options);
        if ((op == Op::kMin || op == Op::kMax) && c.x.empty()) {
          EXPECT_EQ(got.ok(), got.ok() && got->size() == 0);
          continue;
        }
        ASSERT_TRUE(got.ok()) << got.status();
        ASSERT_EQ(BytesOf(got->view()), ReferenceBytes(op, c.x, set)) << Name(op) << " of axes " << set;
        if (c.x.size() > 0) {
          ASSERT_TRUE(RanHere());
        }
      }
    }
  }
  EXPECT_GT(calls, 5000);
}

// Shapes of several blocks, with gaps, steps and orders of axes: cut for every thread count, the bits stay.
std::vector<LayoutCase> LargeLayouts() {
  return {
      MakeLayout({{8191}}, {0}, "below_a_block"),
      MakeLayout({{8193}}, {0}, "above_a_block"),
      MakeLayout({{70001}}, {0}, "vector"),
      MakeLayout({{40000, 3}}, {0}, "step3"),
      MakeLayout({{30000, -1}}, {0}, "back"),
      MakeLayout({{30000, 1, 1}}, {0}, "odd"),
      MakeLayout({{20011}, {3}}, {0, 1}, "narrow3"),
      MakeLayout({{3}, {20011}}, {0, 1}, "three_rows"),
      MakeLayout({{33000}, {2}}, {0, 1}, "narrow2"),
      MakeLayout({{17000}, {7}}, {0, 1}, "narrow7"),
      MakeLayout({{20000}, {1}, {3, 2}}, {0, 1, 2}, "narrow3_step2"),
      MakeLayout({{9}, {16411}}, {1, 0}, "wide9_transposed"),
      MakeLayout({{1030}, {65, 1, 5}}, {0, 1}, "rows_odd"),
      MakeLayout({{600}, {70}}, {0, 1}, "wide"),
      MakeLayout({{259, 2}, {130, -1}}, {0, 1}, "wide_back"),
      MakeLayout({{5}, {700}, {6}}, {0, 1, 2}, "three_axes"),
      MakeLayout({{5}, {700}, {6}}, {1, 2, 0}, "three_axes_turned"),
      MakeLayout({{4, 1, 64}, {130, 0}, {33}}, {0, 1, 2}, "broadcast"),
      MakeLayout({{12}, {11}, {10}, {9}}, {2, 0, 3, 1}, "four_axes"),
      MakeLayout({{520}, {300}}, {0, 1}, "wider"),  // more columns than are combined at a time
  };
}

TEST_P(EveryIsaTest, ThreadsDoNotMatter) {
  const context::Scope profile = test::EagerProfile(kNever);
  uint64_t seed = 100;
  int parallel = 0;
  for (const LayoutCase& layout : LargeLayouts()) {
    ++seed;
    const RandomCase c(layout, seed % 2 == 0 ? DType::kFloat32 : DType::kFloat64, seed);  // integers have no order
    SCOPED_TRACE(c.name);
    for (uint64_t set = 0; set < uint64_t{1} << c.x.ndim(); ++set) {
      for (const Op op : {Op::kSum, set % 2 == 0 ? Op::kMean : Op::kMax}) {
        const Bytes want = ReferenceBytes(op, c.x, set);
        for (const int threads : {1, 2, 3, 4, 7, 16}) {
          if (test::IsEmulated() && threads != 3 && threads != 16) continue;
          const absl::StatusOr<Array> got = Reduce(op, c.x, {test::AxesOf(set), false, threads});
          ASSERT_TRUE(got.ok()) << got.status();
          ASSERT_EQ(BytesOf(got->view()), want) << Name(op) << " of axes " << set << " on " << threads;
          ASSERT_TRUE(RanHere());
          parallel += LastChoice().threads > 1;
        }
      }
    }
  }
  EXPECT_GT(parallel, test::IsEmulated() ? 120 : 300);
}

TEST_P(EveryIsaTest, EveryThreadCount) {
  const context::Scope profile = test::EagerProfile(kNever);
  for (const LayoutCase& layout : {LargeLayouts()[2], LargeLayouts()[6], LargeLayouts()[13]}) {
    const RandomCase c(layout, DType::kFloat32, 7);
    for (uint64_t set = 1; set < uint64_t{1} << c.x.ndim(); ++set) {
      const Bytes want = ReferenceBytes(Op::kSum, c.x, set);
      for (int threads = 1; threads <= 16; ++threads) {
        const absl::StatusOr<Array> got = Sum(c.x, {test::AxesOf(set), true, threads});
        ASSERT_TRUE(got.ok()) << got.status();
        ASSERT_EQ(BytesOf(got->view()), want) << c.name << " axes " << set << " on " << threads;
      }
    }
  }
}

// Into outputs of any layout, and nothing beside them is written.
TEST_P(EveryIsaTest, OutputsOfAnyLayout) {
  int outputs = 0;
  const RandomCase c(MakeLayout({{13}, {17}, {140}}, {0, 1, 2}, "x"), DType::kFloat64, 5);
  for (uint64_t set = 0; set < 8; ++set) {
    for (const bool keepdims : {false, true}) {
      std::vector<int64_t> shape;
      for (int axis = 0; axis < 3; ++axis) {
        const bool gone = (set >> axis) & 1;
        if (!gone || keepdims) shape.push_back(gone ? 1 : c.x.shape(axis));
      }
      for (const Op op : {Op::kMean, Op::kMin}) {
        const Bytes want = ReferenceBytes(op, c.x, set);
        for (const LayoutCase& layout : test::LayoutsOf(shape)) {
          if (layout.HasZeroStride() || layout.axes.empty()) continue;
          const LayoutBuffer out(layout, DType::kFloat64);
          const absl::Status status = Reduce(op, c.x, out.out(), {test::AxesOf(set), keepdims});
          ASSERT_TRUE(status.ok()) << status;
          ASSERT_EQ(BytesOf(out.view()), want) << layout.name;
          ASSERT_TRUE(out.GapsIntact()) << layout.name;
          ++outputs;
        }
      }
    }
  }
  EXPECT_GT(outputs, 200);
}

// Results depend neither on the address nor on the gaps between rows.
TEST_P(EveryIsaTest, AlignmentDoesNotMatter) {
  for (const std::vector<LayoutCase::Axis>& axes :
       {std::vector<LayoutCase::Axis>{{1000}}, {{70}, {3}}, {{3}, {70}}, {{140}, {33}}}) {
    std::vector<int> order = {0};
    if (axes.size() == 2) order.push_back(1);
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      for (int64_t offset = 0; offset < 16; ++offset) {
        LayoutCase layout = MakeLayout(axes, order, "misaligned");
        layout.misalign = offset;
        const RandomCase c(layout, dtype, 3);
        for (uint64_t set = 1; set < uint64_t{1} << axes.size(); ++set) {
          const absl::StatusOr<Array> got = Sum(c.x, {test::AxesOf(set)});
          ASSERT_TRUE(got.ok());
          ASSERT_EQ(BytesOf(got->view()), ReferenceBytes(Op::kSum, c.x, set)) << offset;
        }
      }
    }
  }
}

// A row-sliced view of a matrix has the bits of its copy, and a transposed one those of the original.
TEST_P(EveryIsaTest, LayoutsAgreeWithOneAnother) {
  for (const int64_t rows : {1, 3, 129, 260}) {
    for (const int64_t cols : {1, 2, 3, 8, 31, 64, 257}) {
      std::vector<float> values(rows * (cols + 5)), dense;
      const absl::StatusOr<ArrayView> sliced = ArrayView::Matrix(values.data(), rows, cols, 4 * (cols + 5));
      ASSERT_TRUE(sliced.ok());
      FillRandom(*sliced, static_cast<uint64_t>(rows * 1000 + cols));
      dense = test::ToVector<float>(*sliced);
      const absl::StatusOr<ArrayView> copy = ArrayView::Matrix(dense.data(), rows, cols);
      ASSERT_TRUE(copy.ok());
      for (const Axes& axes : {Axes(), Axes(0), Axes(1)}) {
        const absl::StatusOr<Array> a = Sum(*sliced, {axes}), b = Sum(*copy, {axes});
        const absl::StatusOr<Array> t = Sum(copy->Transposed(), {axes.all() ? axes : Axes(1 - axes.numbers()[0])});
        ASSERT_TRUE(a.ok() && b.ok() && t.ok());
        EXPECT_EQ(BytesOf(a->view()), BytesOf(b->view()));
        EXPECT_EQ(BytesOf(t->view()), BytesOf(b->view()));
      }
    }
  }
}

// Reads stay between guard pages.
TEST_P(EveryIsaTest, GuardPages) {
  for (int64_t n = 1; n <= 1025; n += n < 140 ? 1 : 59) {
    for (const auto flush : {GuardedBuffer::Flush::kStart, GuardedBuffer::Flush::kEnd}) {
      GuardedBuffer memory(n * 8, flush);
      for (const DType dtype : {DType::kFloat64, DType::kInt32}) {
        const int64_t count = n * 8 / ItemSize(dtype);
        for (const int64_t cols : {count, int64_t{1}, int64_t{3}, int64_t{17}}) {
          const absl::StatusOr<ArrayView> x = ArrayView::Create(dtype, memory.data(), {count / cols, cols});
          ASSERT_TRUE(x.ok());
          if (x->empty()) continue;
          FillRandom(*x, static_cast<uint64_t>(n));
          for (const Axes& axes : {Axes(), Axes(0), Axes(1)}) {
            ASSERT_TRUE(Sum(*x, {axes}).ok());
            ASSERT_TRUE(Max(*x, {axes}).ok());
            ASSERT_TRUE(Sum(x->Transposed(), {axes}).ok());
          }
        }
      }
      EXPECT_TRUE(memory.SlackIntact());
    }
  }
}

// ---- special values

template <typename T>
std::vector<T> Values(std::initializer_list<double> values) {
  std::vector<T> result;
  for (const double v : values) result.push_back(static_cast<T>(v));
  return result;
}

TEST_P(EveryIsaTest, NanAndInfinityInEveryLane) {
  using L = std::numeric_limits<float>;
  for (int64_t n = 1; n < 300; n += n < 70 ? 1 : 37) {
    for (int64_t at = 0; at < n; at += n < 70 ? 1 : 13) {
      std::vector<float> x(n, 1.0f);
      x[at] = L::quiet_NaN();
      for (const Op op : kAxisOps) {
        const absl::StatusOr<Array> got = Reduce(op, x, {});
        ASSERT_TRUE(got.ok());
        ASSERT_TRUE(std::isnan(*got->data<float>())) << Name(op) << " " << n << " " << at;
      }
      x[at] = -L::infinity();
      ASSERT_EQ(*Sum<float>(x), -L::infinity());
      ASSERT_EQ(*Min<float>(x), -L::infinity());
      ASSERT_EQ(*Max<float>(x), n == 1 ? -L::infinity() : 1.0f);
      x[(at + 1) % n] = n == 1 ? x[0] : L::infinity();
      if (n > 1) {
        ASSERT_TRUE(std::isnan(*Sum<float>(x)));
        ASSERT_EQ(*Max<float>(x), L::infinity());
      }
    }
  }
}

TEST_P(EveryIsaTest, SignsOfZeros) {
  for (int64_t n = 1; n < 200; n += 3) {
    std::vector<double> x(n, -0.0);
    EXPECT_FALSE(std::signbit(*Sum<double>(x)));
    EXPECT_FALSE(std::signbit(*Mean<double>(x)));
    EXPECT_TRUE(std::signbit(*Max<double>(x)));
    EXPECT_TRUE(std::signbit(*Min<double>(x)));
    x[n / 2] = 0.0;
    EXPECT_FALSE(std::signbit(*Max<double>(x)));
    EXPECT_EQ(std::signbit(*Min<double>(x)), n > 1);
  }
}

TEST_P(EveryIsaTest, Integers) {
  const std::vector<int32_t> big(100000, std::numeric_limits<int32_t>::max());
  EXPECT_EQ(*Sum<int64_t>(big), int64_t{100000} * std::numeric_limits<int32_t>::max());
  EXPECT_EQ(*Mean<double>(big), std::numeric_limits<int32_t>::max());
  const std::vector<int64_t> wrapping = {std::numeric_limits<int64_t>::max(), 1};
  EXPECT_EQ(*Sum<int64_t>(wrapping), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(*Max<int64_t>(wrapping), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(*Mean<double>(wrapping), 0x1p62);
  EXPECT_EQ(*Mean<double>(std::vector<int64_t>(1000, int64_t{1} << 62)), 0x1p62);
  const std::vector<int32_t> some = {5, -7, 3};
  EXPECT_EQ(*Min<int32_t>(some), -7);
  EXPECT_EQ(*Mean<double>(some), 1.0 / 3);
}

TEST(EmptyAndPlain, FollowNumPy) {
  std::vector<float> none;
  EXPECT_EQ(*Sum<float>(none), 0.0f);
  EXPECT_FALSE(std::signbit(*Sum<float>(none)));
  EXPECT_EQ(LastChoice().reason, Reason::kEmpty);
  EXPECT_TRUE(std::isnan(*Mean<float>(none)));
  EXPECT_EQ(*Dot(none, none), 0.0);
  EXPECT_EQ(*Nrm2(none), 0.0);
  EXPECT_EQ(*Asum(none), 0.0);
  EXPECT_EQ(*Sum<int64_t>(std::vector<int32_t>()), 0);
  EXPECT_TRUE(std::isnan(*Mean<double>(std::vector<int64_t>())));

  const absl::StatusOr<ArrayView> x = ArrayView::Create(none.data(), {0, 3});
  ASSERT_TRUE(x.ok());
  EXPECT_EQ(BytesOf(Sum(*x, {0})->view()), BytesOf(std::vector<float>(3, 0.0f)));
  EXPECT_EQ(BytesOf(Mean(*x, {0})->view()), BytesOf(std::vector<float>(3, std::numeric_limits<float>::quiet_NaN())));
  EXPECT_EQ(Sum(*x, {1})->size(), 0);
  EXPECT_EQ(Min(*x, {1})->size(), 0);
  // Without an element to look at there is no least one, not even of no results.
  const absl::StatusOr<ArrayView> nothing = ArrayView::Create(none.data(), {0, 0, 2});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(Min(*nothing, {0}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Max(*nothing, {{1, 2}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Max(*nothing, {2})->shape(), (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(Min(*x, {{1}, true})->shape(), (std::vector<int64_t>{0, 1}));
  // A strided output is filled where it has elements and nowhere else.
  std::vector<double> strided(5, 7.0);
  const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(strided.data(), {3}, {16});
  std::vector<double> empty;
  ASSERT_TRUE(Sum(*ArrayView::Create(empty.data(), {0, 3}), *out, {0}).ok());
  EXPECT_EQ(strided, (std::vector<double>{0, 7, 0, 7, 0}));

  const float one = -0.0f;
  const absl::StatusOr<ArrayView> scalar = ArrayView::Create(&one, absl::Span<const int64_t>());
  ASSERT_TRUE(scalar.ok());
  EXPECT_FALSE(std::signbit(*Sum<float>(*scalar)));
  EXPECT_TRUE(std::signbit(*Max<float>(*scalar)));
  EXPECT_EQ(Mean(*scalar)->ndim(), 0);
  EXPECT_EQ(Mean(*scalar, {Axes::None(), true})->ndim(), 0);
}

TEST(ResultShapes, AxesAndKeepdims) {
  std::vector<float> v(24, 1.0f);
  const absl::StatusOr<ArrayView> x = ArrayView::Create(v.data(), {2, 3, 4});
  ASSERT_TRUE(x.ok());
  const auto shape = [&](const ReduceOptions& options) {
    const absl::StatusOr<Array> sum = Sum(*x, options);
    EXPECT_TRUE(sum.ok()) << sum.status();
    const float total = *Sum<float>(sum->view());
    EXPECT_EQ(total, 24.0f);
    return std::vector<int64_t>(sum->shape().begin(), sum->shape().end());
  };
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(shape({}), Shape());
  EXPECT_EQ(shape({{}, true}), (Shape{1, 1, 1}));
  EXPECT_EQ(shape({0}), (Shape{3, 4}));
  EXPECT_EQ(shape({-1}), (Shape{2, 3}));
  EXPECT_EQ(shape({{0, 2}}), (Shape{3}));
  EXPECT_EQ(shape({{-1, 0}, true}), (Shape{1, 3, 1}));
  EXPECT_EQ(shape({Axes::None()}), (Shape{2, 3, 4}));
  EXPECT_EQ(shape({absl::Span<const int>()}), (Shape{2, 3, 4}));
  EXPECT_EQ(shape({std::vector<int>{1}}), (Shape{2, 4}));
}

}  // namespace
}  // namespace raptors
