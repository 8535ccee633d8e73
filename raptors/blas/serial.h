// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Internal to this package.

#ifndef RAPTORS_BLAS_SERIAL_H_
#define RAPTORS_BLAS_SERIAL_H_

namespace raptors::blas {

// Tells the library, once, to use no threads of its own.
void EnsureSerial();

}  // namespace raptors::blas

#endif  // RAPTORS_BLAS_SERIAL_H_
