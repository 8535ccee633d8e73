// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// SSE4.2: 16-byte vectors. An unaligned store costs nothing until it crosses a 64-byte line.

#ifndef RAPTORS_SIMD_BACKENDS_SSE4_H_
#define RAPTORS_SIMD_BACKENDS_SSE4_H_

namespace raptors {

struct Backend_sse4 {
  static constexpr int kLaneBits = 128;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 16;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = false;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_SSE4_H_
