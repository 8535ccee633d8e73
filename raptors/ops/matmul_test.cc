// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products on every route: the BLAS, Eigen, and Eigen without SIMD.

#include <string.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/array/allocator.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/tolerance.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::LayoutBuffer;
using test::LayoutCase;
using testing::AllOf;
using testing::HasSubstr;

enum class Way { kBlas, kEigen, kEigenScalar };

struct RouteCase {
  Way way;
  int threads;
};

std::ostream& operator<<(std::ostream& os, const RouteCase& c) {
  return os << (c.way == Way::kBlas ? "Blas" : c.way == Way::kEigen ? "Eigen" : "EigenScalar") << c.threads;
}

// Every test on every route, alone and with more threads than most results have rows.
class MatmulTest : public testing::TestWithParam<RouteCase> {
 protected:
  void SetUp() override {
    if (GetParam().way == Way::kBlas && !blas::Available()) GTEST_SKIP() << "this build has no BLAS";
    scopes_.push_back(test::EagerProfile(1));
    scopes_.push_back(
        context::ScopedBlas(GetParam().way == Way::kBlas ? policy::BlasMode::kPrefer : policy::BlasMode::kOff));
    if (GetParam().way == Way::kEigenScalar) scopes_.push_back(*context::ScopedSimd("off"));
    scopes_.push_back(*context::ScopedThreads(GetParam().threads));
  }
  void TearDown() override {
    while (!scopes_.empty()) scopes_.pop_back();  // newest first
  }

  // Whether the last product went where it should.
  static bool RanHere() {
    metrics::Choice last;
    if (!metrics::LastDecision(&last) || last.op != Op::kMatmul) return false;
    return last.route == (GetParam().way == Way::kBlas ? Route::kBlas : Route::kEigen) &&
           (last.isa == Isa::kScalar) == (GetParam().way == Way::kEigenScalar);
  }

 private:
  std::vector<context::Scope> scopes_;
};

INSTANTIATE_TEST_SUITE_P(Routes, MatmulTest,
                         testing::Values(RouteCase{Way::kBlas, 1}, RouteCase{Way::kBlas, 3}, RouteCase{Way::kEigen, 1},
                                         RouteCase{Way::kEigen, 3}, RouteCase{Way::kEigenScalar, 1},
                                         RouteCase{Way::kEigenScalar, 3}),
                         testing::PrintToStringParamName());

// Element (i, j); a vector counts as one of its axes.
template <typename T>
T At(const ArrayView& view, int64_t i, int64_t j) {
  const int64_t offset = view.ndim() == 2   ? i * view.stride(0) + j * view.stride(1)
                         : view.ndim() == 1 ? (i + j) * view.stride(0)
                                            : 0;
  T value;
  memcpy(&value, static_cast<const char*>(view.data()) + offset, sizeof(T));
  return value;
}

struct Sizes {
  int64_t m, n, k;
};

Sizes SizesOf(const ArrayView& a, const ArrayView& b) {
  return {a.ndim() == 2 ? a.shape(0) : 1, b.ndim() == 2 ? b.shape(1) : 1, b.shape(0)};
}

// The product in float64, row after row; `magnitudes` gets the sums of absolute values.
template <typename T>
std::vector<double> Reference(const ArrayView& a, const ArrayView& b, std::vector<double>* magnitudes = nullptr) {
  const auto [m, n, k] = SizesOf(a, b);
  std::vector<double> sums;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0, magnitude = 0;
      for (int64_t l = 0; l < k; ++l) {
        const double product = static_cast<double>(At<T>(a, i, l)) * static_cast<double>(At<T>(b, l, j));
        sum += product;
        magnitude += std::fabs(product);
      }
      sums.push_back(sum);
      if (magnitudes != nullptr) magnitudes->push_back(magnitude);
    }
  }
  return sums;
}

template <typename T>
std::vector<double> Values(const ArrayView& out, int64_t m, int64_t n) {
  std::vector<double> values;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) values.push_back(static_cast<double>(At<T>(out, i, j)));
  }
  return values;
}

constexpr Sizes kSizes[] = {{1, 1, 1}, {2, 3, 4}, {5, 1, 7}, {1, 6, 5}, {17, 33, 9}, {40, 20, 1}};

