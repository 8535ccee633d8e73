// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/op.h"
#include "raptors/base/scalar.h"
#include "raptors/base/status.h"

namespace raptors {
namespace {

template <size_t N>
void ExpectDistinct(const char* const (&names)[N]) {
  std::set<std::string> seen(names, names + N);
  EXPECT_EQ(seen.size(), N);
  EXPECT_EQ(seen.count(""), 0u);
}

TEST(Lists, NamesAreDistinct) {
  ExpectDistinct(kLayoutNames);
  ExpectDistinct(kRouteNames);
  ExpectDistinct(kReasonNames);
  ExpectDistinct(kReasonTexts);
}

TEST(DType, SizesMatchTheTypes) {
  EXPECT_EQ(ItemSize(DTypeOf<float>::value), 4);
  EXPECT_EQ(ItemSize(DTypeOf<double>::value), 8);
  EXPECT_STREQ(Name(DType::kFloat32), "float32");
}

TEST(Isa, SetsBestAndUpTo) {
  const IsaSet both = IsaSet::Of(Isa::kScalar) | IsaSet::Of(Isa::kAvx2);
  EXPECT_EQ(both.Best(), Isa::kAvx2);
  EXPECT_FALSE(both.Has(Isa::kSse4));
  EXPECT_TRUE(IsaSet::UpTo(Isa::kAvx2).Has(Isa::kSse4));
  EXPECT_FALSE(IsaSet::UpTo(Isa::kAvx2).Has(Isa::kAvx3));
  EXPECT_TRUE((both & IsaSet::Of(Isa::kSse4)).empty());
}

TEST(Scalar, ConvertsOnce) {
  EXPECT_EQ(Scalar(2).As<float>(), 2.0f);
  EXPECT_EQ(Scalar(0.1).As<float>(), 0.1f);
  EXPECT_EQ(Scalar(0.1).As<double>(), 0.1);
  EXPECT_EQ(Scalar(1e300).As<float>(), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::signbit(Scalar(-0.0).As<float>()));
  EXPECT_TRUE(std::isnan(Scalar(std::nan("")).As<float>()));
}

KernelArgs TwoAxes(int64_t rows, int64_t columns, int64_t out0, int64_t out1, int64_t in0, int64_t in1) {
  KernelArgs args = {};
  args.extent[0] = rows;
  args.extent[1] = columns;
  args.stride[0][0] = out0;
  args.stride[0][1] = out1;
  args.stride[1][0] = in0;
  args.stride[1][1] = in1;
  return args;
}

TEST(Classify, EveryLayout) {
  EXPECT_EQ(Classify(TwoAxes(1, 100, 0, 4, 0, 4), 2, 4), Layout::kContiguous);
  EXPECT_EQ(Classify(TwoAxes(1, 100, 0, 4, 0, 0), 2, 4), Layout::kContiguous);  // a broadcast scalar
  EXPECT_EQ(Classify(TwoAxes(1, 1, 0, 0, 0, 0), 2, 4), Layout::kContiguous);
  EXPECT_EQ(Classify(TwoAxes(10, 100, 400, 4, 800, 4), 2, 4), Layout::kRows);
  EXPECT_EQ(Classify(TwoAxes(10, 3, 12, 4, 24, 4), 2, 4), Layout::kNarrow);
  EXPECT_EQ(Classify(TwoAxes(10, 100, 400, 4, 4, 40), 2, 4), Layout::kTransposed);
  EXPECT_EQ(Classify(TwoAxes(10, 100, 400, 4, 800, 8), 2, 4), Layout::kStrided);
  EXPECT_EQ(Classify(TwoAxes(1, 100, 0, 8, 0, 4), 2, 4), Layout::kStrided);
  EXPECT_EQ(Classify(TwoAxes(1, 100, 0, 4, 0, -4), 2, 4), Layout::kStrided);
}

TEST(ArgumentError, NamesArgumentValueAndExpectation) {
  const absl::Status status = ArgumentError("out.dtype", "float64", "float32, the dtype of x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "out.dtype: got float64; expected float32, the dtype of x");
}

}  // namespace
}  // namespace raptors
