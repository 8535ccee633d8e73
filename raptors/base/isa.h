// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Instruction-set levels. The list itself is generated from the dict in raptors/simd/isa.bzl, for all platforms, so
// that an enumerator, a profile entry and a counter mean the same level everywhere; which of them this binary contains
// is dispatch::Built(), and which of those the processor has is cpu::Supported().
//
// Plain C++ without dependencies: kernels include it.

#ifndef RAPTORS_BASE_ISA_H_
#define RAPTORS_BASE_ISA_H_

#include <stdint.h>

#include "raptors/base/isa_list.h"  // RAPTORS_ISAS(X): X(enumerator, id, name, Highway target, lane bits)

namespace raptors {

// Ordered from the lowest to the highest level within one architecture; kScalar is on every architecture.
enum class Isa : uint8_t {
#define RAPTORS_X(id, ...) id,
  RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
};

#define RAPTORS_X(...) +1
inline constexpr int kNumIsas = 0 RAPTORS_ISAS(RAPTORS_X);
#undef RAPTORS_X

constexpr const char* Name(Isa isa) {
  switch (isa) {
#define RAPTORS_X(id, lower, name, ...) \
  case Isa::id:                         \
    return name;
    RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
  }
  return "?";
}

inline constexpr Isa kAllIsas[] = {
#define RAPTORS_X(id, ...) Isa::id,
    RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
};

// A set of levels. Bit i stands for static_cast<Isa>(i).
struct IsaSet {
  uint32_t bits = 0;

  constexpr bool Has(Isa isa) const { return (bits >> static_cast<int>(isa)) & 1; }
  constexpr bool empty() const { return bits == 0; }
  // The highest level in the set. Precondition: not empty.
  constexpr Isa Best() const {
    int best = 0;
    for (int i = 0; i < kNumIsas; ++i)
      if ((bits >> i) & 1) best = i;
    return static_cast<Isa>(best);
  }
  static constexpr IsaSet Of(Isa isa) { return {uint32_t{1} << static_cast<int>(isa)}; }
  // Every level up to and including `isa` in list order (of any architecture: intersect with what exists).
  static constexpr IsaSet UpTo(Isa isa) { return {(uint32_t{2} << static_cast<int>(isa)) - 1}; }
  friend constexpr IsaSet operator&(IsaSet a, IsaSet b) { return {a.bits & b.bits}; }
  friend constexpr IsaSet operator|(IsaSet a, IsaSet b) { return {a.bits | b.bits}; }
  friend constexpr bool operator==(IsaSet a, IsaSet b) { return a.bits == b.bits; }
  friend constexpr bool operator!=(IsaSet a, IsaSet b) { return a.bits != b.bits; }
};

static_assert(kNumIsas < 31, "IsaSet holds its levels in 32 bits");

}  // namespace raptors

#endif  // RAPTORS_BASE_ISA_H_
