// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/product_run.h"

#include <gtest/gtest.h>

namespace raptors::internal {
namespace {

TEST(CutProductTest, NeverMoreTilesThanAskedFor) {
  for (const int64_t m : {1, 2, 15, 16, 17, 100, 1000}) {
    for (const int64_t n : {1, 7, 16, 33, 100, 5000}) {
      for (int tiles = 1; tiles <= 70; ++tiles) {
        for (const int64_t item : {4, 8}) {
          const ProductGrid grid = CutProduct(m, n, tiles, item);
          ASSERT_GE(grid.size(), 1);
          ASSERT_LE(grid.size(), tiles);
          ASSERT_LE((grid.rows - 1) * grid.row_unit, m - 1) << "an empty tile";
          ASSERT_LE((grid.cols - 1) * grid.col_unit, n - 1) << "an empty tile";
          ASSERT_EQ(grid.col_unit * item, 64);
        }
      }
    }
  }
}

TEST(CutProductTest, TilesAreNearlySquare) {
  const auto shape = [](int64_t m, int64_t n, int tiles) {
    const ProductGrid grid = CutProduct(m, n, tiles, 4);
    return std::pair(grid.rows, grid.cols);
  };
  EXPECT_EQ(shape(1024, 1024, 4), std::pair(2, 2));
  EXPECT_EQ(shape(1024, 1024, 16), std::pair(4, 4));
  EXPECT_EQ(shape(4096, 64, 4), std::pair(4, 1));
  EXPECT_EQ(shape(64, 4096, 4), std::pair(1, 4));
  EXPECT_EQ(shape(1, 4096, 4), std::pair(1, 4));
  EXPECT_EQ(shape(8, 8, 4), std::pair(1, 1)) << "smaller than what the routines work on";
}

}  // namespace
}  // namespace raptors::internal
