// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// SimdBackend: the compile-time trait of the level that a kernel source is being compiled for. It is the one place
// where a kernel learns lane width, alignment, unroll, tile granularity and prefetch distance; arithmetic is Highway's.
//
// A backend is a struct in raptors/simd/backends/<backend>.h, which the level's entry in isa.bzl names
// (its own name, unless it shares one). It has
//   kLaneBits          width of a vector register in bits; 0: scalable, known at run time
//   kAlignRequired     bytes an operand's address must be a multiple of; 1: any address
//   kAlignPreferred    bytes to which the contiguous loop peels its output
//   kUnroll            vectors per iteration of the contiguous loop
//   kTileLines         edge of a transposed tile in cache lines
//   kPrefetchDistance  bytes that the contiguous loop prefetches ahead; 0: left to the hardware
//   kMaskedTails       true: one masked vector is the best way through a row of a few elements

#ifndef RAPTORS_SIMD_BACKENDS_BACKEND_H_
#define RAPTORS_SIMD_BACKENDS_BACKEND_H_

#include <stdint.h>

#define RAPTORS_STRINGIFY_(x) #x
#define RAPTORS_STRINGIFY(x) RAPTORS_STRINGIFY_(x)
#define RAPTORS_CONCAT_(a, b) a##b
#define RAPTORS_CONCAT(a, b) RAPTORS_CONCAT_(a, b)
// clang-format off
#define RAPTORS_BACKEND_HEADER_(backend) raptors/simd/backends/backend.h
// clang-format on

#include RAPTORS_STRINGIFY(RAPTORS_BACKEND_HEADER_(RAPTORS_BACKEND))

namespace raptors {

template <typename Backend>
struct CheckedBackend : Backend {
  static constexpr int kLineBytes = 64;
  static_assert(Backend::kLaneBits == 0 || (Backend::kLaneBits >= 32 && Backend::kLaneBits <= 2048),
                "lane width in bits");
  static_assert(Backend::kAlignRequired >= 1 && Backend::kAlignPreferred % Backend::kAlignRequired == 0,
                "alignments nest");
  static_assert((Backend::kAlignPreferred & (Backend::kAlignPreferred - 1)) == 0, "alignment is a power of two");
  static_assert(Backend::kUnroll >= 1 && Backend::kUnroll <= 8, "unrolling past 8 vectors spills");
  static_assert(Backend::kTileLines >= 1 && Backend::kTileLines <= 16, "a transposed tile must stay in the L1 cache");
  static_assert(Backend::kPrefetchDistance % kLineBytes == 0, "prefetches are whole cache lines");

  // Edge of a transposed tile in elements, and the unit of every tile size.
  template <typename T>
  static constexpr int kTileEdge = Backend::kTileLines * kLineBytes / static_cast<int>(sizeof(T));
};

using SimdBackend = CheckedBackend<RAPTORS_CONCAT(Backend_, RAPTORS_BACKEND)>;

}  // namespace raptors

#endif  // RAPTORS_SIMD_BACKENDS_BACKEND_H_
