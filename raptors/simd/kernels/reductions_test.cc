// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every reduction kernel of every level that this machine has, and of the stress backend, against the scalar reference
// of docs/reductions.md, bit by bit: all forms, lengths, strides and alignments, wholes and parts, between guard bytes.

#include "raptors/simd/kernels/reductions.h"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/reduce_args.h"
#include "raptors/cpu/cpu.h"
#include "raptors/simd/reductions_isas.h"
#include "raptors/testing/guard_page.h"
#include "raptors/testing/reduce_reference.h"

namespace raptors {
namespace {

using test::GuardedBuffer;

struct Table {
  std::string name;
  const KernelEntry* entries;
};

std::vector<Table> Tables() {
  std::vector<Table> tables = {{"stress", RAPTORS_REDUCTIONS_TABLE(stress)}};
#define RAPTORS_X(id, lower, name, ...) \
  if (cpu::Supported().Has(Isa::id)) tables.push_back({name, RAPTORS_REDUCTIONS_TABLE(lower)});
  RAPTORS_REDUCTIONS_ISAS(RAPTORS_X)
#undef RAPTORS_X
  return tables;
}

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

class ReductionKernelTest : public testing::TestWithParam<Table> {
 protected:
  // f(KernelUnderTest) for every kernel of the table.
  template <typename F>
  void ForEachKernel(F f) const {
    const KernelEntry* entry = GetParam().entries;
#define RAPTORS_ROW(dtype, type, dtype_name, op) Visit<Op::op, type>(*entry++, f);
#define RAPTORS_ROWS(op, ...) RAPTORS_DTYPES_WITH(RAPTORS_ROW, op)
    RAPTORS_REDUCE_OPS(RAPTORS_ROWS)
#undef RAPTORS_ROWS
#undef RAPTORS_ROW
  }

 private:
  template <Op kOp, typename T, typename F>
  static void Visit(const KernelEntry& entry, F& f) {
    ASSERT_EQ(entry.op, kOp);
    ASSERT_EQ(entry.dtype, DTypeOf<T>::value);
    ASSERT_EQ(entry.map, nullptr);
    if constexpr (Info(kOp).Takes(DTypeOf<T>::value)) {
      ASSERT_NE(entry.reduce, nullptr);
      f(KernelUnderTest<kOp, T>{entry.reduce});
    } else {
      ASSERT_EQ(entry.reduce, nullptr);
    }
  }
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
        static const T kValues[] = {T(0), T(-0.0), L::denorm_min(), -L::denorm_min(), L::min(), L::max(), L::lowest(),
                                    L::epsilon(), T(1), L::infinity(), -L::infinity(), L::quiet_NaN(), T(-7)};
        // NaN and infinities are rare, or every result would be NaN.
        const int64_t kinds = hash >> 58 == 0 ? 13 : 9;
        return kValues[(hash >> 33) % kinds];
      }
    }
  }
  return static_cast<T>(values == Values::kOrdinary ? hash >> 50 : hash);
}

constexpr int64_t kMaxInputs = 2;

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

std::string Describe(const Case& c) {
  std::string text = c.form == ReduceForm::kSequences ? "sequences" : "columns in " + std::to_string(c.lanes) + " lanes";
  for (const ReduceAxis& axis : c.axes) {
    text += ", " + std::to_string(axis.extent) + " by " + std::to_string(axis.stride[0]) + " and " +
            std::to_string(axis.stride[1]);
  }
  return text + "; kept " + std::to_string(c.kept) + " by " + std::to_string(c.kept_stride[0]) + " and " +
         std::to_string(c.kept_stride[1]) + "; offsets " + std::to_string(c.offset[0]) + ", " +
         std::to_string(c.offset[1]) + ", out " + std::to_string(c.out_offset) + " gap " + std::to_string(c.out_gap);
}

int64_t Size(const Case& c) {
  int64_t size = 1;
  for (const ReduceAxis& axis : c.axes) size *= axis.extent;
  return size;
}

