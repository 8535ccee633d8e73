// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A backend that only tests use: odd unroll, alignment and tile sizes on the lowest SIMD level of the platform, so that
// the skeletons' bookkeeping is exercised where the real backends' round numbers would hide a mistake.

#ifndef RAPTORS_SIMD_BACKENDS_STRESS_H_
#define RAPTORS_SIMD_BACKENDS_STRESS_H_

namespace raptors {

struct Backend_stress {
  static constexpr int kLaneBits = 128;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 128;
  static constexpr int kUnroll = 3;
  static constexpr int kTileLines = 3;
  static constexpr int kPrefetchDistance = 192;
  static constexpr bool kMaskedTails = true;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_STRESS_H_
