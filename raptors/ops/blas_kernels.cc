// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/blas_kernels.h"

#include "raptors/blas/blas.h"

namespace raptors::internal {
namespace {

template <typename T>
T GetScalar(const KernelScalar& scalar) {
  if constexpr (sizeof(T) == 4) {
    return scalar.f32;
  } else {
    return scalar.f64;
  }
}

// Scale in place: one scal a row.
template <typename T>
void ScalRows(const KernelArgs& args) {
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    blas::Scal(GetScalar<T>(args.scalar[0]), reinterpret_cast<T*>(args.ptr[0] + row * args.stride[0][0]),
               args.extent[1], args.stride[0][1] / static_cast<int64_t>(sizeof(T)));
  }
}

// y = alpha * x + y in place: one axpy a row. Operand 1 is x; operands 0 and 2 are y.
template <typename T>
void AxpyRows(const KernelArgs& args) {
  constexpr int64_t kItem = sizeof(T);
  for (int64_t row = 0; row < args.extent[0]; ++row) {
    blas::Axpy(GetScalar<T>(args.scalar[0]), args.extent[1],
               reinterpret_cast<const T*>(args.ptr[1] + row * args.stride[1][0]), args.stride[1][1] / kItem,
               reinterpret_cast<T*>(args.ptr[0] + row * args.stride[0][0]), args.stride[0][1] / kItem);
  }
}

// A finite factor that is not 0. Of the others libraries take shortcuts, of axpy too: alpha == 0 leaves y alone.
bool ScalMatches(DType dtype, const KernelScalar& factor) {
  return dtype == DType::kFloat32 ? blas::ScalMatches(factor.f32) : blas::ScalMatches(factor.f64);
}

bool IsAligned(const KernelArgs& args, int operand, int64_t item_size) {
  const uint64_t bits = reinterpret_cast<uintptr_t>(args.ptr[operand]) |
                        static_cast<uint64_t>(args.stride[operand][0]) | static_cast<uint64_t>(args.stride[operand][1]);
  return bits % static_cast<uint64_t>(item_size) == 0;
}

bool SameOperand(const KernelArgs& args, int a, int b) {
  return args.ptr[a] == args.ptr[b] && (args.extent[0] == 1 || args.stride[a][0] == args.stride[b][0]) &&
         (args.extent[1] == 1 || args.stride[a][1] == args.stride[b][1]);
}

}  // namespace

void DescribeForBlas(Op op, DType dtype, const KernelArgs& args, policy::CallShape* shape) {
  if ((op != Op::kScale && op != Op::kAxpy) || !IsFloat(dtype) || !blas::Available()) return;
  const int64_t item_size = ItemSize(dtype);
  shape->blas_strides = IsAligned(args, 0, item_size);
  if (op == Op::kAxpy) {
    // The output is y, and x another vector that is not one element over and over.
    shape->blas_strides = shape->blas_strides && IsAligned(args, 1, item_size) && SameOperand(args, 0, 2) &&
                          !SameOperand(args, 0, 1) && (args.stride[1][1] != 0 || args.extent[1] == 1);
  }
  shape->blas_values = ScalMatches(dtype, args.scalar[0]);
}

MapKernel BlasKernel(Op op, DType dtype) {
  if (op == Op::kAxpy) return dtype == DType::kFloat32 ? &AxpyRows<float> : &AxpyRows<double>;
  return dtype == DType::kFloat32 ? &ScalRows<float> : &ScalRows<double>;
}

}  // namespace raptors::internal
