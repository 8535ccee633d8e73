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
#include "raptors/simd/kernels/reductions_check.h"
#include "raptors/simd/reductions_isas.h"
#include "raptors/testing/emulator.h"
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

// Cheap natively and slow under an emulator, where some lengths after the first hundred remain.
int64_t NextLength(int64_t n) { return n < 100 || !test::IsEmulated() ? n + 1 : n + 29; }

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
      using L = std::numeric_limits<T>;
      for (const T special :
           {L::quiet_NaN(), L::infinity(), T(-L::infinity()), L::max(), L::lowest(), L::denorm_min(), T(-0.0)}) {
        // Nothing rounds a subnormal number or the sign of a zero away.
        const T other = special == 0 || special == L::denorm_min() ? T(0) : T(3);
        std::vector<T> x(kN, other), y(kN, T(1));
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
  c.axes = {{rows, {(2 * width + 1) * item, width * item}}};
  c.kept_stride[0] = 2 * item;
  Check(kernel, c);
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
    for (const int64_t width : {64, 80, 127, 256, 513, 1025, 2049, 4097}) {
      for (const int64_t rows : {3, 5, 8, 20, 130}) {
        if (width * rows > (test::IsEmulated() ? 34000 : 300000)) continue;
        CheckColumns(kernel, rows, width);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

// So many rows that tiles become smaller to make room for the stack of blocks: the same row again and again.
TEST_P(ReductionKernelTest, ColumnsOfVeryManyRows) {
  if (test::IsEmulated()) GTEST_SKIP() << "billions of elements are too many for an emulator";
  if (GetParam().name != Tables().back().name) GTEST_SKIP() << "once, on the fastest level";
  constexpr int64_t kRows = (int64_t{1} << 16) * kRowBlock + 5;
  constexpr int64_t kColumns = 500;  // more than a tile has then
  std::vector<int64_t> x(kColumns), got(kColumns);
  for (int64_t i = 0; i < kColumns; ++i) x[i] = i - 300;
  const ReduceAxis axis = {kRows, {0, 0}};
  ReduceArgs args = {};
  args.form = ReduceForm::kColumns;
  args.in[0] = reinterpret_cast<const char*>(x.data());
  args.axes = &axis;
  args.num_axes = 1;
  args.end = kRows;
  args.kept = kColumns;
  args.kept_stride[0] = sizeof(x[0]);
  args.out = reinterpret_cast<char*>(got.data());
  args.out_stride = sizeof(got[0]);
  GetParam().entries[static_cast<int>(DType::kInt64)].reduce(args);
  for (int64_t i = 0; i < kColumns; ++i) ASSERT_EQ(got[i], kRows * (i - 300));
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
      for (const int64_t n : {300, 331}) {  // rows long enough to be read group by group
        check({ReduceForm::kColumns, RowLanes(n * item), {{19, {n * item, n * item}}}, n, {item, item}});
        check({ReduceForm::kColumns, RowLanes(n * item), {{19, {2 * n * item, n * item}}}, n, {2 * item, item}});
      }
      for (int64_t n = 1; n <= 140; n += n < 40 ? 1 : 9) {
        check(Consecutive<T>(n));
        check({ReduceForm::kSequences, 0, {{n, {-2 * item, item}}}, 2, {item, item}});
        check({ReduceForm::kSequences, 0, {{n, {item, item}}}, 20, {n * item, n * item}});
        check({ReduceForm::kColumns, RowLanes(n * item), {{11, {n * item, n * item}}}, n, {item, item}});
        check({ReduceForm::kColumns, RowLanes(n * item), {{11, {2 * n * item, n * item}}}, n, {2 * item, item}});
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
        check({ReduceForm::kColumns, RowLanes(n * item), {{11, {2 * n * item, n * item}}}, n, {2 * item, item}});
      }
    }
  });
  std::feclearexcept(FE_ALL_EXCEPT);
}

INSTANTIATE_TEST_SUITE_P(Isa, ReductionKernelTest, testing::ValuesIn(Tables()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
