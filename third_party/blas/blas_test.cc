// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// The BLAS links, is right, and may be called from several threads at once.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "cblas.h"
#include "gtest/gtest.h"
#include "raptors/testing/emulator.h"

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

// What products pack their operands into. OpenBLAS exports both; another BLAS lacks them.
extern "C" void* blas_memory_alloc(int position) __attribute__((weak));
extern "C" void blas_memory_free(void* buffer) __attribute__((weak));

// Products of the right size meet here once in thousands of calls: so the buffers themselves are asked for.
TEST(BlasTest, NoTwoThreadsHaveOneBuffer) {
  if (blas_memory_alloc == nullptr) GTEST_SKIP() << "not OpenBLAS";
  constexpr int kThreads = 4;
  std::atomic<int> ready{0}, shared{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&ready, &shared, t] {
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      for (int round = 0; round < 1000000; ++round) {
        void* buffer = blas_memory_alloc(0);
        auto* owner = static_cast<std::atomic<int>*>(buffer);
        owner->store(t);
        if (round % 1024 == 0) std::this_thread::yield();
        if (owner->load() != t) ++shared;
        blas_memory_free(buffer);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared, 0);
}

// More threads at once than OpenBLAS has buffers: the last ones wait.
TEST(BlasTest, ThreadsBeyondTheBuffersWait) {
  if (blas_memory_alloc == nullptr) GTEST_SKIP() << "not OpenBLAS";
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 300; ++t) {
    threads.emplace_back([&wrong] {
      void* buffer = blas_memory_alloc(0);
      if (buffer == nullptr) ++wrong;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      blas_memory_free(buffer);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Runs f in a child. False if it ends otherwise than by true; a child that hangs is killed by its alarm.
template <typename F>
bool TrueInChild(F f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    _exit(f() ? 0 : 1);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

// Buffers of threads that a child does not have are free in it.
TEST(BlasTest, AChildHasAllBuffers) {
  if (raptors::test::IsEmulated()) GTEST_SKIP() << "an emulator's own locks do not survive a fork while threads run";
  if (blas_memory_alloc == nullptr) GTEST_SKIP() << "not OpenBLAS";
  std::vector<void*> own = {blas_memory_alloc(0)};
  constexpr int kOthers = 255;
  std::atomic<int> holding{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < kOthers; ++t) {
    threads.emplace_back([&] {
      void* buffer = blas_memory_alloc(0);
      ++holding;
      while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      blas_memory_free(buffer);
    });
  }
  while (holding < kOthers) std::this_thread::yield();
  EXPECT_TRUE(TrueInChild([&own] {
    if (!GemmIsRight(64)) return false;
    for (int t = 0; t < kOthers; ++t) own.push_back(blas_memory_alloc(0));
    for (int i = 1; i <= kOthers; ++i) {
      if (own[i] == own[0]) return false;  // the forking thread still has its own
    }
    for (void* buffer : own) blas_memory_free(buffer);
    return GemmIsRight(64);
  }));
  // And nothing has changed in the parent.
  done = true;
  for (std::thread& thread : threads) thread.join();
  blas_memory_free(own[0]);
  EXPECT_TRUE(GemmIsRight(64));
}

TEST(BlasTest, ForksWhileProductsRun) {
  if (raptors::test::IsEmulated()) GTEST_SKIP() << "an emulator's own locks do not survive a fork while threads run";
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!done) wrong += !GemmIsRight(24);
    });
  }
  int children = 0;
  for (int i = 0; i < 30; ++i) children += TrueInChild([] { return GemmIsRight(48); });
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(children, 30);
  EXPECT_EQ(wrong, 0);
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
