// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Advanced SIMD without AES: every aarch64 CPU has it (a Raspberry Pi 4 lacks AES).

#ifndef RAPTORS_SIMD_BACKENDS_NEON_H_
#define RAPTORS_SIMD_BACKENDS_NEON_H_

namespace raptors {

struct Backend_neon {
  static constexpr int kLaneBits = 128;
  static constexpr int kAlignRequired = 1;
  static constexpr int kAlignPreferred = 16;
  static constexpr int kUnroll = 4;
  static constexpr int kTileLines = 4;
  static constexpr int kPrefetchDistance = 0;
  static constexpr bool kMaskedTails = false;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_NEON_H_
