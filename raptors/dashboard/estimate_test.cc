// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/estimate.h"

#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::dashboard {
namespace {

metrics::Choice MakeChoice(Op op, DType dtype, int64_t elements, uint16_t threads = 1) {
  return {op,           dtype,   Layout::kContiguous, metrics::SizeBucket(elements), Route::kSimd,
          Isa::kScalar, threads, Reason::kBestIsa};
}

constexpr Model kModel = {/*call_seconds=*/1e-6, /*bytes_per_second=*/1e9, /*flops_per_second=*/1e9};

TEST(EstimateTest, MeanIsThatOfAllSizesOfABucket) {
  for (uint8_t bucket = 0; bucket < 12; ++bucket) {
    double sum = 0, sizes = 0;
    for (int64_t elements = 0; elements < 1 << 12; ++elements) {
      if (metrics::SizeBucket(elements) != bucket) continue;
      sum += static_cast<double>(elements);
      ++sizes;
    }
    EXPECT_DOUBLE_EQ(MeanElements(bucket), sum / sizes) << int{bucket};
  }
}

TEST(EstimateTest, CountsEveryOperand) {
  // 1535.5 elements of 4 bytes: a map reads one array and writes one; a sum reads one, a dot product two.
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kScale, DType::kFloat32, 1024), kModel), 1e-6 + 2 * 1535.5 * 4e-9);
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kFma, DType::kFloat32, 1024), kModel), 1e-6 + 4 * 1535.5 * 4e-9);
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kSum, DType::kFloat32, 1024), kModel), 1e-6 + 1535.5 * 4e-9);
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kDot, DType::kFloat64, 1024), kModel), 1e-6 + 2 * 1535.5 * 8e-9);
}

TEST(EstimateTest, ProductsAreSquare) {
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kMatmul, DType::kFloat32, 1), kModel), 1e-6 + 2e-9);
  // Four times the elements, eight times the multiplications.
  const double small = EstimatedSeconds(MakeChoice(Op::kMatmul, DType::kFloat32, 1 << 20), kModel) - 1e-6;
  const double large = EstimatedSeconds(MakeChoice(Op::kMatmul, DType::kFloat32, 1 << 22), kModel) - 1e-6;
  EXPECT_NEAR(large / small, 8, 1e-4);
}

TEST(EstimateTest, ThreadsShareTheWorkButNotTheCall) {
  const double one = EstimatedSeconds(MakeChoice(Op::kAdd, DType::kInt64, 1 << 20), kModel);
  const double four = EstimatedSeconds(MakeChoice(Op::kAdd, DType::kInt64, 1 << 20, 4), kModel);
  EXPECT_DOUBLE_EQ((one - 1e-6) / (four - 1e-6), 4);
  EXPECT_DOUBLE_EQ(EstimatedSeconds(MakeChoice(Op::kAdd, DType::kInt64, 0, 0), kModel), 1e-6);
}

}  // namespace
}  // namespace raptors::dashboard
