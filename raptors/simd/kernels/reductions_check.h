// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// One call of a reduction kernel, in memory of its own between guard bytes, and what the scalar reference makes of it.
//
//   Check(kernel, Consecutive<float>(1000));   // the kernel's bits are the reference's

#ifndef RAPTORS_SIMD_KERNELS_REDUCTIONS_CHECK_H_
#define RAPTORS_SIMD_KERNELS_REDUCTIONS_CHECK_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/base/reduce_args.h"
#include "raptors/testing/reduce_reference.h"

namespace raptors {

// A kernel, with its operation and element type as types.
template <Op kOp, typename T>
struct KernelUnderTest {
  static constexpr Op kOperation = kOp;
  static constexpr int kInputs = Info(kOp).inputs;
  using Element = T;
  using R = test::Reduction<kOp, T>;
  ReduceKernel run;
  std::string name = std::string(Name(kOp)) + " " + Name(DTypeOf<T>::value);
};

enum class Values {
  kOrdinary,  // sums round; of both signs
  kSpecial,   // all kinds, also NaN and infinities
  kZeros,     // +0 and -0
  kLarge,     // partial sums overflow or not by their order
};

template <typename T>
T Value(Values values, int64_t i) {
  const uint64_t hash = (static_cast<uint64_t>(i) + 17) * 0x9E3779B97F4A7C15u;
  if constexpr (std::is_floating_point_v<T>) {
    using L = std::numeric_limits<T>;
    switch (values) {
      case Values::kOrdinary:
        return static_cast<T>(static_cast<double>(hash >> 40) * 0x1p-20 - 5);
      case Values::kZeros:
        return hash >> 60 == 0 ? T(0) : T(-0.0);
      case Values::kLarge:
        return (hash >> 63 ? L::max() : L::lowest()) / static_cast<T>(1 + (hash >> 40) % 5);
      case Values::kSpecial: {
        static const T kValues[] = {
            T(0),         T(-0.0), L::denorm_min(), -L::denorm_min(), L::min(),       L::max(), L::lowest(),
            L::epsilon(), T(1),    L::infinity(),   -L::infinity(),   L::quiet_NaN(), T(-7)};
        // NaN and infinities are rare, or every result would be NaN.
        const int64_t kinds = hash >> 58 == 0 ? 13 : 9;
        return kValues[(hash >> 33) % kinds];
      }
    }
  }
  return static_cast<T>(values == Values::kOrdinary ? hash >> 50 : hash);
}

inline constexpr int64_t kMaxInputs = 2;

// One call; strides and offsets in bytes. For kernels with one input the second one's are ignored.
struct Case {
  ReduceForm form;
  int lanes = 0;
  std::vector<ReduceAxis> axes = {};
  int64_t kept = 1;
  int64_t kept_stride[kMaxInputs] = {0, 0};
  int64_t offset[kMaxInputs] = {0, 0};  // of the lowest byte of an input from a cache line
  int64_t out_gap = 0;                  // between results
  int64_t out_offset = 0;
};

inline std::string Describe(const Case& c) {
  std::string text =
      c.form == ReduceForm::kSequences ? "sequences" : "columns in " + std::to_string(c.lanes) + " lanes";
  for (const ReduceAxis& axis : c.axes) {
    text += ", " + std::to_string(axis.extent) + " by " + std::to_string(axis.stride[0]) + " and " +
            std::to_string(axis.stride[1]);
  }
  return text + "; kept " + std::to_string(c.kept) + " by " + std::to_string(c.kept_stride[0]) + " and " +
         std::to_string(c.kept_stride[1]) + "; offsets " + std::to_string(c.offset[0]) + ", " +
         std::to_string(c.offset[1]) + ", out " + std::to_string(c.out_offset) + " gap " + std::to_string(c.out_gap);
}

inline int64_t Size(const Case& c) {
  int64_t size = 1;
  for (const ReduceAxis& axis : c.axes) size *= axis.extent;
  return size;
}

// Offset of element i of result j of input k.
inline int64_t OffsetOf(const Case& c, int k, int64_t j, int64_t i) {
  int64_t offset = j * c.kept_stride[k];
  for (auto axis = c.axes.rbegin(); axis != c.axes.rend(); ++axis) {
    offset += i % axis->extent * axis->stride[k];
    i /= axis->extent;
  }
  return offset;
}

inline void Bounds(const Case& c, int k, int64_t* low, int64_t* high) {
  *low = std::min<int64_t>(0, (c.kept - 1) * c.kept_stride[k]);
  *high = std::max<int64_t>(0, (c.kept - 1) * c.kept_stride[k]);
  for (const ReduceAxis& axis : c.axes) {
    *low += std::min<int64_t>(0, (axis.extent - 1) * axis.stride[k]);
    *high += std::max<int64_t>(0, (axis.extent - 1) * axis.stride[k]);
  }
}

struct alignas(64) Line {
  unsigned char bytes[64];
};

template <class K>
class Call {
 public:
  using T = typename K::Element;
  using R = typename K::R;
  using Acc = typename R::Acc;
  using Result = typename R::Result;

