// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The caller's floating-point environment, over every operation and route: its control bits (rounding mode, flush to
// zero, traps) are the same after a call, and they hold within it, in worker threads too; and the BLAS route of
// operations that promise flags raises no others.

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/conformance/calls.h"
#include "raptors/ops/linalg.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/map_reference.h"

namespace raptors {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// The control register, and which of its bits flush results and operands that are subnormal.
#if defined(__x86_64__)
using Control = uint32_t;
constexpr Control kStatus = 0x3F;                       // MXCSR's sticky flags
constexpr Control kFlush[] = {0x8000, 0x0040, 0x8040};  // results (FTZ), operands (DAZ), both
Control ReadControl() { return __builtin_ia32_stmxcsr() & ~kStatus; }
void WriteControl(Control control) { __builtin_ia32_ldmxcsr(control); }
#elif defined(__aarch64__)
using Control = uint64_t;
constexpr Control kFlush[] = {Control{1} << 24};  // FPCR.FZ: both
Control ReadControl() {
  Control control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void WriteControl(Control control) { asm volatile("msr fpcr, %0" ::"r"(control)); }
#else
#error "where does this processor keep its floating-point modes?"
#endif

// Runs f with changed control bits and compares them afterwards.
template <typename F>
void WithControl(Control control, F f) {
  const Control before = ReadControl();
  WriteControl(control);
  const Control set = ReadControl();
  f();
  const Control after = ReadControl();
  WriteControl(before);
  EXPECT_EQ(set, control) << "this processor has not all of these modes";
  EXPECT_EQ(after, set);
}

std::vector<Control> AllModes() {
  const Control plain = ReadControl();
  std::vector<Control> modes = {plain};
  for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(rounding);
    modes.push_back(ReadControl());
  }
  std::fesetround(FE_TONEAREST);
  for (const Control flush : kFlush) {
    modes.push_back(plain | flush);
    modes.push_back(modes[1] | flush);
  }
  return modes;
}

constexpr int64_t kRows = 90, kCols = 70, kSize = kRows * kCols;

template <typename T>
std::vector<T> Numbers(int seed, double scale) {
  std::vector<T> values;
  for (int64_t i = 0; i < kSize; ++i) {
    const uint64_t hash = static_cast<uint64_t>(i + 1) * 0x9E3779B97F4A7C15u * static_cast<uint64_t>(seed);
    values.push_back(static_cast<T>((static_cast<double>(hash >> 40) * 0x1p-24 - 0.3) * scale));
  }
  return values;
}

// One operand of each, of numbers around `scale`.
template <typename T>
struct Operands {
  explicit Operands(double scale)
      : x(Numbers<T>(1, scale)), y(Numbers<T>(3, scale)), z(Numbers<T>(5, scale)), out(kSize) {}
  std::vector<T> x, y, z, out;

  ArrayView At(const std::vector<T>& values) const { return *ArrayView::Matrix(values.data(), kRows, kCols); }
  MutableArrayView Out() { return *MutableArrayView::Matrix(out.data(), kRows, kCols); }
};

// Every operation once, in forms that take several paths: contiguous, transposed, in place, whole and over an axis.
template <typename T>
void CallEverything(int threads) {
  Operands<T> o(1);
  CallOptions options;
  options.max_threads = threads;
  const ArrayView x = o.At(o.x), y = o.At(o.y), z = o.At(o.z);
  const ArrayView turned = ArrayView::Matrix(o.y.data(), kCols, kRows)->Transposed();
  int calls = 0;
  const auto check = [&](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    ++calls;
  };
  for (const OpInfo& info : kOpInfos) {
    if (!info.Takes(DTypeOf<T>::value)) continue;
    const size_t before = static_cast<size_t>(calls);
    if (info.kind == OpKind::kMap) {
      check(test::CallMap(info.op, {&x, &y, &z}, 1.1, o.Out(), options));
      check(test::CallMap(info.op, {&x, &turned, &z}, 1.1, o.Out(), options));
    } else if (info.kind == OpKind::kReduce) {
      check(test::CallReduce<T>(info.op, o.x, o.y, options).status());
    } else {
      check(Matmul(x, ArrayView::Matrix(o.y.data(), kCols, kRows).value(), options).status());
      check(Matmul(x, ArrayView(absl::MakeConstSpan(o.z).subspan(0, kCols)), options).status());
    }
    EXPECT_GT(static_cast<size_t>(calls), before) << info.name;
  }
  check(ScaleInPlace(o.Out(), 1.1, options));
  check(AxpyInPlace(1.1, x, o.Out(), options));
  for (const int axis : {0, 1}) {
    ReduceOptions reduce;
    reduce.axes = axis;
    reduce.max_threads = threads;
    check(Sum(x, reduce).status());
    check(Mean(x, reduce).status());
    check(Max(x, reduce).status());
  }
}

// Settings under which routes differ.
struct RouteCase {
  const char* name;
  policy::BlasMode blas;
  Determinism determinism;
};
class EnvironmentTest : public testing::TestWithParam<RouteCase> {
 protected:
  EnvironmentTest()
      : profile_(test::EagerProfile(kNever)),
        blas_(context::ScopedBlas(GetParam().blas)),
        determinism_(context::ScopedDeterminism(GetParam().determinism)) {}