// Sums of small integers: exact in any order.
template <typename T>
void EveryLayout(bool (*ran_here)()) {
  for (const auto& [m, n, k] : kSizes) {
    const std::vector<LayoutCase> as = test::LayoutsOf({m, k}), bs = test::LayoutsOf({k, n}),
                                  outs = test::LayoutsOf({m, n});
    // Each layout of one operand with a varying one of the others.
    const size_t rounds = std::max({as.size(), bs.size(), outs.size()});
    for (size_t round = 0; round < 3 * rounds; ++round) {
      const LayoutCase& a_case = as[round % as.size()];
      const LayoutCase& b_case = bs[(round * 7 + round / rounds) % bs.size()];
      const LayoutCase out_case = outs[(round * 5 + 2 * (round / rounds)) % outs.size()].Output();
      SCOPED_TRACE(testing::Message() << m << "x" << n << "x" << k << " a " << a_case << " b " << b_case << " out "
                                      << out_case);
      LayoutBuffer a(a_case, DTypeOf<T>::value), b(b_case, DTypeOf<T>::value), out(out_case, DTypeOf<T>::value);
      const absl::Status status = Matmul(a.view(), b.view(), out.out());
      ASSERT_TRUE(status.ok()) << status;
      ASSERT_TRUE(ran_here());
      ASSERT_EQ(Values<T>(out.view(), m, n), Reference<T>(a.view(), b.view()));
      ASSERT_TRUE(out.GapsIntact());
    }
  }
}
TEST_P(MatmulTest, EveryLayoutFloat32) { EveryLayout<float>(&RanHere); }
TEST_P(MatmulTest, EveryLayoutFloat64) { EveryLayout<double>(&RanHere); }

template <typename T>
void WithinTheBound(bool (*ran_here)()) {
  std::mt19937 random(1);
  std::normal_distribution<double> values;
  for (const auto& [m, n, k] : {Sizes{60, 70, 80}, Sizes{128, 65, 100}, Sizes{3, 500, 200}, Sizes{300, 1, 150},
                                Sizes{1, 200, 300}, Sizes{150, 130, 600}}) {
    std::vector<T> a(static_cast<size_t>(m * k)), b(static_cast<size_t>(k * n));
    for (T& v : a) v = static_cast<T>(values(random));
    for (T& v : b) v = static_cast<T>(values(random));
    for (int variant = 0; variant < 4; ++variant) {
      if (test::IsEmulated() && variant != m % 4) continue;
      const ArrayView x =
          variant & 1 ? ArrayView::Matrix(a.data(), k, m)->Transposed() : *ArrayView::Matrix(a.data(), m, k);
      const ArrayView y =
          variant & 2 ? ArrayView::Matrix(b.data(), n, k)->Transposed() : *ArrayView::Matrix(b.data(), k, n);
      const absl::StatusOr<Array> out = Matmul(x, y);
      ASSERT_TRUE(out.ok()) << out.status();
      ASSERT_TRUE(ran_here());
      std::vector<double> magnitudes;
      const std::vector<double> want = Reference<T>(x, y, &magnitudes);
      const std::vector<double> got = Values<T>(out->view(), m, n);
      for (size_t i = 0; i < want.size(); ++i) {
        // The reference has an error of its own: that of float64.
        const double bound = test::DotBound<T>(k, magnitudes[i]) + test::DotBound<double>(k, magnitudes[i]);
        ASSERT_LE(std::fabs(got[i] - want[i]), bound) << m << "x" << n << "x" << k << " at " << i;
      }
    }
  }
}
TEST_P(MatmulTest, WithinTheBoundFloat32) { WithinTheBound<float>(&RanHere); }
TEST_P(MatmulTest, WithinTheBoundFloat64) { WithinTheBound<double>(&RanHere); }

