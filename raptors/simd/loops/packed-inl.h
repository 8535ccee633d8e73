// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The packing skeleton: operands with any byte address and any byte stride go through small buffers in the L1 cache, on
// which the contiguous skeleton runs. It is the general case behind the special ones: slow operands cost a copy, never
// a second implementation of the operation. Elements are copied as bytes, so misaligned data is no undefined behaviour.

#ifndef RAPTORS_SIMD_LOOPS_PACKED_INL_H_
#define RAPTORS_SIMD_LOOPS_PACKED_INL_H_

#include <string.h>

#include "raptors/simd/loops/contiguous-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// 2 KiB of float64 an operand: four operands stay well inside a 32 KiB L1 cache.
inline constexpr int64_t kPackElements = 256;

template <class B, class Op, typename T>
HWY_NOINLINE void PackedMap(const Op& op, const KernelArgs& args) {
  HWY_ALIGN T packed[Op::kInputs + 1][kPackElements];
  Inputs<Op, T> in;
  for (int k = 0; k < Op::kInputs; ++k) in.at[k] = packed[k + 1];
  const int64_t n = args.extent[1];
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    for (int64_t i = 0; i < n; i += kPackElements) {
      const int64_t m = n - i < kPackElements ? n - i : kPackElements;
      for (int k = 1; k <= Op::kInputs; ++k) {
        const char* from = args.ptr[k] + row * args.stride[k][0] + i * args.stride[k][1];
        if (args.stride[k][1] == static_cast<int64_t>(sizeof(T))) {
          memcpy(packed[k], from, static_cast<size_t>(m) * sizeof(T));
        } else {
          for (int64_t j = 0; j < m; ++j) memcpy(&packed[k][j], from + j * args.stride[k][1], sizeof(T));
        }
      }
      ContiguousRow<B, Op, T, 0, false>(op, in, packed[0], static_cast<size_t>(m));
      char* to = args.ptr[0] + row * args.stride[0][0] + i * args.stride[0][1];
      if (args.stride[0][1] == static_cast<int64_t>(sizeof(T))) {
        memcpy(to, packed[0], static_cast<size_t>(m) * sizeof(T));
      } else {
        for (int64_t j = 0; j < m; ++j) memcpy(to + j * args.stride[0][1], &packed[0][j], sizeof(T));
      }
    }
  }
}

// True if some operand's elements are not all at multiples of the item size.
template <class Op, typename T>
HWY_INLINE bool Misaligned(const KernelArgs& args) {
  uintptr_t bits = 0;
  for (int k = 0; k <= Op::kInputs; ++k) {
    bits |= reinterpret_cast<uintptr_t>(args.ptr[k]);
    bits |= static_cast<uintptr_t>(args.stride[k][0]) | static_cast<uintptr_t>(args.stride[k][1]);
  }
  return bits % sizeof(T) != 0;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_PACKED_INL_H_
