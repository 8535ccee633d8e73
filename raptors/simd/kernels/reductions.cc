// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The reduction kernels. Compiled once per ISA by kernel_family() of isa.bzl; this file holds the operations' functors
// and the table of this ISA, the loops are the skeletons', the results are defined in docs/reductions.md.

#include "raptors/simd/target.h"
//
#include "raptors/base/kernel_entry.h"
#include "raptors/simd/backends/backend.h"
#include "raptors/simd/kernels/extremes.h"
#include "raptors/simd/kernels/reductions.h"
#include "raptors/simd/loops/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Sums of floats have their own type, those of integers are int64.
template <typename T>
using TotalOf = hwy::If<hwy::IsFloat<T>(), T, int64_t>;

template <typename T>
struct Sum : TotalIsResult<Additive<T, TotalOf<T>>> {
  using TotalIsResult<Additive<T, TotalOf<T>>>::TotalIsResult;
};

template <typename T>
struct SumAsDouble : TotalIsResult<Additive<T, double>> {
  using TotalIsResult<Additive<T, double>>::TotalIsResult;
};

// What a mean folds: a sum; but one of int64, which would wrap around where the mean does not, in float64.
template <typename T>
using SumOfMean = hwy::If<hwy::IsSame<T, int64_t>(), SumAsDouble<T>, Sum<T>>;

template <typename T>
struct Mean : SumOfMean<T> {
  using Result = hwy::If<hwy::IsFloat<T>(), T, double>;
  Result count;

  explicit Mean(const ReduceArgs& args) : SumOfMean<T>(args) {
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
      return hn::Div(ToAccumulators(d, total), hn::Set(d, count));
    }
  }
};

template <typename T>
struct Dot : TotalIsResult<Additive<T, T>> {
  static constexpr int kInputs = 2;
  static constexpr bool kOfVectors = true;
  using TotalIsResult<Additive<T, T>>::TotalIsResult;

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x, hn::Vec<D> y) const {
    return hn::Mul(x, y);
  }
};

// The sum of squares. Those of float32 are exact in float64 and need no scale.
template <typename T>
struct Nrm2 : TotalIsResult<Additive<T, double>> {
  static constexpr bool kOfVectors = true;
  double scale;
  explicit Nrm2(const ReduceArgs& args) : TotalIsResult<Additive<T, double>>(args), scale(args.scalar.f64) {}

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D d, hn::Vec<D> x) const {
    if constexpr (sizeof(T) == 8) x = hn::Mul(x, hn::Set(d, scale));
    return hn::Mul(x, x);
  }
};

template <typename T>
struct Asum : TotalIsResult<Additive<T, T>> {
  static constexpr bool kOfVectors = true;
  using TotalIsResult<Additive<T, T>>::TotalIsResult;

  template <class D>
  HWY_INLINE hn::Vec<D> Term(D, hn::Vec<D> x) const {
    return hn::Abs(x);
  }
};

// The functor whose skeletons an operation runs on: its own, but a mean's is that of what it folds.
template <class Functor>
struct FoldedAs {
  using Type = Functor;
};
template <typename T>
struct FoldedAs<Mean<T>> {
  using Type = SumOfMean<T>;
};

template <template <typename> class Functor, typename T>
void Kernel(const ReduceArgs& args) {
  const typename FoldedAs<Functor<T>>::Type op(args);
  RunReduce<SimdBackend>(op, &FinishTotals<Functor<T>>, args);
}

// min and max: kernels of another object.
template <typename T>
struct Min;
template <typename T>
struct Max;
#define RAPTORS_X(dtype, type, ...)                                                           \
  template <>                                                                                 \
  struct Min<type> {                                                                          \
    static constexpr ReduceKernel kKernel = &RAPTORS_EXTREME_KERNEL(Min, dtype, RAPTORS_ISA); \
  };                                                                                          \
  template <>                                                                                 \
  struct Max<type> {                                                                          \
    static constexpr ReduceKernel kKernel = &RAPTORS_EXTREME_KERNEL(Max, dtype, RAPTORS_ISA); \
  };
RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X

// The kernel of an operation, nullptr for dtypes that it does not take.
template <Op kOp, template <typename> class Functor, typename T>
constexpr ReduceKernel KernelOrNull() {
  if constexpr (!Info(kOp).Takes(DTypeOf<T>::value)) {
    return nullptr;
  } else if constexpr (kOp == Op::kMin || kOp == Op::kMax) {
    return Functor<T>::kKernel;
  } else {
    return &Kernel<Functor, T>;
  }
}

// The prefetch distance of an operation, whose loops min and max choose by another functor.
template <Op kOp, template <typename> class Functor, typename T>
constexpr int PrefetchDistance() {
  if constexpr (!Info(kOp).Takes(DTypeOf<T>::value)) {
    return 0;
  } else if constexpr (kOp == Op::kMin || kOp == Op::kMax) {
    return kSequencePrefetch<SimdBackend, Extreme<T, kOp == Op::kMax>>;
  } else {
    return kSequencePrefetch<SimdBackend, typename FoldedAs<Functor<T>>::Type>;
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
   HWY_NAMESPACE::PrefetchDistance<Op::op, HWY_NAMESPACE::functor, type>()},
#define RAPTORS_ROWS(op, functor, ...) RAPTORS_DTYPES_WITH(RAPTORS_ROW, op, functor)

const KernelEntry RAPTORS_REDUCTIONS_TABLE(RAPTORS_ISA)[kNumReductions] = {RAPTORS_REDUCE_OPS(RAPTORS_ROWS)};

}  // namespace raptors
