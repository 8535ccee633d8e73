// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/tile_grid.h"

#include <stdint.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using ::raptors::test::LayoutBuffer;
using ::raptors::test::LayoutCase;

// Addresses of (output, input) elements of a call, in its order.
std::vector<std::pair<const char*, const char*>> ElementsOf(const KernelArgs& args) {
  std::vector<std::pair<const char*, const char*>> elements;
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    for (int64_t col = 0; col < args.extent[1]; ++col) {
      const auto at = [&](int k) { return args.ptr[k] + row * args.stride[k][0] + col * args.stride[k][1]; };
      elements.emplace_back(at(0), at(1));
    }
  }
  return elements;
}

void ExpectSameCall(const KernelArgs& a, const KernelArgs& b) {
  for (int k = 0; k < 2; ++k) {
    ASSERT_EQ(a.ptr[k], b.ptr[k]);
    ASSERT_EQ(a.stride[k][0], b.stride[k][0]);
    ASSERT_EQ(a.stride[k][1], b.stride[k][1]);
  }
  ASSERT_EQ(a.extent[0], b.extent[0]);
  ASSERT_EQ(a.extent[1], b.extent[1]);
  ASSERT_EQ(a.layout, b.layout);
}

TEST(TileGridTest, TilesPartitionEveryNest) {
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{}, {0}, {1}, {100}, {40, 33}, {33, 3}, {3, 33}, {5, 6, 7}, {3, 4, 5, 6}}) {
    const auto layouts = test::LayoutsOf(shape);
    for (size_t i = 0; i < layouts.size(); ++i) {
      LayoutBuffer out(layouts[i].Output(), DType::kFloat32);
      LayoutBuffer in(layouts[(i * 7 + 3) % layouts.size()], DType::kFloat32);
      const LoopNest nest = LoopNest::Make(out.out(), in.view());
      std::vector<std::pair<const char*, const char*>> whole;
      nest.ForEach([&](const KernelArgs& args) {
        const auto elements = ElementsOf(args);
        whole.insert(whole.end(), elements.begin(), elements.end());
      });
      auto sorted = whole;
      std::sort(sorted.begin(), sorted.end());
      for (const int64_t tile : {0, 1, 10, 64, 100000}) {
        for (const int64_t granularity : {0, 1, 8}) {
          for (const auto kind : {TileGrid::Shape::kByLayout, TileGrid::Shape::kRows}) {
            SCOPED_TRACE(testing::Message() << layouts[i].name << " tile " << tile << " granularity " << granularity);
            const TileGrid grid(nest, tile, granularity, kind);
            std::vector<std::pair<const char*, const char*>> tiled;
            int64_t next = 0;
            grid.ForEach(0, grid.size(), [&](const KernelArgs& args) {
              ExpectSameCall(args, grid.Args(next++));
              const auto elements = ElementsOf(args);
              tiled.insert(tiled.end(), elements.begin(), elements.end());
            });
            ASSERT_EQ(next, grid.size());
            const bool blocks = kind == TileGrid::Shape::kByLayout && nest.layout() == Layout::kTransposed;
            if (blocks) {
              std::sort(tiled.begin(), tiled.end());
              ASSERT_EQ(tiled, sorted);
            } else {
              ASSERT_EQ(tiled, whole);  // in the order of the nest
            }
          }
        }
      }
    }
  }
}

TEST(TileGridTest, AnyRangeOfTiles) {
  std::vector<float> x(10000), y(10000);
  const LoopNest nest = LoopNest::Make(*MutableArrayView::Create(y.data(), {5, 6, 7}, {1000, 100, 4}),
                                       *ArrayView::Create(x.data(), {5, 6, 7}, {800, 100, 4}));
  ASSERT_EQ(nest.calls(), 5);
  const TileGrid grid(nest, 14, 1);
  EXPECT_EQ(grid.size(), 15);
  for (int64_t begin = 0; begin <= grid.size(); ++begin) {
    for (int64_t end = begin; end <= grid.size(); ++end) {
      int64_t next = begin;
      grid.ForEach(begin, end, [&](const KernelArgs& args) { ExpectSameCall(args, grid.Args(next++)); });
      ASSERT_EQ(next, end);
    }
  }
}

