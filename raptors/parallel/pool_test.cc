// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/parallel/pool.h"

#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace raptors::parallel {
namespace {

TEST(PartitionTest, CoversEverythingInOrder) {
  for (int64_t tasks : {0, 1, 2, 3, 7, 16, 17, 64, 1000003}) {
    for (int parts = 1; parts <= 33; ++parts) {
      int64_t next = 0;
      int64_t previous_size = INT64_MAX;
      for (int part = 0; part < parts; ++part) {
        const Range range = Partition(tasks, parts, part);
        ASSERT_EQ(range.begin, next);
        const int64_t size = range.end - range.begin;
        ASSERT_LE(size, previous_size);
        ASSERT_GE(size, tasks / parts);
        ASSERT_LE(size, tasks / parts + 1);
        previous_size = size;
        next = range.end;
      }
      ASSERT_EQ(next, tasks);
    }
  }
}

TEST(PartitionTest, LargeCounts) {
  EXPECT_EQ(Partition(INT64_MAX, 1024, 1023).end, INT64_MAX);
  EXPECT_EQ(Partition(INT64_MAX, 1, 0).begin, 0);
}

TEST(PoolTest, EveryTaskRunsOnce) {
  for (int threads : {-1, 0, 1, 2, 3, 7, 16}) {
    for (int64_t tasks : {0, 1, 2, 3, 15, 16, 17, 1000}) {
      std::vector<std::atomic<int>> runs(tasks);
      const RunResult result = parallel::Run(threads, tasks, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) runs[i].fetch_add(1, std::memory_order_relaxed);
      });
      for (int64_t i = 0; i < tasks; ++i) ASSERT_EQ(runs[i].load(), 1) << threads << " threads, task " << i;
      ASSERT_EQ(result.threads, tasks == 0 ? 0 : std::min<int64_t>(std::max(threads, 1), tasks));
      const bool one = tasks == 1 || (tasks > 1 && threads <= 1);
      ASSERT_EQ(result.inline_reason, one ? Inline::kOneRange : Inline::kNo);
    }
  }
}

TEST(PoolTest, RangesAreThePartitionAndEachHasAThread) {
  std::vector<Range> ranges(5);
  std::vector<std::thread::id> ids(5);
  const int64_t tasks = 23;
  parallel::Run(5, tasks, [&](int64_t begin, int64_t end) {
    for (int part = 0; part < 5; ++part) {
      if (Partition(tasks, 5, part).begin != begin) continue;
      ranges[part] = {begin, end};
      ids[part] = std::this_thread::get_id();
    }
  });
  for (int part = 0; part < 5; ++part) EXPECT_EQ(ranges[part].end, Partition(tasks, 5, part).end);
  EXPECT_EQ(ids[0], std::this_thread::get_id()) << "the caller takes the first range";
  EXPECT_EQ(std::set<std::thread::id>(ids.begin(), ids.end()).size(), 5u);
}

TEST(PoolTest, ASecondCallerRunsInline) {
  const int64_t busy_before = GetStats().inline_busy;
  std::atomic<bool> inside{false}, second_done{false};
  std::thread first([&] {
    const RunResult result = parallel::Run(2, 2, [&](int64_t, int64_t) {
      inside = true;
      while (!second_done) std::this_thread::yield();
    });
    EXPECT_EQ(result.threads, 2);
  });
  while (!inside) std::this_thread::yield();
  int64_t sum = 0;
  const RunResult result = parallel::Run(2, 10, [&](int64_t begin, int64_t end) { sum += end - begin; });
  second_done = true;
  first.join();
  EXPECT_EQ(sum, 10);
  EXPECT_EQ(result.threads, 1);
  EXPECT_EQ(result.inline_reason, Inline::kBusy);
  EXPECT_EQ(GetStats().inline_busy, busy_before + 1);
}

TEST(PoolTest, NestedCallsRunInline) {
  const int64_t nested_before = GetStats().inline_nested;
  std::atomic<int64_t> sum{0};
  std::atomic<int> nested{0};
  parallel::Run(4, 4, [&](int64_t, int64_t) {
    const RunResult result = parallel::Run(4, 10, [&](int64_t begin, int64_t end) { sum += end - begin; });
    if (result.threads == 1 && result.inline_reason == Inline::kNested) nested++;
  });
  EXPECT_EQ(sum, 40);
  EXPECT_EQ(nested, 4);
  EXPECT_EQ(GetStats().inline_nested, nested_before + 4);
  EXPECT_EQ(parallel::Run(2, 2, [](int64_t, int64_t) {}).inline_reason, Inline::kNo) << "over with the body";
}

volatile double g_one = 1, g_three = 3, g_zero = 0, g_tiny = 1e-300;

TEST(PoolTest, RoundingGoesWithTheCallAndNoFurther) {
  ASSERT_EQ(fesetround(FE_DOWNWARD), 0);
  const double down = g_one / g_three;
  ASSERT_EQ(fesetround(FE_UPWARD), 0);
  const double up = g_one / g_three;
  std::vector<double> got(4);
  const auto body = [&](int64_t begin, int64_t) { got[begin] = g_one / g_three; };
  ASSERT_EQ(parallel::Run(4, 4, body).threads, 4);
  EXPECT_EQ(fegetround(), FE_UPWARD);
  ASSERT_EQ(fesetround(FE_DOWNWARD), 0);
  EXPECT_EQ(got, std::vector<double>(4, up));
  ASSERT_EQ(parallel::Run(4, 4, body).threads, 4);
  EXPECT_EQ(got, std::vector<double>(4, down));
  ASSERT_EQ(fesetround(FE_TONEAREST), 0);
  EXPECT_NE(up, down);
}