 private:
  context::Scope profile_, blas_, determinism_;
};
INSTANTIATE_TEST_SUITE_P(Routes, EnvironmentTest,
                         testing::Values(RouteCase{"Own", policy::BlasMode::kOff, Determinism::kReproducible},
                                         RouteCase{"Blas", policy::BlasMode::kPrefer, Determinism::kReproducible},
                                         RouteCase{"FastBlas", policy::BlasMode::kPrefer, Determinism::kFast}),
                         [](const auto& info) { return info.param.name; });

TEST_P(EnvironmentTest, EveryCallLeavesItsControlBits) {
  for (const Control mode : AllModes()) {
    SCOPED_TRACE(testing::Message() << std::hex << mode);
    for (const int threads : {1, 4}) {
      WithControl(mode, [&] {
        CallEverything<float>(threads);
        CallEverything<double>(threads);
      });
    }
  }
}

// Traps stay as the caller set them: here all are off but those of division by zero, which nothing here divides.
TEST_P(EnvironmentTest, TrapsStay) {
#if defined(__x86_64__)
  const Control trapping = ReadControl() & ~Control{0x0200};
  WithControl(trapping, [&] {
    CallEverything<float>(1);
    CallEverything<double>(4);
  });
#else
  GTEST_SKIP() << "whether a processor of this kind traps is its own choice";
#endif
}

// What the modes promise, element by element, on each level.
class ModesTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(ModesTest);

template <typename T>
void CheckMaps(bool flush) {
  // Products and sums around the smallest normal numbers, or ordinary ones.
  const double scale = flush ? std::sqrt(static_cast<double>(std::numeric_limits<T>::min())) : 1;
  for (const Control mode : AllModes()) {
    SCOPED_TRACE(testing::Message() << std::hex << mode);
    for (const OpInfo& info : kOpInfos) {
      if (info.kind != OpKind::kMap) continue;
      for (const int threads : {1, 4}) {
        Operands<T> o(scale);
        const bool multiplies = info.op == Op::kMultiply || info.op == Op::kMulAdd || info.op == Op::kFma;
        if (flush && !multiplies) {
          for (T& v : o.x) v *= static_cast<T>(scale);
          for (T& v : o.y) v *= static_cast<T>(scale);
        }
        if (flush && multiplies) {
          for (T& v : o.z) v *= static_cast<T>(scale);
        }
        CallOptions options;
        options.max_threads = threads;
        const ArrayView x = o.At(o.x), y = o.At(o.y), z = o.At(o.z);
        const T scalar = T(0.7);
        std::vector<T> want(kSize);
        absl::Status status;
        WithControl(mode, [&] {
          for (size_t i = 0; i < kSize; ++i) {
            const T values[] = {o.x[i], o.y[i], o.z[i]};
            want[i] = test::MapReference<T>(info.op, scalar, values);
          }
          status = test::CallMap(info.op, {&x, &y, &z}, Scalar(scalar), o.Out(), options);
        });
        ASSERT_TRUE(status.ok()) << status;
        if (flush && mode == ReadControl()) {
          const auto subnormal = [](T v) { return std::fpclassify(v) == FP_SUBNORMAL; };
          EXPECT_GT(std::count_if(want.begin(), want.end(), subnormal), kSize / 20) << info.name;
        }
        for (size_t i = 0; i < kSize; ++i) {
          ASSERT_EQ(memcmp(&o.out[i], &want[i], sizeof(T)), 0)
              << info.name << " [" << i << "] got " << o.out[i] << ", want " << want[i] << " on " << threads;
        }
      }
    }
  }
}

TEST_P(ModesTest, MapsRoundAsTheCallerSays) {
  const context::Scope profile = test::EagerProfile(kNever);
  CheckMaps<float>(false);
  CheckMaps<double>(false);
}

TEST_P(ModesTest, MapsFlushAsTheCallerSays) {
  const context::Scope profile = test::EagerProfile(0);
  CheckMaps<float>(true);
  CheckMaps<double>(true);
}

// In-place Scale may go to the BLAS without being asked: the same bits in every mode, and no flag of its own.
class BlasScaleTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!context::Current().machine.blas) GTEST_SKIP() << "built without a BLAS";
  }
  static bool OnBlas() {
    metrics::Choice choice;
    return metrics::LastDecision(&choice) && choice.route == Route::kBlas;
  }
};