TEST_P(MatmulTest, Vectors) {
  const std::vector<float> v = {1, 2, 3, 4, 5, 6}, x = {1, 0, 2}, y = {1, -1};
  const ArrayView a = *ArrayView::Matrix(v.data(), 2, 3);
  absl::StatusOr<Array> out = Matmul(a, x);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->shape(), absl::MakeConstSpan({int64_t{2}}));
  EXPECT_EQ(Values<float>(out->view(), 2, 1), (std::vector<double>{7, 16}));
  EXPECT_TRUE(RanHere());
  out = Matmul(y, a);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->shape(), absl::MakeConstSpan({int64_t{3}}));
  EXPECT_EQ(Values<float>(out->view(), 1, 3), (std::vector<double>{-3, -3, -3}));
  EXPECT_TRUE(RanHere());
  out = Matmul(x, x);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->ndim(), 0);
  EXPECT_EQ(*out->data<float>(), 5);
  const std::vector<double> wide = {1, 2};
  EXPECT_EQ(*Matmul(wide, wide)->data<double>(), 5);
  EXPECT_EQ(*Matmul(std::vector<double>(), std::vector<double>())->data<double>(), 0);
}

TEST_P(MatmulTest, VectorsOfEveryStride) {
  for (const auto& [m, n, k] : kSizes) {
    for (const LayoutCase& matrix_case : test::LayoutsOf({m, k})) {
      LayoutBuffer matrix(matrix_case, DType::kFloat32);
      for (const LayoutCase& x_case : test::LayoutsOf({k})) {
        SCOPED_TRACE(testing::Message() << matrix_case << " and " << x_case);
        LayoutBuffer x(x_case, DType::kFloat32), y(test::LayoutsOf({m})[static_cast<size_t>(n) % 3], DType::kFloat32);
        ASSERT_TRUE(Matmul(matrix.view(), x.view(), y.out()).ok());
        ASSERT_EQ(Values<float>(y.view(), m, 1), Reference<float>(matrix.view(), x.view()));
        ASSERT_TRUE(y.GapsIntact());
        ASSERT_TRUE(Matmul(x.view(), matrix.view().Transposed(), y.out()).ok());
        ASSERT_EQ(Values<float>(y.view(), 1, m), Reference<float>(x.view(), matrix.view().Transposed()));
      }
    }
  }
}

TEST_P(MatmulTest, Empty) {
  for (const auto& [m, n, k] : {Sizes{0, 3, 2}, Sizes{3, 0, 2}, Sizes{0, 0, 0}, Sizes{3, 4, 0}, Sizes{0, 3, 0},
                                Sizes{1, 4, 0}, Sizes{4, 1, 0}}) {
    const std::vector<double> none(16, std::numeric_limits<double>::quiet_NaN());
    std::vector<double> c(16, 7.0);
    const ArrayView a = *ArrayView::Matrix(none.data(), m, k), b = *ArrayView::Matrix(none.data(), k, n);
    // Every other column of the memory behind c.
    const MutableArrayView out = *MutableArrayView::Create(c.data(), {m, n}, {n == 1 ? 16 : 8, n == 1 ? 8 : 32});
    ASSERT_TRUE(Matmul(a, b, out).ok());
    EXPECT_EQ(Values<double>(out, m, n), std::vector<double>(static_cast<size_t>(m * n), 0.0));
    EXPECT_EQ(std::count(c.begin(), c.end(), 0.0), m * n);
    const absl::StatusOr<Array> owned = Matmul(a, b);
    ASSERT_TRUE(owned.ok()) << owned.status();
    EXPECT_EQ(owned->shape(), absl::MakeConstSpan({m, n}));
  }
}

// What was in the output must not matter, whatever it was.
TEST_P(MatmulTest, TheOutputIsNotRead) {
  for (const int64_t size : {2, 9, 70}) {
    const size_t count = static_cast<size_t>(size * size);
    std::vector<double> a(count, 1.0), b(count, 2.0), c(count, std::numeric_limits<double>::quiet_NaN());
    const ArrayView x = *ArrayView::Matrix(a.data(), size, size), y = *ArrayView::Matrix(b.data(), size, size);
    for (const MutableArrayView& out : {*MutableArrayView::Matrix(c.data(), size, size),
                                        MutableArrayView::Matrix(c.data(), size, size)->Transposed()}) {
      c.assign(count, std::numeric_limits<double>::quiet_NaN());
      ASSERT_TRUE(Matmul(x, y, out).ok());
      EXPECT_EQ(c, std::vector<double>(count, 2.0 * static_cast<double>(size)));
      c.assign(count, std::numeric_limits<double>::infinity());
      const MutableArrayView column = *out.Slice(1, 0, 1);
      ASSERT_TRUE(Matmul(x, *y.Slice(1, 0, 1), column).ok());
      for (int64_t i = 0; i < size; ++i) ASSERT_EQ(At<double>(column, i, 0), 2.0 * static_cast<double>(size));
    }
  }
}

