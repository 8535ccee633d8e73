// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Parts of the operands of product routines, and a loop over tiles. For what runs such routines.

#ifndef RAPTORS_OPS_PRODUCT_PARTS_H_
#define RAPTORS_OPS_PRODUCT_PARTS_H_

#include <stdint.h>

#include <algorithm>
#include <utility>

#include "raptors/blas/blas.h"
#include "raptors/ops/pool_events.h"
#include "raptors/ops/product_plan.h"
#include "raptors/parallel/pool.h"

namespace raptors::internal {

constexpr int64_t CeilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

// Part `part` of `parts` of [0, size), cut at multiples of `unit`.
inline parallel::Range Cut(int64_t size, int64_t unit, int parts, int part) {
  const parallel::Range units = parallel::Partition(CeilDiv(size, unit), parts, part);
  return {std::min(size, units.begin * unit), std::min(size, units.end * unit)};
}

// op(factor), of rows x cols.
template <typename T>
blas::Matrix<T> MatrixOf(const Factor& factor, int64_t rows, int64_t cols) {
  if (factor.transpose) std::swap(rows, cols);
  return {reinterpret_cast<T*>(factor.data), rows, cols, factor.stride};
}

// op(factor) from a row or a column on.
template <typename T>
Factor RowsFrom(Factor factor, int64_t begin) {
  factor.data += begin * static_cast<int64_t>(sizeof(T)) * (factor.transpose ? 1 : factor.stride);
  return factor;
}
template <typename T>
Factor ColsFrom(Factor factor, int64_t begin) {
  factor.transpose = !factor.transpose;
  factor = RowsFrom<T>(factor, begin);
  factor.transpose = !factor.transpose;
  return factor;
}

// Runs body(tile) for all tiles. Returns the threads that took part.
template <typename Body>
int ForTiles(int64_t tiles, Body body) {
  if (tiles == 1) {
    body(0);
    return 1;
  }
  const parallel::RunResult result = parallel::Run(static_cast<int>(tiles), tiles, [&](int64_t begin, int64_t end) {
    for (int64_t tile = begin; tile < end; ++tile) body(tile);
  });
  CountPoolEvent(result);
  return result.threads;
}

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_PRODUCT_PARTS_H_
