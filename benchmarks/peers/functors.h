// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The maps' arithmetic, once for plain numbers and Eigen's arrays: everything that has the operators.

#ifndef RAPTORS_BENCHMARKS_PEERS_FUNCTORS_H_
#define RAPTORS_BENCHMARKS_PEERS_FUNCTORS_H_

#include "raptors/base/op.h"

namespace raptors::benchmarks {

#define RAPTORS_PEER_FUNCTOR(id, number, value)                                                       \
  struct id {                                                                                         \
    static constexpr Op kOp = Op::k##id;                                                              \
    static constexpr int kInputs = number;                                                            \
    static_assert(Info(Op::k##id).inputs == number);                                                  \
    template <typename S, typename X, typename Y, typename Z>                                         \
    static auto Apply([[maybe_unused]] S s, [[maybe_unused]] const X& x, [[maybe_unused]] const Y& y, \
                      [[maybe_unused]] const Z& z) {                                                  \
      return value;                                                                                   \
    }                                                                                                 \
  };

RAPTORS_PEER_FUNCTOR(Scale, 1, s* x)
RAPTORS_PEER_FUNCTOR(Add, 2, x + y)
RAPTORS_PEER_FUNCTOR(Subtract, 2, x - y)
RAPTORS_PEER_FUNCTOR(Multiply, 2, x* y)
RAPTORS_PEER_FUNCTOR(Axpy, 2, s* x + y)
RAPTORS_PEER_FUNCTOR(MulAdd, 3, x* y + z)

#undef RAPTORS_PEER_FUNCTOR

// Not among Eigen's operators.
struct Fma {
  static constexpr Op kOp = Op::kFma;
  static constexpr int kInputs = 3;
  static float Apply(float, float x, float y, float z) { return __builtin_fmaf(x, y, z); }
  static double Apply(double, double x, double y, double z) { return __builtin_fma(x, y, z); }
};

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_FUNCTORS_H_
