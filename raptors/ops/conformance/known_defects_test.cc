// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Defects that array libraries have shipped, each of which tests could not see: one test for each, at the sizes and
// settings where it showed. `grep -rn 'defect [1-9]'` finds them.

#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
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

namespace raptors {
namespace {

metrics::Choice LastChoice() {
  metrics::Choice choice;
  EXPECT_TRUE(metrics::LastDecision(&choice));
  return choice;
}

// defect 1: sums over an axis by the BLAS's gemv that are right for square matrices only, because the leading dimension
// is taken from the wrong axis.
TEST(KnownDefects, SumsByGemvOfMatricesThatAreNotSquare) {
  if (!context::Current().machine.blas) GTEST_SKIP() << "built without a BLAS";
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  const context::Scope fast = context::ScopedDeterminism(Determinism::kFast);
  for (const auto& [rows, cols, lead] : {std::tuple<int64_t, int64_t, int64_t>{512, 1024, 1024},
                                         {1024, 512, 512},
                                         {600, 1500, 1500},
                                         {1500, 600, 600},
                                         {513, 1025, 1025},
                                         {2049, 512, 512},
                                         {512, 700, 731}}) {
    std::vector<float> memory(static_cast<size_t>(rows * lead), 1e30f);
    std::vector<float> by_axis[2] = {std::vector<float>(static_cast<size_t>(cols)),
                                     std::vector<float>(static_cast<size_t>(rows))};
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        // Whole numbers: exact in any order.
        const float value = static_cast<float>((i * 31 + j * 17) % 23 - 11);
        memory[static_cast<size_t>(i * lead + j)] = value;
        by_axis[0][static_cast<size_t>(j)] += value;
        by_axis[1][static_cast<size_t>(i)] += value;
      }
    }
    const ArrayView x = *ArrayView::Matrix(memory.data(), rows, cols, lead * 4);
    for (const int axis : {0, 1}) {
      for (const bool transposed : {false, true}) {
        for (const int threads : {1, 2}) {
          ReduceOptions options;
          options.axes = transposed ? 1 - axis : axis;
          options.max_threads = threads;
          std::vector<float> sums(by_axis[axis].size(), -1.0f);
          ASSERT_TRUE(Sum(transposed ? x.Transposed() : x, sums, options).ok());
          EXPECT_EQ(LastChoice().route, Route::kBlas);
          EXPECT_EQ(sums, by_axis[axis]) << rows << "x" << cols << " axis " << axis << " transposed " << transposed;
        }
      }
    }
  }
}

// defect 2: RAPTORS_THREADS=1 that is dropped and leaves all cores to every call.
TEST(KnownDefects, OneThreadByTheVariableMeansOne) {
  std::vector<float> x(1 << 22, 1.0f), y(x.size());
  const ArrayView square = *ArrayView::Matrix(x.data(), 1 << 9, 1 << 9);
  const auto threads = [&] {
    std::vector<int> used;
    EXPECT_TRUE(Scale(x, 2, y).ok());
    used.push_back(LastChoice().threads);
    EXPECT_TRUE(Sum<float>(x).ok());
    used.push_back(LastChoice().threads);
    EXPECT_TRUE(Matmul(square, square).ok());
    used.push_back(LastChoice().threads);
    return used;
  };
  for (const int limit : {1, 3}) {
    context::ResetForTesting({"RAPTORS_THREADS=" + std::to_string(limit)});
    const context::Scope eager = test::EagerProfile(1);
    EXPECT_EQ(threads(), std::vector<int>(3, limit));
  }
  context::ResetForTesting({});
}

// defect 3: SIMD that is switched off, and stays on in reductions, broadcasts and whatever goes to another library.
TEST(KnownDefects, SimdOffReachesEveryOperation) {
  for (const bool by_variable : {false, true}) {
    std::optional<context::Scope> scope;
    if (by_variable) {
      context::ResetForTesting({"RAPTORS_SIMD=off"});
    } else {
      scope.emplace(*context::ScopedSimd("off"));
    }
    const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
    const context::Scope fast = context::ScopedDeterminism(Determinism::kFast);
    std::vector<double> v(1200, 1.0), out(1200);
    const ArrayView x = *ArrayView::Matrix(v.data(), 30, 40), row = *x.Slice(0, 0, 1);
    const MutableArrayView target = *MutableArrayView::Matrix(out.data(), 30, 40);
    const auto scalar = [](const absl::Status& status, Op op) {
      EXPECT_TRUE(status.ok()) << status;
      const metrics::Choice choice = LastChoice();
      EXPECT_EQ(choice.op, op);
      EXPECT_EQ(choice.isa, Isa::kScalar) << Name(op);
      EXPECT_EQ(choice.route, op == Op::kMatmul ? Route::kEigen : Route::kScalar) << Name(op);
    };
    for (const OpInfo& info : kOpInfos) {
      if (info.kind == OpKind::kMap) {
        scalar(test::CallMap(info.op, {&x, &x, &x}, 2, target), info.op);
        scalar(test::CallMap(info.op, {&row, &x, &row}, 2, target), info.op);
      } else if (info.kind == OpKind::kReduce) {
        scalar(test::CallReduce<double>(info.op, v, v).status(), info.op);
      } else {
        scalar(Matmul(x, x.Transposed()).status(), info.op);
      }
    }
    scalar(ScaleInPlace(target, 2), Op::kScale);
    scalar(AxpyInPlace(2, x, target), Op::kAxpy);
    for (const int axis : {0, 1}) {
      scalar(Sum(x, {axis}).status(), Op::kSum);
      scalar(Max(x, {axis}).status(), Op::kMax);
    }
    if (by_variable) context::ResetForTesting({});
  }
}

