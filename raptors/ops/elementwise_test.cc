// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Values: every layout, ISA, thread count and route gives the bits of plain C++.

#include "raptors/ops/elementwise.h"

#include <functional>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/guard_page.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/tolerance.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::AllLayouts;
using test::EagerProfile;
using test::GuardedBuffer;
using test::LayoutBuffer;
using test::LayoutCase;
using test::SameResult;
using test::ToVector;

metrics::Choice LastChoice() {
  metrics::Choice choice;
  EXPECT_TRUE(metrics::LastDecision(&choice));
  return choice;
}

template <typename T>
void ExpectSameResults(const std::vector<T>& got, const std::vector<T>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_TRUE(SameResult(got[i], want[i])) << i << ": " << got[i] << " " << want[i];
}

class EveryIsaTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(EveryIsaTest);

template <typename T>
void CheckLayouts(DType dtype, const std::function<void()>& after_call) {
  int calls = 0;
  for (const LayoutCase& layout : AllLayouts()) {
    SCOPED_TRACE(layout.name);
    const LayoutBuffer x(layout, dtype);
    const std::vector<T> want = test::Map<T>([](T v) { return v * T(2.5); }, x.view());
    // Into the input's own layout, and into C order.
    for (const bool same : {true, false}) {
      LayoutCase out_layout = layout.Output();
      if (!same) out_layout = test::LayoutsOf(layout.Shape()).front();
      const LayoutBuffer y(out_layout, dtype);
      const absl::Status status = Scale(x.view(), 2.5, y.out());
      ASSERT_TRUE(status.ok()) << status;
      ExpectSameResults(ToVector<T>(y.view()), want);
      EXPECT_TRUE(y.GapsIntact());
      if (x.view().size() > 0) after_call();
      ++calls;
    }
    if (!layout.HasZeroStride()) {
      LayoutBuffer in_place(layout, dtype);
      const absl::Status status = ScaleInPlace(in_place.out(), 2.5);
      ASSERT_TRUE(status.ok()) << status;
      ExpectSameResults(ToVector<T>(in_place.view()), want);
      EXPECT_TRUE(in_place.GapsIntact());
    }
  }
  EXPECT_GT(calls, 100);
}

TEST_P(EveryIsaTest, EveryLayout) {
  CheckLayouts<float>(DType::kFloat32, [&] { EXPECT_TRUE(RanHere()); });
  CheckLayouts<double>(DType::kFloat64, [&] { EXPECT_TRUE(RanHere()); });
}

TEST_P(EveryIsaTest, EveryLayoutInTilesOnThreads) {
  const context::Scope profile = EagerProfile(std::numeric_limits<double>::infinity());
  for (const int threads : {2, 5}) {
    const absl::StatusOr<context::Scope> limit = context::ScopedThreads(threads);
    ASSERT_TRUE(limit.ok());
    CheckLayouts<float>(DType::kFloat32, [&] { EXPECT_TRUE(RanHere()); });
  }
}

TEST_P(EveryIsaTest, StreamingGivesTheSameBits) {
  const context::Scope profile = EagerProfile(0);
  CheckLayouts<double>(DType::kFloat64, [&] { EXPECT_TRUE(RanHere()); });
}

// Reads and writes stay between guard pages that touch the data on either side.
TEST_P(EveryIsaTest, GuardPages) {
  for (int64_t n = 0; n <= 1025; n += n < 140 ? 1 : 59) {
    for (const auto flush : {GuardedBuffer::Flush::kStart, GuardedBuffer::Flush::kEnd}) {
      GuardedBuffer x(n * 4, flush), y(n * 4, flush);
      auto* values = reinterpret_cast<float*>(x.data());
      for (int64_t i = 0; i < n; ++i) values[i] = 0.5f * i;
      x.MakeReadOnly();
      const absl::Status status =
          Scale(absl::MakeConstSpan(values, n), 3.0f, absl::MakeSpan(reinterpret_cast<float*>(y.data()), n));
      ASSERT_TRUE(status.ok()) << status;
      for (int64_t i = 0; i < n; ++i) ASSERT_EQ(reinterpret_cast<float*>(y.data())[i], 1.5f * i);
      EXPECT_TRUE(y.SlackIntact());
      // Every other element, from both ends.
      for (const int64_t step : {2, -2, 3, -1}) {
        const absl::StatusOr<ArrayView> slice =
            ArrayView(absl::MakeConstSpan(values, n)).Slice(0, std::nullopt, std::nullopt, step);
        ASSERT_TRUE(slice.ok());
        GuardedBuffer z(slice->size() * 4, flush);
        ASSERT_TRUE(
            Scale(*slice, 3, MutableArrayView(absl::MakeSpan(reinterpret_cast<float*>(z.data()), slice->size()))).ok());
        ExpectSameResults(
            std::vector<float>(reinterpret_cast<float*>(z.data()), reinterpret_cast<float*>(z.data()) + slice->size()),
            test::Map<float>([](float v) { return v * 3; }, *slice));
      }
    }
  }
}