// One element that is not finite meets zeros: NaN in its row or column, numbers elsewhere.
TEST_P(MatmulTest, ZeroTimesNonFiniteIsNaN) {
  std::mt19937 random(5);
  const float specials[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()};
  for (const auto& [m, n, k] :
       {Sizes{1, 1, 3}, Sizes{3, 5, 4}, Sizes{20, 1, 33}, Sizes{1, 20, 33}, Sizes{50, 60, 40}, Sizes{110, 120, 130}}) {
    for (int variant = 0; variant < 12; ++variant) {
      std::vector<float> a(static_cast<size_t>(m * k), 1.0f), b(static_cast<size_t>(k * n), 1.0f);
      const int64_t row = random() % m, at = random() % k, col = random() % n;
      const bool in_a = variant & 1;
      const float special = specials[variant / 4];
      if (in_a) {
        a[static_cast<size_t>(row * k + at)] = special;
        for (int64_t j = 0; j < n; ++j) b[static_cast<size_t>(at * n + j)] = variant & 2 ? -0.0f : 0.0f;
      } else {
        for (int64_t i = 0; i < m; ++i) a[static_cast<size_t>(i * k + at)] = variant & 2 ? -0.0f : 0.0f;
        b[static_cast<size_t>(at * n + col)] = special;
      }
      const absl::StatusOr<Array> out = Matmul(*ArrayView::Matrix(a.data(), m, k), *ArrayView::Matrix(b.data(), k, n));
      ASSERT_TRUE(out.ok()) << out.status();
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          const float value = At<float>(out->view(), i, j);
          if (in_a ? i == row : j == col) {
            ASSERT_TRUE(std::isnan(value)) << m << "x" << n << "x" << k << " " << special;
          } else {
            ASSERT_EQ(value, static_cast<float>(k - 1));
          }
        }
      }
    }
  }
}

TEST_P(MatmulTest, InfinitiesAndZeros) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const auto& [m, n, k] :
       {Sizes{1, 1, 2}, Sizes{4, 3, 5}, Sizes{30, 1, 20}, Sizes{1, 30, 20}, Sizes{40, 30, 20}}) {
    std::vector<double> a(static_cast<size_t>(m * k), 2.0), b(static_cast<size_t>(k * n), 1.0);
    a[0] = inf;
    const auto first = [&, m = m, n = n, k = k] {
      const absl::StatusOr<Array> out = Matmul(*ArrayView::Matrix(a.data(), m, k), *ArrayView::Matrix(b.data(), k, n));
      return At<double>(out->view(), 0, 0);
    };
    EXPECT_EQ(first(), inf);
    a[1] = -inf;
    EXPECT_TRUE(std::isnan(first())) << "inf - inf";
    a.assign(a.size(), -0.0);
    const double zero = first();
    EXPECT_TRUE(zero == 0 && !std::signbit(zero)) << zero;
  }
}

