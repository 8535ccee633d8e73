// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A process that forks while other threads compute: the child starts with an empty pool and all buffers of the BLAS.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/context/scope.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/testing/eager_profile.h"

// ThreadSanitizer ends a forked child that creates threads unless told otherwise.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace raptors {
namespace {

constexpr int kSize = 96;

// A product of small whole numbers, exact in any order, on up to two threads; then a map.
bool ComputesRight() {
  const context::Scope eager = test::EagerProfile(1);
  const context::Scope two = *context::ScopedThreads(2);
  std::vector<double> a(kSize * kSize), c(kSize * kSize);
  for (int i = 0; i < kSize * kSize; ++i) a[i] = i * 7 % 11 - 5;
  const absl::StatusOr<ArrayView> x = ArrayView::Matrix(a.data(), kSize, kSize);
  const absl::StatusOr<MutableArrayView> y = MutableArrayView::Matrix(c.data(), kSize, kSize);
  if (!x.ok() || !y.ok() || !Matmul(*x, *x, *y).ok() || !ScaleInPlace(*y, 2).ok()) return false;
  for (int i = 0; i < kSize; i += 19) {
    for (int j = 0; j < kSize; ++j) {
      double want = 0;
      for (int k = 0; k < kSize; ++k) want += a[i * kSize + k] * a[k * kSize + j];
      if (c[i * kSize + j] != 2 * want) return false;
    }
  }
  return true;
}

TEST(MatmulForkTest, AChildComputesWhileTheParentsThreadsDo) {
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> busy;
  for (int t = 0; t < 3; ++t) {
    busy.emplace_back([&] {
      while (!stop) wrong += !ComputesRight();
    });
  }
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      _exit(ComputesRight() ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_EQ(status, 0);
  }
  stop = true;
  for (std::thread& thread : busy) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace raptors
