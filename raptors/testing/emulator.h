// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Whether an emulator runs this program: what is cheap natively is slow there, so tests take a share of long grids.

#ifndef RAPTORS_TESTING_EMULATOR_H_
#define RAPTORS_TESTING_EMULATOR_H_

#include <stdlib.h>

namespace raptors::test {

// The emulated lanes of .bazelrc name the CPU that they show in this variable, which the emulator reads.
inline bool IsEmulated() {
  static const bool emulated = getenv("QEMU_CPU") != nullptr;
  return emulated;
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_EMULATOR_H_