// Offset of element i of result j of input k.
int64_t OffsetOf(const Case& c, int k, int64_t j, int64_t i) {
  int64_t offset = j * c.kept_stride[k];
  for (auto axis = c.axes.rbegin(); axis != c.axes.rend(); ++axis) {
    offset += i % axis->extent * axis->stride[k];
    i /= axis->extent;
  }
  return offset;
}

void Bounds(const Case& c, int k, int64_t* low, int64_t* high) {
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
      return ::testing::AssertionFailure() << "result " << j << ": got " << got[j] << ", want " << want[j]
                                           << ", difference " << got[j] - want[j];
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

// Cheap natively and slow under an emulator, where some lengths after the first hundred remain.
int64_t NextLength(int64_t n) {
#if defined(__aarch64__)
  return n < 100 ? n + 1 : n + 29;
#else
  return n + 1;
#endif
}

TEST_P(ReductionKernelTest, ConsecutiveLengths) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    for (int64_t n = 1; n <= 1025; n = NextLength(n)) {
      Check(kernel, Consecutive<T>(n, n * 7 % 16, n % 5));
      if (testing::Test::HasFatalFailure()) return;
    }
  });
}

TEST_P(ReductionKernelTest, Blocks) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    constexpr int64_t kBlock = kSequenceBlock;
    for (const int64_t n : {kBlock - 1, kBlock, kBlock + 1, 2 * kBlock, 2 * kBlock + 65, 3 * kBlock - 31, 4 * kBlock,
                            5 * kBlock + 7, 7 * kBlock, 11 * kBlock + 4097}) {
      Check(kernel, Consecutive<T>(n, 3, 1), Values::kOrdinary, {kBlock, 2 * kBlock, 4 * kBlock, 16 * kBlock});
      if (testing::Test::HasFatalFailure()) return;
    }
  });
}

TEST_P(ReductionKernelTest, Offsets) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    for (const int64_t n : {1, 3, 16, 31, 64, 65, 130, 257}) {
      for (int64_t first = 0; first < 16; ++first) Check(kernel, Consecutive<T>(n, first, first * 5 % 16));
    }
  });
}

TEST_P(ReductionKernelTest, SpecialValues) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    for (const Values values : {Values::kSpecial, Values::kZeros, Values::kLarge}) {
      for (int64_t n = 1; n <= 300; n += n < 140 ? 1 : 13) {
        Check(kernel, Consecutive<T>(n, n % 3), values);
        if (testing::Test::HasFatalFailure()) return;
      }
      Check(kernel, Consecutive<T>(3 * kSequenceBlock + 100), values, {kSequenceBlock});
      for (const int64_t width : {1, 3, 7, 8, 33}) {
        const int64_t item = sizeof(T);
        for (const int64_t rows : {1, 2, 5, 8, 70, 300}) {
          Case c = {ReduceForm::kColumns, RowLanes(width * item), {{rows, {width * item, width * item}}}, width};
          c.kept_stride[0] = c.kept_stride[1] = item;
          Check(kernel, c, values, {BlockRows(c.lanes)});
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  });
}

// One special value at every place of a sequence and of its tail.
TEST_P(ReductionKernelTest, EveryLaneCounts) {
  ForEachKernel([](const auto& kernel) {
    using K = std::decay_t<decltype(kernel)>;
    using T = typename K::Element;
    constexpr int64_t kN = 300;
    for (int64_t at = 0; at < kN; ++at) {
      for (const T special : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(),
                              std::numeric_limits<T>::max(), std::numeric_limits<T>::lowest()}) {
        std::vector<T> x(kN, T(3)), y(kN, T(1));
        x[at] = special;
        std::vector<typename K::R::Acc> terms;
        for (int64_t i = 0; i < kN; ++i) terms.push_back(K::R::Term(x[i], y[i], 1));
        const ReduceAxis axis = {kN, {sizeof(T), sizeof(T)}};
        ReduceArgs args = {};
        args.in[0] = reinterpret_cast<const char*>(x.data());
        args.in[1] = reinterpret_cast<const char*>(y.data());
        args.axes = &axis;
        args.num_axes = 1;
        args.end = kN;
        args.kept = 1;
        args.scalar.f64 = 1;
        if (K::kOperation == Op::kMean) {
          if (std::is_same_v<T, float>) {
            args.scalar.f32 = kN;
          } else {
            args.scalar.f64 = kN;
          }
        }
        std::vector<typename K::R::Result> got(1);
        args.out = reinterpret_cast<char*>(got.data());
        args.out_stride = sizeof(got[0]);
        kernel.run(args);
        ASSERT_TRUE(SameBits(got, {K::R::Finish(test::FoldTerms<typename K::R, T>(terms, args.form, 0), kN)}))
            << kernel.name << " with " << special << " at " << at;
      }
    }
  });
}

