// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <math.h>
#include <string.h>

#include <limits>
#include <string>
#include <vector>

#include "raptors/blas/blas.h"
#include "raptors/blas/core_testing.h"

namespace raptors::blas {
namespace {

class ScalTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why_not = WhyNot();
    if (!why_not.empty()) GTEST_SKIP() << why_not;
    ASSERT_TRUE(IsExpectedCore()) << Core();
  }
};

template <typename T>
std::vector<T> SpecialValues() {
  using L = std::numeric_limits<T>;
  std::vector<T> values;
  for (const T v : {T(0), L::denorm_min(), L::min() / 2, L::min(), T(1) / 3, T(1), T(1.5), T(3), L::max() / 2, L::max(),
                    L::infinity(), L::quiet_NaN()}) {
    values.push_back(v);
    values.push_back(-v);
  }
  return values;
}

// The same bits, or both a NaN.
template <typename T>
bool Same(T a, T b) {
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(T)) == 0;
}

// Compares Scal with a plain loop for one alpha. The number of elements that differ.
template <typename T>
int64_t Differences(T alpha, int64_t stride) {
  const std::vector<T> specials = SpecialValues<T>();
  int64_t differences = 0;
  for (int64_t n = 0; n <= 100; ++n) {
    const int64_t step = stride < 0 ? -stride : stride;
    std::vector<T> x(static_cast<size_t>(n * step + 2));
    for (size_t i = 0; i < x.size(); ++i) x[i] = specials[(i * 7 + static_cast<size_t>(n)) % specials.size()];
    std::vector<T> expected = x;
    T* const first = stride < 0 && n > 0 ? x.data() + (n - 1) * step : x.data();
    for (int64_t i = 0; i < n; ++i) {
      volatile T product = alpha * expected[static_cast<size_t>(i * step)];
      expected[static_cast<size_t>(i * step)] = product;
    }
    Scal(alpha, first, n, stride);
    for (size_t i = 0; i < x.size(); ++i) differences += !Same(x[i], expected[i]);
  }
  return differences;
}

template <typename T>
void CheckMatches() {
  const T extra[] = {T(-1), T(2), T(0.1), T(-7.25), T(1e-30), T(1e30)};
  std::vector<T> alphas = SpecialValues<T>();
  alphas.insert(alphas.end(), std::begin(extra), std::end(extra));
  int matching = 0;
  std::string shortcuts;
  for (const T alpha : alphas) {
    int64_t differences = 0;
    for (const int64_t stride : {1, 2, 3, -1, -2}) differences += Differences(alpha, stride);
    if (ScalMatches(alpha)) {
      ++matching;
      EXPECT_EQ(differences, 0) << "alpha = " << alpha;
    } else if (differences > 0) {
      shortcuts += std::to_string(alpha) + " ";
    }
  }
  EXPECT_GE(matching, 20);
  std::cout << Name() << " " << Core()
            << ": differs from a multiplication for alpha = " << (shortcuts.empty() ? "(none tried)" : shortcuts)
            << "\n";
}

TEST_F(ScalTest, MatchesMultiplicationFloat) { CheckMatches<float>(); }
TEST_F(ScalTest, MatchesMultiplicationDouble) { CheckMatches<double>(); }

TEST_F(ScalTest, LongVectorsMatchToo) {
  // Long enough for every unrolled loop of the library, at every alignment of its elements.
  for (size_t offset = 0; offset < 16; ++offset) {
    std::vector<float> x(10000);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) * 0.37f - 1000;
    const std::vector<float> original = x;
    Scal(1.7f, x.data() + offset, static_cast<int64_t>(x.size() - offset), 1);
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_TRUE(Same(x[i], i < offset ? original[i] : 1.7f * original[i])) << i;
    }
  }
}

TEST_F(ScalTest, DoesNotTouchWhatLiesBetween) {
  std::vector<double> x(64, 1.0);
  Scal(2.0, x.data() + 60, 4, int64_t{-20});
  for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i], i % 20 == 0 ? 2.0 : 1.0) << i;
}

TEST_F(ScalTest, OneElementTakesAnyStride) {
  for (const int64_t stride : {int64_t{0}, int64_t{1} << 40, -(int64_t{1} << 40)}) {
    double x = 3;
    Scal(2.0, &x, 1, stride);
    EXPECT_EQ(x, 6);
  }
}

TEST(ScalMatchesTest, ExcludesWhatLibrariesShortcut) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(ScalMatches(0.0) || ScalMatches(-0.0) || ScalMatches(kInf) || ScalMatches(-kInf) ||
               ScalMatches(nan("")));
  EXPECT_FALSE(ScalMatches(0.0f) || ScalMatches(-0.0f) || ScalMatches(HUGE_VALF) || ScalMatches(nanf("")));
  EXPECT_TRUE(ScalMatches(1.0) && ScalMatches(-1.0) && ScalMatches(5e-324));
  EXPECT_TRUE(ScalMatches(1.0f) && ScalMatches(1e-45f) && ScalMatches(-3e38f));
}

TEST(LibraryTest, SaysWhatItIs) {
  if (Available()) {
    EXPECT_NE(Name(), "none");
    if (Name() == "OpenBLAS") {
      EXPECT_FALSE(Core().empty());
      EXPECT_FALSE(Config().empty());
    }
  } else {
    EXPECT_EQ(Name(), "none");
  }
  std::cout << Name() << " / " << Core() << " / " << Config() << "\n";
}

}  // namespace
}  // namespace raptors::blas