TEST(TileGridTest, CutsAreMultiplesOfTheGranularity) {
  std::vector<float> x(100000), y(100000);
  const LoopNest line = LoopNest::Make(MutableArrayView(y), ArrayView(x));
  const TileGrid grid(line, 1000, 64);
  EXPECT_EQ(grid.tile_cols(), 960);
  EXPECT_EQ(grid.size(), 105);
  EXPECT_EQ(TileGrid(line, 3, 64).tile_cols(), 64);
  EXPECT_EQ(TileGrid(line, 100000, 64).size(), 1);

  const LoopNest transposed = LoopNest::Make(*MutableArrayView::Matrix(y.data(), 300, 200),
                                             ArrayView::Matrix(x.data(), 200, 300)->Transposed());
  ASSERT_EQ(transposed.layout(), Layout::kTransposed);
  const TileGrid blocks(transposed, 5000, 16);
  EXPECT_EQ(blocks.tile_rows(), 64);
  EXPECT_EQ(blocks.tile_cols(), 64);
  EXPECT_EQ(blocks.size(), 5 * 4);
  const TileGrid rows(transposed, 5000, 16, TileGrid::Shape::kRows);
  EXPECT_EQ(rows.tile_rows(), 25);
  EXPECT_EQ(rows.tile_cols(), 200);

  // A short side stays whole and the long side gets the rest, cut at multiples.
  const LoopNest flat =
      LoopNest::Make(*MutableArrayView::Matrix(y.data(), 3, 3000), ArrayView::Matrix(x.data(), 3000, 3)->Transposed());
  const TileGrid flat_grid(flat, 5000, 16);
  EXPECT_EQ(flat_grid.tile_rows(), 3);
  EXPECT_EQ(flat_grid.tile_cols(), 1664);
  const LoopNest tall =
      LoopNest::Make(*MutableArrayView::Matrix(y.data(), 3000, 3), ArrayView::Matrix(x.data(), 3, 3000)->Transposed());
  EXPECT_EQ(TileGrid(tall, 5000, 16).tile_rows(), 1664);
  EXPECT_EQ(TileGrid(tall, 5000, 16).tile_cols(), 3);
}

TEST(TileGridTest, RowsAreKeptWholeWhileTheyFit) {
  std::vector<float> x(100000), y(100000);
  const LoopNest nest =
      LoopNest::Make(*MutableArrayView::Matrix(y.data(), 100, 100, 500), *ArrayView::Matrix(x.data(), 100, 100));
  EXPECT_EQ(TileGrid(nest, 250, 64).tile_rows(), 3);
  EXPECT_EQ(TileGrid(nest, 250, 64).tile_cols(), 100);
  EXPECT_EQ(TileGrid(nest, 250, 64, TileGrid::Shape::kRows).tile_rows(), 2);
  EXPECT_EQ(TileGrid(nest, 99, 64).tile_rows(), 1);
  EXPECT_EQ(TileGrid(nest, 99, 64).tile_cols(), 64);
}

// Two threads get halves, also where rows do not divide by two or blocks do not fill the array.
TEST(TileGridTest, TilesAreOfAboutTheSameSize) {
  std::vector<float> x(1000 * 1000), y(2 * 1000 * 1000);
  const LoopNest rows =
      LoopNest::Make(*MutableArrayView::Matrix(y.data(), 21, 1000, 8000), *ArrayView::Matrix(x.data(), 21, 1000));
  const TileGrid halves(rows, 21 * 1000 / 2, 64);
  EXPECT_EQ(halves.size(), 2);
  EXPECT_EQ(halves.tile_rows(), 11);
  const LoopNest transposed = LoopNest::Make(*MutableArrayView::Matrix(y.data(), 1000, 1000),
                                             ArrayView::Matrix(x.data(), 1000, 1000)->Transposed());
  const TileGrid quarters(transposed, 1000 * 1000 / 2, 64);
  EXPECT_EQ(quarters.size(), 4);
  EXPECT_EQ(quarters.tile_rows(), 512);
  EXPECT_EQ(quarters.tile_cols(), 512);
}

TEST(TileGridTest, MoreThan32BitsOfElements) {
  // Nothing is touched: only the arithmetic is of interest.
  const int64_t n = (int64_t{1} << 40) + 3;
  const auto address = reinterpret_cast<float*>(uintptr_t{1} << 44);
  const LoopNest nest = LoopNest::Make(*MutableArrayView::Create(address, {n}), *ArrayView::Create(address, {n}, {0}));
  const TileGrid grid(nest, 1 << 16, 64);
  EXPECT_EQ(grid.size(), (n >> 16) + 1);
  const KernelArgs last = grid.Args(grid.size() - 1);
  EXPECT_EQ(last.extent[1], 3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(last.ptr[0]), (uintptr_t{1} << 44) + 4 * (uintptr_t{1} << 40));
  EXPECT_EQ(last.ptr[1], reinterpret_cast<char*>(address));
}

}  // namespace
}  // namespace raptors