template <typename T, typename OnBlas>
void CheckBlasScale(OnBlas on_blas) {
  using L = std::numeric_limits<T>;
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  const T gaps[] = {L::infinity(), L::max(), L::signaling_NaN(), L::denorm_min()};
  for (const Control mode : AllModes()) {
    SCOPED_TRACE(testing::Message() << std::hex << mode);
    for (int64_t n = 1; n < 90; n += n < 70 ? 1 : 7) {
      for (const int64_t step : {1, 2, 3, -2}) {
        for (int kind = 0; kind < 3; ++kind) {
          // Exact products, inexact ones, and some that over- and underflow.
          const T factor = kind == 0 ? T(2) : kind == 1 ? T(0.7) : T(3e30);
          std::vector<T> memory(static_cast<size_t>(n * 3 + 16));
          for (size_t i = 0; i < memory.size(); ++i) memory[i] = gaps[i % 4];
          T* const first = memory.data() + 4 + (step < 0 ? -step * (n - 1) : 0);
          std::vector<T> want(static_cast<size_t>(n));
          for (int64_t i = 0; i < n; ++i) first[i * step] = static_cast<T>(i + 1) / (kind == 0 ? T(4) : T(7));
          if (kind == 2) first[0] = L::max();
          const std::vector<T> before = memory;
          const MutableArrayView x = *MutableArrayView::Create(first, {n}, {step * static_cast<int64_t>(sizeof(T))});
          int want_flags = 0, flags = 0;
          absl::Status status;
          WithControl(mode, [&] {
            std::feclearexcept(FE_ALL_EXCEPT);
            for (int64_t i = 0; i < n; ++i) {
              want[static_cast<size_t>(i)] = test::MapReference<T>(Op::kScale, factor, first + i * step);
            }
            want_flags = std::fetestexcept(FE_ALL_EXCEPT);
            std::feclearexcept(FE_ALL_EXCEPT);
            status = ScaleInPlace(x, Scalar(factor), {1});
            flags = std::fetestexcept(FE_ALL_EXCEPT);
            std::feclearexcept(FE_ALL_EXCEPT);
          });
          ASSERT_TRUE(status.ok()) << status;
          ASSERT_TRUE(on_blas());
          ASSERT_EQ(flags, want_flags) << n << " by " << step << " times " << factor;
          std::vector<T> expected = before;
          for (int64_t i = 0; i < n; ++i)
            expected[static_cast<size_t>(first - memory.data() + i * step)] = want[static_cast<size_t>(i)];
          ASSERT_EQ(memcmp(memory.data(), expected.data(), memory.size() * sizeof(T)), 0)
              << n << " by " << step << " times " << factor;
        }
      }
    }
  }
}

TEST_F(BlasScaleTest, FlagsAndModesFloat32) { CheckBlasScale<float>(&OnBlas); }
TEST_F(BlasScaleTest, FlagsAndModesFloat64) { CheckBlasScale<double>(&OnBlas); }

TEST_F(BlasScaleTest, OnSeveralThreads) {
  const context::Scope profile = test::EagerProfile(kNever);
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  for (const Control mode : AllModes()) {
    Operands<double> o(1);
    std::vector<double> want = o.x;
    absl::Status status;
    WithControl(mode, [&] {
      for (double& v : want) v = test::MapReference<double>(Op::kScale, 0.7, &v);
      status = ScaleInPlace(o.x, 0.7, {4});
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_TRUE(OnBlas());
    EXPECT_EQ(o.x, want);
  }
}

}  // namespace
}  // namespace raptors
