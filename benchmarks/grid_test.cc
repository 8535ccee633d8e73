// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/grid.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "benchmarks/cell.h"
#include "benchmarks/shape.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {
namespace {

std::vector<Shape> FileShapes(const char* benchmark) {
  std::ifstream file("benchmarks/data/shapes.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  absl::StatusOr<std::vector<Shape>> shapes = ParseShapes(text, benchmark);
  EXPECT_TRUE(shapes.ok()) << shapes.status();
  return shapes.ok() ? *shapes : std::vector<Shape>();
}

struct Benchmark {
  const char* name;
  Grid grid;
  size_t largest_default;  // cells
};
constexpr Benchmark kBenchmarks[] = {{"scale", ScaleGrid, 130},
                                     {"elementwise", ElementwiseGrid, 140},
                                     {"broadcast", BroadcastGrid, 90},
                                     {"reductions", ReductionGrid, 130},
                                     {"matmul", MatmulGrid, 60}};

std::vector<Cell> Make(const Benchmark& benchmark, GridName name, const std::vector<std::string>& levels = {"sse4"},
                       int cores = 2) {
  return benchmark.grid({name, FileShapes(benchmark.name), levels, cores});
}

std::set<std::string> Names(const std::vector<Cell>& cells) {
  std::set<std::string> names;
  for (const Cell& cell : cells) EXPECT_TRUE(names.insert(cell.Name()).second) << cell.Name() << " twice";
  return names;
}

TEST(ShapesTest, FileHoldsTheGridOfScale) {
  std::set<std::string> names;
  for (const Shape& shape : FileShapes("scale")) {
    if (!shape.smoke_only) names.insert(shape.name);
  }
  EXPECT_EQ(names, (std::set<std::string>{"32", "1Ki", "64x64", "512x512", "1000x1000", "2048x2048", "1023x1025",
                                          "1e6x3", "16Mi"}));
}

TEST(ShapesTest, NamesSayTheExtents) {
  for (const Benchmark& benchmark : kBenchmarks) {
    for (const Shape& shape : FileShapes(benchmark.name)) {
      if (shape.name == "16Mi") EXPECT_EQ(shape.Elements(), 16 << 20);
      if (shape.name == "1Ki") EXPECT_EQ(shape.Elements(), 1024);
      if (shape.name == "1023x1025") EXPECT_EQ(shape.extents, (std::vector<int64_t>{1023, 1025}));
      if (shape.name == "3x1e6") EXPECT_EQ(shape.extents, (std::vector<int64_t>{3, 1000000}));
    }
  }
}

TEST(ShapesTest, RefusesWhatItDoesNotKnow) {
  for (const char* text : {
           "[]",
           "{\"shapes\": 1}",
           "{\"other\": []}",
           "{\"shapes\": [{\"name\": \"a\"}]}",
           "nonsense",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [0]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1.5]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1, 2, 3, 4]}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1], \"colour\": 1}]}",
           "{\"shapes\": [{\"name\": \"a\", \"extents\": [1]}, {\"name\": \"a\", \"extents\": [2]}]}",
       }) {
    EXPECT_FALSE(ParseShapes(text, "shapes").ok()) << text;
  }
}

TEST(GridTest, FullScaleIsTheProduct) {
  const std::vector<Cell> cells = Make(kBenchmarks[0], GridName::kFull, {"sse4", "avx2"});
  // 3 shapes of one axis in 3 layouts, 6 of two in 5; 1 and all threads; off, two levels, auto.
  EXPECT_EQ(cells.size(), static_cast<size_t>(std::size(kFloatDTypes) * (3 * 3 + 6 * 5) * 2 * 4));
  const std::set<std::string> names = Names(cells);
  EXPECT_EQ(names.count("float32/1000x1000/transposed/threads:all/simd:avx2"), 1u);
  EXPECT_EQ(names.count("float64/16Mi/in-place/threads:1/simd:off"), 1u);
  EXPECT_EQ(names.count("float64/16Mi/transposed/threads:1/simd:off"), 0u);
}

TEST(GridTest, DefaultScaleHasEveryJudgedCellOfOneThread) {
  const std::set<std::string> names = Names(Make(kBenchmarks[0], GridName::kDefault));
  size_t judged = 0;
  for (const Cell& cell : Make(kBenchmarks[0], GridName::kFull)) {
    if (!cell.Auto() || cell.all_threads) continue;
    ++judged;
    EXPECT_EQ(names.count(cell.Name()), 1u) << cell.Name();
  }
  EXPECT_EQ(judged, std::size(kFloatDTypes) * 39);
  EXPECT_EQ(names.count("float32/64x64/C/threads:1/simd:sse4"), 1u);
}

