// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The entry of every map kernel: picks the loop skeleton for the call's layout class.

#ifndef RAPTORS_SIMD_LOOPS_MAP_INL_H_
#define RAPTORS_SIMD_LOOPS_MAP_INL_H_

#include "raptors/simd/loops/contiguous-inl.h"
#include "raptors/simd/loops/narrow-inl.h"
#include "raptors/simd/loops/packed-inl.h"
#include "raptors/simd/loops/strided-inl.h"
#include "raptors/simd/loops/transposed-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

template <class B, class Op, typename T>
HWY_INLINE void MapByLayout(const Op& op, const KernelArgs& args) {
  if (HWY_UNLIKELY((!AllAligned<Op, T>(args)))) return PackedMap<B, Op, T>(args);
  switch (args.layout) {
    case Layout::kContiguous:
      return RowsMap<B, Op, T>(args);
    case Layout::kRows:
      if (Op::kInputs > 1 && ShortRows(args, Op::kInputs + 1, sizeof(T))) return PackedMap<B, Op, T>(args);
      return RowsMap<B, Op, T>(args);
    default:
      break;
  }
  const bool to_contiguous = args.stride[0][1] == static_cast<int64_t>(sizeof(T));
  if constexpr (Op::kInputs == 1) {
    if (to_contiguous && args.stride[1][1] != 0) {
      switch (args.layout) {
        case Layout::kNarrow:
          return NarrowMap<B, Op, T>(op, args);
        case Layout::kTransposed:
          return TransposedMap<B, Op, T>(op, args);
        default:
          return StridedMap<B, Op, T>(op, args);
      }
    }
  }
#if HWY_TARGET != HWY_SCALAR
  if constexpr (Op::kInputs == 2) {
    if (args.layout == Layout::kStrided) {
      const int64_t done = SteppedColumns<B, Op, T>(args);
      if (done == args.extent[1]) return;
      return PackedMap<B, Op, T>(SubBlock(args, 3, 0, done, args.extent[0], args.extent[1] - done));
    }
  }
#endif
  PackedMap<B, Op, T>(args);
}

template <class B, class Op, typename T>
HWY_INLINE void RunMap(const Op& op, const KernelArgs& args) {
  MapByLayout<B, Op, T>(op, args);
  // Streaming stores are weakly ordered: whoever waits for this kernel must see them.
  if (args.stream) hwy::FlushStream();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_MAP_INL_H_
