// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduce_nest.h"

#include <vector>

#include "gtest/gtest.h"
#include "raptors/testing/reduce_plan.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::AllLayouts;
using test::ExpectedFolds;
using test::FakeMemory;
using test::FakeOutput;
using test::Folds;
using test::LayoutBuffer;
using test::LayoutCase;
using test::NoteFolds;

ArrayView Fake(DType dtype, Dims shape, Dims strides) {
  return internal::ViewBuilder::Make(FakeMemory(64), dtype, std::move(shape), std::move(strides));
}

// What a nest says, for literal comparison.
struct Summary {
  ReduceForm form;
  Layout layout;
  int lanes;
  int64_t kept;
  std::vector<int64_t> reduced;  // extents
  int64_t steps;

  friend bool operator==(const Summary& a, const Summary& b) {
    return a.form == b.form && a.layout == b.layout && a.lanes == b.lanes && a.kept == b.kept &&
           a.reduced == b.reduced && a.steps == b.steps;
  }
  friend std::ostream& operator<<(std::ostream& os, const Summary& s) {
    os << (s.form == ReduceForm::kColumns ? "columns " : "sequences ") << Name(s.layout) << " lanes " << s.lanes
       << " kept " << s.kept << " steps " << s.steps << " reduced";
    for (const int64_t extent : s.reduced) os << " " << extent;
    return os;
  }
};

Summary Summarize(const ArrayView& x, uint64_t reduced) {
  const ReduceNest nest = ReduceNest::Make(x, reduced, FakeOutput(x, reduced, false, x.dtype()));
  Summary s{nest.form(), nest.layout(), nest.Args(0).lanes, nest.Args(0).kept, {}, nest.steps()};
  for (const ReduceAxis& axis : nest.reduced_axes()) s.reduced.push_back(axis.extent);
  return s;
}

constexpr auto kSequences = ReduceForm::kSequences;
constexpr auto kColumns = ReduceForm::kColumns;

TEST(Form, ContiguousMatrix) {
  const ArrayView x = Fake(DType::kFloat32, {100, 200}, {800, 4});
  EXPECT_EQ(Summarize(x, 0b11), (Summary{kSequences, Layout::kContiguous, 0, 1, {20000}, 1}));
  EXPECT_EQ(Summarize(x, 0b10), (Summary{kSequences, Layout::kRows, 0, 100, {200}, 1}));
  EXPECT_EQ(Summarize(x, 0b01), (Summary{kColumns, Layout::kColumns, 0, 200, {100}, 1}));
  EXPECT_EQ(Summarize(x, 0), (Summary{kColumns, Layout::kColumns, 0, 20000, {1}, 1}));
  // The same memory transposed: the same reductions under other names.
  EXPECT_EQ(Summarize(x.Transposed(), 0b11), Summarize(x, 0b11));
  EXPECT_EQ(Summarize(x.Transposed(), 0b01), Summarize(x, 0b10));
  EXPECT_EQ(Summarize(x.Transposed(), 0b10), Summarize(x, 0b01));
}

TEST(Form, NarrowRowsHaveLanes) {
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {1000, 3}, {12, 4}), 0b01),
            (Summary{kColumns, Layout::kNarrow, 32, 3, {1000}, 1}));
  EXPECT_EQ(Summarize(Fake(DType::kFloat64, {1000, 2}, {16, 8}), 0b01),
            (Summary{kColumns, Layout::kNarrow, 16, 2, {1000}, 1}));
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {1000, 8}, {32, 4}), 0b01),
            (Summary{kColumns, Layout::kNarrow, 0, 8, {1000}, 1}));
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {1000, 3}, {12, 4}), 0b10),
            (Summary{kSequences, Layout::kNarrow, 0, 1000, {3}, 1}));
  // All trailing kept axes count, whether or not they can be merged: 3 * 3 elements of a 3 x 4 matrix.
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {1000, 3, 3}, {48, 16, 4}), 0b001),
            (Summary{kColumns, Layout::kNarrow, 0, 3, {1000}, 3}));
}

TEST(Form, AxesAreSortedByTheSizeOfTheStride) {
  // A reversed axis is not turned when it is reduced: its elements come last to first.
  const ArrayView back = Fake(DType::kFloat64, {10, 20}, {-160, -8});
  EXPECT_EQ(Summarize(back, 0b11), (Summary{kSequences, Layout::kStrided, 0, 1, {200}, 1}));
  EXPECT_EQ(ReduceNest::Make(back, 0b11, FakeOutput(back, 0b11, false, DType::kFloat64)).reduced_axes()[0].stride[0],
            -8);
  // Kept axes are.
  EXPECT_EQ(Summarize(back, 0b01), (Summary{kColumns, Layout::kColumns, 0, 20, {10}, 1}));
  // Zero strides keep their place: the last axis stays last.
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {10, 20}, {4, 0}), 0b01),
            (Summary{kColumns, Layout::kStrided, 0, 20, {10}, 1}));
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {10, 20, 30}, {4, 0, 40}), 0b001),
            (Summary{kSequences, Layout::kRows, 0, 20, {10}, 30}));
  // Equal strides keep their order.
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {10, 20}, {4, 4}), 0b10),
            (Summary{kSequences, Layout::kRows, 0, 10, {20}, 1}));
}

