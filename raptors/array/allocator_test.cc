// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/allocator.h"

#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "gtest/gtest.h"

namespace raptors {
namespace {

constexpr int64_t kCap = int64_t{8} << 20;
using Block = Allocator::Block;

TEST(AllocatorTest, ClassesAreTightAndAscend) {
  int64_t last = 0;
  for (int64_t bytes = 0; bytes < 100000; ++bytes) {
    const int64_t size = Allocator::ClassSize(bytes);
    ASSERT_GE(size, bytes);
    ASSERT_GE(size, last);
    ASSERT_EQ(size % 64, 0);
    ASSERT_EQ(Allocator::ClassSize(size), size);
    if (bytes >= 512) {
      ASSERT_LE(size * 8, bytes * 9);
    }
    last = size;
  }
  for (int shift = 20; shift <= 60; ++shift) {
    const int64_t bytes = int64_t{1} << shift;
    EXPECT_EQ(Allocator::ClassSize(bytes), bytes);
    EXPECT_EQ(Allocator::ClassSize(bytes + 1), bytes + bytes / 8);
    EXPECT_EQ(Allocator::ClassSize(bytes - 1), bytes);
  }
}

TEST(AllocatorTest, BlocksAreAlignedAndWritable) {
  Allocator allocator(kCap);
  std::vector<Block> blocks;
  for (const int64_t bytes : {0, 1, 63, 64, 65, 1000, 4097, 1 << 20, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 20 << 20}) {
    const Block block = allocator.Allocate(bytes);
    ASSERT_NE(block.data, nullptr);
    EXPECT_GE(block.bytes, bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block.data) % (block.bytes >= kHugeBlock ? kHugeBlock : kBlockAlignment), 0u);
    memset(block.data, 0x5A, static_cast<size_t>(bytes));
    blocks.push_back(block);
  }
  for (const Block block : blocks) allocator.Free(block);
  EXPECT_EQ(allocator.stats().bytes_in_use, 0);
}

TEST(AllocatorTest, ReusesBlocksOfAClass) {
  Allocator allocator(kCap);
  const Block first = allocator.Allocate(1000);
  allocator.Free(first);
  EXPECT_EQ(allocator.stats().bytes_cached, first.bytes);
  const Block second = allocator.Allocate(1001);  // the same class
  EXPECT_EQ(second.data, first.data);
  EXPECT_EQ(allocator.stats().hits, 1);
  EXPECT_EQ(allocator.stats().misses, 1);
  EXPECT_EQ(allocator.stats().bytes_cached, 0);
  EXPECT_EQ(allocator.stats().bytes_in_use, second.bytes);
  const Block third = allocator.Allocate(1000);
  EXPECT_NE(third.data, second.data);
  allocator.Free(second);
  allocator.Free(third);
}

TEST(AllocatorTest, KeepsTheNewestUnderTheCap) {
  Allocator allocator(3 << 20);
  std::vector<Block> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(allocator.Allocate(1 << 20));
  for (const Block block : blocks) allocator.Free(block);
  EXPECT_EQ(allocator.stats().bytes_cached, 3 << 20);
  // The first one freed is gone; the last one freed comes first.
  EXPECT_EQ(allocator.Allocate(1 << 20).data, blocks[3].data);
  EXPECT_EQ(allocator.Allocate(1 << 20).data, blocks[2].data);
  EXPECT_EQ(allocator.Allocate(1 << 20).data, blocks[1].data);
  EXPECT_EQ(allocator.stats().bytes_cached, 0);
  for (int i = 1; i < 4; ++i) allocator.Free(blocks[i]);
  // A block of another class displaces the oldest.
  allocator.Free(allocator.Allocate(100));
  EXPECT_LE(allocator.stats().bytes_cached, 3 << 20);
  EXPECT_EQ(allocator.stats().bytes_cached, (2 << 20) + 128);
}

TEST(AllocatorTest, BlocksAboveTheCapGoBackAtOnce) {
  Allocator allocator(kCap);
  const Block small = allocator.Allocate(64);
  allocator.Free(small);
  const Block huge = allocator.Allocate(kCap + 1);
  allocator.Free(huge);
  EXPECT_EQ(allocator.stats().bytes_cached, small.bytes);
  const Block whole = allocator.Allocate(kCap);
  allocator.Free(whole);
  EXPECT_EQ(allocator.stats().bytes_cached, kCap);  // took the small one's place
}

TEST(AllocatorTest, CapChanges) {
  Allocator allocator(kCap);
  const Block made_above = allocator.Allocate(9 << 20);
  allocator.Free(allocator.Allocate(1 << 20));
  EXPECT_EQ(allocator.SetCap(64 << 20), kCap);
  allocator.Free(made_above);
  EXPECT_LE(allocator.stats().bytes_cached, 64 << 20);
  EXPECT_EQ(allocator.SetCap(0), 64 << 20);
  EXPECT_EQ(allocator.stats().bytes_cached, 0);
  allocator.Free(allocator.Allocate(100));
  EXPECT_EQ(allocator.stats().bytes_cached, 0);
  EXPECT_EQ(allocator.SetCap(-5), 0);
  EXPECT_EQ(allocator.stats().cap, 0);
}

TEST(AllocatorTest, ReleaseReturnsBytes) {
  Allocator allocator(kCap);
  allocator.Free(allocator.Allocate(1 << 20));
  allocator.Free(allocator.Allocate(64));
  EXPECT_EQ(allocator.Release(), (1 << 20) + 64);
  EXPECT_EQ(allocator.Release(), 0);
}

TEST(AllocatorTest, ImpossibleRequestsReturnNothing) {
  Allocator allocator(kCap);
  EXPECT_EQ(allocator.Allocate(-1).data, nullptr);
  EXPECT_EQ(allocator.Allocate(INT64_MAX).data, nullptr);
  EXPECT_EQ(allocator.Allocate(int64_t{1} << 60).data, nullptr);
  EXPECT_EQ(allocator.Allocate(int64_t{1} << 50).data, nullptr);
  EXPECT_EQ(allocator.stats().bytes_in_use, 0);
  allocator.Free({});
}

TEST(AllocatorTest, FailsTheNamedAllocation) {
  Allocator allocator(kCap);
  allocator.FailAllocationForTesting(2);
  const Block first = allocator.Allocate(10);
  EXPECT_NE(first.data, nullptr);
  EXPECT_EQ(allocator.Allocate(10).data, nullptr);
  const Block third = allocator.Allocate(10);
  EXPECT_NE(third.data, nullptr);
  allocator.FailAllocationForTesting(1);
  allocator.FailAllocationForTesting(0);
  const Block fourth = allocator.Allocate(10);
  EXPECT_NE(fourth.data, nullptr);
  for (const Block block : {first, third, fourth}) allocator.Free(block);
}

// Every block is filled with its own byte, and checked when it is freed.
void Churn(Allocator& allocator, uint32_t seed, int rounds) {
  std::mt19937 random(seed);
  std::vector<std::pair<Block, int64_t>> live;
  const auto pattern = [](const Block& block) {
    return static_cast<char>(reinterpret_cast<uintptr_t>(block.data) >> 6);
  };
  for (int round = 0; round < rounds; ++round) {
    if (live.size() < 20 && random() % 2 == 0) {
      const int64_t bytes = random() % 50 == 0 ? 3 << 20 : static_cast<int64_t>(random() % 20000);
      const Block block = allocator.Allocate(bytes);
      ASSERT_NE(block.data, nullptr);
      memset(block.data, pattern(block), static_cast<size_t>(bytes));
      live.emplace_back(block, bytes);
    } else if (!live.empty()) {
      std::swap(live[random() % live.size()], live.back());
      const auto [block, bytes] = live.back();
      live.pop_back();
      for (int64_t i = 0; i < bytes; i += 61) ASSERT_EQ(static_cast<char*>(block.data)[i], pattern(block));
      allocator.Free(block);
    }
    if (random() % 1000 == 0) allocator.Release();
    if (random() % 1000 == 0) allocator.SetCap(static_cast<int64_t>(random() % 1000000));
  }
  for (const auto& [block, bytes] : live) allocator.Free(block);
}

TEST(AllocatorTest, RandomUse) {
  Allocator allocator(1 << 20);
  Churn(allocator, 6, 20000);
  const AllocatorStats stats = allocator.stats();
  EXPECT_EQ(stats.bytes_in_use, 0);
  EXPECT_LE(stats.bytes_cached, stats.cap);
  EXPECT_GT(stats.hits, 1000);
  EXPECT_EQ(allocator.Release(), stats.bytes_cached);
}

TEST(AllocatorTest, ManyThreads) {
  Allocator allocator(1 << 20);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) threads.emplace_back([&allocator, t] { Churn(allocator, t, 5000); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allocator.stats().bytes_in_use, 0);
}

#ifndef ABSL_HAVE_THREAD_SANITIZER  // which does not follow a fork of several threads
TEST(AllocatorTest, ForkWhileOthersAllocate) {
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) Allocator::Global().Free(Allocator::Global().Allocate(1000));
  });
  for (int round = 0; round < 50; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(10);  // a lock that is never released ends the child with a signal
      const Block block = Allocator::Global().Allocate(1000);
      const bool ok = block.data != nullptr;
      Allocator::Global().Free(block);
      ReleaseMemory();
      _exit(ok ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  stop = true;
  other.join();
}
#endif

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
TEST(AllocatorDeathTest, TouchingForeignMemoryIsSeen) {
  const auto write = [](const Block& block, int64_t at) { static_cast<volatile char*>(block.data)[at] = 1; };
  Allocator allocator(kCap);
  const Block block = allocator.Allocate(1000);
  EXPECT_DEATH(write(block, 1000), "use-after-poison");
  allocator.Free(block);
  EXPECT_DEATH(write(block, 500), "use-after-poison");
}
#endif

TEST(AllocatorTest, PublicFunctions) {
  const int64_t old = SetMemoryCap(1 << 20);
  EXPECT_EQ(MemoryStats().cap, 1 << 20);
  ReleaseMemory();
  Allocator::Global().Free(Allocator::Global().Allocate(4096));
  EXPECT_EQ(MemoryStats().bytes_cached, 4096);
  EXPECT_EQ(ReleaseMemory(), 4096);
  SetMemoryCap(old);
}

}  // namespace
}  // namespace raptors