// defect 4: a vector with as many elements as a matrix has rows, taken as a column.
TEST(KnownDefects, AVectorIsARow) {
  const std::vector<float> matrix(12, 1.0f), rows(3, 1.0f), cols = {1, 2, 3, 4};
  const ArrayView x = *ArrayView::Matrix(matrix.data(), 3, 4);
  EXPECT_EQ(Add(x, rows).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(Add(x, rows).status().message()), testing::HasSubstr("y: got shape (3,)"));
  std::vector<float> out(12);
  ASSERT_TRUE(Add(x, cols, *MutableArrayView::Matrix(out.data(), 3, 4)).ok());
  EXPECT_EQ(out, (std::vector<float>{2, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4, 5}));
}

// defect 5: memory that may only be read, offered to writers. Here the types tell; of Python's buffers
// raptors/python/tests/array_protocols_test.py does (test_read_only).
static_assert(!std::is_constructible_v<MutableArrayView, ArrayView>);
static_assert(!std::is_constructible_v<MutableArrayView, absl::Span<const float>>);
static_assert(std::is_constructible_v<ArrayView, absl::Span<const float>>);

// defect 6: parallel sums that differ from run to run, because whoever is free takes the next piece.
TEST(KnownDefects, ParallelSumsAreTheSameInEveryRun) {
  const context::Scope profile = test::EagerProfile(1);
  std::mt19937 random(1);
  std::vector<float> x(1 << 18);
  for (float& v : x) v = static_cast<float>(static_cast<int32_t>(random())) * 1e-3f;
  const float want = *Sum<float>(x, {1});
  int parallel = 0;
  for (int run = 0; run < 200; ++run) {
    ASSERT_EQ(*Sum<float>(x, {2 + run % 7}), want) << run;
    parallel += LastChoice().threads > 1;
  }
  EXPECT_EQ(parallel, 200);
}

// defect 7: paths chosen by comparing a size with the sizes of a benchmark. A choice that neither neighbour of a size
// shares is one: thresholds have the sizes on one of their sides in common.
TEST(KnownDefects, NoSizeIsASpecialCase) {
  const context::Settings& settings = context::Current();
  std::vector<int64_t> sizes;
  for (int log = 3; log <= 26; ++log) sizes.push_back(int64_t{1} << log);
  for (const int64_t side : {100, 500, 1000, 1500, 2000, 3000, 4000}) sizes.push_back(side * side);
  int64_t compared = 0;
  for (const OpInfo& info : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      if (!info.Takes(dtype)) continue;
      for (int layout = 0; layout < kNumLayouts; ++layout) {
        for (const Determinism determinism : {Determinism::kReproducible, Determinism::kFast}) {
          for (const bool in_place : {false, true}) {
            policy::Limits limits = settings.limits;
            limits.determinism = determinism;
            policy::CallShape shape;
            shape.op = info.op;
            shape.dtype = dtype;
            shape.layout = static_cast<Layout>(layout);
            shape.in_place = in_place;
            shape.blas_values = shape.blas_strides = true;
            shape.outputs = 1;
            const auto decide = [&](int64_t elements, int64_t inner) {
              shape.elements = elements;
              shape.inner = inner;
              const policy::Decision d = policy::Decide(shape, settings.machine, limits, *settings.profile);
              return std::tuple(d.route, d.isa, d.stream, d.threads);
            };
            for (const int64_t n : sizes) {
              for (const int64_t inner : {int64_t{64}, int64_t{512}, int64_t{1024}, int64_t{2048}}) {
                const auto at = decide(n, inner);
                ASSERT_TRUE(at == decide(n - 1, inner) || at == decide(n + 1, inner))
                    << info.name << " " << Name(dtype) << " " << kLayoutNames[layout] << ", " << n << " elements";
                ASSERT_TRUE(at == decide(n, inner - 1) || at == decide(n, inner + 1))
                    << info.name << " " << Name(dtype) << " " << kLayoutNames[layout] << ", inner " << inner;
                ++compared;
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 10000);
}

// defect 8: a library compiled for the processor that compiled it. What the compiler may use without being asked is
// what every processor of the platform has; tools/build_tests/objects_test.cc looks at the objects.
TEST(KnownDefects, CompiledForEveryProcessorOfThePlatform) {
#if defined(__AVX__) || defined(__FMA__) || defined(__ARM_FEATURE_SVE)
  FAIL() << "compiled for more than the platform's floor";
#endif
  EXPECT_TRUE(context::Current().built.Has(Isa::kScalar));
}

// defect 9: sums of int32 in floating point, which lose units beyond 2^53.
TEST(KnownDefects, SumsOfInt32AreExact) {
  // 2^22 times about 2^31 is about 2^53; the last ones are odd.
  std::vector<int32_t> x((1 << 22) + 4099, std::numeric_limits<int32_t>::max());
  const int64_t want = static_cast<int64_t>(x.size()) * std::numeric_limits<int32_t>::max();
  ASSERT_NE(static_cast<int64_t>(static_cast<double>(want)), want);
  EXPECT_EQ(*Sum<int64_t>(x), want);
  const absl::StatusOr<Array> by_row = Sum(*ArrayView::Matrix(x.data(), 1, static_cast<int64_t>(x.size())), {1});
  ASSERT_TRUE(by_row.ok());
  EXPECT_EQ(by_row->data<int64_t>()[0], want);
}

}  // namespace
}  // namespace raptors
