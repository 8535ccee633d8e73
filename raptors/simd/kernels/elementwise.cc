// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The element-wise kernels. Compiled once per ISA by kernel_family() of isa.bzl; this file holds the operations'
// functors and the table of this ISA, the loops are the skeletons'.

#include "raptors/simd/target.h"
//
#include "raptors/base/kernel_entry.h"
#include "raptors/simd/backends/backend.h"
#include "raptors/simd/kernels/elementwise.h"
#include "raptors/simd/loops/map-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

template <typename T>
HWY_INLINE T GetScalar(const KernelArgs& args, int k) {
  if constexpr (sizeof(T) == 4) {
    return args.scalar[k].f32;
  } else {
    return args.scalar[k].f64;
  }
}

// out = factor * x, one rounding.
template <typename T>
struct Scale {
  static constexpr int kInputs = 1;
  T factor;
  explicit Scale(const KernelArgs& args) : factor(GetScalar<T>(args, 0)) {}

  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    return hn::Mul(x, hn::Set(d, factor));
  }
};

template <template <typename> class Functor, typename T>
void Kernel(const KernelArgs& args) {
  RunMap<SimdBackend, Functor<T>, T>(Functor<T>(args), args);
}

static_assert(SimdBackend::kLaneBits == 0 || HWY_TARGET == HWY_SCALAR || SimdBackend::kLaneBits == 8 * HWY_MAX_BYTES,
              "the backend states another vector width than Highway compiles");

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

namespace raptors {

// One row per operation and dtype, in the order of the lists.
#define RAPTORS_ROW(dtype, type, dtype_name, op, functor)                                  \
  {Op::op,                                                                                 \
   DType::dtype,                                                                           \
   Isa::RAPTORS_ISA_ENUM,                                                                  \
   &HWY_NAMESPACE::Kernel<HWY_NAMESPACE::functor, type>,                                   \
   HWY_TARGET == HWY_SCALAR ? 8 * static_cast<int>(sizeof(type)) : SimdBackend::kLaneBits, \
   SimdBackend::kAlignRequired,                                                            \
   SimdBackend::kAlignPreferred,                                                           \
   SimdBackend::kUnroll,                                                                   \
   SimdBackend::kTileEdge<type>,                                                           \
   SimdBackend::kPrefetchDistance},
#define RAPTORS_ROWS(op, functor, ...) RAPTORS_DTYPES_WITH(RAPTORS_ROW, op, functor)

const KernelEntry RAPTORS_ELEMENTWISE_TABLE(RAPTORS_ISA)[kNumOps * kNumDTypes] = {RAPTORS_OPS(RAPTORS_ROWS)};

}  // namespace raptors
