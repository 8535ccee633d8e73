// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The strided map skeleton of one input: it steps by something else than one element into a contiguous output, by
// vector shuffles for the common steps and by 16-byte groups of scalar loads for all others. Several inputs go through
// the packing skeleton, which moves each one with this one.

#ifndef RAPTORS_SIMD_LOOPS_STRIDED_INL_H_
#define RAPTORS_SIMD_LOOPS_STRIDED_INL_H_

#include "raptors/simd/loops/contiguous-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// Steps with a shuffle of their own, in elements. kAnyStep is every other.
inline constexpr int kAnyStep = 99;

// How LoadStep() treats the element that lies behind the last one it wants, on the way to the next.
enum class Reach {
  kOpen,    // may be read: the caller vouches that it exists
  kClosed,  // is not read
  kMasked,  // is masked off: as kClosed, at the cost of kOpen where masks are good
};

// Elements i .. i + Lanes(d) - 1 of an input with step kStep, as a vector. Reads nothing outside the range from the
// first to the last of them, except as kReach says.
template <int kStep, Reach kReach, class D, typename T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> LoadStep(D d, const T* in, int64_t i, int64_t step) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  (void)lanes;
#if HWY_IS_TSAN
  // Vectors hold what lies between the elements as well, which another thread may be writing. It is not used, but the
  // sanitizer cannot know.
  if constexpr (kStep == 2 || kStep == -2) {
    T lane[HWY_MAX_LANES_D(D)];
    for (int64_t j = 0; j < lanes; ++j) lane[j] = in[(i + j) * kStep];
    return hn::LoadU(d, lane);
  }
