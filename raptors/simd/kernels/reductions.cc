// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The reduction kernels. Compiled once per ISA by kernel_family() of isa.bzl; this file holds the operations' functors
// and the table of this ISA, the loops are the skeletons', the results are defined in docs/reductions.md.

#include "raptors/simd/target.h"
//
#include "raptors/base/kernel_entry.h"
#include "raptors/simd/backends/backend.h"
#include "raptors/simd/kernels/reductions.h"
#include "raptors/simd/loops/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Sums of floats have their own type, those of integers are int64.
template <typename T>
using TotalOf = hwy::If<hwy::IsFloat<T>(), T, int64_t>;

// The result is the total.
template <class Base>
struct Plain : Base {
  using Result = typename Base::Acc;
  explicit Plain(const ReduceArgs&) {}

  template <class D>
  HWY_INLINE hn::Vec<D> Finish(D d, hn::Vec<D> total) const {
    return WithCanonicalNaN(d, total);
  }
};

template <typename T>
struct Sum : Plain<Additive<T, TotalOf<T>>> {
  using Plain<Additive<T, TotalOf<T>>>::Plain;
};

template <typename T>
struct Mean : Sum<T> {
  using Result = hwy::If<hwy::IsFloat<T>(), T, double>;
  Result count;

  explicit Mean(const ReduceArgs& args) : Sum<T>(args) {
    if constexpr (hwy::IsSame<Result, float>()) {
      count = args.scalar.f32;
    } else {
      count = args.scalar.f64;
    }
  }

  template <class D>
  HWY_INLINE hn::Vec<hn::Rebind<Result, D>> Finish(D, hn::Vec<D> total) const {
    const hn::Rebind<Result, D> d;
    if constexpr (hwy::IsFloat<T>()) {
      return WithCanonicalNaN(d, hn::Div(total, hn::Set(d, count)));
    } else {
      return hn::Div(hn::ConvertTo(d, total), hn::Set(d, count));
    }
  }
};

template <typename T>
struct Min : Plain<Extreme<T, /*kMax=*/false>> {
  using Plain<Extreme<T, /*kMax=*/false>>::Plain;
};

template <typename T>
struct Max : Plain<Extreme<T, /*kMax=*/true>> {
  using Plain<Extreme<T, /*kMax=*/true>>::Plain;
};

template <typename T>
struct Dot : Plain<Additive<T, T>> {
  static constexpr int kInputs = 2;
  static constexpr bool kOfVectors = true;
  using Plain<Additive<T, T>>::Plain;

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x, hn::Vec<D> y) const {
    return hn::Mul(x, y);
  }
};

// The sum of squares. Those of float32 are exact in float64 and need no scale.
template <typename T>
struct Nrm2 : Plain<Additive<T, double>> {
  static constexpr bool kOfVectors = true;
  double scale;
  explicit Nrm2(const ReduceArgs& args) : Plain<Additive<T, double>>(args), scale(args.scalar.f64) {}

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D d, hn::Vec<D> x) const {
    if constexpr (sizeof(T) == 8) x = hn::Mul(x, hn::Set(d, scale));
    return hn::Mul(x, x);
  }
};

template <typename T>
struct Asum : Plain<Additive<T, T>> {
  static constexpr bool kOfVectors = true;
  using Plain<Additive<T, T>>::Plain;

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x) const {
    return hn::Abs(x);
  }
};

// The functor whose skeletons an operation runs on: its own, but a mean is folded as a sum.
template <class Functor>
struct FoldedAs {
  using Type = Functor;
};
template <typename T>
struct FoldedAs<Mean<T>> {
  using Type = Sum<T>;
};

template <template <typename> class Functor, typename T>
void Kernel(const ReduceArgs& args) {
  const typename FoldedAs<Functor<T>>::Type op(args);
  RunReduce<SimdBackend>(op, &FinishTotals<Functor<T>>, args);
}

// The kernel of an operation, nullptr for dtypes that it does not take.
template <Op kOp, template <typename> class Functor, typename T>
constexpr ReduceKernel KernelOrNull() {
  if constexpr (Info(kOp).Takes(DTypeOf<T>::value)) {
    return &Kernel<Functor, T>;
  } else {
    return nullptr;
  }
}

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
   nullptr,                                                                                \
   HWY_NAMESPACE::KernelOrNull<Op::op, HWY_NAMESPACE::functor, type>(),                    \
   HWY_TARGET == HWY_SCALAR ? 8 * static_cast<int>(sizeof(type)) : SimdBackend::kLaneBits, \
   SimdBackend::kAlignRequired,                                                            \
   SimdBackend::kAlignPreferred,                                                           \
   SimdBackend::kUnroll,                                                                   \
   SimdBackend::kTileEdge<type>,                                                           \
   SimdBackend::kPrefetchDistance},
#define RAPTORS_ROWS(op, functor, ...) RAPTORS_DTYPES_WITH(RAPTORS_ROW, op, functor)

const KernelEntry RAPTORS_REDUCTIONS_TABLE(RAPTORS_ISA)[kNumReductions] = {RAPTORS_REDUCE_OPS(RAPTORS_ROWS)};

}  // namespace raptors
