// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// One kernel call of any map operation against plain C++: every operand has a layout of its own, and lies between guard
// bytes. Checks the values of each element, that nothing else is written, and that those floating-point flags are
// raised that the operation itself raises, all five.
//
//   // The output, then the inputs: offset and strides in bytes.
//   MapCase c = {rows, cols, {{0, cols * 4, 4}, {4, 4, rows * 4}}};
//   CheckMap<float>(entry, c);

#ifndef RAPTORS_SIMD_KERNELS_MAP_CHECK_H_
#define RAPTORS_SIMD_KERNELS_MAP_CHECK_H_

#include <stdint.h>

#include <algorithm>
#include <cfenv>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/op.h"
#include "raptors/testing/guard_page.h"
#include "raptors/testing/map_reference.h"

namespace raptors {

struct MapOperand {
  int64_t offset = 0;  // bytes, of the lowest element from a cache line
  int64_t row = 0;     // bytes
  int64_t col = 0;
};

enum class Values {
  kPlain,    // finite floats whose products are finite; integers of all bits
  kSpecial,  // zeros, infinities, NaN, subnormal and huge numbers; the extremes of integers
  kPairs,    // kinds of kSpecial in turn, those of the second input `special` further on than those of the others
};

// Kinds of special values; integers have fewer, and meet some twice.
inline constexpr int kNumSpecials = 12;

struct MapCase {
  int64_t rows, cols;
  MapOperand operand[kMaxOperands];  // the output, then the inputs
  Values values = Values::kPlain;
  bool stream = false;
  int in_place = 0;  // this input is the output
  // Input `special_operand` (0: none) has this kind of special value as element `special_at` of its rows.
  int special_operand = 0;
  int64_t special_at = 0;
  int special = 0;
  // Operands lie against inaccessible pages instead of guard bytes; offsets are ignored.
  bool guard_pages = false;
  test::GuardedBuffer::Flush flush = test::GuardedBuffer::Flush::kEnd;
};

template <typename T>
T MapValue(Values values, uint64_t random) {
  using L = std::numeric_limits<T>;
  if constexpr (std::is_integral_v<T>) {
    static const T kSpecial[] = {0, 1, T(-1), L::min(), L::max(), T(L::min() + 1), T(1) << (4 * sizeof(T))};
    return values == Values::kPlain ? static_cast<T>(random) : kSpecial[random % 7];
  } else {
    static const T kSpecial[kNumSpecials] = {T(0),           T(-0.0),         L::infinity(), -L::infinity(),
                                             L::quiet_NaN(), L::denorm_min(), -L::min(),     L::max(),
                                             L::lowest(),    L::epsilon(),    T(1),          T(-3)};
    return values == Values::kPlain ? T(0.25) * static_cast<T>(random % 1000) - T(100.125)
                                    : kSpecial[random % kNumSpecials];
  }
}

// Same bits, where any NaN equals any NaN.
template <typename T>
bool SameValue(T a, T b) {
  return (a != a && b != b) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

inline std::string Describe(const KernelEntry& entry, const MapCase& c) {
  std::string text = std::string(Name(entry.op)) + " " + Name(entry.dtype) + " " + std::to_string(c.rows) + "x" +
                     std::to_string(c.cols);
  for (int k = 0; k <= Info(entry.op).inputs; ++k) {
    const MapOperand& o = c.operand[k];
    text += (k == 0 ? " out " : " in ") + std::to_string(o.offset) + "+" + std::to_string(o.row) + "," +
            std::to_string(o.col);
  }
  return text + (c.stream ? " stream" : "") + (c.in_place ? " in place " + std::to_string(c.in_place) : "");
}

// The memory of one operand.
class MapMemory {
 public:
  static constexpr int64_t kGuard = 256;

  MapMemory(const MapCase& c, const MapOperand& o, int64_t item, unsigned char fill) : fill_(fill) {
    const int64_t low = std::min<int64_t>(0, (c.rows - 1) * o.row) + std::min<int64_t>(0, (c.cols - 1) * o.col);
    const int64_t high = std::max<int64_t>(0, (c.rows - 1) * o.row) + std::max<int64_t>(0, (c.cols - 1) * o.col) + item;
    if (c.guard_pages) {
      pages_ = std::make_unique<test::GuardedBuffer>(high - low, c.flush);
      bytes_ = pages_->data();
      size_ = high - low;
      at_ = bytes_ - low;
    } else {
      lines_.resize((high - low + o.offset + 2 * kGuard) / sizeof(Line) + 2);
      bytes_ = lines_[0].bytes;
      size_ = static_cast<int64_t>(lines_.size() * sizeof(Line));
      at_ = bytes_ + kGuard + o.offset - low;
    }
    std::memset(bytes_, fill_, size_);
  }

  char* at() const { return at_; }

  // Whether every byte holds the fill, and pages their pattern.
  bool Intact() const {
    for (int64_t i = 0; i < size_; ++i) {
      if (static_cast<unsigned char>(bytes_[i]) != fill_) return false;
    }
    return pages_ == nullptr || pages_->SlackIntact();
  }
  void MakeReadOnly() {
    if (pages_ != nullptr) pages_->MakeReadOnly();
  }

 private:
  struct alignas(64) Line {
    char bytes[64];
  };
  std::unique_ptr<test::GuardedBuffer> pages_;
  std::vector<Line> lines_;
  unsigned char fill_;
  char* bytes_;
  int64_t size_;
  char* at_;
};

template <typename T>
void CheckMap(const KernelEntry& entry, const MapCase& c, uint32_t seed = 1) {
  constexpr int64_t kItem = sizeof(T);
  const int inputs = Info(entry.op).inputs;
  std::mt19937_64 random(seed);

  // The gaps between an input's elements are NaNs (-1): a kernel that computes with them and stores the result is seen.
  std::vector<std::unique_ptr<MapMemory>> memory;
  KernelArgs args = {};
  for (int k = 0; k <= inputs; ++k) {
    const MapOperand& o = k > 0 && k == c.in_place ? c.operand[0] : c.operand[k];
    memory.push_back(k > 0 && k == c.in_place ? nullptr
                                              : std::make_unique<MapMemory>(c, o, kItem, k == 0 ? 0xA5 : 0xFF));
    args.ptr[k] = memory[k] == nullptr ? args.ptr[0] : memory[k]->at();
    args.stride[k][0] = o.row;
    args.stride[k][1] = o.col;
  }
  args.extent[0] = c.rows;
  args.extent[1] = c.cols;
  args.stream = c.stream;
  args.layout = Classify(args, inputs + 1, kItem);
  const T scalar = c.values == Values::kSpecial && seed % 2 == 0 && std::is_floating_point_v<T>
                       ? std::numeric_limits<T>::infinity()
                       : MapValue<T>(Values::kPlain, random());
  std::memcpy(&args.scalar[0], &scalar, sizeof(T));

  const auto at = [&](int k, int64_t i, int64_t j) {
    return args.ptr[k] + i * args.stride[k][0] + j * args.stride[k][1];
  };
  for (int k = 1; k <= inputs; ++k) {
    for (int64_t i = 0; i < (args.stride[k][0] == 0 ? 1 : c.rows); ++i) {
      for (int64_t j = 0; j < (args.stride[k][1] == 0 ? 1 : c.cols); ++j) {
        T x = MapValue<T>(c.values,
                          c.values == Values::kPairs ? static_cast<uint64_t>(j + (k == 2 ? c.special : 0)) : random());
        if (k == c.special_operand && j == c.special_at) x = MapValue<T>(Values::kSpecial, c.special);
        std::memcpy(at(k, i, j), &x, kItem);
      }
    }
    if (memory[k] != nullptr) memory[k]->MakeReadOnly();
  }

  std::vector<T> want(c.rows * c.cols);
  std::feclearexcept(FE_ALL_EXCEPT);
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      T x[kMaxOperands];
      for (int k = 1; k <= inputs; ++k) std::memcpy(&x[k - 1], at(k, i, j), kItem);
      want[i * c.cols + j] = test::MapReference<T>(entry.op, scalar, x);
    }
  }
  const int want_flags = std::fetestexcept(FE_ALL_EXCEPT);

  std::feclearexcept(FE_ALL_EXCEPT);
  entry.map(args);
  ASSERT_EQ(std::fetestexcept(FE_ALL_EXCEPT), want_flags) << "floating-point flags, " << Describe(entry, c);
  std::feclearexcept(FE_ALL_EXCEPT);

  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      T got;
      std::memcpy(&got, at(0, i, j), kItem);
      ASSERT_TRUE(SameValue(got, want[i * c.cols + j]))
          << Describe(entry, c) << ", " << Name(args.layout) << ": [" << i << ", " << j << "] got " << got << ", want "
          << want[i * c.cols + j];
      std::memset(at(0, i, j), 0xA5, kItem);
    }
  }
  ASSERT_TRUE(memory[0]->Intact()) << Describe(entry, c) << ": wrote outside the output";
}

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_MAP_CHECK_H_
