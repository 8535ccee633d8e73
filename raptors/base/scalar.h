// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Scalar: a factor as the caller wrote it, an integer or a floating-point number, converted once to the dtype of the
// arrays by NumPy 2's rule for Python scalars (a scalar never changes the dtype of an array operation).

#ifndef RAPTORS_BASE_SCALAR_H_
#define RAPTORS_BASE_SCALAR_H_

#include <stdint.h>

#include <limits>
#include <type_traits>

namespace raptors {

class Scalar {
 public:
  // Implicit, so that Scale(x, 2, out) and Scale(x, 2.5, out) read as they should.
  template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
  constexpr Scalar(T value) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::is_floating_point_v<T>) {
      is_integer_ = false;
      double_ = static_cast<double>(value);
    } else {
      static_assert(sizeof(T) < 8 || std::is_signed_v<T>, "an unsigned 64-bit scalar has no exact int64 value");
      int64_ = static_cast<int64_t>(value);
    }
  }

  constexpr bool is_integer() const { return is_integer_; }

  // Whether an integer dtype's T holds the value exactly; for a floating-point T always true (it rounds).
  template <typename T>
  constexpr bool FitsIn() const {
    if constexpr (std::is_floating_point_v<T>) {
      return true;
    } else {
      return is_integer_ && int64_ >= static_cast<int64_t>(std::numeric_limits<T>::min()) &&
             int64_ <= static_cast<int64_t>(std::numeric_limits<T>::max());
    }
  }

  // The value as T: rounded to nearest for a floating-point T (a double too large for float32 becomes infinity, as in
  // NumPy). Precondition for an integer T: FitsIn<T>().
  template <typename T>
  constexpr T As() const {
    if constexpr (std::is_floating_point_v<T>) {
      return is_integer_ ? static_cast<T>(int64_) : static_cast<T>(double_);
    } else {
      return static_cast<T>(int64_);
    }
  }

 private:
  bool is_integer_ = true;
  union {
    int64_t int64_ = 0;
    double double_;
  };
};

}  // namespace raptors

#endif  // RAPTORS_BASE_SCALAR_H_