TEST(Form, GapsBetweenReducedAxes) {
  const ArrayView x = Fake(DType::kFloat32, {50, 60, 70}, {60 * 70 * 4, 280, 4});
  EXPECT_EQ(Summarize(x, 0b101), (Summary{kSequences, Layout::kRows, 0, 60, {50, 70}, 1}));
  EXPECT_EQ(Summarize(x, 0b010), (Summary{kColumns, Layout::kColumns, 0, 70, {60}, 50}));
  EXPECT_EQ(Summarize(x, 0b110), (Summary{kSequences, Layout::kRows, 0, 50, {4200}, 1}));
  EXPECT_EQ(Summarize(x, 0b011), (Summary{kColumns, Layout::kColumns, 0, 70, {3000}, 1}));
  const ArrayView rows = Fake(DType::kFloat32, {50, 60}, {512, 4});
  EXPECT_EQ(Summarize(rows, 0b11), (Summary{kSequences, Layout::kRows, 0, 1, {50, 60}, 1}));
}

// A broadcast axis between two kept ones that would merge without it: the kernel's columns stay within one row.
TEST(Form, KeptAxesDoNotMergeAcrossTheRow) {
  const ArrayView x = Fake(DType::kFloat32, {10, 5, 4}, {16, 0, 4});
  EXPECT_EQ(Summarize(x, 0b010), (Summary{kColumns, Layout::kNarrow, 16, 4, {5}, 10}));
}

TEST(Form, ShortInnermostAxesAreIterated) {
  // Pairs with a gap: 300 columns of every other element, twice, rather than 300 times two columns.
  const ArrayView x = Fake(DType::kFloat32, {1000, 300, 2}, {3600, 12, 4});
  EXPECT_EQ(Summarize(x, 0b001), (Summary{kColumns, Layout::kStrided, 0, 300, {1000}, 2}));
}

TEST(Form, PlainCases) {
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {}, {}), 0), (Summary{kSequences, Layout::kContiguous, 0, 1, {1}, 1}));
  EXPECT_EQ(Summarize(Fake(DType::kFloat32, {1, 1}, {8, 12}), 0b10),
            (Summary{kSequences, Layout::kContiguous, 0, 1, {1}, 1}));
  const ArrayView empty = Fake(DType::kFloat32, {0, 3}, {12, 4});
  const ReduceNest nest = ReduceNest::Make(empty, 0b01, FakeOutput(empty, 0b01, false, DType::kFloat32));
  EXPECT_EQ(nest.size(), 0);
  EXPECT_EQ(nest.outputs(), 3);
  EXPECT_EQ(nest.folded(), 0);
}

TEST(Inputs, TwoAreWalkedTogether) {
  const ArrayView x = Fake(DType::kFloat32, {1000}, {4}), y = Fake(DType::kFloat32, {1000}, {-8});
  const MutableArrayView out = FakeOutput(x, 1, false, DType::kFloat32);
  const ReduceNest strided = ReduceNest::MakeFull(x, y, out);
  EXPECT_EQ(strided.layout(), Layout::kStrided);
  EXPECT_EQ(strided.Args(0).axes[0].stride[0], 4);
  EXPECT_EQ(strided.Args(0).axes[0].stride[1], -8);
  EXPECT_EQ(strided.Args(0).end, 1000);
  EXPECT_EQ(ReduceNest::MakeFull(x, x, out).layout(), Layout::kContiguous);
  EXPECT_EQ(ReduceNest::MakeFull(y, x, out).layout(), Layout::kStrided);
}

// Every layout and every set of axes: each output gets its elements, in the order of the specification.
TEST(Order, EveryLayoutAndSetOfAxes) {
  int64_t nests = 0;
  for (const LayoutCase& layout : AllLayouts()) {
    SCOPED_TRACE(layout.name);
    const LayoutBuffer buffer(layout, DType::kFloat32);
    const ArrayView x = buffer.view();
    const uint64_t sets = uint64_t{1} << x.ndim();
    for (uint64_t reduced = 0; reduced < sets; reduced += sets > 64 ? 37 : 1) {
      for (const bool keepdims : {false, true}) {
        MutableArrayView out = FakeOutput(x, reduced, keepdims, DType::kFloat64);
        if (nests % 3 == 1) out = FakeOutput(x.Transposed(), 0, true, DType::kFloat64).Transposed();
        if (nests % 3 == 1 && reduced != 0) out = FakeOutput(x, reduced, keepdims, DType::kFloat32);
        const ReduceNest nest = ReduceNest::Make(x, reduced, out);
        ++nests;
        ASSERT_EQ(nest.outputs(), out.size());
        if (x.size() == 0) continue;
        Folds folds;
        nest.ForEachStep(0, nest.steps(), [&](const ReduceArgs& args) { NoteFolds(args, &folds); });
        ASSERT_EQ(folds, ExpectedFolds(x, reduced, out)) << "axes " << reduced;
      }
    }
  }
  EXPECT_GT(nests, 3000);
}

}  // namespace
}  // namespace raptors
