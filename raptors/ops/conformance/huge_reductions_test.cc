// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reductions, and products with an inner size, of more than 2^31 elements, around the sizes where 32-bit numbers end:
// every operation at every size, on levels in turn, or with AllCalls() on every level and for every dtype. The values
// are whole numbers whose partial sums stay small, so that results are exact and one element too many or too few is
// seen.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/conformance/calls.h"
#include "raptors/ops/conformance/huge_arrays.h"
#include "raptors/ops/linalg.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/isa.h"

namespace raptors {
namespace {

using test::AllCalls;
using test::HugeOperand;
using test::kHugeSizes;

class HugeReductionsTest : public test::HugeArraysTest {
 protected:
  void SetUp() override {
    if (test::IsEmulated()) GTEST_SKIP() << kTooMany;
    HugeArraysTest::SetUp();
  }

  static const HugeOperand& x() { return operand(1); }
  static const HugeOperand& y() { return operand(2); }

  // x: numbers of either sign, which cancel each other 64 elements further on, so that no lane of any level grows; in
  // windows some more. y: ones, and in windows twos.
  template <typename T>
  static void FillInputs() {
    x().Fill<T>([](int64_t i) { return static_cast<T>((i * 7 % 64 % 5 + 1) * ((i / 64) % 2 == 0 ? 1 : -1)); },
                [](int64_t i) {
                  return static_cast<T>(i % 97 == 0 ? 40 + i % 13 : i % 2 == 0 ? 1 : -1);
                });
    y().Fill<T>([](int64_t) { return T(1); }, [](int64_t i) { return static_cast<T>(i % 3 == 0 ? 2 : 1); });
  }

  // The sum of f(x[i], y[i]) over i < n, whole numbers: from what repeats, and what windows have instead.
  template <typename T, typename F>
  static int64_t Total(int64_t n, F f) {
    constexpr int64_t kPeriod = HugeOperand::Period<T>();
    const int64_t clean = x().CleanPeriod<T>();
    const auto at = [&](int64_t i) { return static_cast<int64_t>(f(*x().At<T>(i), *y().At<T>(i))); };
    const auto repeated = [&](int64_t i) { return at(clean + i % kPeriod); };
    int64_t period = 0, rest = 0;
    for (int64_t i = 0; i < kPeriod; ++i) {
      period += repeated(i);
      if (i < n % kPeriod) rest += repeated(i);
    }
    int64_t total = n / kPeriod * period + rest;
    // Elements in a window of one operand at least; those of both come from x.
    x().ForEachInWindow<T>([&](int64_t i) { total += i < n ? at(i) - repeated(i) : 0; });
    const auto in_x = [&] {
      std::vector<int64_t> indices;
      x().ForEachInWindow<T>([&](int64_t i) { indices.push_back(i); });
      return indices;
    }();
    y().ForEachInWindow<T>([&](int64_t i) {
      if (i < n && !std::binary_search(in_x.begin(), in_x.end(), i)) total += at(i) - repeated(i);
    });
    return total;
  }