#endif
#if HWY_TARGET != HWY_SCALAR  // one lane has nothing to shuffle
  if constexpr (kStep == 1) {
    return hn::LoadU(d, in + i);
  } else if constexpr (kStep == -1) {
    return hn::Reverse(d, hn::LoadU(d, in - i - (lanes - 1)));
  } else if constexpr (kStep == 2) {
    const T* from = in + 2 * i;
    const auto low = hn::LoadU(d, from);
    if constexpr (kReach == Reach::kOpen) return hn::ConcatEven(d, hn::LoadU(d, from + lanes), low);
    if constexpr (kReach == Reach::kMasked) {
      return hn::ConcatEven(d, hn::LoadN(d, from + lanes, static_cast<size_t>(lanes - 1)), low);
    }
    // One element earlier, where the wanted ones are the odd ones.
    const auto high = hn::LoadU(d, from + lanes - 1);
    return hn::ConcatUpperLower(d, hn::ConcatOdd(d, high, high), hn::ConcatEven(d, low, low));
  } else if constexpr (kStep == -2) {
    const T* from = in - 2 * (i + lanes - 1);
    if constexpr (kReach == Reach::kOpen) {
      return hn::Reverse(d, hn::ConcatOdd(d, hn::LoadU(d, from - 1 + lanes), hn::LoadU(d, from - 1)));
    }
    const auto low = hn::LoadU(d, from);
    if constexpr (kReach == Reach::kMasked) {
      return hn::Reverse(d, hn::ConcatEven(d, hn::LoadN(d, from + lanes, static_cast<size_t>(lanes - 1)), low));
    }
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

// Whether vectors with a step hold gaps: what lies behind the last element they want, on the way to the next.
template <int kStep>
inline constexpr bool kGaps = kStep == 2 || kStep == -2;

// How the last vector of a row is loaded where its gap may not be read.
template <class B>
inline constexpr Reach kLastReach = B::kMaskedTails ? Reach::kMasked : Reach::kClosed;

// Whether the gap behind the last element of a row lies before the next row's first, and so inside of the operand.
template <int kStep, typename T>
HWY_INLINE bool GapsBetweenRows(int64_t row_stride, int64_t n) {
  return (kStep > 0 ? row_stride : -row_stride) >= 2 * n * static_cast<int64_t>(sizeof(T));
}

// One row; `open`: the gap behind its last element may be read. Output and input are different memory (an in-place call
// has a strided output), so the last vector may go over elements again that the one before it has done.
template <int kStep, class B, class Op, typename T>
HWY_INLINE void StridedRow(const Op& op, const T* in, int64_t step, T* out, int64_t n, bool open) {
  const StepTag<kStep, T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int64_t kUnroll = 4;
  if (n < lanes) {
    if constexpr (kStep != kAnyStep) return StridedRow<kAnyStep, B>(op, in, step, out, n, open);
    // In all lanes: with zeros in the others, an infinite factor would raise the invalid flag.
    for (int64_t i = 0; i < n; ++i) out[i] = hn::GetLane(op(d, hn::Set(d, in[i * step])));
    return;
  }
  const int64_t end = kGaps<kStep> && !open ? n - 1 : n;
  int64_t i = 0;
  for (; i + kUnroll * lanes <= end; i += kUnroll * lanes) {
    HWY_UNROLL(4)
    for (int64_t u = 0; u < kUnroll; ++u) {
      hn::StoreU(op(d, LoadStep<kStep, Reach::kOpen>(d, in, i + u * lanes, step)), d, out + i + u * lanes);
    }
  }
  for (; i + lanes <= end; i += lanes) hn::StoreU(op(d, LoadStep<kStep, Reach::kOpen>(d, in, i, step)), d, out + i);
  if (i == n) return;
  i = n - lanes;
  hn::StoreU(op(d, LoadStep<kStep, kLastReach<B>>(d, in, i, step)), d, out + i);
}

template <int kStep, class B, class Op, typename T>
HWY_NOINLINE void StridedRows(Op op, const KernelArgs& args) {
  const int64_t step = args.stride[1][1] / static_cast<int64_t>(sizeof(T));
  const int64_t n = args.extent[1];
  RowWalk<Op, T> walk(args);
  const bool between = GapsBetweenRows<kStep, T>(walk.in_stride[0], n);
  do {
    StridedRow<kStep, B>(op, walk.in.at[0], step, walk.out, n, between && walk.rows_left > 1);
  } while (walk.Next());
}

// Precondition: the output is contiguous along the inner axis.
template <class B, class Op, typename T>
HWY_INLINE void StridedMap(const Op& op, const KernelArgs& args) {
  static_assert(Op::kInputs == 1);
  switch (args.stride[1][1] / static_cast<int64_t>(sizeof(T))) {
#if HWY_TARGET != HWY_SCALAR
    case -1:
      return StridedRows<-1, B, Op, T>(op, args);
    case 2:
      return StridedRows<2, B, Op, T>(op, args);
    case -2:
      return StridedRows<-2, B, Op, T>(op, args);
#endif
    default:
      return StridedRows<kAnyStep, B, Op, T>(op, args);
  }
}

#if HWY_TARGET != HWY_SCALAR

// Two inputs with steps that have a shuffle, into a contiguous output. Full vectors only: what is left of each row,
// from column VectorColumns() on, is the caller's.
template <int kStep0, int kStep1, class B, class Op, typename T>
HWY_NOINLINE void SteppedPair(const KernelArgs& args) {
  const Op op(args);
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t n = args.extent[1];
  constexpr int64_t kUnroll = 4;
  const int64_t done = n - n % lanes;
  RowWalk<Op, T> walk(args);
  const bool gaps = (kGaps<kStep0> && !GapsBetweenRows<kStep0, T>(walk.in_stride[0], n)) ||
                    (kGaps<kStep1> && !GapsBetweenRows<kStep1, T>(walk.in_stride[1], n));
  do {
    // The last vector of a row that is all vectors may have to be loaded in another way.
    const bool closed = (kGaps<kStep0> || kGaps<kStep1>) && done == n && (gaps || walk.rows_left == 1);
    const int64_t end = closed ? done - lanes : done;
    const T* const x = walk.in.at[0];
    const T* const y = walk.in.at[1];
    T* const out = walk.out;
    int64_t i = 0;
    for (; i + kUnroll * lanes <= end; i += kUnroll * lanes) {
      HWY_UNROLL(4)
      for (int64_t u = 0; u < kUnroll; ++u) {
        const int64_t j = i + u * lanes;
        hn::StoreU(
            op(d, LoadStep<kStep0, Reach::kOpen>(d, x, j, kStep0), LoadStep<kStep1, Reach::kOpen>(d, y, j, kStep1)), d,
            out + j);
      }
    }
    for (; i < end; i += lanes) {
      hn::StoreU(
          op(d, LoadStep<kStep0, Reach::kOpen>(d, x, i, kStep0), LoadStep<kStep1, Reach::kOpen>(d, y, i, kStep1)), d,
          out + i);
    }
    if (i < done) {
      hn::StoreU(
          op(d, LoadStep<kStep0, kLastReach<B>>(d, x, i, kStep0), LoadStep<kStep1, kLastReach<B>>(d, y, i, kStep1)), d,
          out + i);
    }
  } while (walk.Next());
}

// Runs SteppedPair() if the call is one of those that it is compiled for; returns how many columns are done. Two inputs
// backwards are packed: seldom, and not worth another copy of the loop for each operation.
template <class B, class Op, typename T>
HWY_INLINE int64_t SteppedColumns(const KernelArgs& args) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  constexpr int64_t kItem = sizeof(T);
  const int64_t n = args.extent[1];
  if (n < 2 * lanes || args.stride[0][1] != kItem) return 0;
  const int64_t x = args.stride[1][1];
  const int64_t y = args.stride[2][1];
  if (x == 2 * kItem && y == kItem) {
    SteppedPair<2, 1, B, Op, T>(args);
  } else if (x == kItem && y == 2 * kItem) {
    SteppedPair<1, 2, B, Op, T>(args);
  } else if (x == 2 * kItem && y == 2 * kItem) {
    SteppedPair<2, 2, B, Op, T>(args);
  } else if (x == -kItem && y == kItem) {
    SteppedPair<-1, 1, B, Op, T>(args);
  } else if (x == kItem && y == -kItem) {
    SteppedPair<1, -1, B, Op, T>(args);
  } else {
    return 0;
  }
  return n - n % lanes;
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_STRIDED_INL_H_
