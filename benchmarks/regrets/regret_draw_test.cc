// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/regrets/regret_draw.h"

#include <set>
#include <string>
#include <vector>

#include "benchmarks/cell.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {
namespace {

std::vector<std::string> Names(const std::vector<Cell>& cells) {
  std::vector<std::string> names;
  for (const Cell& cell : cells) names.push_back(cell.Name());
  return names;
}

TEST(DrawCellsTest, TheSeedDecides) {
  EXPECT_EQ(Names(DrawCells(7, 50, {})), Names(DrawCells(7, 50, {})));
  EXPECT_NE(Names(DrawCells(7, 50, {})), Names(DrawCells(8, 50, {})));
}

TEST(DrawCellsTest, EveryOperationDTypeAndLayoutTurnsUp) {
  std::set<Op> ops;
  std::set<DType> dtypes;
  std::set<std::string> layouts, axes;
  for (const Cell& cell : DrawCells(1, 2000, {})) {
    ops.insert(cell.op);
    dtypes.insert(cell.dtype);
    layouts.insert(cell.layout);
    axes.insert(cell.axis);
    EXPECT_TRUE(Info(cell.op).Takes(cell.dtype)) << cell.Name();
  }
  EXPECT_EQ(ops.size(), static_cast<size_t>(kNumOps));
  EXPECT_EQ(dtypes.size(), static_cast<size_t>(kNumDTypes));
  for (const char* layout : {"C", "in-place", "transposed", "row-slice", "column-slice", "row", "column", "scalar",
                             "NN", "NT", "TN", "TT"}) {
    EXPECT_EQ(layouts.count(layout), 1u) << layout;
  }
  EXPECT_EQ(axes, (std::set<std::string>{"", "none", "0", "1", "2"}));
}

TEST(DrawCellsTest, KeepsToTheLimits) {
  DrawLimits limits;
  limits.smallest_elements = 100;
  limits.largest_elements = 1000;
  for (const Cell& cell : DrawCells(3, 500, limits)) {
    if (Info(cell.op).kind == OpKind::kProduct) continue;  // by work
    const int64_t elements = Product(Info(cell.op).kind == OpKind::kMap ? cell.out : cell.inputs[0].extents);
    EXPECT_GE(elements, 40) << cell.Name();  // extents are whole numbers
    EXPECT_LE(elements, 1000) << cell.Name();
  }
}

}  // namespace
}  // namespace raptors::benchmarks
