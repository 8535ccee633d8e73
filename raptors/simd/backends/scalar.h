// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The scalar level: one element at a time, the same source as every other level.

#ifndef RAPTORS_SIMD_BACKENDS_SCALAR_H_
#define RAPTORS_SIMD_BACKENDS_SCALAR_H_

namespace raptors {

struct Backend_scalar {
  static constexpr int kLaneBits = 32;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 4;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = false;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_SCALAR_H_
