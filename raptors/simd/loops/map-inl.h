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
HWY_INLINE void RunMap(const Op& op, const KernelArgs& args) {
  if (HWY_UNLIKELY((Misaligned<Op, T>(args)))) return PackedMap<B, Op, T>(op, args);
  switch (args.layout) {
    case Layout::kContiguous:
    case Layout::kRows:
      return ContiguousMap<B, Op, T>(op, args);
    case Layout::kNarrow:
      return NarrowMap<B, Op, T>(op, args);
    case Layout::kTransposed:
      return TransposedMap<B, Op, T>(op, args);
    case Layout::kStrided:
      return StridedMap<B, Op, T>(op, args);
    case Layout::kColumns:  // reductions only
      return;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_MAP_INL_H_
