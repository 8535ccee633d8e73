// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What tests of ReduceNest and ReduceCut share: which elements, in which order, each output must be folded from,
// written down from docs/reductions.md without the library's help; and a kernel that notes what it is told to fold.

#ifndef RAPTORS_TESTING_REDUCE_PLAN_H_
#define RAPTORS_TESTING_REDUCE_PLAN_H_

#include <stdint.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/array/shape.h"
#include "raptors/array/view.h"
#include "raptors/base/reduce_args.h"
#include "raptors/testing/reference.h"

namespace raptors::test {

// Addresses of elements in the order of the fold, by the address of the output.
using Folds = std::map<const char*, std::vector<const char*>>;

// An address range that is never read: plans only compute addresses.
inline char* FakeMemory(int64_t gigabytes) { return reinterpret_cast<char*>(gigabytes << 30); }

// A C-ordered output for the reduction of `x` over the axes in `reduced`.
inline MutableArrayView FakeOutput(const ArrayView& x, uint64_t reduced, bool keepdims, DType dtype) {
  Dims shape;
  for (int axis = 0; axis < x.ndim(); ++axis) {
    const bool gone = (reduced >> axis) & 1;
    if (!gone || keepdims) shape.push_back(gone ? 1 : x.shape(axis));
  }
  Dims strides = CStrides(shape, ItemSize(dtype));
  return internal::ViewBuilder::MakeMutable(FakeMemory(4096), dtype, std::move(shape), std::move(strides));
}

// The axes of `x` with extents other than 1 in the order of the fold.
inline std::vector<int> FoldOrder(const ArrayView& x) {
  std::vector<int> axes, movable, places;
  for (int axis = 0; axis < x.ndim(); ++axis) {
    if (x.shape(axis) == 1) continue;
    if (x.stride(axis) != 0) {
      places.push_back(static_cast<int>(axes.size()));
      movable.push_back(axis);
    }
    axes.push_back(axis);
  }
  std::sort(movable.begin(), movable.end(), [&](int a, int b) {
    const int64_t of_a = std::abs(x.stride(a)), of_b = std::abs(x.stride(b));
    return of_a != of_b ? of_a > of_b : a < b;
  });
  for (size_t i = 0; i < places.size(); ++i) axes[places[i]] = movable[i];
  return axes;
}

// What every output must be folded from.
inline Folds ExpectedFolds(const ArrayView& x, uint64_t reduced, const MutableArrayView& out) {
  std::vector<int> order = FoldOrder(x);
  std::vector<int64_t> shape;
  for (const int axis : order) shape.push_back(x.shape(axis));
  const bool keepdims = out.ndim() == x.ndim();
  std::vector<int64_t> out_strides(x.ndim(), 0);
  int out_axis = 0;
  for (int axis = 0; axis < x.ndim(); ++axis) {
    const bool gone = (reduced >> axis) & 1;
    if (!gone) out_strides[axis] = out.stride(out_axis);
    out_axis += keepdims || !gone;
  }
  Folds folds;
  // Within one output, sorted order of all axes is sorted order of the reduced ones.
  ForEachIndex(shape, [&](auto index) {
    const char* from = static_cast<const char*>(x.data());
    const char* to = static_cast<const char*>(out.data());
    for (size_t i = 0; i < order.size(); ++i) {
      from += index[i] * x.stride(order[i]);
      to += index[i] * out_strides[order[i]];
    }
    folds[to].push_back(from);
  });
  return folds;
}

// Notes the elements of a call of stage kWhole or kPartial.
inline void NoteFolds(const ReduceArgs& args, Folds* folds) {
  for (int64_t j = 0; j < args.kept; ++j) {
    std::vector<const char*>& fold = (*folds)[args.out + j * args.out_stride];
    for (int64_t i = args.begin; i < args.end; ++i) {
      const char* from = args.in[0] + j * args.kept_stride[0];
      int64_t rest = i;
      for (int axis = args.num_axes; axis-- > 0;) {
        from += rest % args.axes[axis].extent * args.axes[axis].stride[0];
        rest /= args.axes[axis].extent;
      }
      ASSERT_EQ(rest, 0);
      fold.push_back(from);
    }
  }
}

// Puts accumulators together in a call of stage kCombine.
inline void NoteCombine(const ReduceArgs& args, const Folds& parts, Folds* folds) {
  ASSERT_EQ(args.num_axes, 1);
  ASSERT_EQ(args.begin, 0);
  ASSERT_EQ(args.end, args.axes[0].extent);
  for (int64_t j = 0; j < args.kept; ++j) {
    std::vector<const char*>& fold = (*folds)[args.out + j * args.out_stride];
    for (int64_t i = 0; i < args.end; ++i) {
      const auto part = parts.find(args.in[0] + j * args.kept_stride[0] + i * args.axes[0].stride[0]);
      ASSERT_NE(part, parts.end());
      fold.insert(fold.end(), part->second.begin(), part->second.end());
    }
  }
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_REDUCE_PLAN_H_
