// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// Raptors from another workspace: the results are those of a plain loop, bit for bit. Prints a digest
// of them, which must be the same whatever compiler and flags the workspace uses.

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "scaling.h"

namespace {

// FNV-1a of the bytes.
template <typename T>
uint64_t Digest(const std::vector<T>& values) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const T& value : values) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  }
  return hash;
}

template <typename T>
void MatchesPlainLoop(const char* name, int64_t rows, int64_t columns) {
  std::vector<T> x(rows * columns);
  // Exact under any flags, so that these choose the arithmetic of Raptors alone; the products are not.
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<T>(static_cast<int64_t>(i % 1009) - 500) * static_cast<T>(0.0625);
  }
  const T factor = static_cast<T>(0.1);
  std::vector<T> want(x.size());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) want[c * rows + r] = factor * x[r * columns + c];
  }
  const absl::StatusOr<std::vector<T>> got = consumer::ScaleTransposed(x, rows, columns, factor);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(std::memcmp(got->data(), want.data(), want.size() * sizeof(T)), 0);
  std::printf("digest: %s %" PRId64 "x%" PRId64 " %016" PRIx64 "\n", name, rows, columns, Digest(*got));
}

TEST(ConsumerTest, ResultsAreThoseOfAPlainLoop) {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 1}, {7, 5}, {64, 64}, {1023, 1025}}) {
    MatchesPlainLoop<float>("float32", rows, columns);
    MatchesPlainLoop<double>("float64", rows, columns);
  }
}

TEST(ConsumerTest, ErrorsArriveAsStatus) {
  EXPECT_EQ(consumer::ScaleTransposed(std::vector<float>(5), 2, 3, 1.0f).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