// Sets flush-to-zero for the calling thread.
void SetFlushToZero(bool on) {
#if defined(__x86_64__)
  const unsigned csr = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(on ? csr | 0x8000u : csr & ~0x8000u);
#elif defined(__aarch64__)
  uint64_t fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  asm volatile("msr fpcr, %0" ::"r"(on ? fpcr | uint64_t{1} << 24 : fpcr & ~(uint64_t{1} << 24)));
#else
#error "how does this processor flush to zero?"
#endif
}

TEST(PoolTest, FlushToZeroGoesWithTheCall) {
  std::vector<double> got(4, -1);
  const auto body = [&](int64_t begin, int64_t) { got[begin] = g_tiny * 1e-20; };
  SetFlushToZero(true);
  parallel::Run(4, 4, body);
  SetFlushToZero(false);
  EXPECT_EQ(got, std::vector<double>(4, 0.0));
  parallel::Run(4, 4, body);
  for (double value : got) EXPECT_GT(value, 0);
}

TEST(PoolTest, FlagsRaisedByWorkersReachTheCaller) {
  feclearexcept(FE_ALL_EXCEPT);
  volatile double sink = 0;
  parallel::Run(4, 4, [&](int64_t begin, int64_t) {
    if (begin == 3) sink = g_one / g_zero;
  });
  EXPECT_TRUE(fetestexcept(FE_DIVBYZERO));
  feclearexcept(FE_ALL_EXCEPT);
  parallel::Run(4, 4, [&](int64_t, int64_t) {});
  EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), 0) << "flags of an earlier call do not come back";
}

TEST(PoolTest, WorkersBlockSignalsButNotFaults) {
  std::atomic<int> workers{0};
  const std::thread::id caller = std::this_thread::get_id();
  parallel::Run(3, 3, [&](int64_t, int64_t) {
    if (std::this_thread::get_id() == caller) return;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    if (sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT) && sigismember(&mask, SIGUSR1) &&
        !sigismember(&mask, SIGSEGV) && !sigismember(&mask, SIGFPE))
      workers++;
  });
  EXPECT_EQ(workers, 2);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  EXPECT_FALSE(sigismember(&mask, SIGTERM)) << "the caller's mask is restored";
}

// Times the thread went to sleep of its own accord; -1 where the system does not say.
int64_t VoluntarySwitches(pid_t thread) {
  std::ifstream status("/proc/self/task/" + std::to_string(thread) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("voluntary_ctxt_switches:", 0) == 0) return std::stoll(line.substr(line.find(':') + 1));
  return -1;
}

TEST(PoolTest, WakesOnlyTheWorkersItNeeds) {
  std::vector<pid_t> ids(4);
  parallel::Run(4, 4, [&](int64_t begin, int64_t) { ids[begin] = gettid(); });
  // Asleep when it has not been seen to go to sleep again for a while, which may take long on a loaded machine.
  int64_t idle = -1;
  for (int64_t before = -2; idle != before;) {
    before = idle;
    usleep(50000);
    idle = VoluntarySwitches(ids[3]);
  }
  const int64_t used = VoluntarySwitches(ids[1]);
  ASSERT_GE(idle, 0);
  for (int i = 0; i < 20; ++i) {
    parallel::Run(2, 2, [&](int64_t, int64_t) {});
    usleep(1000);
  }
  EXPECT_EQ(VoluntarySwitches(ids[3]), idle);
  EXPECT_GT(VoluntarySwitches(ids[1]), used) << "or this test shows nothing";
}

TEST(PoolTest, StressFromSeveralCallers) {
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([c] {
      std::vector<int> data;
      for (int i = 0; i < 400; ++i) {
        const int64_t tasks = (i * 37 + c * 11) % 50;
        data.assign(tasks, 0);
        parallel::Run(1 + (i + c) % 5, tasks, [&](int64_t begin, int64_t end) {
          for (int64_t k = begin; k < end; ++k) data[k] += 1;
        });
        // Plain reads: what workers wrote is visible.
        for (int64_t k = 0; k < tasks; ++k) ASSERT_EQ(data[k], 1);
        // Long enough now and then for workers to fall asleep, short enough at other times for them to spin.
        if (i % 16 == 0) usleep(2 * kSpinMicros);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

struct RunsAtExit {
  ~RunsAtExit() {
    std::atomic<int64_t> sum{0};
    const RunResult result = parallel::Run(3, 30, [&](int64_t begin, int64_t end) { sum += end - begin; });
    if (sum == 30 && result.threads == 3) _exit(42);
  }
};

TEST(PoolDeathTest, RunsDuringStaticDestruction) {
  EXPECT_EXIT(
      {
        alarm(30);
        static RunsAtExit at_exit;
        (void)&at_exit;
        exit(0);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace raptors::parallel
