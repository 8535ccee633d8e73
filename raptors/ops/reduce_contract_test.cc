// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The promises of reductions beside values: errors, overlap, limits, counters, callers side by side, the floating-point
// environment, and a hot path without allocations.

#include <atomic>
#include <cfenv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/array/allocator.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/reduce.h"
#include "raptors/ops/reduce_testing.h"
#include "raptors/parallel/pool.h"
#include "raptors/testing/eager_profile.h"
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

using test::BytesOf;
using test::kAxisOps;
using test::Reduce;
using test::ReferenceBytes;
using testing::AllOf;
using testing::HasSubstr;

constexpr double kNever = std::numeric_limits<double>::infinity();

template <typename T>
MutableArrayView View(std::vector<T>& values, std::vector<int64_t> shape, std::vector<int64_t> strides = {}) {
  absl::StatusOr<MutableArrayView> view = strides.empty() ? MutableArrayView::Create(values.data(), shape)
                                                          : MutableArrayView::Create(values.data(), shape, strides);
  EXPECT_TRUE(view.ok()) << view.status();
  return *view;
}

void ExpectInvalid(const absl::Status& status, const std::vector<std::string>& parts) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  for (const std::string& part : parts) EXPECT_THAT(status.message(), HasSubstr(part));
}

TEST(Errors, NameTheArgumentTheValueAndTheExpectation) {
  std::vector<float> v(12), y(12, 7.0f);
  std::vector<int32_t> ints(12), narrow(4);
  std::vector<double> wide(4, 7.0);
  const MutableArrayView x = View(v, {3, 4}), i = View(ints, {3, 4});
  ExpectInvalid(Sum(x, y, {0}), {"out.shape", "(12,)", "(4,), the shape of the result"});
  ExpectInvalid(Sum(x, View(y, {4, 3}), {{0}, true}), {"out.shape", "(4, 3)", "(1, 4)"});
  ExpectInvalid(Sum(x, View(y, {3, 4})), {"out.shape", "(3, 4)", "()"});
  ExpectInvalid(Mean(x, wide, {0}), {"out.dtype", "float64", "float32, the dtype of the result"});
  ExpectInvalid(Sum(i, narrow, {0}), {"out.dtype", "int32", "int64"});
  ExpectInvalid(Mean(i, narrow, {0}), {"out.dtype", "int32", "float64"});
  ExpectInvalid(Sum(x, y, {2}), {"options.axes", "got 2", "-2 to 1", "2 axes"});
  ExpectInvalid(Max(x, {-3}).status(), {"options.axes", "got -3", "-2 to 1"});
  ExpectInvalid(Max(x, {{1, -1}}).status(), {"options.axes", "axis -1 twice", "each axis once"});
  ExpectInvalid(Sum(Sum(x)->view(), {0}).status(), {"options.axes", "got 0", "x has none"});
  for (const int threads : {-1, 1025}) {
    ExpectInvalid(Sum(x, y, {{0}, false, threads}), {"out.shape"});
    ExpectInvalid(Sum(x, {{0}, false, threads}).status(), {"options.max_threads", std::to_string(threads)});
    ExpectInvalid(Sum<float>(x, {threads}).status(), {"options.max_threads", std::to_string(threads)});
    ExpectInvalid(Dot(v, v, {threads}).status(), {"options.max_threads", std::to_string(threads)});
  }
  ExpectInvalid(Sum<double>(x).status(), {"T: got float64", "float32, the dtype of the result"});
  ExpectInvalid(Sum<int32_t>(i).status(), {"T: got int32", "int64"});
  std::vector<float> none;
  ExpectInvalid(Min<float>(none).status(), {"x.shape", "(0,)", "min of nothing"});
  ExpectInvalid(Max(View(none, {3, 0}), {1}).status(), {"x.shape", "(3, 0)", "max of nothing"});
  ExpectInvalid(Dot(x, v).status(), {"x.shape", "(3, 4)", "a vector"});
  ExpectInvalid(Dot(v, x).status(), {"y.shape", "(3, 4)", "a vector"});
  ExpectInvalid(Dot(v, std::vector<float>(11)).status(), {"y.shape", "(11,)", "(12,), the shape of x"});
  ExpectInvalid(Dot(v, wide).status(), {"y.dtype", "float64", "float32, the dtype of x"});
  ExpectInvalid(Nrm2(ints).status(), {"x.dtype", "int32", "float32 or float64"});
  ExpectInvalid(Asum(Sum(x)->view()).status(), {"x.shape", "()", "a vector"});
  EXPECT_EQ(y, std::vector<float>(12, 7.0f)) << "an error left the output changed";
  EXPECT_EQ(wide, std::vector<double>(4, 7.0));
}

