// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the fuzz tests share: random values, views and arguments.
//
//   int main(int argc, char** argv) {
//     return raptors::test::FuzzMain(argc, argv, [](uint64_t seed) { return RunSeed(seed); }, blas::Available());
//   }

#ifndef RAPTORS_TESTING_FUZZ_H_
#define RAPTORS_TESTING_FUZZ_H_

#include <stdint.h>

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/testing/emulator.h"

namespace raptors::test {

using Random = std::mt19937_64;

// A whole number from `least` to `largest`.
int64_t Pick(Random& random, int64_t least, int64_t largest);

// Integers of all sizes; floats of moderate size and, one in eight, special ones.
template <typename T>
T RandomValue(Random& random) {
  if constexpr (std::is_integral_v<T>) {
    return random() % 4 == 0 ? std::numeric_limits<T>::min() : static_cast<T>(random());
  } else {
    using L = std::numeric_limits<T>;
    const T specials[] = {T{0},           -T{0},           L::infinity(), -L::infinity(),
                          L::quiet_NaN(), L::denorm_min(), L::min(),      L::max()};
    if (random() % 8 == 0) return specials[random() % 8];
    return std::ldexp(static_cast<T>(Pick(random, -1000, 1000)), static_cast<int>(Pick(random, -12, 12)));
  }
}

// A shape of up to four axes with at most about `elements` elements; now and then one is empty.
std::vector<int64_t> RandomShape(Random& random, int64_t elements);

// A view of `shape` somewhere in `bytes` bytes of memory, with strides of any order, sign and alignment, zeros too;
// nullopt where the draw does not fit.
std::optional<ArrayView> RandomView(Random& random, DType dtype, absl::Span<const int64_t> shape, char* memory,
                                    int64_t bytes);

// What one seed did.
struct FuzzResult {
  bool ok = false;        // false: the seed failed, and has said why on stderr
  bool ran = false;       // a call was made
  bool parallel = false;  // on several threads
  bool special = false;   // on the path that the fuzzer is meant to reach often
  bool blas = false;      // by the BLAS
};

// Calls of a run without --seconds, by default.
inline int64_t FuzzCalls() { return IsEmulated() ? 500 : 3000; }

// Runs seeds: `--seconds=S --seed=N`, or a fixed number of calls from seed 1. Exit status 1 when a seed fails, or when
// too few calls were parallel, special or, if there is a BLAS, computed by it, for the run to prove anything; 2 for
// other arguments.
int FuzzMain(int argc, char** argv, const std::function<FuzzResult(uint64_t seed)>& run, bool has_blas,
             int64_t calls = FuzzCalls());

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_FUZZ_H_
