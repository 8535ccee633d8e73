// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// docs/reductions.md as scalar C++: what reductions compute, to the last bit. It shares no code with the library beyond
// the view's accessors and the op list, works on copies of the elements, and is slow on purpose.
//
//   std::vector<float> want = ReferenceReduce<Op::kSum, float>({x}, /*axes=*/{0});   // kept axes in C order
//
// The parts are there for tests of kernels: Reduction (term, fold and finish of an operation) and FoldTerms (the
// order).

#ifndef RAPTORS_TESTING_REDUCE_REFERENCE_H_
#define RAPTORS_TESTING_REDUCE_REFERENCE_H_

#include <stdint.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/base/reduce_args.h"
#include "raptors/testing/reference.h"

namespace raptors::test {

// The scalar steps of an operation on elements of type T.
template <Op kOp, typename T>
struct Reduction {
  static constexpr bool kExtreme = kOp == Op::kMin || kOp == Op::kMax;
  static constexpr bool kAsDouble = kOp == Op::kNrm2 || (kOp == Op::kMean && std::is_same_v<T, int64_t>);
  using Acc = std::conditional_t<
      kExtreme, T, std::conditional_t<kAsDouble, double, std::conditional_t<!std::is_floating_point_v<T>, int64_t, T>>>;
  using Result = std::conditional_t<kOp == Op::kMean && !std::is_floating_point_v<T>, double, Acc>;

  // y: the second input of dot. scale: of nrm2 of float64.
  static Acc Term(T x, T y, double scale) {
    if constexpr (kOp == Op::kDot) return x * y;
    if constexpr (kOp == Op::kAsum) return std::fabs(x);
    if constexpr (kOp == Op::kNrm2) {
      const double scaled = sizeof(T) == 4 ? static_cast<double>(x) : static_cast<double>(x) * scale;
      return scaled * scaled;
    }
    return static_cast<Acc>(x);
  }

  static Acc Identity() {
    if constexpr (kExtreme) {
      using L = std::numeric_limits<T>;
      if constexpr (L::has_infinity) return kOp == Op::kMin ? L::infinity() : -L::infinity();
      return kOp == Op::kMin ? L::max() : L::lowest();
    }
    return 0;
  }

  static Acc Fold(Acc a, Acc b) {
    if constexpr (kExtreme) {
      if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
        if (a == 0 && b == 0) return (kOp == Op::kMin) == std::signbit(a) ? a : b;
      }
      return (kOp == Op::kMin) == (b < a) ? b : a;
    } else if constexpr (std::is_floating_point_v<Acc>) {
      return a + b;
    } else {
      return static_cast<Acc>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    }
  }

  static Result Finish(Acc total, int64_t count) {
    Result result = static_cast<Result>(total);
    if constexpr (kOp == Op::kMean) result /= static_cast<Result>(count);
    if constexpr (std::is_floating_point_v<Result>) {
      if (std::isnan(result)) result = std::numeric_limits<Result>::quiet_NaN();
    }
    return result;
  }
};

// V, the lanes of a sequence.
template <typename T>
constexpr int64_t kSequenceLanes = sizeof(T) == 4 ? 64 : 32;

// The block [begin, end) of the terms: element i goes to lane i mod lanes.
template <class R>
typename R::Acc FoldLanes(const std::vector<typename R::Acc>& terms, int64_t begin, int64_t end, int64_t lanes) {
  std::vector<typename R::Acc> lane(lanes, R::Identity());
  for (int64_t i = begin; i < end; ++i) lane[(i - begin) % lanes] = R::Fold(lane[(i - begin) % lanes], terms[i]);
  for (int64_t h = lanes / 2; h >= 1; h /= 2) {
    for (int64_t i = 0; i < h; ++i) lane[i] = R::Fold(lane[i], lane[i + h]);
  }
  return lane[0];
}

// The block [begin, end) of the terms, rows of a wide column.
template <class R>
typename R::Acc FoldGroups(const std::vector<typename R::Acc>& terms, int64_t begin, int64_t end) {
  typename R::Acc total = R::Identity();
  for (int64_t first = begin; first < end; first += 8) {
    total = R::Fold(total, FoldLanes<R>(terms, first, std::min(end, first + 8), 8));
  }
  return total;
}

// T(n) over totals[begin, end).
template <class R>
typename R::Acc FoldBlocks(const std::vector<typename R::Acc>& totals, int64_t begin, int64_t end) {
  if (end - begin == 0) return R::Identity();
  if (end - begin == 1) return totals[begin];
  int64_t p = 1;
  while (2 * p < end - begin) p *= 2;
  return R::Fold(FoldBlocks<R>(totals, begin, begin + p), FoldBlocks<R>(totals, begin + p, end));
}

