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

bool ScalMatches(DType dtype, const KernelScalar& factor) {
  return dtype == DType::kFloat32 ? blas::ScalMatches(factor.f32) : blas::ScalMatches(factor.f64);
}

}  // namespace

void DescribeForBlas(Op op, DType dtype, const KernelArgs& args, policy::CallShape* shape) {
  if (op != Op::kScale || !IsFloat(dtype) || !blas::Available()) return;
  const uint64_t bits = reinterpret_cast<uintptr_t>(args.ptr[0]) | static_cast<uint64_t>(args.stride[0][0]) |
                        static_cast<uint64_t>(args.stride[0][1]);
  shape->blas_strides = bits % static_cast<uint64_t>(ItemSize(dtype)) == 0;
  shape->blas_values = ScalMatches(dtype, args.scalar[0]);
}

MapKernel BlasKernel(Op, DType dtype) { return dtype == DType::kFloat32 ? &ScalRows<float> : &ScalRows<double>; }

}  // namespace raptors::internal
