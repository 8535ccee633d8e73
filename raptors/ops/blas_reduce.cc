// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/blas_reduce.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "raptors/blas/blas.h"
#include "raptors/ops/product_parts.h"
#include "raptors/ops/product_plan.h"
#include "raptors/ops/product_run.h"
#include "raptors/parallel/pool.h"

namespace raptors::internal {
namespace {

// Ones that a sum multiplies with, as many at a time: 4 or 8 KiB, which stay in the level-1 cache.
constexpr int64_t kOnes = 1024;

template <typename T>
constexpr std::array<T, kOnes> MakeOnes() {
  std::array<T, kOnes> ones = {};
  for (T& one : ones) one = 1;
  return ones;
}
template <typename T>
constexpr std::array<T, kOnes> kOnesOf = MakeOnes<T>();

bool IsSumOverOneAxis(Op op, const ArrayView& x, uint64_t reduced) {
  return op == Op::kSum && x.ndim() == 2 && (reduced == 1 || reduced == 2);
}

// The results of a sum along the axis that it keeps; the reduced one may be there with extent 1.
Plane ResultsOf(const MutableArrayView& out, int kept) {
  return out.ndim() == 2 ? PlaneOf(out, /*row=*/true) : PlaneOf(out, /*row=*/kept == 1);
}

template <typename T>
int SumOverAxis(const ArrayView& x, int axis, const MutableArrayView& out, int threads) {
  const int kept = 1 - axis;
  Factor matrix = AsFactor(PlaneOf(x, /*row=*/true), sizeof(T)).value;
  if (kept == 1) matrix.transpose = !matrix.transpose;  // results are rows of op(matrix)
  const Line results = AsLine(ResultsOf(out, kept), kept, sizeof(T)).value;
  const ProductGrid grid = CutProduct(1, x.shape(kept), std::min(threads, blas::kMaxCallers), sizeof(T));
  const blas::GemvFunction<T> gemv = blas::ProductsOf<T>(blas::Provider::kLibrary).gemv;
  const int64_t summed = x.shape(axis);
  return ForTiles(grid.size(), [&](int64_t tile) {
    const parallel::Range part = Cut(grid.n, grid.col_unit, grid.cols, static_cast<int>(tile));
    const Factor rows = RowsFrom<T>(matrix, part.begin);
    T* const y = reinterpret_cast<T*>(results.data) + part.begin * results.stride;
    for (int64_t i = 0; i < summed; i += kOnes) {
      const int64_t size = std::min(kOnes, summed - i);
      gemv(matrix.transpose, T(1), MatrixOf<const T>(ColsFrom<T>(rows, i), part.end - part.begin, size),
           kOnesOf<T>.data(), 1, i == 0 ? T(0) : T(1), y, results.stride);
    }
  });
}

template <typename T>
int ReduceVectors(Op op, const ArrayView& x, const ArrayView* y, const MutableArrayView& out, int threads) {
  const Line a = AsLine(PlaneOf(x, /*row=*/false), 0, sizeof(T)).value;
  const Line b = y != nullptr ? AsLine(PlaneOf(*y, /*row=*/false), 0, sizeof(T)).value : Line{nullptr, 1};
  T parts[blas::kMaxCallers];
  const int64_t n = x.size();
  const int count = static_cast<int>(std::min<int64_t>(std::min(threads, blas::kMaxCallers), n));
  const int ran = ForTiles(count, [&](int64_t tile) {
    const parallel::Range part = parallel::Partition(n, count, static_cast<int>(tile));
    const int64_t size = part.end - part.begin;
    const T* const at = reinterpret_cast<const T*>(a.data) + part.begin * a.stride;
    T& result = parts[tile];
    if (op == Op::kDot) {
      result = blas::Dot(size, at, a.stride, reinterpret_cast<const T*>(b.data) + part.begin * b.stride, b.stride);
    } else {
      result = op == Op::kNrm2 ? blas::Nrm2(size, at, a.stride) : blas::Asum(size, at, a.stride);
    }
  });
  T total = parts[0];
  for (int i = 1; i < count; ++i) {
    if (op != Op::kNrm2) {
      total += parts[i];
    } else if (std::isnan(parts[i]) || std::isnan(total)) {
      total += parts[i];  // hypot() of NaN and infinity is infinite, but the norm is NaN
    } else {
      total = std::hypot(total, parts[i]);
    }
  }
  if (out.dtype() == DType::kFloat64) {
    const double value = static_cast<double>(total);
    memcpy(out.data(), &value, sizeof(value));
  } else {
    memcpy(out.data(), &total, sizeof(total));
  }
  return ran;
}

template <typename T>
int Run(Op op, const ArrayView& x, const ArrayView* y, uint64_t reduced, const MutableArrayView& out, int threads) {
  return op == Op::kSum ? SumOverAxis<T>(x, reduced == 1 ? 0 : 1, out, threads)
                        : ReduceVectors<T>(op, x, y, out, threads);
}

}  // namespace

bool HasBlasReduction(Op op, const ArrayView& x, const ArrayView* y, uint64_t reduced, const MutableArrayView& out) {
  if (!IsFloat(x.dtype()) || !blas::Available()) return false;
  const int64_t item_size = x.item_size();
  if (IsSumOverOneAxis(op, x, reduced)) {
    const int kept = reduced == 1 ? 1 : 0;
    return AsFactor(PlaneOf(x, /*row=*/true), item_size).ok && AsLine(ResultsOf(out, kept), kept, item_size).ok;
  }
  if (op != Op::kDot && op != Op::kNrm2 && op != Op::kAsum) return false;
  return AsLine(PlaneOf(x, /*row=*/false), 0, item_size).ok &&
         (y == nullptr || AsLine(PlaneOf(*y, /*row=*/false), 0, item_size).ok);
}

int RunBlasReduction(Op op, const ArrayView& x, const ArrayView* y, uint64_t reduced, const MutableArrayView& out,
                     int threads) {
  return x.dtype() == DType::kFloat32 ? Run<float>(op, x, y, reduced, out, threads)
                                      : Run<double>(op, x, y, reduced, out, threads);
}

}  // namespace raptors::internal
