// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Element-wise operations on more than 2^31 elements, around the sizes where 32-bit numbers end: every operation at
// every size, on levels in turn, or with AllCalls() on every level and for every dtype. Emulators, which are too slow
// for that, and all others compute ranges within arrays of that size, and elements that lie gigabytes apart.

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/conformance/calls.h"
#include "raptors/ops/conformance/huge_arrays.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/map_reference.h"

namespace raptors {
namespace {

using test::AllCalls;
using test::HugeOperand;
using test::kHugeSizes;

constexpr unsigned char kUntouched = 0xA5;

class HugeMapsTest : public test::HugeArraysTest {
 protected:
  // Numbers whose products and sums are rounded.
  template <typename T>
  static void FillInputs() {
    for (int k = 1; k < 4; ++k) {
      std::mt19937 random(static_cast<unsigned>(k));
      const auto value = [&](int64_t) { return static_cast<T>(static_cast<int32_t>(random())) / T(3); };
      operand(k).Fill<T>(value, value);
    }
  }

  template <typename T>
  static T Expected(Op op, T scalar, int64_t i) {
    const T x[] = {*operand(1).At<T>(i), *operand(2).At<T>(i), *operand(3).At<T>(i)};
    return test::MapReference<T>(op, scalar, x);
  }

  // out[i] = op(scalar, x[i], ...) for i < n, and nothing else.
  template <typename T>
  static void Check(Op op, int64_t n, int threads) {
    SCOPED_TRACE(std::string(Name(op)) + " of " + std::to_string(n) + " elements on " + std::to_string(threads));
    const T scalar = T(3);
    operand(0).FillBytes(kUntouched);
    const ArrayView x = operand(1).View<T>(n), y = operand(2).View<T>(n), z = operand(3).View<T>(n);
    CallOptions options;
    options.max_threads = threads;
    const absl::Status status = test::CallMap(op, {&x, &y, &z}, scalar, operand(0).View<T>(n), options);
    ASSERT_TRUE(status.ok()) << status;
    T untouched;
    memset(&untouched, kUntouched, sizeof(T));
    int64_t wrong = 0, first = -1, seen = 0;
    const auto compare = [&](int64_t i, T want) {
      ++seen;
      if (memcmp(operand(0).At<T>(i), &want, sizeof(T)) == 0) return;
      if (wrong++ == 0) first = i;
    };
    operand(0).ForEachInWindow<T>([&](int64_t i) { compare(i, i < n ? Expected<T>(op, scalar, i) : untouched); });
    EXPECT_GT(seen, 100000);
    const int64_t clean = operand(0).CleanPeriod<T>();
    for (int64_t i = clean; i < clean + HugeOperand::Period<T>(); ++i) compare(i, Expected<T>(op, scalar, i));
    EXPECT_EQ(wrong, 0) << "first at " << first << ": " << *operand(0).At<T>(first);
  }
};

class HugeMapTest : public HugeMapsTest, public testing::WithParamInterface<Op> {};

TEST_P(HugeMapTest, Float32) {
  if (test::IsEmulated()) GTEST_SKIP() << kTooMany;
  FillInputs<float>();
  AtSizesOnLevels(GetParam(), [](int64_t n) { Check<float>(GetParam(), n, 0); });
}
INSTANTIATE_TEST_SUITE_P(Ops, HugeMapTest, testing::ValuesIn(test::OpsOf<float>(OpKind::kMap)),
                         [](const auto& info) { return std::string(Name(info.param)); });

TEST_F(HugeMapsTest, OtherDTypesAndOneThread) {
  if (test::IsEmulated()) GTEST_SKIP() << kTooMany;
  FillInputs<int32_t>();
  for (const Op op : test::OpsOf<int32_t>(OpKind::kMap)) {
    if (AllCalls() || op == Op::kAdd) Check<int32_t>(op, kHugeSizes[1], 1);
  }
  if (!AllCalls()) return;
  FillInputs<double>();
  for (const Op op : test::OpsOf<double>(OpKind::kMap)) Check<double>(op, kHugeSizes[1], 0);
  FillInputs<int64_t>();
  for (const Op op : test::OpsOf<int64_t>(OpKind::kMap)) Check<int64_t>(op, kHugeSizes[0], 0);
}

// In place what repeats must stay as it is: zeros.
TEST_F(HugeMapsTest, InPlace) {
  if (test::IsEmulated()) GTEST_SKIP() << kTooMany;
  for (const int64_t n : kHugeSizes) {
    for (const policy::BlasMode mode : {policy::BlasMode::kPrefer, policy::BlasMode::kOff}) {
      if (mode == policy::BlasMode::kPrefer && !context::Current().machine.blas) continue;
      const context::Scope blas = context::ScopedBlas(mode);
      for (const bool add : {false, true}) {
        const auto zero = [](int64_t) { return 0.0f; };
        const auto value = [](int64_t i) { return static_cast<float>(i % 1000 + 1); };
        operand(0).Fill<float>(zero, value);
        operand(1).Fill<float>(zero, value);
        const MutableArrayView x = operand(0).View<float>(n);
        const absl::Status status = add ? AddInPlace(x, operand(1).View<float>(n)) : ScaleInPlace(x, 3);
        ASSERT_TRUE(status.ok()) << status;
        metrics::Choice choice;
        ASSERT_TRUE(metrics::LastDecision(&choice));
        EXPECT_EQ(choice.route == Route::kBlas, mode == policy::BlasMode::kPrefer && !add);
        int64_t wrong = 0;
        operand(0).ForEachInWindow<float>([&](int64_t i) {
          const float factor = i >= n ? 1.0f : add ? 2.0f : 3.0f;
          // What is added lies in narrower windows.
          const float want = add && i < n ? value(i) + *operand(1).At<float>(i) : value(i) * factor;
          wrong += *operand(0).At<float>(i) != want;
        });
        EXPECT_EQ(wrong, 0) << n << (add ? " add" : " scale");
      }
    }
  }
}

// Every dtype on every level, where it costs nothing: ranges of huge arrays, and elements gigabytes apart.
class HugeRangesTest : public HugeMapsTest, public testing::WithParamInterface<Isa> {
 protected:
  template <typename T>
  void CheckRanges(uint64_t seed) {
    FillInputs<T>();
    std::mt19937_64 random(seed);
    constexpr int64_t kItem = sizeof(T);
    const int64_t room = (int64_t{1} << 34) / kItem;  // elements
    for (const Op op : test::OpsOf<T>(OpKind::kMap)) {
      for (int round = 0; round < 3; ++round) {
        // Rows and columns so far apart that the last element lies gigabytes behind; no two of the output's share
        // memory, because their distances are no multiples of the period.
        const int64_t rows = 2 + static_cast<int64_t>(random() % 6), cols = 1 + static_cast<int64_t>(random() % 200);
        const int64_t row = (room - 3000) / rows / HugeOperand::Period<T>() * HugeOperand::Period<T>() + 211;
        const int64_t first = static_cast<int64_t>(random() % 1000);
        const bool turned = round == 1;  // its columns are far apart, and its rows are not
        const auto place = [&](int k) {
          return *MutableArrayView::Create(operand(k).At<T>(first), {turned ? cols : rows, turned ? rows : cols},
                                           {(turned ? 1 : row) * kItem, (turned ? row : 1) * kItem});
        };
        operand(0).FillBytes(kUntouched);
        const ArrayView x = place(1), y = place(2), z = place(3);
        ASSERT_TRUE(test::CallMap(op, {&x, &y, &z}, T(3), place(0)).ok());
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < cols; ++j) {
            const int64_t at = first + i * row + j;
            ASSERT_EQ(*operand(0).At<T>(at), Expected<T>(op, T(3), at)) << Name(op) << " [" << i << ", " << j << "]";
          }
        }
      }
      // A slice of many steps.
      const int64_t step = HugeOperand::Period<T>() + 1, n = (room - 1) / step;
      const absl::StatusOr<ArrayView> x = operand(1).View<T>(room).view().Slice(0, 0, room, step);
      ASSERT_TRUE(x.ok());
      std::vector<T> out(static_cast<size_t>(x->size()));
      ASSERT_GT(n, 1000);
      ASSERT_TRUE(test::CallMap(op, {&*x, &*x, &*x}, T(3), out).ok());
      for (int64_t i = 0; i < x->size(); ++i) {
        const T v = *operand(1).At<T>(i * step), values[] = {v, v, v};
        ASSERT_EQ(out[static_cast<size_t>(i)], test::MapReference<T>(op, T(3), values)) << Name(op) << " " << i;
      }
    }
  }
};

TEST_P(HugeRangesTest, EveryDType) {
  const absl::StatusOr<context::Scope> simd = context::ScopedSimd(GetParam());
  ASSERT_TRUE(simd.ok());
#define RAPTORS_X(id, type, ...) CheckRanges<type>(1 + static_cast<uint64_t>(DType::id));
  RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
}
RAPTORS_INSTANTIATE_FOR_EACH_ISA(HugeRangesTest);

}  // namespace
}  // namespace raptors
