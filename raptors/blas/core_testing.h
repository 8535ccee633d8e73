// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Tests of the library on a core forced by the environment: EXPECTED_CORE names it, beside OPENBLAS_CORETYPE.

#ifndef RAPTORS_BLAS_CORE_TESTING_H_
#define RAPTORS_BLAS_CORE_TESTING_H_

#include <stdlib.h>

#include <string>

#include "raptors/blas/blas.h"

namespace raptors::blas {

// Why the library cannot be tested here; empty: it can.
inline std::string WhyNot() {
  if (!Available()) return "this build has no BLAS";
  const char* expected = getenv("EXPECTED_CORE");
  if (expected == nullptr) return "";
  if (Name() != "OpenBLAS") return "cores can be forced in OpenBLAS only; this is " + Name();
#if defined(__x86_64__)
  if (std::string(expected) == "Haswell" && !__builtin_cpu_supports("avx2")) return "this CPU has no AVX2";
  if (std::string(expected) == "Sandybridge" && !__builtin_cpu_supports("avx")) return "this CPU has no AVX";
#endif
  return "";
}

// Whether the core in use is the one that was forced, or the test would prove nothing. True where none was.
inline bool IsExpectedCore() {
  const char* expected = getenv("EXPECTED_CORE");
  return expected == nullptr || Core() == expected;
}

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_CORE_TESTING_H_