// The total of one result's terms in their order. T is the input's type; `lanes` is RowLanes() for columns.
template <class R, typename T>
typename R::Acc FoldTerms(const std::vector<typename R::Acc>& terms, ReduceForm form, int lanes) {
  const int64_t n = static_cast<int64_t>(terms.size());
  const int64_t block = form == ReduceForm::kSequences ? 8192 : lanes > 0 ? 128 * lanes : 128;
  std::vector<typename R::Acc> totals;
  for (int64_t begin = 0; begin < n; begin += block) {
    const int64_t end = std::min(n, begin + block);
    if (form == ReduceForm::kSequences) {
      totals.push_back(FoldLanes<R>(terms, begin, end, kSequenceLanes<T>));
    } else if (lanes > 0) {
      totals.push_back(FoldLanes<R>(terms, begin, end, lanes));
    } else {
      totals.push_back(FoldGroups<R>(terms, begin, end));
    }
  }
  return FoldBlocks<R>(totals, 0, static_cast<int64_t>(totals.size()));
}

// The greatest number of additions that a term goes through: d of the error bound.
inline int64_t FoldDepth(int64_t n, ReduceForm form, int lanes, int64_t item_size) {
  const auto ceil_log2 = [](int64_t x) {
    int64_t log = 0;
    while ((int64_t{1} << log) < x) ++log;
    return log;
  };
  const auto ceil_div = [](int64_t x, int64_t y) { return (x + y - 1) / y; };
  if (form == ReduceForm::kColumns && lanes == 0) {
    return 3 + std::min<int64_t>(ceil_div(n, 8), 16) + ceil_log2(ceil_div(n, 128));
  }
  const int64_t v = form == ReduceForm::kColumns ? lanes : item_size == 4 ? 64 : 32;
  const int64_t block = form == ReduceForm::kColumns ? 128 * v : 8192;
  return std::min(ceil_div(n, v), block / v) + ceil_log2(v) + ceil_log2(ceil_div(n, block));
}

// How docs/reductions.md reads a reduction of some axes of a view.
struct ReferencePlan {
  std::vector<int> reduced;  // axis numbers, in sorted order; without those of extent 1
  std::vector<int> kept;     // axis numbers, in their given order; all of them
  ReduceForm form = ReduceForm::kSequences;
  int lanes = 0;  // columns: RowLanes()

  ReferencePlan(const ArrayView& view, const std::vector<int>& axes) {
    const auto is_reduced = [&](int axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); };
    std::vector<int> order, movable;
    for (int axis = 0; axis < view.ndim(); ++axis) {
      if (!is_reduced(axis)) kept.push_back(axis);
      if (view.shape(axis) == 1) continue;
      order.push_back(axis);
      if (view.stride(axis) != 0) movable.push_back(axis);
    }
    std::sort(movable.begin(), movable.end(), [&](int a, int b) {
      const int64_t stride_a = std::abs(view.stride(a)), stride_b = std::abs(view.stride(b));
      return stride_a != stride_b ? stride_a > stride_b : a < b;
    });
    auto next = movable.begin();
    for (int& axis : order) {
      if (view.stride(axis) != 0) axis = *next++;
    }
    int64_t width = 1;
    for (const int axis : order) {
      if (is_reduced(axis)) {
        reduced.push_back(axis);
        width = 1;
      } else {
        width *= view.shape(axis);
      }
    }
    if (!order.empty() && !is_reduced(order.back())) {
      form = ReduceForm::kColumns;
      lanes = RowLanes(width * view.item_size());
    }
  }
};

// The reduction of `axes` of the inputs (one, or two of one shape for dot), one result for each index of the kept axes
// in C order. An empty total counts as the identity.
template <Op kOp, typename T>
std::vector<typename Reduction<kOp, T>::Result> ReferenceReduce(const std::vector<ArrayView>& inputs,
                                                                const std::vector<int>& axes, double scale = 1) {
  using R = Reduction<kOp, T>;
  const ArrayView& first = inputs.front();
  const ArrayView& second = inputs.back();
  const ReferencePlan plan(first, axes);
  std::vector<int64_t> kept_shape, reduced_shape;
  for (const int axis : plan.kept) kept_shape.push_back(first.shape(axis));
  for (const int axis : plan.reduced) reduced_shape.push_back(first.shape(axis));
  // Extents of 0 count wherever they are.
  for (const int axis : axes) {
    if (first.shape(axis) == 0 && plan.reduced.empty()) reduced_shape.push_back(0);
  }

  std::vector<typename R::Result> results;
  std::vector<int64_t> index(first.ndim(), 0);
  ForEachIndex(kept_shape, [&](auto kept_index) {
    for (size_t k = 0; k < plan.kept.size(); ++k) index[plan.kept[k]] = kept_index[k];
    std::vector<typename R::Acc> terms;
    ForEachIndex(reduced_shape, [&](auto reduced_index) {
      for (size_t k = 0; k < plan.reduced.size(); ++k) index[plan.reduced[k]] = reduced_index[k];
      terms.push_back(R::Term(Load<T>(first, index), Load<T>(second, index), scale));
    });
    const int64_t count = static_cast<int64_t>(terms.size());
    results.push_back(R::Finish(FoldTerms<R, T>(terms, plan.form, plan.lanes), count));
  });
  return results;
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_REDUCE_REFERENCE_H_
