// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Values of dot, nrm2 and asum: the bits of docs/reductions.md, and norms whose squares leave the range of the dtype.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/context/scope.h"
#include "raptors/ops/reduce.h"
#include "raptors/ops/reduce_testing.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reduce_reference.h"

namespace raptors {
namespace {

using test::MakeLayout;
using test::RandomCase;

constexpr double kNever = std::numeric_limits<double>::infinity();

class EveryIsaTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(EveryIsaTest);

template <typename T>
double Root(double total) {
  return sizeof(T) == 4 ? static_cast<float>(std::sqrt(total)) : std::sqrt(total);
}

template <typename T>
void CheckVectors() {
  for (int64_t n : {0, 1, 2, 7, 31, 64, 65, 100, 255, 1000, 1025, 8192, 8193, 20000, 70000}) {
    for (const int64_t step : {1, -1, 2, 3, -2, 113, 0}) {
      if (n > 8193 && step != 1 && step != 2) continue;
      SCOPED_TRACE(n);
      SCOPED_TRACE(step);
      const RandomCase x(MakeLayout({{n, step, n % 2}}, {0}, "x"), DTypeOf<T>::value, 1);
      const RandomCase y(MakeLayout({{n, n % 3 == 0 ? -1 : 1}}, {0}, "y"), DTypeOf<T>::value, 2);
      const auto total = [&](auto results) { return n == 0 ? 0.0 : static_cast<double>(results[0]); };
      EXPECT_EQ(*Dot(x.x, y.x), total(test::ReferenceReduce<Op::kDot, T>({x.x, y.x}, {0})));
      EXPECT_EQ(*Dot(y.x, x.x), total(test::ReferenceReduce<Op::kDot, T>({y.x, x.x}, {0})));
      EXPECT_EQ(*Asum(x.x), total(test::ReferenceReduce<Op::kAsum, T>({x.x}, {0})));
      EXPECT_EQ(*Nrm2(x.x), Root<T>(total(test::ReferenceReduce<Op::kNrm2, T>({x.x}, {0}))));
    }
  }
}

TEST_P(EveryIsaTest, Vectors) {
  CheckVectors<float>();
  CheckVectors<double>();
  EXPECT_TRUE(RanHere());
}

TEST_P(EveryIsaTest, VectorsOnThreads) {
  const context::Scope profile = test::EagerProfile(kNever);
  for (const int threads : {2, 5, 16}) {
    const absl::StatusOr<context::Scope> limit = context::ScopedThreads(threads);
    ASSERT_TRUE(limit.ok());
    CheckVectors<float>();
    CheckVectors<double>();
  }
}

TEST_P(EveryIsaTest, NormsThatOverflowOrUnderflowInBetween) {
  for (const int64_t n : {1, 2, 5, 100, 8193, 30000}) {
    for (const int exponent :
         {1020, 1000, 512, 511, 0, -400, -479, -480, -511, -512, -538, -1000, -1022, -1060, -1074}) {
      std::vector<double> x(n);
      test::Generator generator(static_cast<uint64_t>(n));
      long double exact = 0;
      for (double& v : x) {
        v = std::ldexp(static_cast<double>(generator.Next() >> 40) / (1 << 24), exponent);
        const long double scaled = std::ldexp(static_cast<long double>(v), -exponent);
        exact += scaled * scaled;
      }
      const long double root = std::sqrt(exact);
      const long double want = std::ldexp(root, exponent);
      const absl::StatusOr<double> got = Nrm2(x);
      ASSERT_TRUE(got.ok());
      if (want > std::numeric_limits<double>::max()) {
        EXPECT_EQ(*got, std::numeric_limits<double>::infinity());
        continue;
      }
      // The bound of the header, and half a unit in the last place of a subnormal number.
      const double depth = 261 + 2;
      const double bound = (depth + 4) / 2 * 0x1p-53 * static_cast<double>(root);
      EXPECT_NEAR(std::ldexp(*got, -exponent), static_cast<double>(root), bound + std::ldexp(0.5, -1074 - exponent))
          << n << " 2^" << exponent;
    }
  }
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(*Nrm2(std::vector<double>{1e300, -inf, 1}), inf);
  EXPECT_TRUE(std::isnan(*Nrm2(std::vector<double>{1e300, nan, inf})));
  EXPECT_EQ(*Nrm2(std::vector<double>{0, -0.0, 0}), 0.0);
  EXPECT_EQ(*Nrm2(std::vector<double>{0x3p700, -0x4p700}), 0x5p700);
  EXPECT_EQ(*Nrm2(std::vector<double>{0, 5e-324}), 5e-324);
  EXPECT_EQ(*Nrm2(std::vector<double>{1.7e308, 1.7e308}), inf);
  EXPECT_EQ(*Nrm2(std::vector<float>{3e38f, 0}), 3e38f);
  EXPECT_EQ(*Nrm2(std::vector<float>{3e38f, 3e38f}), inf);
  EXPECT_EQ(*Nrm2(std::vector<float>{1e-45f}), std::numeric_limits<float>::denorm_min());
}

// The scaled sum has the same bits wherever it is computed.
TEST_P(EveryIsaTest, ScaledNormsOnThreads) {
  const context::Scope profile = test::EagerProfile(kNever);
  for (const double factor : {1e-250, 1e200}) {
    std::vector<double> x(40000), first_scaled;
    test::Generator generator(1);
    for (double& v : x) v = generator.Value<double>() * factor;
    double largest = 0;
    for (const double v : x) largest = std::max(largest, std::fabs(v));
    const double scale = std::ldexp(1.0, -std::ilogb(largest));
    const double want = std::sqrt(test::ReferenceReduce<Op::kNrm2, double>({x}, {0}, scale)[0]) / scale;
    for (const int threads : {1, 2, 5, 16}) {
      EXPECT_EQ(*Nrm2(x, {threads}), want) << threads;
      EXPECT_TRUE(RanHere());
    }
  }
}

}  // namespace
}  // namespace raptors