// A result depends on nothing but the element: not on its position, the length, or the address.
TEST_P(EveryIsaTest, PositionAndAddressDoNotMatter) {
  using L = std::numeric_limits<float>;
  const float specials[] = {0.0f,           -0.0f,           L::infinity(), -L::infinity(),
                            L::quiet_NaN(), L::denorm_min(), L::min(),      -L::denorm_min(),
                            L::max(),       1.1754942e-38f,  3.1415927f,    -1e-30f};
  for (const float factor : {0.0f, -0.0f, 0.3f, L::infinity(), L::quiet_NaN(), L::denorm_min(), -1.0f, 1.0f}) {
    for (int64_t n = 1; n < 150; n += 7) {
      for (int64_t offset = 0; offset < 16; offset += 5) {
        std::vector<float> x(n + 16), y(n + 16, -7.0f);
        for (int64_t i = 0; i < n; ++i) x[offset + i] = specials[(i + n) % 12];
        ASSERT_TRUE(
            Scale(absl::MakeConstSpan(x).subspan(offset, n), factor, absl::MakeSpan(y).subspan(offset, n)).ok());
        for (int64_t i = 0; i < n; ++i) {
          volatile float want = x[offset + i] * factor;
          ASSERT_TRUE(SameResult<float>(y[offset + i], want)) << x[offset + i] << " * " << factor;
        }
      }
    }
  }
}

TEST(Routes, BlasGivesTheSameBits) {
  if (!context::Current().machine.blas) GTEST_SKIP() << "built without a BLAS";
  const context::Scope blas = context::ScopedBlas(policy::BlasMode::kPrefer);
  int used = 0;
  for (const double factor :
       {2.5, -1.0, 0.0, 1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    for (const LayoutCase& layout : AllLayouts()) {
      if (layout.HasZeroStride()) continue;
      SCOPED_TRACE(layout.name);
      LayoutBuffer x(layout, DType::kFloat64);
      std::vector<double> want = test::Map<double>([&](double v) { return v * factor; }, x.view());
      ASSERT_TRUE(ScaleInPlace(x.out(), factor).ok());
      ExpectSameResults(ToVector<double>(x.view()), want);
      EXPECT_TRUE(x.GapsIntact());
      used += x.view().size() > 0 && LastChoice().route == Route::kBlas;
    }
  }
  EXPECT_GT(used, 100) << "the BLAS route was hardly taken";
}

TEST(Results, OwnedArraysKeepTheMemoryOrder) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const absl::StatusOr<ArrayView> x = ArrayView::Create(values.data(), {2, 3});
  ASSERT_TRUE(x.ok());
  const absl::StatusOr<Array> c = Scale(*x, 2);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(ToVector<float>(c->view()), (std::vector<float>{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(c->strides()[1], 4);
  const absl::StatusOr<Array> t = Scale(x->Transposed(), 2);
  ASSERT_TRUE(t.ok());
  EXPECT_EQ(ToVector<float>(t->view()), (std::vector<float>{2, 8, 4, 10, 6, 12}));
  EXPECT_EQ(t->strides()[0], 4);
}

TEST(Results, EmptyAndZeroDimensional) {
  std::vector<double> none;
  EXPECT_TRUE(Scale(none, 2, none).ok());
  EXPECT_EQ(LastChoice().reason, Reason::kEmpty);
  double x = 3, y = 0;
  const absl::StatusOr<ArrayView> in = ArrayView::Create(&x, absl::Span<const int64_t>());
  const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(&y, absl::Span<const int64_t>());
  ASSERT_TRUE(in.ok() && out.ok());
  EXPECT_TRUE(Scale(*in, 2, *out).ok());
  EXPECT_EQ(y, 6);
}

TEST(Results, FactorIsRoundedOnceToTheDtype) {
  const std::vector<float> x = {3.0f};
  std::vector<float> y(1);
  ASSERT_TRUE(Scale(x, 0.1, y).ok());
  EXPECT_EQ(y[0], 3.0f * 0.1f);
  ASSERT_TRUE(Scale(x, int64_t{16777217}, y).ok());  // 2^24 + 1 is no float32
  EXPECT_EQ(y[0], 3.0f * 16777216.0f);
}

}  // namespace
}  // namespace raptors
