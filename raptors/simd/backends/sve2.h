// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// SVE2: as SVE for plain arithmetic; a level of its own because later families differ.

#ifndef RAPTORS_SIMD_BACKENDS_SVE2_H_
#define RAPTORS_SIMD_BACKENDS_SVE2_H_

namespace raptors {

struct Backend_sve2 {
  static constexpr int kLaneBits = 0;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 16;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = true;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_SVE2_H_