  Call(const K& kernel, const Case& c, Values values) : kernel_(kernel), case_(c), values_(values) {
    for (int k = 0; k < K::kInputs; ++k) {
      int64_t low, high;
      Bounds(c, k, &low, &high);
      memory_[k].resize((high - low + static_cast<int64_t>(sizeof(T)) + c.offset[k]) / 64 + 1 + 2 * kGuardLines);
      // The gaps are NaNs: a kernel that folds one is seen.
      std::memset(memory_[k].data(), 0xFF, memory_[k].size() * sizeof(Line));
      UseInput(k, reinterpret_cast<char*>(memory_[k].data() + kGuardLines) + c.offset[k] - low);
    }
  }

  // Element [0] of an input is at `first`.
  void UseInput(int k, char* first) {
    in_[k] = first;
    for (int64_t j = 0; j < case_.kept; ++j) {
      for (int64_t i = 0; i < Size(case_); ++i) {
        const T value = Value<T>(values_, j * Size(case_) + i + k * 1000);
        std::memcpy(in_[k] + OffsetOf(case_, k, j, i), &value, sizeof(T));
      }
    }
  }

  ReduceArgs Args(ReduceStage stage) const {
    ReduceArgs args = {};
    args.form = case_.form;
    args.stage = stage;
    args.lanes = case_.lanes;
    for (int k = 0; k < K::kInputs; ++k) args.in[k] = in_[k];
    args.axes = case_.axes.data();
    args.num_axes = static_cast<int>(case_.axes.size());
    args.end = Size(case_);
    args.kept = case_.kept;
    for (int k = 0; k < kMaxInputs; ++k) args.kept_stride[k] = case_.kept_stride[k];
    if constexpr (K::kOperation == Op::kMean) {
      if constexpr (std::is_same_v<T, float>) {
        args.scalar.f32 = static_cast<float>(Size(case_));
      } else {
        args.scalar.f64 = static_cast<double>(Size(case_));
      }
    }
    if constexpr (K::kOperation == Op::kNrm2) args.scalar.f64 = kScale;
    return args;
  }

  std::vector<Result> Want() const {
    std::vector<Result> want;
    for (int64_t j = 0; j < case_.kept; ++j) {
      std::vector<Acc> terms;
      for (int64_t i = 0; i < Size(case_); ++i) {
        T x[kMaxInputs] = {};
        for (int k = 0; k < K::kInputs; ++k) std::memcpy(&x[k], in_[k] + OffsetOf(case_, k, j, i), sizeof(T));
        terms.push_back(R::Term(x[0], x[1], kScale));
      }
      want.push_back(R::Finish(test::FoldTerms<R, T>(terms, case_.form, case_.lanes), Size(case_)));
    }
    return want;
  }