TEST(Errors, EnvironmentThatCannotBeReadStopsEveryCall) {
  std::vector<float> x(4, 1.0f), y = {7.0f};
  context::ResetForTesting({"RAPTORS_SIMD=avx9"});
  EXPECT_EQ(Sum(x, View(y, {})).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Sum(x).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Sum<float>(x).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Dot(x, x).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(y[0], 7.0f);
  context::ResetForTesting({});
  EXPECT_EQ(*Sum<float>(x), 4.0f);
}

TEST(Errors, FailedAllocationIsAStatus) {
  std::vector<float> x(900, 1.0f);
  Allocator::Global().FailAllocationForTesting(1);
  EXPECT_EQ(Sum(x).status().code(), absl::StatusCode::kResourceExhausted);
  // A buffer for an overlapping output.
  const std::vector<float> before = x;
  Allocator::Global().FailAllocationForTesting(1);
  const absl::Status status = Sum(View(x, {30, 30}), View(x, {30}), {0});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(x, before);
}

// Without memory for accumulators the work is done on one thread, with the same bits.
TEST(Errors, ThreadsNeedNoMemory) {
  const context::Scope profile = test::EagerProfile(kNever);
  std::vector<double> x(40 * 20000), y(40);
  test::FillRandom(ArrayView(x), 1);
  const MutableArrayView in = View(x, {20000, 40});
  for (const bool fail : {false, true}) {
    if (fail) Allocator::Global().FailAllocationForTesting(1);
    ASSERT_TRUE(Sum(in, y, {{0}, false, 16}).ok());
    Allocator::Global().FailAllocationForTesting(0);
    metrics::Choice choice;
    ASSERT_TRUE(metrics::LastDecision(&choice));
    EXPECT_EQ(choice.threads, fail ? 1 : 16);
    EXPECT_EQ(BytesOf(ArrayView(y)), ReferenceBytes(Op::kSum, in, 1));
  }
}

// Random outputs within the memory of the input, against reducing a copy.
TEST(Overlap, BehavesAsIfTheInputHadBeenCopied) {
  std::mt19937 random(20240607);
  int overlapping = 0;
  for (int round = 0; round < 5000; ++round) {
    const int64_t rows = 1 + random() % 9, cols = 1 + random() % 40;
    std::vector<float> buffer(1024);
    test::FillRandom(ArrayView(buffer), random());
    const bool transposed = random() % 2 == 0;
    const absl::StatusOr<ArrayView> in = ArrayView::Create(buffer.data() + 200 + random() % 64, {rows, cols},
                                                           {transposed ? 4 : 4 * cols, transposed          ? 4 * rows
                                                                                       : random() % 5 == 0 ? -4
                                                                                                           : 4});
    ASSERT_TRUE(in.ok());
    const uint64_t set = random() % 4;
    std::vector<int64_t> shape;
    for (int axis = 0; axis < 2; ++axis) {
      if (((set >> axis) & 1) == 0) shape.push_back(in->shape(axis));
    }
    Dims strides = CStrides(shape, 4);
    if (shape.size() == 1 && random() % 2 == 0) strides[0] = random() % 2 == 0 ? -4 : 8;
    const int64_t first = 150 + random() % 300;
    const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(buffer.data() + first, shape, strides);
    ASSERT_TRUE(out.ok());
    const Op op = kAxisOps[random() % 4];
    const test::Bytes want = ReferenceBytes(op, *in, set);
    std::vector<float> rest = buffer;
    ASSERT_TRUE(Reduce(op, *in, *out, {test::AxesOf(set)}).ok());
    ASSERT_EQ(BytesOf(out->view()), want) << out->DebugString() << " <- " << in->DebugString();
    // Nothing else was written.
    size_t next = 0;
    test::ForEachIndex(out->shape(), [&](auto index) {
      memcpy(reinterpret_cast<char*>(rest.data() + first) + test::OffsetOf(*out, index), &want[next], 4);
      next += 4;
    });
    ASSERT_EQ(buffer, rest);
    metrics::Choice choice;
    overlapping += metrics::LastDecision(&choice) && choice.reason == Reason::kOverlapBuffered;
  }
  EXPECT_GT(overlapping, 1500);
}

TEST(Limits, OneThreadMeansOne) {
  std::vector<float> x(1 << 22, 1.0f);
  metrics::Choice choice;
  for (const int threads : {1, 3}) {
    EXPECT_EQ(*Sum<float>(x, {threads}), static_cast<float>(x.size()));
    ASSERT_TRUE(metrics::LastDecision(&choice));
    EXPECT_EQ(choice.threads, threads);
  }
  const absl::StatusOr<context::Scope> scope = context::ScopedThreads(1);
  ASSERT_TRUE(scope.ok());
  EXPECT_TRUE(Dot(x, x).ok());
  ASSERT_TRUE(metrics::LastDecision(&choice));
  EXPECT_EQ(choice.threads, 1);
}

TEST(Counters, EveryCallIsCountedOnce) {
  std::vector<double> x(100, 1e200);
  ASSERT_TRUE(Nrm2(x).ok());
  metrics::Reset();
  for (int i = 0; i < 17; ++i) ASSERT_TRUE(Nrm2(x).ok());  // several passes, one call
  const metrics::Snapshot snapshot = metrics::TakeSnapshot();
  ASSERT_EQ(snapshot.entries.size(), 1u);
  EXPECT_EQ(snapshot.entries[0].count, 17u);
  EXPECT_EQ(snapshot.entries[0].choice.op, Op::kNrm2);
  EXPECT_EQ(snapshot.entries[0].choice.layout, Layout::kContiguous);
  EXPECT_EQ(snapshot.entries[0].choice.size_bucket, metrics::SizeBucket(100));
}

TEST(Counters, LayoutClasses) {
  std::vector<float> v(300 * 70);
  const MutableArrayView x = View(v, {300, 70});
  const auto layout = [](const ArrayView& view, const Axes& axes) {
    EXPECT_TRUE(Sum(view, {axes}).ok());
    metrics::Choice choice;
    EXPECT_TRUE(metrics::LastDecision(&choice));
    return choice.layout;
  };
  EXPECT_EQ(layout(x, {}), Layout::kContiguous);
  EXPECT_EQ(layout(x, 1), Layout::kRows);
  EXPECT_EQ(layout(x, 0), Layout::kColumns);
  EXPECT_EQ(layout(*x.Slice(1, 0, 3), 0), Layout::kNarrow);
  EXPECT_EQ(layout(*x.Slice(1, 0, 3), 1), Layout::kNarrow);
  EXPECT_EQ(layout(*x.Slice(1, 0, 70, 2), 1), Layout::kStrided);
}

// Several callers at the same time, each with threads of its own choice, and calls from inside a parallel body.
TEST(Threads, CallersSideBySideAndNested) {
  const context::Scope profile = test::EagerProfile(kNever);
  std::vector<float> x(200 * 700);
  test::FillRandom(ArrayView(x), 9);
  const MutableArrayView in = View(x, {200, 700});
  const test::Bytes rows = ReferenceBytes(Op::kSum, in, 2), cols = ReferenceBytes(Op::kMean, in, 1);
  const float total = *Sum<float>(in);
  std::atomic<int> wrong{0};
  const context::Settings& settings = context::Current();
  const auto work = [&] {
    const context::ScopedSettings scope(settings);
    for (int i = 0; i < 30; ++i) {
      const absl::StatusOr<Array> a = Sum(in, {{1}, false, 1 + i % 4}), b = Mean(in, {{0}, false, 1 + i % 5});
      const absl::StatusOr<float> c = Sum<float>(in, {4});
      wrong += !a.ok() || BytesOf(a->view()) != rows || !b.ok() || BytesOf(b->view()) != cols || !c.ok() || *c != total;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  const auto body = [&](int64_t, int64_t) { work(); };
  parallel::Run(3, 3, body);
  EXPECT_EQ(wrong, 0);
}

#ifdef RAPTORS_COUNTS_ALLOCATIONS
TEST(HotPath, AllocatesNothing) {
  std::vector<float> x(1000), y(100), z(10);
  const MutableArrayView in = View(x, {10, 100});
  const auto calls = [&] {
    bool ok = Sum(in, y, {0}).ok() && Mean(in, z, {1}).ok() && Max(in.Transposed(), y, {1}).ok();
    ok = ok && Min<float>(in).ok() && Dot(x, x).ok() && Nrm2(x).ok() && Asum(x).ok();
    return ok && Sum(*in.Slice(1, 0, 100, 2), z, {-1}).ok();
  };
  ASSERT_TRUE(calls());
  const int64_t before = allocations;
  bool ok = true;
  for (int i = 0; i < 10; ++i) ok = ok && calls();
  const int64_t after = allocations;
  EXPECT_TRUE(ok);
  EXPECT_EQ(after, before);
}
#endif

// Exact sums raise no flag, whatever lies around the elements.
class FloatingPointTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(FloatingPointTest);

TEST_P(FloatingPointTest, NoSpuriousExceptions) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (int64_t n = 1; n < 70; ++n) {
    for (const int64_t columns : {int64_t{3}, n}) {
      std::vector<float> v(n * (columns + 1) + 64, infinity);
      for (size_t i = 0; i < v.size(); i += 2) v[i] = -infinity;  // infinity - infinity would be invalid
      const absl::StatusOr<ArrayView> x = ArrayView::Create(v.data() + 9, {n, columns}, {4 * (columns + 1), 4});
      ASSERT_TRUE(x.ok());
      test::ForEachIndex(x->shape(), [&](auto index) {
        const float one = 1;
        memcpy(const_cast<char*>(static_cast<const char*>(x->data())) + test::OffsetOf(*x, index), &one, 4);
      });
      for (const Op op : {Op::kSum, Op::kMin, Op::kMax}) {
        for (uint64_t set = 0; set < 4; ++set) {
          const ReduceOptions options = {test::AxesOf(set), false, 1};
          std::feclearexcept(FE_ALL_EXCEPT);
          const absl::StatusOr<Array> got = Reduce(op, *x, options);
          const int flags = std::fetestexcept(FE_ALL_EXCEPT);
          ASSERT_TRUE(got.ok());
          ASSERT_EQ(flags, 0) << Name(op) << " " << n << "x" << columns << " axes " << set;
        }
      }
    }
  }
}

class RoundingTest : public testing::TestWithParam<int> {};

// The caller's rounding mode holds on every thread, and the call leaves it as it was.
TEST_P(RoundingTest, FloatingPointEnvironment) {
  const context::Scope profile = test::EagerProfile(kNever);
  std::vector<double> x(100000);
  test::FillRandom(ArrayView(x), 3);
  const MutableArrayView in = View(x, {500, 200});
  for (const int threads : {1, 4}) {
    for (uint64_t set = 1; set < 4; ++set) {
      const ReduceOptions options = {test::AxesOf(set), false, threads};
      ASSERT_EQ(std::fesetround(GetParam()), 0);
      const test::Bytes want = ReferenceBytes(Op::kSum, in, set);
      const absl::StatusOr<Array> got = Sum(in, options);
      const int after = std::fegetround();
      std::fesetround(FE_TONEAREST);
      ASSERT_TRUE(got.ok());
      EXPECT_EQ(after, GetParam());
      EXPECT_EQ(BytesOf(got->view()), want) << threads << " threads, axes " << set;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, RoundingTest, testing::Values(FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO));

}  // namespace
}  // namespace raptors