  template <typename T>
  static void Check(Op op, int64_t n, int threads) {
    SCOPED_TRACE(std::string(Name(op)) + " of " + std::to_string(n) + " elements on " + std::to_string(threads));
    constexpr bool kFloat = std::is_floating_point_v<T>;
    CallOptions options;
    options.max_threads = threads;
    const ArrayView view = x().View<T>(n), other = y().View<T>(n);
    const auto call = [&](auto type) {
      const auto got = test::CallReduce<decltype(type)>(op, view, other, options);
      EXPECT_TRUE(got.ok()) << got.status();
      return got.ok() ? *got : std::numeric_limits<decltype(type)>::max();
    };
    const int64_t sum = Total<T>(n, [](T a, T) { return a; });
    switch (op) {
      case Op::kSum:
        EXPECT_EQ(call(std::conditional_t<kFloat, T, int64_t>()), sum);
        break;
      case Op::kMean: {
        using M = std::conditional_t<kFloat, T, double>;
        EXPECT_EQ(call(M()), static_cast<M>(sum) / static_cast<M>(n));
        break;
      }
      case Op::kMin:
      case Op::kMax: {
        // The last element is the extreme one, then the one behind the last.
        const T extreme = static_cast<T>(op == Op::kMin ? -100 : 100), before = *x().At<T>(n - 1);
        *x().At<T>(n - 1) = extreme;
        EXPECT_EQ(call(T()), extreme);
        *x().At<T>(n - 1) = before;
        const T behind = std::exchange(*x().At<T>(n), extreme);
        EXPECT_EQ(call(T()), op == Op::kMin ? T(-5) : T(52));
        *x().At<T>(n) = behind;
        break;
      }
      case Op::kDot:
        EXPECT_EQ(call(T()), static_cast<T>(Total<T>(n, [](T a, T b) { return a * b; })));
        break;
      case Op::kNrm2:
        EXPECT_EQ(call(T()), static_cast<T>(std::sqrt(static_cast<double>(Total<T>(n, [](T a, T) { return a * a; })))));
        break;
      case Op::kAsum: {
        // Nothing cancels: float32 rounds. A missing period would be far outside of the bound.
        const double want = static_cast<double>(Total<T>(n, [](T a, T) { return std::abs(a); }));
        EXPECT_NEAR(call(T()), want, want * 0x1p-24 * 170);
        break;
      }
      default:
        FAIL() << Name(op);
    }
  }
};

class HugeReductionTest : public HugeReductionsTest, public testing::WithParamInterface<Op> {};

TEST_P(HugeReductionTest, Float32) {
  FillInputs<float>();
  AtSizesOnLevels(GetParam(), [](int64_t n) { Check<float>(GetParam(), n, 0); });
}
INSTANTIATE_TEST_SUITE_P(Ops, HugeReductionTest, testing::ValuesIn(test::OpsOf<float>(OpKind::kReduce)),
                         [](const auto& info) { return std::string(Name(info.param)); });

TEST_F(HugeReductionsTest, OtherDTypes) {
  FillInputs<int32_t>();
  for (const Op op : test::OpsOf<int32_t>(OpKind::kReduce)) {
    if (AllCalls() || op == Op::kSum) Check<int32_t>(op, kHugeSizes[2], op == Op::kMax ? 1 : 0);
  }
  if (!AllCalls()) return;
  FillInputs<double>();
  for (const Op op : test::OpsOf<double>(OpKind::kReduce)) Check<double>(op, kHugeSizes[1], 0);
  FillInputs<int64_t>();
  for (const Op op : test::OpsOf<int64_t>(OpKind::kReduce)) Check<int64_t>(op, kHugeSizes[0], 0);
}

// What BLAS counts in 32 bits is split.
TEST_F(HugeReductionsTest, FastMode) {
  if (!context::Current().machine.blas) GTEST_SKIP() << "built without a BLAS";
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  const context::Scope fast = context::ScopedDeterminism(Determinism::kFast);
  FillInputs<float>();
  for (const Op op : {Op::kDot, Op::kNrm2, Op::kAsum}) {
    if (!AllCalls() && op != Op::kDot) continue;
    const int64_t n = kHugeSizes[1];
    const ArrayView view = x().View<float>(n), other = y().View<float>(n);
    const absl::StatusOr<double> got = test::CallReduce<double>(op, view, other, {1});
    ASSERT_TRUE(got.ok()) << got.status();
    metrics::Choice choice;
    ASSERT_TRUE(metrics::LastDecision(&choice));
    EXPECT_EQ(choice.route, Route::kBlas);
    const auto total = [&](auto f) { return static_cast<double>(Total<float>(n, f)); };
    if (op == Op::kDot) EXPECT_EQ(*got, total([](float a, float b) { return a * b; }));
    // The order of the library's additions is not known: only that nothing is left out or taken twice.
    if (op == Op::kNrm2) {
      const double norm = std::sqrt(total([](float a, float) { return a * a; }));
      EXPECT_NEAR(*got, norm, norm * 1e-3);
    }
    if (op == Op::kAsum) {
      const double sum = total([](float a, float) { return std::abs(a); });
      EXPECT_NEAR(*got, sum, sum * 1e-3);
    }
  }
}

// Sums over each axis of matrices with more than 2^31 elements: few long rows, many short ones, and narrow.
TEST_F(HugeReductionsTest, Axes) {
  FillInputs<float>();
  struct Shape {
    int64_t rows, cols;
  };
  for (const auto& [rows, cols] : {Shape{65537, 32771}, Shape{3, 715827884}, Shape{715827884, 3}}) {
    const absl::StatusOr<ArrayView> matrix = ArrayView::Matrix(x().At<float>(0), rows, cols);
    ASSERT_TRUE(matrix.ok());
    for (const int axis : {0, 1}) {
      const int64_t outputs = axis == 0 ? cols : rows, terms = axis == 0 ? rows : cols;
      if (outputs > 1000000 || (!AllCalls() && rows == 3)) continue;  // no room for these results
      SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols) + ", axis " + std::to_string(axis));
      std::vector<float> sums(static_cast<size_t>(outputs));
      ASSERT_TRUE(Sum(*matrix, sums, {axis}).ok());
      // Those at both ends, and some in between.
      for (int64_t i = 0; i < outputs; i += i < 4 || i > outputs - 5 ? 1 : outputs / 16) {
        int64_t want = 0;
        for (int64_t k = 0; k < terms; ++k) {
          want += static_cast<int64_t>(*x().At<float>(axis == 0 ? k * cols + i : i * cols + k));
        }
        ASSERT_EQ(sums[static_cast<size_t>(i)], static_cast<float>(want)) << i;
      }
    }
  }
}

// A product with an inner size that no 32-bit number holds, on each route.
TEST_F(HugeReductionsTest, Products) {
  FillInputs<double>();
  const int64_t n = kHugeSizes[1];
  const ArrayView a = *ArrayView::Matrix(x().At<double>(0), 1, n), b = *ArrayView::Matrix(y().At<double>(0), n, 1);
  const double want = static_cast<double>(Total<double>(n, [](double p, double q) { return p * q; }));
  for (const policy::BlasMode mode : {policy::BlasMode::kPrefer, policy::BlasMode::kOff}) {
    if (!AllCalls() && mode == policy::BlasMode::kOff && context::Current().machine.blas) continue;
    const context::Scope blas = context::ScopedBlas(mode);
    double out = 0;
    ASSERT_TRUE(Matmul(a, b, *MutableArrayView::Matrix(&out, 1, 1)).ok());
    EXPECT_EQ(out, want);
  }
}

}  // namespace
}  // namespace raptors