TEST_P(ReductionKernelTest, Strides) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    const int64_t item = sizeof(T);
    const int64_t steps[] = {0, item, -item, 2 * item, 3 * item, -2 * item, 113 * item, item + 1, -item - 3, 1};
    for (const int64_t n : {1, 2, 7, 33, 64, 150, 1000, 2051}) {
      int64_t other = 0;
      for (const int64_t step : steps) {
        Case c = {ReduceForm::kSequences, 0, {{n, {step, steps[++other % 10]}}}};
        c.offset[0] = n % 2 == 0 ? 0 : 3;
        Check(kernel, c);
        c.kept = 3;
        c.kept_stride[0] = n * item + 5;
        c.kept_stride[1] = -item;
        c.out_gap = 3;
        c.out_offset = 1;
        Check(kernel, c);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

TEST_P(ReductionKernelTest, SeveralAxes) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    const int64_t item = sizeof(T);
    for (const int64_t last : {1, 2, 3, 50, 255, 256, 257, 300, 1024, 5000}) {
      for (const int64_t outer : {2, 3, 40}) {
        for (const int64_t step : {item, -item, 2 * item}) {
          Case c = {ReduceForm::kSequences};
          c.axes = {{outer, {(last + 3) * 2 * item, -(last + 1) * item}}, {last, {step, item}}};
          Check(kernel, c, Values::kOrdinary, {kSequenceBlock, 2 * kSequenceBlock});
          c.axes.insert(c.axes.begin(), {3, {c.axes[0].stride[0] * outer + item, 0}});
          if (last < 1000) Check(kernel, c, Values::kOrdinary, {kSequenceBlock});
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  });
}

// Many short sequences, such as (n, 3) over its last axis.
TEST_P(ReductionKernelTest, ShortSequences) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    const int64_t item = sizeof(T);
    for (int64_t n = 1; n <= 70; n += n < 20 ? 1 : 7) {
      for (const int64_t kept : {2, 15, 16, 33, 130}) {
        for (const int64_t gap : {0, 1, 5}) {
          Case c = {ReduceForm::kSequences, 0, {{n, {item, item}}}, kept};
          c.kept_stride[0] = c.kept_stride[1] = (n + gap) * item;
          c.offset[0] = kept % 3 * item;
          Check(kernel, c, n % 4 == 3 ? Values::kSpecial : Values::kOrdinary);
          c.kept_stride[0] = -c.kept_stride[0];
          c.out_gap = gap * 8;
          Check(kernel, c);
          c.kept_stride[0] += 1;
          c.axes[0].stride[0] = -item;
          Check(kernel, c);
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  });
}

// Columns: rows without and with gaps, columns without and with gaps, aligned and not, over one axis and two.
template <class K>
void CheckColumns(const K& kernel, int64_t rows, int64_t width) {
  using T = typename K::Element;
  const int64_t item = sizeof(T);
  Case c = {ReduceForm::kColumns, RowLanes(width * item)};
  const std::vector<int64_t> parts = rows > 2 * BlockRows(c.lanes)
                                         ? std::vector<int64_t>{BlockRows(c.lanes), 2 * BlockRows(c.lanes)}
                                         : std::vector<int64_t>{};
  c.kept = width;
  c.kept_stride[0] = c.kept_stride[1] = item;
  c.axes = {{rows, {width * item, width * item}}};
  c.offset[0] = width % 16 * item;
  Check(kernel, c, Values::kOrdinary, parts);
  c.axes = {{rows, {(width + 3) * item, 0}}};
  Check(kernel, c);
  c.offset[0] = 3;
  Check(kernel, c);
  c.axes = {{rows, {-3 * width * item, width * item}}};
  c.offset[0] = 0;
  c.kept_stride[0] = 3 * item;
  c.out_gap = 8;
  Check(kernel, c, Values::kOrdinary, parts);
  if (rows % 2 == 0) {
    c.axes = {{2, {(rows / 2) * width * item, 5 * item}}, {rows / 2, {width * item, -width * item}}};
    c.kept_stride[0] = item;
    c.out_offset = 1;
    Check(kernel, c, Values::kOrdinary, parts);
  }
  if (width % 2 == 0) {
    // Half of the columns of a row, whose width decides the lanes.
    c.kept = width / 2;
    Check(kernel, c);
  }
}

TEST_P(ReductionKernelTest, ColumnsOfEveryWidth) {
  ForEachKernel([](const auto& kernel) {
    for (int64_t width = 1; width <= 40; ++width) {
      for (const int64_t rows : {1, 2, 3, 7, 8, 9, 40, 129, 300}) {
        CheckColumns(kernel, rows, width);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

TEST_P(ReductionKernelTest, ColumnsInManyBlocks) {
  ForEachKernel([](const auto& kernel) {
    using T = typename std::decay_t<decltype(kernel)>::Element;
    for (const int64_t width : {1, 2, 3, 5, 7, 8, 20}) {
      const int64_t block = BlockRows(RowLanes(width * static_cast<int64_t>(sizeof(T))));
      for (const int64_t rows : {block, 3 * block + 10, 6 * block - 3}) {
        CheckColumns(kernel, rows, width);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

TEST_P(ReductionKernelTest, WideColumns) {
  ForEachKernel([](const auto& kernel) {
    for (const int64_t width : {64, 127, 255, 256, 511, 513, 1024, 1025, 2100, 4097}) {
      for (const int64_t rows : {3, 8, 20, 130}) {
        CheckColumns(kernel, rows, width);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

// So many rows that tiles become smaller to make room for the stack of blocks: all the same row.
TEST_P(ReductionKernelTest, ColumnsOfVeryManyRows) {
  const int64_t rows = (int64_t{1} << 16) * kRowBlock;
  std::vector<int64_t> x(700), got(700);
  for (int64_t i = 0; i < 700; ++i) x[i] = i - 300;
  const ReduceAxis axis = {rows, {0, 0}};
  ReduceArgs args = {};
  args.form = ReduceForm::kColumns;
  args.in[0] = reinterpret_cast<const char*>(x.data());
  args.axes = &axis;
  args.num_axes = 1;
  args.kept = 700;
  args.kept_stride[0] = sizeof(x[0]);
  args.out = reinterpret_cast<char*>(got.data());
  args.out_stride = sizeof(got[0]);
  const ReduceKernel sum = GetParam().entries[static_cast<int>(DType::kInt64)].reduce;
  // In full on fast levels only; a part of it, of as many levels, otherwise.
  args.begin = rows - 5 * kRowBlock;
  args.end = rows;
  args.stage = ReduceStage::kPartial;
  sum(args);
  for (int64_t i = 0; i < 700; ++i) ASSERT_EQ(got[i], 5 * kRowBlock * (i - 300));
}

// No element is folded of which there is none; the totals of nothing are the identity.
TEST_P(ReductionKernelTest, NothingToFold) {
  ForEachKernel([](const auto& kernel) {
    using K = std::decay_t<decltype(kernel)>;
    using T = typename K::Element;
    if (K::R::kExtreme || K::kOperation == Op::kMean) return;
    for (const int64_t kept : {1, 3, 100}) {
      Case c = {ReduceForm::kSequences, 0, {{0, {sizeof(T), sizeof(T)}}}, kept};
      Check(kernel, c);
      c.form = ReduceForm::kColumns;
      c.kept_stride[0] = c.kept_stride[1] = sizeof(T);
      c.lanes = RowLanes(kept * static_cast<int64_t>(sizeof(T)));
      Check(kernel, c);
      // One element, no axis.
      c.form = ReduceForm::kSequences;
      c.axes.clear();
      Check(kernel, c);
    }
  });
}

// A byte read before or behind the operands faults.
TEST_P(ReductionKernelTest, ReadsNothingElse) {
  ForEachKernel([](const auto& kernel) {
    using K = std::decay_t<decltype(kernel)>;
    using T = typename K::Element;
    const int64_t item = sizeof(T);
    for (const auto flush : {GuardedBuffer::Flush::kStart, GuardedBuffer::Flush::kEnd}) {
      const auto check = [&](const Case& c) {
        Call<K> call(kernel, c, Values::kOrdinary);
        std::vector<std::unique_ptr<GuardedBuffer>> buffers;
        for (int k = 0; k < K::kInputs; ++k) {
          int64_t low, high;
          Bounds(c, k, &low, &high);
          buffers.push_back(std::make_unique<GuardedBuffer>(high - low + item, flush));
          call.UseInput(k, buffers.back()->data() - low);
          buffers.back()->MakeReadOnly();
        }
        ASSERT_TRUE(SameBits(call.RunWhole(), call.Want())) << kernel.name << ": " << Describe(c);
      };
      for (int64_t n = 1; n <= 140; n += n < 40 ? 1 : 9) {
        check(Consecutive<T>(n));
        check({ReduceForm::kSequences, 0, {{n, {-2 * item, item}}}, 2, {item, item}});
        check({ReduceForm::kSequences, 0, {{n, {item, item}}}, 20, {n * item, n * item}});
        check({ReduceForm::kColumns, RowLanes(n * item), {{11, {n * item, n * item}}}, n, {item, item}});
      }
    }
  });
}

// No flag is raised that the reference does not raise; of min and max, invalid may be where there is a NaN.
TEST_P(ReductionKernelTest, Flags) {
  ForEachKernel([](const auto& kernel) {
    using K = std::decay_t<decltype(kernel)>;
    using T = typename K::Element;
    if (!std::is_floating_point_v<T>) return;
    const int64_t item = sizeof(T);
    for (const Values values : {Values::kOrdinary, Values::kSpecial, Values::kZeros, Values::kLarge}) {
      const auto check = [&](const Case& c) {
        Call<K> call(kernel, c, values);
        std::feclearexcept(FE_ALL_EXCEPT);
        const auto want = call.Want();
        int allowed = std::fetestexcept(FE_ALL_EXCEPT);
        const bool has_nan = std::any_of(want.begin(), want.end(), [](auto r) { return r != r; });
        if (K::R::kExtreme && has_nan) allowed |= FE_INVALID;
        std::feclearexcept(FE_ALL_EXCEPT);
        call.RunWhole();
        const int raised = std::fetestexcept(FE_ALL_EXCEPT);
        ASSERT_EQ(raised & ~allowed, 0) << kernel.name << ": " << Describe(c) << " values " << static_cast<int>(values);
      };
      for (int64_t n = 1; n <= 80; ++n) {
        check(Consecutive<T>(n, n % 4));
        check({ReduceForm::kSequences, 0, {{n, {item, item}}}, 18, {n * item, n * item}});
        check({ReduceForm::kColumns, RowLanes(n * item), {{11, {n * item, n * item}}}, n, {item, item}});
      }
    }
  });
  std::feclearexcept(FE_ALL_EXCEPT);
}

INSTANTIATE_TEST_SUITE_P(Isa, ReductionKernelTest, testing::ValuesIn(Tables()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
