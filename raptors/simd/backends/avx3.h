// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// AVX-512 (F, BW, CD, DQ, VL): a vector is a cache line, so every unaligned store is split: worth peeling for.

#ifndef RAPTORS_SIMD_BACKENDS_AVX3_H_
#define RAPTORS_SIMD_BACKENDS_AVX3_H_

namespace raptors {

struct Backend_avx3 {
  static constexpr int kLaneBits = 512;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 64;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = true;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_AVX3_H_
