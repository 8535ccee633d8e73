// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/strided_search.h"

#include <stdint.h>

#include <cstdlib>
#include <limits>
#include <random>

#include "gtest/gtest.h"

namespace raptors::internal {
namespace {

// By trying every choice.
bool Exists(const StrideTerms& terms, size_t k, int64_t sum, int64_t item_size, bool skip_zero, bool zero) {
  if (k == terms.size()) return std::abs(sum) < item_size && !(skip_zero && zero);
  for (int64_t d = terms[k].low; d <= terms[k].high; ++d) {
    if (Exists(terms, k + 1, sum + d * terms[k].stride, item_size, skip_zero, zero && d == 0)) return true;
  }
  return false;
}

TEST(StridedSearchTest, AgreesWithTryingEverything) {
  std::mt19937 random(2);
  int found = 0;
  for (int round = 0; round < 30000; ++round) {
    StrideTerms terms;
    const int count = static_cast<int>(random() % 5);
    for (int k = 0; k < count; ++k) {
      const int64_t low = static_cast<int64_t>(random() % 9) - 5;
      terms.push_back({static_cast<int64_t>(random() % 61) - 30, low, low + static_cast<int64_t>(random() % 6)});
    }
    const int64_t offset = static_cast<int64_t>(random() % 401) - 200;
    const int64_t item_size = 1 + static_cast<int64_t>(random() % 8);
    const bool skip_zero = random() % 2 == 0;
    const bool expected = Exists(terms, 0, offset, item_size, skip_zero, true);
    found += expected;
    ASSERT_EQ(SearchStrides(terms, offset, item_size, skip_zero), expected ? Found::kYes : Found::kNo);
  }
  EXPECT_GT(found, 3000);
  EXPECT_LT(found, 27000);
}

TEST(StridedSearchTest, ArrayLikeStridesTakeFewSteps) {
  // Two halves of the columns of a 2^20 x 1024 matrix: same strides, 512 items apart.
  const int64_t rows = int64_t{1} << 20;
  const StrideTerms terms = {{4096, 0, rows - 1}, {4, 0, 511}, {4096, 1 - rows, 0}, {4, -511, 0}};
  EXPECT_EQ(SearchStrides(terms, 2048, 4, false, /*max_nodes=*/16), Found::kNo);
  EXPECT_EQ(SearchStrides(terms, 2044, 4, false, /*max_nodes=*/16), Found::kYes);
}

TEST(StridedSearchTest, GivesUpWithinItsBound) {
  // 3 * even numbers never meet an odd offset, but bounds alone do not show it.
  StrideTerms terms;
  for (int k = 0; k < 10; ++k) terms.push_back({6 * (1000003 + 2 * k), -1000000, 1000000});
  EXPECT_EQ(SearchStrides(terms, 3, 1, false, 1000), Found::kUnknown);
}

TEST(StridedSearchTest, ExtremeNumbersDoNotOverflow) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(SearchStrides({{kMax, -1, 1}, {kMax, -1, 1}}, kMax, 8, false), Found::kYes);
  EXPECT_EQ(SearchStrides({{kMax, 0, 1}, {kMax - 1, 0, 1}}, 100, 8, false), Found::kNo);
  EXPECT_EQ(SearchStrides({{1, -kMax, kMax}, {1, -kMax, kMax}}, -kMax, 8, false), Found::kYes);
  EXPECT_EQ(SearchStrides({{2, 0, kMax / 2}, {2, 0, kMax / 2}}, -kMax, 1, false), Found::kNo);  // odd
}

}  // namespace
}  // namespace raptors::internal
