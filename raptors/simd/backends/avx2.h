// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// AVX2: 32-byte vectors, partial vectors through maskmov.

#ifndef RAPTORS_SIMD_BACKENDS_AVX2_H_
#define RAPTORS_SIMD_BACKENDS_AVX2_H_

namespace raptors {

struct Backend_avx2 {
  static constexpr int kLaneBits = 256;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 32;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = false;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_AVX2_H_
