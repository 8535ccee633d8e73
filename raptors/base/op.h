// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The operations, listed once, by kind. A row gives the operation its enumerator, its name in profiles, counters and
// commands, its kind (which loop skeleton family runs it), its operand counts and the dtypes it exists for.
// docs/howto_add_op.md is the recipe.
//
// Plain C++ without dependencies: kernels include it.

#ifndef RAPTORS_BASE_OP_H_
#define RAPTORS_BASE_OP_H_

#include <stdint.h>

#include "raptors/base/dtype.h"

// X(enumerator, functor and public name, name, kind, array inputs, scalar parameters, dtypes)

// Maps compute out[i] from the inputs at i. Functors: raptors/simd/kernels/elementwise.cc.
#define RAPTORS_MAP_OPS(X)                                 \
  X(kScale, Scale, "scale", kMap, 1, 1, kNumbers)          \
  X(kAdd, Add, "add", kMap, 2, 0, kNumbers)                \
  X(kSubtract, Subtract, "subtract", kMap, 2, 0, kNumbers) \
  X(kMultiply, Multiply, "multiply", kMap, 2, 0, kNumbers) \
  X(kAxpy, Axpy, "axpy", kMap, 2, 1, kFloats)              \
  X(kMulAdd, MulAdd, "mul_add", kMap, 3, 0, kFloats)       \
  X(kFma, Fma, "fma", kMap, 3, 0, kFloats)

// Reductions fold axes of the input by docs/reductions.md. Functors: raptors/simd/kernels/reductions.cc.
#define RAPTORS_REDUCE_OPS(X)                     \
  X(kSum, Sum, "sum", kReduce, 1, 0, kNumbers)    \
  X(kMean, Mean, "mean", kReduce, 1, 0, kNumbers) \
  X(kMin, Min, "min", kReduce, 1, 0, kNumbers)    \
  X(kMax, Max, "max", kReduce, 1, 0, kNumbers)    \
  X(kDot, Dot, "dot", kReduce, 2, 0, kFloats)     \
  X(kNrm2, Nrm2, "nrm2", kReduce, 1, 0, kFloats)  \
  X(kAsum, Asum, "asum", kReduce, 1, 0, kFloats)

// Matrix products, computed through raptors/blas.
#define RAPTORS_PRODUCT_OPS(X) X(kMatmul, Matmul, "matmul", kProduct, 2, 0, kFloats)

#define RAPTORS_OPS(X)  \
  RAPTORS_MAP_OPS(X)    \
  RAPTORS_REDUCE_OPS(X) \
  RAPTORS_PRODUCT_OPS(X)

namespace raptors {

// The kinds of loop.
enum class OpKind : uint8_t { kMap, kReduce, kProduct };

// The dtypes that an operation exists for.
enum class DTypes : uint8_t { kNumbers, kFloats };

enum class Op : uint8_t {
#define RAPTORS_X(id, ...) id,
  RAPTORS_OPS(RAPTORS_X)
#undef RAPTORS_X
};

struct OpInfo {
  Op op;
  const char* name;
  OpKind kind;
  int inputs;   // array operands, without the output
  int scalars;  // scalar parameters
  DTypes dtypes;

  constexpr bool Takes(DType dtype) const { return dtypes == DTypes::kNumbers || IsFloat(dtype); }
};

inline constexpr OpInfo kOpInfos[] = {
#define RAPTORS_X(id, functor, name, kind, inputs, scalars, dtypes) \
  {Op::id, name, OpKind::kind, inputs, scalars, DTypes::dtypes},
    RAPTORS_OPS(RAPTORS_X)
#undef RAPTORS_X
};

inline constexpr int kNumOps = sizeof(kOpInfos) / sizeof(kOpInfos[0]);
#define RAPTORS_X(...) +1
inline constexpr int kNumMapOps = 0 RAPTORS_MAP_OPS(RAPTORS_X);
inline constexpr int kNumReduceOps = 0 RAPTORS_REDUCE_OPS(RAPTORS_X);
#undef RAPTORS_X

constexpr const OpInfo& Info(Op op) { return kOpInfos[static_cast<int>(op)]; }
constexpr const char* Name(Op op) { return Info(op).name; }

}  // namespace raptors

#endif  // RAPTORS_BASE_OP_H_
