// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The operations, listed once. A row gives the operation its enumerator, its name in profiles, counters and commands,
// its kind (which loop skeleton family runs it), and its operand counts. docs/howto_add_op.md is the recipe.
//
// Plain C++ without dependencies: kernels include it.

#ifndef RAPTORS_BASE_OP_H_
#define RAPTORS_BASE_OP_H_

#include <stdint.h>

// X(enumerator, functor and public name, name, kind, array inputs, scalar parameters)
#define RAPTORS_OPS(X) X(kScale, Scale, "scale", kMap, 1, 1)

namespace raptors {

// The kinds of loop. A map computes out[i] from the inputs at i.
enum class OpKind : uint8_t { kMap };

enum class Op : uint8_t {
#define RAPTORS_X(id, functor, name, kind, inputs, scalars) id,
  RAPTORS_OPS(RAPTORS_X)
#undef RAPTORS_X
};

struct OpInfo {
  Op op;
  const char* name;
  OpKind kind;
  int inputs;   // array operands, without the output
  int scalars;  // scalar parameters
};

inline constexpr OpInfo kOpInfos[] = {
#define RAPTORS_X(id, functor, name, kind, inputs, scalars) {Op::id, name, OpKind::kind, inputs, scalars},
    RAPTORS_OPS(RAPTORS_X)
#undef RAPTORS_X
};

inline constexpr int kNumOps = sizeof(kOpInfos) / sizeof(kOpInfos[0]);

constexpr const OpInfo& Info(Op op) { return kOpInfos[static_cast<int>(op)]; }
constexpr const char* Name(Op op) { return Info(op).name; }

}  // namespace raptors

#endif  // RAPTORS_BASE_OP_H_
