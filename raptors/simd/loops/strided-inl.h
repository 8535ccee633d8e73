// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The strided map skeleton: inputs that step by something else than one element into a contiguous output, by vector
// shuffles for the common steps and by 16-byte groups of scalar loads for all others. A strided output, or several
// strided inputs, go through the packing skeleton.

#ifndef RAPTORS_SIMD_LOOPS_STRIDED_INL_H_
#define RAPTORS_SIMD_LOOPS_STRIDED_INL_H_

#include "raptors/simd/loops/packed-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Steps with a shuffle of their own, in elements. kAnyStep is every other.
inline constexpr int kAnyStep = 99;

// Elements i .. i + Lanes(d) - 1 of an input with step kStep, as a vector. Reads nothing outside the range from the
// first to the last of them, but for kOpen one more element on the way to element i + Lanes(d), which then must exist.
template <int kStep, bool kOpen, class D, typename T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> LoadStep(D d, const T* in, int64_t i, int64_t step) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  (void)lanes;
#if HWY_TARGET != HWY_SCALAR  // one lane has nothing to shuffle
  if constexpr (kStep == -1) {
    return hn::Reverse(d, hn::LoadU(d, in - i - (lanes - 1)));
  } else if constexpr (kStep == 2) {
    const T* from = in + 2 * i;
    const auto low = hn::LoadU(d, from);
    if constexpr (kOpen) return hn::ConcatEven(d, hn::LoadU(d, from + lanes), low);
    // One element earlier, where the wanted ones are the odd ones.
    const auto high = hn::LoadU(d, from + lanes - 1);
    return hn::ConcatUpperLower(d, hn::ConcatOdd(d, high, high), hn::ConcatEven(d, low, low));
  } else if constexpr (kStep == -2) {
    const T* from = in - 2 * (i + lanes - 1);
    if constexpr (kOpen) {
      return hn::Reverse(d, hn::ConcatOdd(d, hn::LoadU(d, from - 1 + lanes), hn::LoadU(d, from - 1)));
    }
    const auto low = hn::LoadU(d, from);
    const auto high = hn::LoadU(d, from + lanes - 1);
    return hn::Reverse(d, hn::ConcatUpperLower(d, hn::ConcatOdd(d, high, high), hn::ConcatEven(d, low, low)));
  } else
#endif
  {
    const T* from = in + i * step;
#if HWY_HAVE_SCALABLE
    T lane[HWY_MAX_BYTES / sizeof(T)];
    for (int64_t j = 0; j < lanes; ++j) lane[j] = from[j * step];
    return hn::LoadU(d, lane);
#else
    if constexpr (HWY_MAX_LANES_D(D) == 1) {
      return hn::Set(d, *from);
    } else if constexpr (HWY_MAX_LANES_D(D) == 2) {
      return hn::Dup128VecFromValues(d, from[0], from[step]);
    } else {
      return hn::Dup128VecFromValues(d, from[0], from[step], from[2 * step], from[3 * step]);
    }
#endif
  }
}

// The vector type for a step: full vectors where a shuffle of full vectors exists, 16 bytes otherwise.
#if HWY_HAVE_SCALABLE || HWY_TARGET == HWY_SCALAR
template <int kStep, typename T>
using StepTag = hn::ScalableTag<T>;
#else
template <int kStep, typename T>
using StepTag = std::conditional_t<kStep == kAnyStep, hn::CappedTag<T, 16 / sizeof(T)>, hn::ScalableTag<T>>;
#endif

// One row. Output and input are different memory (an in-place call has a strided output), so the last vector may go
// over elements again that the one before it has done.
template <int kStep, class Op, typename T>
HWY_INLINE void StridedRow(const Op& op, const T* in, int64_t step, T* out, int64_t n) {
  const StepTag<kStep, T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int64_t kUnroll = 4;
  if (n < lanes) {
    if constexpr (kStep != kAnyStep) return StridedRow<kAnyStep>(op, in, step, out, n);
    const hn::CappedTag<T, 1> d1;
    for (int64_t i = 0; i < n; ++i) hn::StoreU(op(d1, hn::LoadU(d1, in + i * step)), d1, out + i);
    return;
  }
  int64_t i = 0;
  for (; i + kUnroll * lanes < n; i += kUnroll * lanes) {
    HWY_UNROLL(4)
    for (int64_t u = 0; u < kUnroll; ++u) {
      hn::StoreU(op(d, LoadStep<kStep, true>(d, in, i + u * lanes, step)), d, out + i + u * lanes);
    }
  }
  for (; i + lanes < n; i += lanes) hn::StoreU(op(d, LoadStep<kStep, true>(d, in, i, step)), d, out + i);
  i = n - lanes;
  hn::StoreU(op(d, LoadStep<kStep, false>(d, in, i, step)), d, out + i);
}

template <int kStep, class Op, typename T>
HWY_NOINLINE void StridedRows(Op op, const KernelArgs& args) {
  const int64_t step = args.stride[1][1] / static_cast<int64_t>(sizeof(T));
  const int64_t n = args.extent[1];
  RowWalk<Op, T> walk(args);
  do {
    StridedRow<kStep>(op, walk.in.at[0], step, walk.out, n);
  } while (walk.Next());
}

template <class B, class Op, typename T>
HWY_INLINE void StridedMap(const Op& op, const KernelArgs& args) {
  if constexpr (Op::kInputs == 1) {
    if (args.stride[0][1] == static_cast<int64_t>(sizeof(T))) {
      switch (args.stride[1][1] / static_cast<int64_t>(sizeof(T))) {
#if HWY_TARGET != HWY_SCALAR
        case -1:
          return StridedRows<-1, Op, T>(op, args);
        case 2:
          return StridedRows<2, Op, T>(op, args);
        case -2:
          return StridedRows<-2, Op, T>(op, args);
#endif
        default:
          return StridedRows<kAnyStep, Op, T>(op, args);
      }
    }
  }
  PackedMap<B, Op, T>(op, args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_STRIDED_INL_H_
