// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Walking the reduced axes of a call, and bringing elements that do not lie one behind the other into a buffer.
// Elements are copied as bytes, so that any address and any stride will do.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_AXES_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_AXES_INL_H_

#include <string.h>

#include "raptors/simd/loops/reduce_op-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

// A position in the flattened order of the reduced axes.
template <int kInputs>
class AxisCursor {
 public:
  // At position `begin`, which may be the end.
  HWY_NOINLINE AxisCursor(const ReduceArgs& args, int64_t begin) : axes_(args.axes), last_(args.num_axes - 1) {
    for (int k = 0; k < kInputs; ++k) at_[k] = args.in[k];
    for (int axis = last_; axis >= 0; --axis) {
      index_[axis] = 0;
      if (begin == 0) continue;  // also where an extent is 0
      index_[axis] = axis > 0 ? begin % axes_[axis].extent : begin;
      begin /= axes_[axis].extent;
      Move(axis, index_[axis]);
    }
  }

  HWY_INLINE const char* at(int k) const { return at_[k]; }
  // Bytes between two elements of a run.
  HWY_INLINE int64_t step(int k) const { return last_ < 0 ? 0 : axes_[last_].stride[k]; }
  // Elements from here on along the last axis.
  HWY_INLINE int64_t Run() const { return last_ < 0 ? 1 : axes_[last_].extent - index_[last_]; }

  // Goes n <= Run() elements further.
  HWY_INLINE void Advance(int64_t n) {
    if (last_ < 0) return;
    index_[last_] += n;
    Move(last_, n);
    if (last_ > 0 && index_[last_] == axes_[last_].extent) Carry();
  }

 private:
  HWY_NOINLINE void Carry() {
    for (int axis = last_; axis > 0 && index_[axis] == axes_[axis].extent; --axis) {
      index_[axis] = 0;
      Move(axis, -axes_[axis].extent);
      ++index_[axis - 1];
      Move(axis - 1, 1);
    }
  }

  HWY_INLINE void Move(int axis, int64_t steps) {
    for (int k = 0; k < kInputs; ++k) at_[k] += steps * axes_[axis].stride[k];
  }

  const ReduceAxis* axes_;
  int last_;
  const char* at_[kInputs];
  int64_t index_[kMaxReduceAxes];
};

// Unsigned integers of an element's size: copies of elements are the same for all types.
template <typename T>
using BitsOf = hwy::MakeUnsigned<T>;

template <int64_t kValue>
struct Constant {
  static constexpr int64_t value = kValue;
};

// Packs every other item as vectors; returns how many are done. Reads nothing behind the last one.
template <typename Bits>
HWY_INLINE int64_t PackEven([[maybe_unused]] const char* from, [[maybe_unused]] int64_t n, [[maybe_unused]] Bits* to) {
  int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR && !HWY_IS_TSAN  // what lies between may be another thread's
  const hn::ScalableTag<Bits> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  if (reinterpret_cast<uintptr_t>(from) % sizeof(Bits) != 0) return 0;
  const Bits* const in = reinterpret_cast<const Bits*>(from);
  for (; i + lanes < n; i += lanes) {
    const Bits* const at = in + 2 * i;
    hn::StoreU(hn::ConcatEven(d, hn::LoadU(d, at + lanes), hn::LoadU(d, at)), d, to + i);
  }
#endif
  return i;
}

template <typename Bits>
HWY_NOINLINE void PackBits(const char* from, int64_t step, int64_t n, Bits* to) {
  constexpr int64_t kItem = sizeof(Bits);
  if (step == kItem && n >= 16) {  // a handful is not worth a call
    memcpy(to, from, static_cast<size_t>(n) * sizeof(Bits));
    return;
  }
  for (int64_t i = step == 2 * kItem ? PackEven(from, n, to) : 0; i < n; ++i) memcpy(to + i, from + i * step, kItem);
}

// to[i] = the element i * step bytes behind `from`.
template <typename T>
HWY_INLINE void PackElements(const char* from, int64_t step, int64_t n, T* to) {
  PackBits(from, step, n, reinterpret_cast<BitsOf<T>*>(to));
}

// A matrix of rows of a few elements, without gaps: to[row * width + i].
template <typename Bits>
HWY_NOINLINE void PackFewBits(const char* from, int64_t row_step, int64_t step, int64_t rows, int64_t width, Bits* to) {
  const auto pack = [&](auto width_of) {
    constexpr int64_t kWidth = decltype(width_of)::value;
    for (int64_t row = 0; row < rows; ++row, from += row_step, to += kWidth) {
      for (int64_t i = 0; i < kWidth; ++i) memcpy(to + i, from + i * step, sizeof(Bits));
    }
  };
  switch (width) {
    case 1:
      return pack(Constant<1>());
    case 2:
      return pack(Constant<2>());
    case 3:
      return pack(Constant<3>());
    default:
      for (int64_t row = 0; row < rows; ++row, from += row_step, to += width) {
        int64_t i = step == int64_t{2 * sizeof(Bits)} ? PackEven(from, width, to) : 0;
        for (; i < width; ++i) memcpy(to + i, from + i * step, sizeof(Bits));
      }
  }
}

template <typename T>
HWY_INLINE void PackFew(const char* from, int64_t row_step, int64_t step, int64_t rows, int64_t width, T* to) {
  PackFewBits(from, row_step, step, rows, width, reinterpret_cast<BitsOf<T>*>(to));
}

template <typename Bits>
HWY_NOINLINE void UnpackBits(const Bits* from, int64_t n, char* to, int64_t step) {
  if (step == static_cast<int64_t>(sizeof(Bits)) && n >= 16) {
    memcpy(to, from, static_cast<size_t>(n) * sizeof(Bits));
  } else {
    for (int64_t i = 0; i < n; ++i) memcpy(to + i * step, from + i, sizeof(Bits));
  }
}

// The reverse of PackElements().
template <typename T>
HWY_INLINE void UnpackElements(const T* from, int64_t n, char* to, int64_t step) {
  UnpackBits(reinterpret_cast<const BitsOf<T>*>(from), n, to, step);
}

// Whether every element is at a multiple of its size.
template <int64_t kItem, int kInputs>
HWY_NOINLINE bool Aligned(const ReduceArgs& args) {
  uintptr_t bits = 0;
  for (int k = 0; k < kInputs; ++k) {
    bits |= reinterpret_cast<uintptr_t>(args.in[k]) | static_cast<uintptr_t>(args.kept_stride[k]);
    for (int axis = 0; axis < args.num_axes; ++axis) bits |= static_cast<uintptr_t>(args.axes[axis].stride[k]);
  }
  return bits % kItem == 0;
}

// Whether the inputs have no gaps along their last reduced axis.
template <int64_t kItem, int kInputs>
HWY_INLINE bool Consecutive(const ReduceArgs& args) {
  if (args.num_axes == 0) return true;
  bool consecutive = true;
  for (int k = 0; k < kInputs; ++k) consecutive = consecutive && args.axes[args.num_axes - 1].stride[k] == kItem;
  return consecutive;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_AXES_INL_H_