  // The results of run(args), where `run` is to set the output with SetOutput().
  std::vector<Result> RunWhole() {
    ReduceArgs args = Args(ReduceStage::kWhole);
    return RunWith(args);
  }

  std::vector<Result> RunInParts(int64_t part) {
    const int64_t size = Size(case_);
    const int64_t parts = (size + part - 1) / part;
    std::vector<Acc> totals(parts * case_.kept, Acc(77));
    ReduceArgs args = Args(ReduceStage::kPartial);
    for (int64_t i = 0; i < parts; ++i) {
      args.begin = i * part;
      args.end = std::min(size, args.begin + part);
      args.out = reinterpret_cast<char*>(totals.data() + i * case_.kept);
      args.out_stride = sizeof(Acc);
      kernel_.run(args);
    }
    const ReduceAxis axis = {parts, {static_cast<int64_t>(case_.kept * sizeof(Acc)), 0}};
    args.stage = ReduceStage::kCombine;
    args.in[0] = reinterpret_cast<const char*>(totals.data());
    args.axes = &axis;
    args.num_axes = 1;
    args.begin = 0;
    args.end = parts;
    args.kept_stride[0] = sizeof(Acc);
    return RunWith(args);
  }

 private:
  static constexpr int64_t kGuardLines = 4;
  static constexpr double kScale = 0x1p-3;

  std::vector<Result> RunWith(ReduceArgs& args) {
    const int64_t stride = static_cast<int64_t>(sizeof(Result)) + case_.out_gap;
    std::vector<Line> memory((case_.kept * stride + case_.out_offset) / 64 + 1 + 2 * kGuardLines);
    auto* bytes = reinterpret_cast<unsigned char*>(memory.data());
    const size_t size = memory.size() * sizeof(Line);
    std::memset(bytes, 0xA5, size);
    unsigned char* out = bytes + kGuardLines * 64 + case_.out_offset;
    args.out = reinterpret_cast<char*>(out);
    args.out_stride = stride;
    kernel_.run(args);
    std::vector<Result> got(case_.kept);
    for (int64_t j = 0; j < case_.kept; ++j) {
      std::memcpy(&got[j], out + j * stride, sizeof(Result));
      std::memset(out + j * stride, 0xA5, sizeof(Result));
    }
    EXPECT_TRUE(bytes[0] == 0xA5 && std::memcmp(bytes, bytes + 1, size - 1) == 0) << "wrote outside the output";
    return got;
  }

  const K& kernel_;
  const Case& case_;
  Values values_;
  std::vector<Line> memory_[kMaxInputs];
  char* in_[kMaxInputs] = {};
};

template <typename Result>
::testing::AssertionResult SameBits(const std::vector<Result>& got, const std::vector<Result>& want) {
  for (size_t j = 0; j < want.size(); ++j) {
    if (std::memcmp(&got[j], &want[j], sizeof(Result)) != 0) {
      return ::testing::AssertionFailure()
             << "result " << j << ": got " << got[j] << ", want " << want[j] << ", difference " << got[j] - want[j];
    }
  }
  return ::testing::AssertionSuccess();
}

template <class K>
void Check(const K& kernel, const Case& c, Values values = Values::kOrdinary, std::vector<int64_t> parts = {}) {
  Call<K> call(kernel, c, values);
  const auto want = call.Want();
  ASSERT_TRUE(SameBits(call.RunWhole(), want)) << kernel.name << ": " << Describe(c);
  for (const int64_t part : parts) {
    ASSERT_TRUE(SameBits(call.RunInParts(part), want)) << kernel.name << " in parts of " << part << ": " << Describe(c);
  }
}

// n consecutive elements; the second input `second` elements off.
template <typename T>
Case Consecutive(int64_t n, int64_t first = 0, int64_t second = 0) {
  const int64_t item = sizeof(T);
  Case c = {ReduceForm::kSequences};
  c.axes = {{n, {item, item}}};
  c.offset[0] = first * item;
  c.offset[1] = second * item;
  return c;
}

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_REDUCTIONS_CHECK_H_
