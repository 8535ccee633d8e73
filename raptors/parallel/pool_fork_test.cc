// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The pool across fork(), and where threads cannot be created. A child starts with an empty pool, so children are also
// how a test gets one.

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "gtest/gtest.h"
#include "raptors/parallel/pool.h"
#include "raptors/parallel/pool_testing.h"

// ThreadSanitizer ends a forked child that creates threads unless told otherwise.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace raptors::parallel {
namespace {

// Runs check() in a child, which a watchdog ends after a minute; true if it returned true.
template <typename F>
::testing::AssertionResult InChild(F check) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(60);
    _exit(check() ? 0 : 1);
  }
  int status = -1;
  if (waitpid(pid, &status, 0) != pid) return ::testing::AssertionFailure() << "waitpid failed";
  if (WIFSIGNALED(status)) return ::testing::AssertionFailure() << "ended by signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) != 0) return ::testing::AssertionFailure() << "the check failed";
  return ::testing::AssertionSuccess();
}

bool RunsOn(int threads) {
  std::atomic<int64_t> sum{0};
  const RunResult result = parallel::Run(threads, 100, [&](int64_t begin, int64_t end) { sum += end - begin; });
  return result.threads == threads && result.inline_reason == Inline::kNo && sum == 100;
}

TEST(PoolForkTest, BeforeFirstUse) {
  EXPECT_TRUE(InChild([] { return GetStats().workers == 0 && RunsOn(3) && GetStats().workers == 2; }));
}

TEST(PoolForkTest, AfterUse) {
  ASSERT_TRUE(RunsOn(4));
  EXPECT_TRUE(InChild([] { return GetStats().workers == 0 && RunsOn(3) && RunsOn(2) && GetStats().workers == 2; }));
  EXPECT_TRUE(RunsOn(4)) << "the parent goes on";
}

TEST(PoolForkTest, ChildOfAChild) {
  ASSERT_TRUE(RunsOn(2));
  EXPECT_TRUE(InChild([] { return RunsOn(2) && InChild([] { return RunsOn(2); }) && RunsOn(2); }));
}

TEST(PoolForkTest, WhileAnotherThreadIsInRun) {
  std::atomic<bool> inside{false}, go_on{false};
  std::thread busy([&] {
    parallel::Run(3, 3, [&](int64_t, int64_t) {
      inside = true;
      while (!go_on) std::this_thread::yield();
    });
  });
  while (!inside) std::this_thread::yield();
  EXPECT_TRUE(InChild([] { return RunsOn(3); }));
  go_on = true;
  busy.join();
}

TEST(PoolForkTest, AtAnyMomentOfABusyPool) {
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) parallel::Run(2, 2, [](int64_t, int64_t) {});
  });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(InChild([] { return RunsOn(2); }));
  stop = true;
  busy.join();
}

TEST(PoolForkTest, InsideABodyRunsInline) {
  std::atomic<int> good{0};
  parallel::Run(2, 2, [&](int64_t, int64_t) {
    if (InChild([] { return parallel::Run(2, 2, [](int64_t, int64_t) {}).inline_reason == Inline::kNested; })) good++;
  });
  EXPECT_EQ(good, 2);
}

std::atomic<int> g_attempts{0};
std::atomic<int> g_allowed{0};

int CreateSome(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument) {
  if (g_attempts++ >= g_allowed) return EAGAIN;
  return pthread_create(thread, attributes, start, argument);
}

TEST(PoolCreationTest, NoThreads) {
  EXPECT_TRUE(InChild([] {
    SetThreadCreatorForTest(&CreateSome);
    int64_t sum = 0;
    const RunResult result = parallel::Run(4, 100, [&](int64_t begin, int64_t end) { sum += end - begin; });
    return result.threads == 1 && result.inline_reason == Inline::kNoWorker && sum == 100 &&
           GetStats().creation_failed == 1 && GetStats().workers == 0;
  }));
}

TEST(PoolCreationTest, FewerThreads) {
  EXPECT_TRUE(InChild([] {
    g_allowed = 2;
    SetThreadCreatorForTest(&CreateSome);
    std::atomic<int64_t> sum{0};
    for (int i = 0; i < 5; ++i) {
      const RunResult result = parallel::Run(8, 100, [&](int64_t begin, int64_t end) { sum += end - begin; });
      if (result.threads != 3 || result.inline_reason != Inline::kNoWorker) return false;
    }
    // Three attempts, of which the last failed; then no more for a while.
    return sum == 500 && g_attempts == 3 && GetStats().creation_failed == 5 && RunsOn(3);
  }));
}

TEST(PoolCreationTest, TriesAgainLater) {
  EXPECT_TRUE(InChild([] {
    SetThreadCreatorForTest(&CreateSome);
    g_allowed = 0;
    if (parallel::Run(2, 2, [](int64_t, int64_t) {}).threads != 1) return false;
    g_allowed = 1000;
    for (int i = 0; i < 2000; ++i)
      if (parallel::Run(2, 2, [](int64_t, int64_t) {}).threads == 2) return true;
    return false;
  }));
}

}  // namespace
}  // namespace raptors::parallel
