// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every public form of the element-wise operations: a new array, into an output, in place, and of plain spans. Values
// that no other operation gives, so that a form that calls its neighbour is seen.

#include <cstdint>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/testing/map_reference.h"
#include "raptors/testing/reference.h"

namespace raptors {
namespace {

constexpr int64_t kRows = 3, kCols = 5;

// A row of the table: an operation's forms as functions of the same operands. alpha is the scalar, where there is one.
template <typename T>
struct Forms {
  Op op;
  std::function<absl::Status(const ArrayView& x, const ArrayView& y, const ArrayView& z, T alpha,
                             const MutableArrayView& out, const CallOptions& options)>
      into;
  std::function<absl::StatusOr<Array>(const ArrayView& x, const ArrayView& y, const ArrayView& z, T alpha,
                                      const CallOptions& options)>
      owned;
  // x (for axpy: y) is the output; none where the library has no such form.
  std::function<absl::Status(const MutableArrayView& in_out, const ArrayView& other, T alpha,
                             const CallOptions& options)>
      in_place;
  std::function<absl::Status(absl::Span<const T> x, absl::Span<const T> y, T alpha, absl::Span<T> out)> spans;
};

// clang-format off
#define RAPTORS_INTO(call) [](const ArrayView& x, const ArrayView& y, const ArrayView& z, T alpha, \
      const MutableArrayView& out, const CallOptions& options) { \
    static_cast<void>(x), static_cast<void>(y), static_cast<void>(z), static_cast<void>(alpha); return call; }
#define RAPTORS_OWNED(call) [](const ArrayView& x, const ArrayView& y, const ArrayView& z, T alpha, \
      const CallOptions& options) { \
    static_cast<void>(x), static_cast<void>(y), static_cast<void>(z), static_cast<void>(alpha); return call; }
#define RAPTORS_IN_PLACE(call) [](const MutableArrayView& v, const ArrayView& w, T alpha, \
      const CallOptions& options) { \
    static_cast<void>(w), static_cast<void>(alpha); return call; }
#define RAPTORS_SPANS(call) [](absl::Span<const T> x, absl::Span<const T> y, T alpha, absl::Span<T> out) { \
    static_cast<void>(y), static_cast<void>(alpha); return call; }
// clang-format on

template <typename T>
std::vector<Forms<T>> AllForms() {
  std::vector<Forms<T>> forms = {
      {Op::kScale, RAPTORS_INTO(Scale(x, alpha, out, options)), RAPTORS_OWNED(Scale(x, alpha, options)),
       RAPTORS_IN_PLACE(ScaleInPlace(v, alpha, options)), RAPTORS_SPANS(Scale(x, alpha, out))},
      {Op::kAdd, RAPTORS_INTO(Add(x, y, out, options)), RAPTORS_OWNED(Add(x, y, options)),
       RAPTORS_IN_PLACE(AddInPlace(v, w, options)), RAPTORS_SPANS(Add(x, y, out))},
      {Op::kSubtract, RAPTORS_INTO(Subtract(x, y, out, options)), RAPTORS_OWNED(Subtract(x, y, options)),
       RAPTORS_IN_PLACE(SubtractInPlace(v, w, options)), nullptr},
      {Op::kMultiply, RAPTORS_INTO(Multiply(x, y, out, options)), RAPTORS_OWNED(Multiply(x, y, options)),
       RAPTORS_IN_PLACE(MultiplyInPlace(v, w, options)), nullptr},
  };
  if constexpr (std::is_floating_point_v<T>) {
    forms.push_back({Op::kAxpy, RAPTORS_INTO(Axpy(alpha, x, y, out, options)),
                     RAPTORS_OWNED(Axpy(alpha, x, y, options)), RAPTORS_IN_PLACE(AxpyInPlace(alpha, w, v, options)),
                     RAPTORS_SPANS(Axpy(alpha, x, y, out))});
    forms.push_back({Op::kMulAdd, RAPTORS_INTO(MulAdd(x, y, z, out, options)), RAPTORS_OWNED(MulAdd(x, y, z, options)),
                     nullptr, nullptr});
    forms.push_back(
        {Op::kFma, RAPTORS_INTO(Fma(x, y, z, out, options)), RAPTORS_OWNED(Fma(x, y, z, options)), nullptr, nullptr});
  }
  return forms;
}

// Operands whose results under any two operations differ, fma's and mul_add's by a rounding.
template <typename T>
struct Values {
  std::vector<T> x, y, z;
  T alpha = T(3);
  Values() {
    for (int i = 0; i < kRows * kCols; ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        const T tiny = std::numeric_limits<T>::epsilon();
        x.push_back(T(1 + i) + tiny * T(16 + i));
        y.push_back(T(1) - tiny * T(8 + i));
        z.push_back(-T(1 + i));
        alpha = T(3) + tiny * 4;
      } else {
        x.push_back(static_cast<T>(1000 * (i + 1)));
        y.push_back(static_cast<T>(7 + i));
        z.push_back(static_cast<T>(-i));
      }
    }
  }
  T Expected(Op op, size_t x_at, size_t y_at, size_t z_at) const {
    const T in[] = {x[x_at], y[y_at], z[z_at]};
    return test::MapReference<T>(op, alpha, in);
  }
};

