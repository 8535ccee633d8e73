// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How sizes, strides and addresses become the library's. Internal to this package.

#ifndef RAPTORS_BLAS_LIBRARY_H_
#define RAPTORS_BLAS_LIBRARY_H_

#include <stdint.h>

namespace raptors::blas {

// Tells the library, once, to use no threads of its own. Before each call of it.
void EnsureSerial();

// Sizes and strides that a BLAS with 32-bit integers takes. The largest size is a multiple of any vector length.
inline constexpr int64_t kMaxSize = int64_t{1} << 30;
inline constexpr int64_t kMaxStride = INT32_MAX;

constexpr bool IntegersHold(int64_t stride) { return stride <= kMaxStride && stride >= -kMaxStride; }

// The address that the library wants for n elements from `first`: the lowest one, also where the stride is negative.
template <typename T>
constexpr T* LibraryAddress(T* first, int64_t n, int64_t stride) {
  return stride < 0 ? first + (n - 1) * stride : first;
}

// The stride that it wants; of a single element it means nothing and must not be 0.
constexpr int LibraryStride(int64_t n, int64_t stride) { return n <= 1 ? 1 : static_cast<int>(stride); }

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_LIBRARY_H_
