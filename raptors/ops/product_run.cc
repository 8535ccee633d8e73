// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/product_run.h"

#include <algorithm>
#include <utility>

#include "raptors/ops/product_parts.h"
#include "raptors/parallel/pool.h"

namespace raptors::internal {
namespace {

// Bytes of a cache line.
constexpr int64_t kLine = 64;
// Routines work on up to this many rows of the result at once; fewer would leave their kernels partly idle.
constexpr int64_t kRowGroup = 16;
// A tile of m x n costs m * n * k multiplications, and the packing of (m + n) * k items before. An item is packed in
// about the time of this many multiplications: a load and a store of a vector against some tens in its lanes.
constexpr int64_t kPackCost = 16;

template <typename T>
int RunMatrices(const ProductPlan& plan, blas::GemmFunction<T> gemm, int threads) {
  const int64_t item = sizeof(T);
  Factor a = AsFactor(plan.a, item).value, b = AsFactor(plan.b, item).value, c = AsFactor(plan.out, item).value;
  int64_t m = plan.m, n = plan.n;
  if (c.transpose) {  // out' = b' x a'
    std::swap(a, b);
    std::swap(m, n);
    a.transpose = !a.transpose;
    b.transpose = !b.transpose;
    c.transpose = false;
  }
  const ProductGrid grid = CutProduct(m, n, threads, item);
  return ForTiles(grid.size(), [&](int64_t tile) {
    const parallel::Range rows = Cut(m, grid.row_unit, grid.rows, static_cast<int>(tile / grid.cols));
    const parallel::Range cols = Cut(n, grid.col_unit, grid.cols, static_cast<int>(tile % grid.cols));
    const int64_t tile_m = rows.end - rows.begin, tile_n = cols.end - cols.begin;
    gemm(a.transpose, b.transpose, T(1), MatrixOf<const T>(RowsFrom<T>(a, rows.begin), tile_m, plan.k),
         MatrixOf<const T>(ColsFrom<T>(b, cols.begin), plan.k, tile_n), T(0),
         MatrixOf<T>(ColsFrom<T>(RowsFrom<T>(c, rows.begin), cols.begin), tile_m, tile_n));
  });
}

template <typename T>
int RunVector(const ProductPlan& plan, blas::GemvFunction<T> gemv, int threads) {
  const int64_t item = sizeof(T);
  // a vector and a matrix: out' = b' x a'.
  Factor matrix = AsFactor(plan.by_column ? plan.a : plan.b, item).value;
  if (!plan.by_column) matrix.transpose = !matrix.transpose;
  const int axis = plan.by_column ? 0 : 1;
  const Line x = AsLine(plan.by_column ? plan.b : plan.a, axis, item).value;
  const Line y = AsLine(plan.out, axis, item).value;
  const int64_t rows = plan.by_column ? plan.m : plan.n;
  const ProductGrid grid = CutProduct(1, rows, threads, item);
  return ForTiles(grid.size(), [&](int64_t tile) {
    const parallel::Range part = Cut(rows, grid.col_unit, grid.cols, static_cast<int>(tile));
    gemv(matrix.transpose, T(1), MatrixOf<const T>(RowsFrom<T>(matrix, part.begin), part.end - part.begin, plan.k),
         reinterpret_cast<const T*>(x.data), x.stride, T(0), reinterpret_cast<T*>(y.data) + part.begin * y.stride,
         y.stride);
  });
}

template <typename T>
int RunTyped(const ProductPlan& plan, blas::Provider provider, int threads) {
  const blas::Products<T> products = blas::ProductsOf<T>(provider);
  return plan.by_vector() ? RunVector<T>(plan, products.gemv, threads) : RunMatrices<T>(plan, products.gemm, threads);
}

}  // namespace

ProductGrid CutProduct(int64_t m, int64_t n, int tiles, int64_t item_size) {
  ProductGrid best = {m, n, kRowGroup, kLine / item_size, 1, 1};
  const int64_t row_units = CeilDiv(m, best.row_unit), col_units = CeilDiv(n, best.col_unit);
  double least = __builtin_huge_val();
  for (int rows = 1; rows <= std::min<int64_t>(tiles, row_units); ++rows) {
    const int cols = static_cast<int>(std::min<int64_t>(tiles / rows, col_units));
    const double tile_m = static_cast<double>(std::min(m, CeilDiv(row_units, rows) * best.row_unit));
    const double tile_n = static_cast<double>(std::min(n, CeilDiv(col_units, cols) * best.col_unit));
    const double cost = tile_m * tile_n + static_cast<double>(kPackCost) * (tile_m + tile_n);
    if (cost >= least) continue;
    least = cost;
    best.rows = rows;
    best.cols = cols;
  }
  return best;
}

int RunProduct(const ProductPlan& plan, DType dtype, blas::Provider provider, int threads) {
  threads = std::min(threads, blas::kMaxCallers);
  return dtype == DType::kFloat32 ? RunTyped<float>(plan, provider, threads)
                                  : RunTyped<double>(plan, provider, threads);
}

}  // namespace raptors::internal