template <typename T>
void CheckForms() {
  const Values<T> v;
  const ArrayView x = *ArrayView::Matrix(v.x.data(), kRows, kCols), y = *ArrayView::Matrix(v.y.data(), kRows, kCols),
                  z = *ArrayView::Matrix(v.z.data(), kRows, kCols);
  const ArrayView row = *x.Slice(0, 1, 2), column = *y.Slice(1, 2, 3);
  std::vector<std::vector<T>> results;
  int forms_seen = 0;
  for (const Forms<T>& forms : AllForms<T>()) {
    SCOPED_TRACE(Name(forms.op));
    const int inputs = Info(forms.op).inputs;
    std::vector<T> want, broadcast;
    for (size_t i = 0; i < v.x.size(); ++i) {
      want.push_back(v.Expected(forms.op, i, i, i));
      // A row for x, and where there is a y, a column for it.
      const size_t r = i / kCols, c = i % kCols;
      broadcast.push_back(v.Expected(forms.op, kCols + c, r * kCols + 2, i));
    }
    results.push_back(want);
    const auto ran = [&] {
      ++forms_seen;
      metrics::Choice choice;
      return metrics::LastDecision(&choice) && choice.op == forms.op;
    };
    CallOptions one;
    one.max_threads = 1;
    std::vector<T> out(v.x.size());
    const MutableArrayView target = *MutableArrayView::Matrix(out.data(), kRows, kCols);
    ASSERT_TRUE(forms.into(x, y, z, v.alpha, target, {}).ok());
    EXPECT_TRUE(ran());
    EXPECT_EQ(out, want);
    ASSERT_TRUE(forms.into(row, column, z, v.alpha, target, one).ok());
    EXPECT_EQ(out, broadcast);

    absl::StatusOr<Array> owned = forms.owned(x, y, z, v.alpha, {});
    ASSERT_TRUE(owned.ok()) << owned.status();
    EXPECT_TRUE(ran());
    EXPECT_EQ(test::ToVector<T>(owned->view()), want);
    if (inputs >= 2) {
      owned = forms.owned(row, column, z, v.alpha, one);
      ASSERT_TRUE(owned.ok()) << owned.status();
      EXPECT_EQ(owned->shape(), absl::MakeConstSpan({kRows, kCols}));
      EXPECT_EQ(test::ToVector<T>(owned->view()), broadcast);
    }

    if (forms.in_place) {
      const bool in_y = forms.op == Op::kAxpy;
      std::vector<T> in_out = in_y ? v.y : v.x;
      const MutableArrayView both = *MutableArrayView::Matrix(in_out.data(), kRows, kCols);
      ASSERT_TRUE(forms.in_place(both, in_y ? x : y, v.alpha, {}).ok());
      EXPECT_TRUE(ran());
      EXPECT_EQ(in_out, want);
      // The other operand is stretched; the output is not.
      in_out = in_y ? v.y : v.x;
      if (inputs == 2) {
        ASSERT_TRUE(forms.in_place(both, in_y ? row : column, v.alpha, one).ok());
        for (size_t i = 0; i < in_out.size(); ++i) {
          ASSERT_EQ(in_out[i], in_y ? v.Expected(forms.op, kCols + i % kCols, i, i)
                                    : v.Expected(forms.op, i, i / kCols * kCols + 2, i));
        }
        EXPECT_FALSE(forms.in_place(*MutableArrayView::Matrix(out.data(), 1, kCols), y, v.alpha, {}).ok());
      }
    } else {
      EXPECT_EQ(inputs, 3) << "an operation of fewer inputs has a form in place";
    }

    if (forms.spans) {
      out.assign(out.size(), T(0));
      ASSERT_TRUE(forms.spans(v.x, v.y, v.alpha, absl::MakeSpan(out)).ok());
      EXPECT_TRUE(ran());
      EXPECT_EQ(out, want);
      EXPECT_FALSE(forms.spans(v.x, v.y, v.alpha, absl::MakeSpan(out).subspan(1)).ok());
    }
    // Each form passes its options on.
    CallOptions wrong;
    wrong.max_threads = -1;
    EXPECT_EQ(forms.into(x, y, z, v.alpha, target, wrong).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(forms.owned(x, y, z, v.alpha, wrong).status().code(), absl::StatusCode::kInvalidArgument);
    if (forms.in_place) {
      EXPECT_EQ(forms.in_place(target, y, v.alpha, wrong).code(), absl::StatusCode::kInvalidArgument);
    }
  }
  for (size_t a = 0; a < results.size(); ++a) {
    for (size_t b = 0; b < a; ++b) EXPECT_NE(results[a], results[b]) << "these operands tell nothing apart";
  }
  EXPECT_GT(forms_seen, 12);
}

TEST(PublicForms, Float32) { CheckForms<float>(); }
TEST(PublicForms, Float64) { CheckForms<double>(); }
TEST(PublicForms, Int32) { CheckForms<int32_t>(); }
TEST(PublicForms, Int64) { CheckForms<int64_t>(); }

TEST(PublicForms, EveryMapIsHere) {
  const std::vector<Forms<double>> forms = AllForms<double>();
  ASSERT_EQ(forms.size(), static_cast<size_t>(kNumMapOps));
  for (int i = 0; i < kNumMapOps; ++i) EXPECT_EQ(forms[static_cast<size_t>(i)].op, kOpInfos[i].op);
}

}  // namespace
}  // namespace raptors