TEST(GridTest, FullGridsHaveWhatTheyAreFor) {
  const struct {
    size_t benchmark;
    const char* cell;
  } kCells[] = {
      {1, "add/float32/1000x1000/transposed/threads:1/simd:auto"},
      {1, "mul_add/float64/2048x2048/in-place/threads:all/simd:auto"},
      {1, "multiply/int64/1e6x3/column-slice/threads:1/simd:off"},
      {2, "add/float32/300000x3/row/threads:1/simd:auto"},
      {2, "add/float32/300000x3/column/threads:1/simd:auto"},
      {2, "add/int32/1000x1000/outer/threads:1/simd:auto"},
      {2, "axpy/float64/64x128x96/middle/threads:1/simd:auto"},
      {3, "mean/float32/300000x3/axis:0/C/threads:1/simd:auto"},
      {3, "max/int64/3x1e6/axis:1/row-slice/threads:1/simd:auto"},
      {3, "dot/float64/16Mi/C/threads:all/simd:auto"},
      {4, "float32/1000/TN/threads:all/simd:auto"},
  };
  std::vector<std::set<std::string>> names;
  for (const Benchmark& benchmark : kBenchmarks) names.push_back(Names(Make(benchmark, GridName::kFull)));
  for (const auto& want : kCells) EXPECT_EQ(names[want.benchmark].count(want.cell), 1u) << want.cell;
}

TEST(GridTest, DefaultsArePartsOfTheFullGrid) {
  for (const Benchmark& benchmark : kBenchmarks) {
    const std::set<std::string> full = Names(Make(benchmark, GridName::kFull));
    const std::set<std::string> some = Names(Make(benchmark, GridName::kDefault));
    EXPECT_GT(some.size(), 20u) << benchmark.name;
    EXPECT_LE(some.size(), benchmark.largest_default) << benchmark.name;
    for (const std::string& name : some) EXPECT_EQ(full.count(name), 1u) << name;
  }
}

TEST(GridTest, OneCoreHasNoCellsWithAllThreads) {
  for (const Benchmark& benchmark : kBenchmarks) {
    for (const Cell& cell : Make(benchmark, GridName::kFull, {}, 1)) EXPECT_FALSE(cell.all_threads) << cell.Name();
  }
}

TEST(GridTest, SmokeIsSmallAndHasEveryOperationAndLayout) {
  for (const Benchmark& benchmark : kBenchmarks) {
    std::set<std::string> small, full;
    for (const Cell& cell : Make(benchmark, GridName::kSmoke)) {
      for (const OperandSpec& input : cell.inputs) EXPECT_LE(Product(input.extents), 8192) << cell.Name();
      small.insert(std::string(Name(cell.op)) + Name(cell.dtype) + cell.layout + cell.axis);
    }
    for (const Cell& cell : Make(benchmark, GridName::kFull)) {
      full.insert(std::string(Name(cell.op)) + Name(cell.dtype) + cell.layout + cell.axis);
    }
    EXPECT_EQ(small, full) << benchmark.name;
  }
}

TEST(CellTest, StreamsWhereMemoryIsReadInOrder) {
  Cell cell;
  cell.op = Op::kAdd;
  cell.out = {100, 50};
  cell.inputs = {{{100, 50}, View::kC}, {{50}, View::kC}};
  EXPECT_TRUE(cell.Streams());
  cell.inputs[1] = {{100, 50}, View::kTransposed};
  EXPECT_FALSE(cell.Streams());
  cell.inputs[1] = {{100, 50}, View::kC};
  EXPECT_TRUE(cell.Streams());
  EXPECT_EQ(cell.Bytes(), 3 * 5000 * 4);
  cell.out = {100, 3};
  cell.inputs = {{{100, 3}, View::kC}, {{100, 1}, View::kC}};  // a third more to read
  EXPECT_FALSE(cell.Streams());
  cell.op = Op::kSum;
  cell.out = {};
  cell.inputs = {{{100, 50}, View::kTransposed}};
  EXPECT_TRUE(cell.Streams());
}

TEST(GridTest, ParseGridName) {
  EXPECT_EQ(*ParseGridName("full"), GridName::kFull);
  EXPECT_FALSE(ParseGridName("FULL").ok());
  EXPECT_FALSE(ParseGridName("").ok());
}

}  // namespace
}  // namespace raptors::benchmarks
