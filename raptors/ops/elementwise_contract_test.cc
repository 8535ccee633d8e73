// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The promises beside values: errors, overlap, limits, counters, the floating-point environment, and a hot path without
// allocations.

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "absl/base/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/array/allocator.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reference.h"

// Sanitizers bring allocation functions of their own.
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && !defined(ABSL_HAVE_THREAD_SANITIZER)
#define RAPTORS_COUNTS_ALLOCATIONS 1
namespace {
// Allocations of this thread.
thread_local int64_t allocations = 0;
}  // namespace

void* operator new(size_t bytes) {
  ++allocations;
  if (void* p = std::malloc(bytes)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
#endif

namespace raptors {
namespace {

using testing::AllOf;
using testing::HasSubstr;

MutableArrayView View(std::vector<float>& values, std::vector<int64_t> shape, std::vector<int64_t> strides = {}) {
  absl::StatusOr<MutableArrayView> view = strides.empty() ? MutableArrayView::Create(values.data(), shape)
                                                          : MutableArrayView::Create(values.data(), shape, strides);
  EXPECT_TRUE(view.ok()) << view.status();
  return *view;
}

TEST(Errors, NameTheArgumentTheValueAndTheExpectation) {
  std::vector<float> x(12), y(12, 7.0f);
  std::vector<double> wide(12);
  absl::Status status = Scale(View(x, {3, 4}), 2, View(y, {4, 3}));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("out.shape"), HasSubstr("(4, 3)"), HasSubstr("(3, 4), the shape of x")));
  status = Scale(x, 2, wide);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("out.dtype"), HasSubstr("float64"), HasSubstr("float32, the dtype of x")));
  for (const int threads : {-1, 1025}) {
    status = Scale(x, 2, y, {threads});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), AllOf(HasSubstr("options.max_threads"), HasSubstr(std::to_string(threads))));
  }
  EXPECT_EQ(y, std::vector<float>(12, 7.0f)) << "an error left the output changed";
}

TEST(Errors, EnvironmentThatCannotBeReadStopsEveryCall) {
  std::vector<float> x(4, 1.0f), y(4, 7.0f);
  for (const char* broken : {"RAPTORS_SIMD=avx9", "RAPTORS_THREADS=0", "RAPTORS_SPEED=fast"}) {
    context::ResetForTesting({broken});
    const absl::Status status = Scale(x, 2, y);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << broken;
    EXPECT_THAT(status.message(), HasSubstr(std::string(broken).substr(0, std::string(broken).find('='))));
    EXPECT_FALSE(Scale(x, 2).ok());
  }
  context::ResetForTesting({});
  EXPECT_TRUE(Scale(x, 2, y).ok());
  EXPECT_EQ(y[0], 2.0f);
}

TEST(Errors, FailedAllocationIsAStatus) {
  std::vector<float> x(1000, 1.0f);
  Allocator::Global().FailAllocationForTesting(1);
  const absl::StatusOr<Array> result = Scale(x, 2);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  // A buffer for overlapping operands: nothing is written when it cannot be had.
  const std::vector<float> before = x;
  Allocator::Global().FailAllocationForTesting(1);
  const absl::Status status = Scale(View(x, {30, 30}).Transposed().view(), 2, View(x, {30, 30}));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(x, before);
  EXPECT_TRUE(Scale(x, 2).ok());
}

// Random pairs of views of one buffer, against copying the input first.
TEST(Overlap, BehavesAsIfTheInputHadBeenCopied) {
  std::mt19937 random(20240607);
  int overlapping = 0;
  for (int round = 0; round < 20000; ++round) {
    const int64_t rows = 1 + random() % 6, cols = 1 + random() % 40;
    std::vector<float> buffer(2048);
    for (size_t i = 0; i < buffer.size(); ++i) buffer[i] = static_cast<float>(i + 1);
    const auto view = [&](bool output) -> absl::StatusOr<MutableArrayView> {
      const int64_t steps[] = {4, 4, 4, 8, -4, output ? 4 : 0};
      const int64_t col = steps[random() % 6];
      const int64_t row = (random() % 4 == 0) ? 4 : cols * 4 * static_cast<int64_t>(1 + random() % 2);
      const int64_t column = (random() % 4 == 0) ? rows * 4 : col;
      float* first = buffer.data() + 400 + random() % 64;
      if (output) return MutableArrayView::Create(first, {rows, cols}, {row, column});
      absl::StatusOr<ArrayView> in = ArrayView::Create(first, {rows, cols}, {row, column});
      if (!in.ok()) return in.status();
      return internal::ViewBuilder::MakeMutable(const_cast<void*>(in->data()), in->dtype(), {rows, cols},
                                                {row, column});
    };
    const absl::StatusOr<MutableArrayView> out = view(true), in = view(false);
    if (!out.ok()) continue;  // the output would overlap itself
    ASSERT_TRUE(in.ok());
    std::vector<float> want = buffer;
    {
      const std::vector<float> values = test::Map<float>([](float v) { return v * 1.5f; }, in->view());
      const int64_t first = out->data<float>() - buffer.data();
      int64_t k = 0;
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < cols; ++j) want[first + (i * out->stride(0) + j * out->stride(1)) / 4] = values[k++];
      }
    }
    const absl::Status status = Scale(in->view(), 1.5, *out);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(buffer, want) << out->DebugString() << " <- " << in->DebugString() << " shift "
                            << out->data<float>() - in->data<float>();
    metrics::Choice choice;
    overlapping += metrics::LastDecision(&choice) && choice.reason == Reason::kOverlapBuffered;
  }
  EXPECT_GT(overlapping, 10000);
}

