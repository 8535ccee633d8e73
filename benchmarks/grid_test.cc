// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/grid.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/dtype.h"

namespace raptors::benchmarks {
namespace {

std::vector<Shape> FileShapes() {
  std::ifstream file("benchmarks/data/shapes.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  absl::StatusOr<std::vector<Shape>> shapes = ParseShapes(text);
  EXPECT_TRUE(shapes.ok()) << shapes.status();
  return shapes.ok() ? *shapes : std::vector<Shape>();
}

std::set<std::string> Names(const std::vector<Cell>& cells) {
  std::set<std::string> names;
  for (const Cell& cell : cells) EXPECT_TRUE(names.insert(cell.Name()).second) << cell.Name() << " twice";
  return names;
}

TEST(ShapesTest, FileHoldsTheGrid) {
  std::set<std::string> names;
  for (const Shape& shape : FileShapes()) {
    if (!shape.smoke_only) names.insert(shape.name);
  }
  EXPECT_EQ(names, (std::set<std::string>{"32", "1Ki", "64x64", "512x512", "1000x1000", "2048x2048", "1023x1025",
                                          "1e6x3", "16Mi"}));
}

TEST(ShapesTest, NamesSayTheExtents) {
  for (const Shape& shape : FileShapes()) {
    if (shape.name == "16Mi") EXPECT_EQ(shape.Elements(), 16 << 20);
    if (shape.name == "1Ki") EXPECT_EQ(shape.Elements(), 1024);
    if (shape.name == "1023x1025") EXPECT_EQ(shape.extents, (std::vector<int64_t>{1023, 1025}));
  }
}

TEST(ShapesTest, RefusesWhatItDoesNotKnow) {
  for (const char* text : {
           "[]",
           "{\"shapes\": 1}",
           "{\"shapes\": [{\"name\": \"a\"}]}",
           "nonsense",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [0]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1.5]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1, 2, 3]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1], \"colour\": 1}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1]}, {\"name\": \"a\", \"extents\": [2]}]}",
       }) {
    EXPECT_FALSE(ParseShapes(text).ok()) << text;
  }
}

TEST(GridTest, FullIsTheProduct) {
  const std::vector<Cell> cells = MakeGrid(GridName::kFull, FileShapes(), {"sse4", "avx2"}, 2);
  // 3 shapes of one axis in 3 layouts, 6 of two in 5; 1 and all threads; off, two levels, auto.
  EXPECT_EQ(cells.size(), static_cast<size_t>(std::size(kFloatDTypes) * (3 * 3 + 6 * 5) * 2 * 4));
  const std::set<std::string> names = Names(cells);
  EXPECT_EQ(names.count("float32/1000x1000/transposed/threads:all/simd:avx2"), 1u);
  EXPECT_EQ(names.count("float64/16Mi/in-place/threads:1/simd:off"), 1u);
  EXPECT_EQ(names.count("float64/16Mi/transposed/threads:1/simd:off"), 0u);
}

TEST(GridTest, DefaultHasEveryJudgedCellOfOneThread) {
  const std::set<std::string> names = Names(MakeGrid(GridName::kDefault, FileShapes(), {"sse4"}, 2));
  int judged = 0;
  for (const Cell& cell : MakeGrid(GridName::kFull, FileShapes(), {"sse4"}, 2)) {
    if (!cell.Auto() || cell.all_threads) continue;
    ++judged;
    EXPECT_EQ(names.count(cell.Name()), 1u) << cell.Name();
  }
  EXPECT_EQ(judged, std::size(kFloatDTypes) * 39);
  EXPECT_EQ(names.count("float32/64x64/C/threads:1/simd:sse4"), 1u);
  EXPECT_LT(names.size(), 130u);
}

TEST(GridTest, OneCoreHasNoCellsWithAllThreads) {
  for (const Cell& cell : MakeGrid(GridName::kFull, FileShapes(), {}, 1)) EXPECT_FALSE(cell.all_threads);
}

TEST(GridTest, SmokeIsSmallAndHasEveryLayout) {
  std::set<std::string> layouts;
  for (const Cell& cell : MakeGrid(GridName::kSmoke, FileShapes(), {"sse4"}, 2)) {
    EXPECT_LE(cell.shape.Elements(), 4096);
    layouts.insert(Name(cell.layout));
  }
  EXPECT_EQ(layouts.size(), 5u);
}

TEST(GridTest, ParseGridName) {
  EXPECT_EQ(*ParseGridName("full"), GridName::kFull);
  EXPECT_FALSE(ParseGridName("FULL").ok());
  EXPECT_FALSE(ParseGridName("").ok());
}

}  // namespace
}  // namespace raptors::benchmarks
