// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// How far a floating-point result may be from the exact one: bounds derived from the number of operations and the unit
// roundoff, never guessed. Notation and proofs: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd
// edition, sections 2.2 (model), 3.1 (gamma) and 4.2 (summation).

#ifndef RAPTORS_TESTING_TOLERANCE_H_
#define RAPTORS_TESTING_TOLERANCE_H_

#include <stdint.h>
#include <string.h>

#include <cmath>
#include <limits>
#include <type_traits>

namespace raptors::test {

// u: the relative error of one rounding to nearest, half of the machine epsilon.
template <typename T>
constexpr double UnitRoundoff() {
  return std::numeric_limits<T>::epsilon() / 2;
}

// gamma_n = n u / (1 - n u): bounds the relative error of a product of n factors (1 + delta), |delta| <= u.
// Infinite where n u >= 1, as nothing is promised there.
template <typename T>
double Gamma(int64_t n) {
  const double nu = static_cast<double>(n) * UnitRoundoff<T>();
  return nu < 1 ? nu / (1 - nu) : std::numeric_limits<double>::infinity();
}

// Bound of |computed - exact| for a sum of n terms in any order; `sum_of_magnitudes` is the exact sum of |x_i|.
template <typename T>
double SumBound(int64_t n, double sum_of_magnitudes) {
  return n < 2 ? 0 : Gamma<T>(n - 1) * sum_of_magnitudes;
}

// The same where no term passes through more than `depth` additions (ceil(log2 n) for a pairwise sum).
template <typename T>
double SumBoundOfDepth(int64_t depth, double sum_of_magnitudes) {
  return Gamma<T>(depth) * sum_of_magnitudes;
}

// Bound for a dot product of n terms: one more rounding a term.
template <typename T>
double DotBound(int64_t n, double sum_of_magnitudes) {
  return n < 1 ? 0 : Gamma<T>(n) * sum_of_magnitudes;
}

// The bits of a value, such that consecutive values of one sign are consecutive integers.
template <typename T>
auto BitsOf(T value) {
  static_assert(std::is_floating_point_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
  std::conditional_t<sizeof(T) == 4, int32_t, int64_t> bits;
  memcpy(&bits, &value, sizeof(T));
  return bits;
}

// Whether two results count as the same: the same bits, or both NaN (sign and payload of a NaN are not specified).
template <typename T>
bool SameResult(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || BitsOf(a) == BitsOf(b);
}

// How many representable values a and b are apart (at most 2^63); +0 and -0 are one. A NaN is infinitely far from a
// number and 0 from a NaN.
template <typename T>
double UlpDistance(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) && std::isnan(b) ? 0 : std::numeric_limits<double>::infinity();
  }
  // Ranks the values in order as integers, both zeros as 0.
  const auto rank = [](T value) {
    const int64_t magnitude = BitsOf(std::fabs(value));
    return std::signbit(value) ? -magnitude : magnitude;
  };
  // The difference of two float64 ranks may need 65 bits; a wide one need not be exact.
  int64_t difference;
  if (__builtin_sub_overflow(rank(a), rank(b), &difference)) return std::ldexp(1.0, 63);
  return std::fabs(static_cast<double>(difference));
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_TOLERANCE_H_