TEST(Limits, OneThreadMeansOne) {
  std::vector<float> x(1 << 22), y(x.size());
  metrics::Choice choice;
  ASSERT_TRUE(Scale(x, 2, y, {1}).ok());
  ASSERT_TRUE(metrics::LastDecision(&choice));
  EXPECT_EQ(choice.threads, 1);
  ASSERT_TRUE(Scale(x, 2, y, {3}).ok());
  ASSERT_TRUE(metrics::LastDecision(&choice));
  EXPECT_EQ(choice.threads, 3);
  const absl::StatusOr<context::Scope> scope = context::ScopedThreads(1);
  ASSERT_TRUE(scope.ok());
  ASSERT_TRUE(Scale(x, 2, y).ok());
  ASSERT_TRUE(metrics::LastDecision(&choice));
  EXPECT_EQ(choice.threads, 1);
  ASSERT_TRUE(Scale(x, 2, y, {2}).ok());  // the call's own limit is the nearest
  ASSERT_TRUE(metrics::LastDecision(&choice));
  EXPECT_EQ(choice.threads, 2);
}

TEST(Counters, EveryCallIsCountedOnce) {
  std::vector<float> x(100), y(100);
  ASSERT_TRUE(Scale(x, 2, y).ok());
  metrics::Reset();
  for (int i = 0; i < 17; ++i) ASSERT_TRUE(Scale(x, 2, y).ok());
  const metrics::Snapshot snapshot = metrics::TakeSnapshot();
  ASSERT_EQ(snapshot.entries.size(), 1u);
  EXPECT_EQ(snapshot.entries[0].count, 17u);
  EXPECT_EQ(snapshot.entries[0].choice.size_bucket, metrics::SizeBucket(100));
}

#ifdef RAPTORS_COUNTS_ALLOCATIONS
TEST(HotPath, AllocatesNothing) {
  std::vector<float> x(1000), y(1000);
  const MutableArrayView out = View(y, {10, 100});
  const MutableArrayView in = View(x, {10, 100});
  const MutableArrayView transposed = View(x, {100, 10}).Transposed();
  for (const MutableArrayView& view : {in, transposed}) {
    ASSERT_TRUE(Scale(view, 2, out).ok());
    const int64_t before = allocations;
    for (int i = 0; i < 10; ++i) {
      if (!Scale(view, 2, out).ok()) FAIL();
    }
    EXPECT_EQ(allocations, before);
  }
}
#endif

// Nothing is computed beside the elements: no flag is raised that the elements do not raise.
class FloatingPointTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(FloatingPointTest);

TEST_P(FloatingPointTest, NoSpuriousExceptions) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (int64_t n = 1; n < 70; ++n) {
    // Around the elements lie values that would raise flags.
    std::vector<float> x(8 * n + 64, infinity), y(8 * n + 64);
    for (const int64_t columns : {int64_t{3}, n}) {
      const absl::StatusOr<ArrayView> in = ArrayView::Create(x.data(), {n, columns}, {4 * (columns + 1), 4});
      if (!in.ok() || n * (columns + 1) > static_cast<int64_t>(x.size())) continue;
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < columns; ++j) x[i * (columns + 1) + j] = 1.0f;
      }
      const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(y.data(), {n, columns});
      ASSERT_TRUE(out.ok());
      std::feclearexcept(FE_ALL_EXCEPT);
      const absl::Status zero = Scale(*in, 0.0f, *out, {1});  // 0 * infinity would be invalid
      const int after_zero = std::fetestexcept(FE_ALL_EXCEPT);
      ASSERT_TRUE(zero.ok());
      ASSERT_EQ(after_zero, 0) << n << "x" << columns;
      std::feclearexcept(FE_ALL_EXCEPT);
      const absl::Status infinite = Scale(*in, infinity, *out, {1});  // infinity * 0 would be invalid
      const int after_infinite = std::fetestexcept(FE_ALL_EXCEPT);
      ASSERT_TRUE(infinite.ok());
      ASSERT_EQ(after_infinite, 0) << n << "x" << columns;
      std::fill(x.begin(), x.end(), infinity);
    }
  }
}

class RoundingTest : public testing::TestWithParam<int> {};

// The caller's rounding mode holds on every thread, and the call leaves the environment as it was.
TEST_P(RoundingTest, FloatingPointEnvironment) {
  std::vector<double> x(1 << 20), y(x.size());
  for (size_t i = 0; i < x.size(); ++i) x[i] = 1.0 + static_cast<double>(i) / 7;
  for (const int threads : {1, 4}) {
    ASSERT_EQ(std::fesetround(GetParam()), 0);
    const absl::Status status = Scale(x, 1.1, y, {threads});
    const int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(after, GetParam());
    int64_t wrong = 0;
    std::fesetround(GetParam());
    for (size_t i = 0; i < x.size(); ++i) {
      volatile double want = x[i];
      want = want * 1.1;
      wrong += want != y[i];
    }
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(wrong, 0) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, RoundingTest, testing::Values(FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO));

}  // namespace
}  // namespace raptors
