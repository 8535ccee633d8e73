// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The library's name and its level-1 routine.

#include <assert.h>
#include <math.h>
#include <stdint.h>

#include <algorithm>
#include <string>

#include "raptors/blas/blas.h"
#include "raptors/blas/serial.h"

#if RAPTORS_HAVE_BLAS
#include "cblas.h"
#endif

namespace raptors::blas {

#if RAPTORS_HAVE_BLAS

namespace {

// Sizes that the library's integers hold, whether they have 32 or 64 bits. A multiple of any vector length.
constexpr int64_t kChunk = int64_t{1} << 30;

void Call(int n, float alpha, float* x, int stride) { cblas_sscal(n, alpha, x, stride); }
void Call(int n, double alpha, double* x, int stride) { cblas_dscal(n, alpha, x, stride); }

template <typename T>
void ScalChunks(T alpha, T* x, int64_t n, int64_t stride) {
  if (n <= 0) return;
  EnsureSerial();
  // The routine does nothing for stride <= 0. The order of the elements does not matter: start at the other end.
  if (stride < 0) {
    x += (n - 1) * stride;
    stride = -stride;
  }
  assert(stride > 0 || n == 1);
  if (n == 1) stride = 1;
  // A stride beyond its integers: one element a call.
  const int64_t chunk = stride <= kChunk ? kChunk : 1;
  for (int64_t i = 0; i < n; i += chunk) {
    Call(static_cast<int>(std::min(chunk, n - i)), alpha, x + i * stride, chunk == 1 ? 1 : static_cast<int>(stride));
  }
}

}  // namespace

bool Available() { return true; }

// Only OpenBLAS's cblas.h defines this.
#if defined(OPENBLAS_SEQUENTIAL)
std::string Name() { return "OpenBLAS"; }
std::string Core() { return openblas_get_corename(); }
std::string Config() { return openblas_get_config(); }
void EnsureSerial() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)done;
}
#else
std::string Name() { return "cblas"; }
std::string Core() { return ""; }
std::string Config() { return ""; }
void EnsureSerial() {}
#endif

void Scal(float alpha, float* x, int64_t n, int64_t stride) { ScalChunks(alpha, x, n, stride); }
void Scal(double alpha, double* x, int64_t n, int64_t stride) { ScalChunks(alpha, x, n, stride); }

#else

bool Available() { return false; }
std::string Name() { return "none"; }
std::string Core() { return ""; }
std::string Config() { return ""; }
void EnsureSerial() {}
void Scal(float, float*, int64_t, int64_t) { assert(false); }
void Scal(double, double*, int64_t, int64_t) { assert(false); }

#endif

bool ScalMatches(float alpha) { return isfinite(alpha) && alpha != 0; }
bool ScalMatches(double alpha) { return isfinite(alpha) && alpha != 0; }

}  // namespace raptors::blas
