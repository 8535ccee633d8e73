// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// The BLAS links, is right, and may be called from several threads at once.

#include <atomic>
#include <thread>
#include <vector>

#include "cblas.h"
#include "gtest/gtest.h"

namespace {

// A product of small integers, exact in any order of summation.
bool GemmIsRight(int n) {
  std::vector<double> a(n * n), b(n * n), c(n * n);
  for (int i = 0; i < n * n; ++i) {
    a[i] = i * 7 % 11 - 5;
    b[i] = i * 5 % 13 - 6;
  }
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      double want = 0;
      for (int k = 0; k < n; ++k) want += a[i * n + k] * b[k * n + j];
      if (c[i * n + j] != want) return false;
    }
  }
  return true;
}

// The serial build must serve several threads at once: Raptors calls it from its own pool.
TEST(BlasTest, ServesSeveralThreads) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&wrong, t] {
      for (int round = 0; round < 8; ++round) {
        if (!GemmIsRight(40 + 8 * t)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
