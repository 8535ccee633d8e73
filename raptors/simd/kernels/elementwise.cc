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
  if constexpr (hwy::IsSame<T, float>()) {
    return args.scalar[k].f32;
  } else if constexpr (hwy::IsSame<T, double>()) {
    return args.scalar[k].f64;
  } else if constexpr (hwy::IsSame<T, int32_t>()) {
    return args.scalar[k].i32;
  } else {
    return args.scalar[k].i64;
  }
}

// Integers wrap around: they are computed as unsigned numbers, whose overflow is defined.
template <class D, class F>
HWY_INLINE hn::Vec<D> Wrapping(D d, hn::Vec<D> x, hn::Vec<D> y, F f) {
  if constexpr (hwy::IsFloat<hn::TFromD<D>>()) {
    return f(x, y);
  } else {
    const hn::RebindToUnsigned<D> du;
    return hn::BitCast(d, f(hn::BitCast(du, x), hn::BitCast(du, y)));
  }
}

// An operation without scalar parameters.
template <int kOperands>
struct Plain {
  static constexpr int kInputs = kOperands;
  explicit Plain(const KernelArgs&) {}
};

// out = factor * x, one rounding.
template <typename T>
struct Scale {
  static constexpr int kInputs = 1;
  T factor;
  explicit Scale(const KernelArgs& args) : factor(GetScalar<T>(args, 0)) {}

  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x) const {
    return Wrapping(d, x, hn::Set(d, factor), [](auto a, auto b) HWY_ATTR { return hn::Mul(a, b); });
  }
};

// out = x + y, one rounding.
template <typename T>
struct Add : Plain<2> {
  using Plain<2>::Plain;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x, hn::Vec<D> y) const {
    return Wrapping(d, x, y, [](auto a, auto b) HWY_ATTR { return hn::Add(a, b); });
  }
};

// out = x - y, one rounding.
template <typename T>
struct Subtract : Plain<2> {
  using Plain<2>::Plain;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x, hn::Vec<D> y) const {
    return Wrapping(d, x, y, [](auto a, auto b) HWY_ATTR { return hn::Sub(a, b); });
  }
};

// out = x * y, one rounding.
template <typename T>
struct Multiply : Plain<2> {
  using Plain<2>::Plain;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x, hn::Vec<D> y) const {
    return Wrapping(d, x, y, [](auto a, auto b) HWY_ATTR { return hn::Mul(a, b); });
  }
};

// out = alpha * x + y, two roundings.
template <typename T>
struct Axpy {
  static constexpr int kInputs = 2;
  T alpha;
  explicit Axpy(const KernelArgs& args) : alpha(GetScalar<T>(args, 0)) {}

  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x, hn::Vec<D> y) const {
    return hn::Add(hn::Mul(x, hn::Set(d, alpha)), y);
  }
};

// out = x * y + z, two roundings.
template <typename T>
struct MulAdd : Plain<3> {
  using Plain<3>::Plain;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D, hn::Vec<D> x, hn::Vec<D> y, hn::Vec<D> z) const {
    return hn::Add(hn::Mul(x, y), z);
  }
};

// out = x * y + z, one rounding on every level: where the level has no such instruction, fma() of the C library, which
// is exact in software.
template <typename T>
struct Fma : Plain<3> {
  using Plain<3>::Plain;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D d, hn::Vec<D> x, hn::Vec<D> y, hn::Vec<D> z) const {
#if HWY_NATIVE_FMA
    (void)d;
    return hn::MulAdd(x, y, z);
#else
    HWY_ALIGN T a[HWY_MAX_LANES_D(D)], b[HWY_MAX_LANES_D(D)], c[HWY_MAX_LANES_D(D)];
    hn::Store(x, d, a);
    hn::Store(y, d, b);
    hn::Store(z, d, c);
    for (size_t i = 0; i < HWY_MAX_LANES_D(D); ++i) {
      if constexpr (sizeof(T) == 4) {
        a[i] = __builtin_fmaf(a[i], b[i], c[i]);
      } else {
        a[i] = __builtin_fma(a[i], b[i], c[i]);
      }
    }
    return hn::Load(d, a);
#endif
  }
};

template <template <typename> class Functor, typename T>
void Kernel(const KernelArgs& args) {
  RunMap<SimdBackend, Functor<T>, T>(Functor<T>(args), args);
}

// The kernel, or nullptr for a dtype that the operation does not take.
template <template <typename> class Functor, typename T, DTypes kDTypes>
constexpr MapKernel KernelIf() {
  if constexpr (kDTypes == DTypes::kNumbers || hwy::IsFloat<T>()) {
    return &Kernel<Functor, T>;
  } else {
    return nullptr;
  }
}

static_assert(SimdBackend::kLaneBits == 0 || HWY_TARGET == HWY_SCALAR || SimdBackend::kLaneBits == 8 * HWY_MAX_BYTES,
              "the backend states another vector width than Highway compiles");

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

namespace raptors {

// One row per operation and dtype, in the order of the lists.
#define RAPTORS_ROW(dtype, type, dtype_name, op, functor, dtypes)                          \
  {Op::op,                                                                                 \
   DType::dtype,                                                                           \
   Isa::RAPTORS_ISA_ENUM,                                                                  \
   HWY_NAMESPACE::KernelIf<HWY_NAMESPACE::functor, type, DTypes::dtypes>(),                \
   nullptr,                                                                                \
   HWY_TARGET == HWY_SCALAR ? 8 * static_cast<int>(sizeof(type)) : SimdBackend::kLaneBits, \
   SimdBackend::kAlignRequired,                                                            \
   SimdBackend::kAlignPreferred,                                                           \
   SimdBackend::kUnroll,                                                                   \
   SimdBackend::kTileEdge<type>,                                                           \
   SimdBackend::kPrefetchDistance},
#define RAPTORS_ROWS(op, functor, name, kind, inputs, scalars, dtypes) \
  RAPTORS_DTYPES_WITH(RAPTORS_ROW, op, functor, dtypes)

const KernelEntry RAPTORS_ELEMENTWISE_TABLE(RAPTORS_ISA)[kNumMapOps * kNumDTypes] = {RAPTORS_MAP_OPS(RAPTORS_ROWS)};

}  // namespace raptors