// Random views of one buffer, against copying the inputs first.
TEST_P(MatmulTest, OverlapBehavesAsIfInputsHadBeenCopied) {
  std::mt19937 random(7);
  int overlapping = 0;
  for (int round = 0; round < 2000; ++round) {
    const int64_t m = 1 + random() % 9, n = 1 + random() % 9, k = 1 + random() % 9;
    std::vector<float> buffer(1024);
    for (size_t i = 0; i < buffer.size(); ++i) buffer[i] = static_cast<float>(i % 50);
    const auto strides = [&](int64_t rows, int64_t cols) {
      const std::vector<int64_t> all[] = {
          {cols * 4, 4}, {4, rows * 4}, {-cols * 4, 4}, {cols * 8, -8}, {4 * cols + 12, 4}};
      return all[random() % 5];
    };
    const MutableArrayView out = *MutableArrayView::Create(buffer.data() + 400 + random() % 100, {m, n}, strides(m, n));
    const ArrayView a = *ArrayView::Create(buffer.data() + 400 + random() % 100, {m, k}, strides(m, k));
    const ArrayView b = *ArrayView::Create(buffer.data() + 400 + random() % 100, {k, n}, strides(k, n));
    const std::vector<double> want = Reference<float>(a, b);
    std::vector<float> expected = buffer;
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        const int64_t at = out.data<float>() - buffer.data() + (i * out.stride(0) + j * out.stride(1)) / 4;
        expected[static_cast<size_t>(at)] = static_cast<float>(want[static_cast<size_t>(i * n + j)]);
      }
    }
    ASSERT_TRUE(Matmul(a, b, out).ok());
    ASSERT_EQ(buffer, expected) << a.DebugString() << " x " << b.DebugString() << " -> " << out.DebugString();
    metrics::Choice last;
    ASSERT_TRUE(metrics::LastDecision(&last));
    overlapping += RanHere();
  }
  EXPECT_EQ(overlapping, 2000) << "an overlap changes the route";
}

TEST_P(MatmulTest, CopiesAreCountedOnce) {
  std::vector<float> a(100, 1.0f), b(100, 1.0f), c(100);
  const ArrayView x = *ArrayView::Matrix(a.data(), 10, 10), y = *ArrayView::Matrix(b.data(), 10, 10);
  const MutableArrayView out = *MutableArrayView::Matrix(c.data(), 10, 10);
  const auto copies = [](const ArrayView& x, const ArrayView& y, const MutableArrayView& out) {
    const uint64_t before = metrics::TakeSnapshot()[metrics::Counter::kProductCopies];
    EXPECT_TRUE(Matmul(x, y, out).ok());
    return metrics::TakeSnapshot()[metrics::Counter::kProductCopies] - before;
  };
  EXPECT_EQ(copies(x, y, out), 0u);
  EXPECT_EQ(copies(x.Transposed(), y, out), 0u);
  EXPECT_EQ(copies(x, y.Transposed(), out.Transposed()), 0u);
  const ArrayView part = *x.Slice(0, 0, 10, 2);
  EXPECT_EQ(copies(part, y, *out.Slice(0, 0, 5)), 0u) << "gaps between rows";
  EXPECT_EQ(copies(*x.Reversed(0), y, out), 1u);
  EXPECT_EQ(copies(*x.Reversed(0), *y.Reversed(1), *out.Reversed(1)), 3u);
  EXPECT_EQ(copies(x, x, *MutableArrayView::Matrix(a.data(), 10, 10)), 1u) << "out is an input";
  EXPECT_EQ(copies(x, *y.Slice(1, 9, 10), *out.Slice(1, 0, 1)), 0u) << "a vector of any stride";
}

