// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// MapReference: the map operations on one element, in plain C++. What kernels of every level are compared with.

#ifndef RAPTORS_TESTING_MAP_REFERENCE_H_
#define RAPTORS_TESTING_MAP_REFERENCE_H_

#include <stdlib.h>

#include <cmath>
#include <type_traits>

#include "raptors/base/op.h"

namespace raptors::test {

// op(scalar, x[0], ...) with each rounding where the operation's comment says. Ends the process for an operation that
// it does not know. Not inlined: callers read the floating-point flags behind it.
template <typename T>
[[gnu::noinline]] T MapReference(Op op, T scalar, const T* x) {
  // f on unsigned integers, which wrap around, or on floats, rounded here whatever the compiler may do.
  const auto round = [](T a, T b, auto f) {
    if constexpr (std::is_integral_v<T>) {
      using U = std::make_unsigned_t<T>;
      return static_cast<T>(f(static_cast<U>(a), static_cast<U>(b)));
    } else {
      const volatile T result = f(a, b);
      return static_cast<T>(result);
    }
  };
  const auto add = [&](T a, T b) { return round(a, b, [](auto u, auto v) { return u + v; }); };
  const auto multiply = [&](T a, T b) { return round(a, b, [](auto u, auto v) { return u * v; }); };
  switch (op) {
    case Op::kScale:
      return multiply(scalar, x[0]);
    case Op::kAdd:
      return add(x[0], x[1]);
    case Op::kSubtract:
      return round(x[0], x[1], [](auto u, auto v) { return u - v; });
    case Op::kMultiply:
      return multiply(x[0], x[1]);
    case Op::kAxpy:
      return add(multiply(scalar, x[0]), x[1]);
    case Op::kMulAdd:
      return add(multiply(x[0], x[1]), x[2]);
    case Op::kFma:
      if constexpr (std::is_floating_point_v<T>) return std::fma(x[0], x[1], x[2]);
      abort();
    default:
      abort();
  }
}

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_MAP_REFERENCE_H_
