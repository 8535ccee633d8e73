// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What tests of reductions share: values that show the order of additions, the operations by enumerator, and the
// reference's results as bytes.

#ifndef RAPTORS_OPS_REDUCE_TESTING_H_
#define RAPTORS_OPS_REDUCE_TESTING_H_

#include <stdint.h>
#include <string.h>

#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/ops/reduce.h"
#include "raptors/testing/reduce_reference.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/views.h"

namespace raptors::test {

// Results, element after element in C order. A NaN result is canonical, so that bytes may be compared.
using Bytes = std::string;

// The 64-bit generator splitmix64: the same numbers on every platform.
class Generator {
 public:
  explicit Generator(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // Floats of either sign from 2^-12 to 2^12, with full significands and no zeros, computed without rounding; integers
  // from the whole range.
  template <typename T>
  T Value() {
    const uint64_t bits = Next();
    if constexpr (std::is_floating_point_v<T>) {
      constexpr int kDigits = std::numeric_limits<T>::digits;
      const int64_t significand = static_cast<int64_t>((uint64_t{1} << (kDigits - 1)) | (bits >> (65 - kDigits)));
      // From [1, 2) to [2^-12, 2^12), by powers of two.
      const T one_to_two = static_cast<T>(significand) / static_cast<T>(uint64_t{1} << (kDigits - 1));
      const T value = one_to_two * static_cast<T>(uint64_t{1} << (bits % 24)) / static_cast<T>(1 << 12);
      return (bits >> 8) & 1 ? -value : value;
    } else {
      return static_cast<T>(bits);
    }
  }

 private:
  uint64_t state_;
};

// Overwrites the elements of a view of writable memory.
template <typename T>
void FillRandom(const ArrayView& view, uint64_t seed) {
  Generator generator(seed);
  ForEachIndex(view.shape(), [&](auto index) {
    const T value = generator.Value<T>();
    memcpy(static_cast<char*>(const_cast<void*>(view.data())) + OffsetOf(view, index), &value, sizeof(T));
  });
}

inline void FillRandom(const ArrayView& view, uint64_t seed) {
  switch (view.dtype()) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return FillRandom<type>(view, seed);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
}

// A view of random values, and the memory it shows.
struct RandomCase {
  RandomCase(const LayoutCase& layout, DType dtype, uint64_t seed)
      : buffer(std::make_unique<LayoutBuffer>(layout, dtype)), name(layout.name), x(buffer->view()) {
    FillRandom(x, seed);
  }
  std::unique_ptr<LayoutBuffer> buffer;
  std::string name;
  ArrayView x;
};

inline LayoutCase MakeLayout(std::vector<LayoutCase::Axis> axes, std::vector<int> order, const char* name) {
  LayoutCase layout;
  layout.axes = std::move(axes);
  layout.order = std::move(order);
  layout.name = name;
  return layout;
}

// The operations that take axes.
inline constexpr Op kAxisOps[] = {Op::kSum, Op::kMean, Op::kMin, Op::kMax};

inline absl::Status Reduce(Op op, const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options) {
  switch (op) {
    case Op::kSum:
      return Sum(x, out, options);
    case Op::kMean:
      return Mean(x, out, options);
    case Op::kMin:
      return Min(x, out, options);
    case Op::kMax:
      return Max(x, out, options);
    default:
      return absl::InternalError("no such reduction");
  }
}

inline absl::StatusOr<Array> Reduce(Op op, const ArrayView& x, const ReduceOptions& options) {
  switch (op) {
    case Op::kSum:
      return Sum(x, options);
    case Op::kMean:
      return Mean(x, options);
    case Op::kMin:
      return Min(x, options);
    case Op::kMax:
      return Max(x, options);
    default:
      return absl::InternalError("no such reduction");
  }
}

// The axes whose bits are set.
inline std::vector<int> AxesOf(uint64_t set) {
  std::vector<int> axes;
  for (int axis = 0; axis < 64; ++axis) {
    if ((set >> axis) & 1) axes.push_back(axis);
  }
  return axes;
}

inline Bytes BytesOf(const ArrayView& view) {
  Bytes bytes;
  ForEachIndex(view.shape(), [&](auto index) {
    bytes.append(static_cast<const char*>(view.data()) + OffsetOf(view, index), view.item_size());
  });
  return bytes;
}

template <typename T>
Bytes BytesOf(const std::vector<T>& values) {
  return Bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// What the reduction of the axes whose bits are set must give.
template <typename T>
Bytes ReferenceBytes(Op op, const ArrayView& x, uint64_t axes) {
  switch (op) {
    case Op::kSum:
      return BytesOf(ReferenceReduce<Op::kSum, T>({x}, AxesOf(axes)));
    case Op::kMean:
      return BytesOf(ReferenceReduce<Op::kMean, T>({x}, AxesOf(axes)));
    case Op::kMin:
      return BytesOf(ReferenceReduce<Op::kMin, T>({x}, AxesOf(axes)));
    case Op::kMax:
      return BytesOf(ReferenceReduce<Op::kMax, T>({x}, AxesOf(axes)));
    default:
      return "no such reduction";
  }
}

inline Bytes ReferenceBytes(Op op, const ArrayView& x, uint64_t axes) {
  switch (x.dtype()) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return ReferenceBytes<type>(op, x, axes);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return "no such dtype";
}

}  // namespace raptors::test

#endif  // RAPTORS_OPS_REDUCE_TESTING_H_