TEST_P(MatmulTest, FailedAllocationLeavesTheOutput) {
  std::vector<float> a(100, 1.0f), b(100, 1.0f), c(100, 7.0f);
  const ArrayView x = *ArrayView::Matrix(a.data(), 10, 10), y = *ArrayView::Matrix(b.data(), 10, 10);
  for (int64_t k = 1; k <= 3; ++k) {
    Allocator::Global().FailAllocationForTesting(k);
    const absl::Status status =
        Matmul(*x.Reversed(0), *y.Reversed(1), *MutableArrayView::Matrix(c.data(), 10, 10)->Reversed(1));
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_EQ(c, std::vector<float>(100, 7.0f));
  }
  Allocator::Global().FailAllocationForTesting(1);
  EXPECT_EQ(Matmul(x, y).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_P(MatmulTest, SeveralThreadsTakePart) {
  std::vector<double> a(100 * 100, 1.0), c(100 * 100);
  const ArrayView x = *ArrayView::Matrix(a.data(), 100, 100);
  ASSERT_TRUE(Matmul(x, x, *MutableArrayView::Matrix(c.data(), 100, 100)).ok());
  metrics::Choice last;
  ASSERT_TRUE(metrics::LastDecision(&last));
  EXPECT_EQ(last.threads, GetParam().threads);
  EXPECT_EQ(c, std::vector<double>(100 * 100, 100.0));
}

TEST(MatmulErrors, NameTheArgumentTheValueAndTheExpectation) {
  std::vector<float> f(24), g(24, 7.0f);
  std::vector<double> d(24);
  std::vector<int32_t> i(24);
  const ArrayView a = *ArrayView::Matrix(f.data(), 2, 3), b = *ArrayView::Matrix(f.data(), 3, 4);
  const MutableArrayView out = *MutableArrayView::Matrix(g.data(), 2, 4);
  const auto message = [](const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(message(Matmul(a, a, out)),
              AllOf(HasSubstr("b.shape"), HasSubstr("(2, 3)"), HasSubstr("first axis of 3")));
  EXPECT_THAT(message(Matmul(*ArrayView::Create(f.data(), {2, 3, 4}), b, out)),
              AllOf(HasSubstr("a.shape"), HasSubstr("(2, 3, 4)"), HasSubstr("one or two axes")));
  EXPECT_THAT(message(Matmul(a, *ArrayView::Create(f.data(), absl::Span<const int64_t>()), out)),
              AllOf(HasSubstr("b.shape"), HasSubstr("()")));
  EXPECT_THAT(message(Matmul(*ArrayView::Matrix(i.data(), 2, 3), b, out)),
              AllOf(HasSubstr("a.dtype"), HasSubstr("int32"), HasSubstr("float32 or float64")));
  EXPECT_THAT(message(Matmul(a, *ArrayView::Matrix(d.data(), 3, 4), out)),
              AllOf(HasSubstr("b.dtype"), HasSubstr("float64"), HasSubstr("float32, the dtype of a")));
  EXPECT_THAT(message(Matmul(a, b, *MutableArrayView::Matrix(d.data(), 2, 4))),
              AllOf(HasSubstr("out.dtype"), HasSubstr("float64")));
  EXPECT_THAT(message(Matmul(a, b, out.Transposed())),
              AllOf(HasSubstr("out.shape"), HasSubstr("(4, 2)"), HasSubstr("(2, 4), the shape of the result")));
  EXPECT_THAT(message(Matmul(a, std::vector<float>(3), out)), HasSubstr("(2,), the shape of the result"));
  EXPECT_THAT(message(Matmul(a, b, out, {-1})), AllOf(HasSubstr("options.max_threads"), HasSubstr("-1")));
  EXPECT_FALSE(Matmul(a, a).ok());
  EXPECT_EQ(g, std::vector<float>(24, 7.0f)) << "an error left the output changed";
}

TEST(MatmulErrors, EnvironmentThatCannotBeRead) {
  const std::vector<float> x(4, 1.0f);
  context::ResetForTesting({"RAPTORS_BLAS=yes"});
  EXPECT_EQ(Matmul(x, x).status().code(), absl::StatusCode::kFailedPrecondition);
  context::ResetForTesting({});
  EXPECT_TRUE(Matmul(x, x).ok());
}

// The route that a product takes without being told, and why.
TEST(MatmulRoute, FollowsTheSettings) {
  std::vector<float> a(64 * 64, 1.0f), c(64 * 64);
  const ArrayView x = *ArrayView::Matrix(a.data(), 64, 64);
  const MutableArrayView out = *MutableArrayView::Matrix(c.data(), 64, 64);
  const auto last = [&] {
    EXPECT_TRUE(Matmul(x, x, out).ok());
    metrics::Choice choice = {};
    EXPECT_TRUE(metrics::LastDecision(&choice));
    return std::tuple(choice.route, choice.reason);
  };
  const auto eigen = [](Reason with_blas) {
    return std::tuple(Route::kEigen, blas::Available() ? with_blas : Reason::kBlasNotBuilt);
  };
  if (blas::Available()) EXPECT_EQ(last(), std::tuple(Route::kBlas, Reason::kBlasFaster));
  {
    const context::Scope off = context::ScopedBlas(policy::BlasMode::kOff);
    EXPECT_EQ(last(), eigen(Reason::kBlasOff));
  }
  const context::Scope prefer = context::ScopedBlas(policy::BlasMode::kPrefer);
  const context::Scope simd = *context::ScopedSimd("off");
  EXPECT_EQ(last(), eigen(Reason::kSimdOff));
}

}  // namespace
}  // namespace raptors
