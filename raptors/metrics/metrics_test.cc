// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/metrics/metrics.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/metrics/choice_key.h"
#include "raptors/metrics/metrics_testing.h"

namespace raptors::metrics {
namespace {

Choice MakeChoice(uint16_t threads = 1, uint8_t size_bucket = 11) {
  return {Op::kScale,   DType::kFloat64, Layout::kRows, size_bucket,
          Route::kSimd, Isa::kScalar,    threads,       Reason::kBestIsa};
}

uint64_t CountOf(const Snapshot& snapshot, const Choice& choice) {
  for (const Snapshot::Entry& entry : snapshot.entries)
    if (entry.choice == choice) return entry.count;
  return 0;
}

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    SetEnabled(true);
    Reset();
  }
};

TEST_F(MetricsTest, SizeBuckets) {
  EXPECT_EQ(SizeBucket(0), 0);
  EXPECT_EQ(SizeBucket(1), 1);
  EXPECT_EQ(SizeBucket(2), 2);
  EXPECT_EQ(SizeBucket(3), 2);
  EXPECT_EQ(SizeBucket(1023), 10);
  EXPECT_EQ(SizeBucket(1024), 11);
  EXPECT_EQ(SizeBucket(INT64_MAX), 63);
  EXPECT_EQ(SizeBucketFloor(0), 0);
  for (uint8_t bucket = 1; bucket <= 63; ++bucket) {
    EXPECT_EQ(SizeBucket(SizeBucketFloor(bucket)), bucket);
    EXPECT_EQ(SizeBucket(SizeBucketFloor(bucket) - 1), bucket - 1);
  }
}

TEST_F(MetricsTest, KeysHoldEveryField) {
  for (int layout = 0; layout < kNumLayouts; ++layout)
    for (int route = 0; route < kNumRoutes; ++route)
      for (int reason = 0; reason < kNumReasons; ++reason)
        for (Isa isa : kAllIsas)
          for (DType dtype : kAllDTypes)
            for (int threads : {0, 1, 65535}) {
              const Choice choice = {
                  static_cast<Op>(kNumOps - 1), dtype, static_cast<Layout>(layout),    64,
                  static_cast<Route>(route),    isa,   static_cast<uint16_t>(threads), static_cast<Reason>(reason)};
              ASSERT_EQ(UnpackChoice(PackChoice(choice)), choice);
            }
  EXPECT_NE(PackChoice({}), 0u);
  Choice greater = {};
  greater.dtype = static_cast<DType>(1);
  Choice less = MakeChoice(65535, 64);
  less.dtype = static_cast<DType>(0);
  EXPECT_LT(PackChoice(less), PackChoice(greater)) << "keys order by the first fields first";
}

TEST_F(MetricsTest, CountsEachChoiceApart) {
  for (int i = 0; i < 3; ++i) RecordBackendChoice(MakeChoice(1));
  for (int i = 0; i < 5; ++i) RecordBackendChoice(MakeChoice(2));
  Bump(Counter::kProfileFallback);
  const Snapshot snapshot = TakeSnapshot();
  ASSERT_EQ(snapshot.entries.size(), 2u);
  EXPECT_EQ(snapshot.entries[0].choice, MakeChoice(1));
  EXPECT_EQ(snapshot.entries[0].count, 3u);
  EXPECT_EQ(snapshot.entries[1].choice, MakeChoice(2));
  EXPECT_EQ(snapshot.entries[1].count, 5u);
  EXPECT_EQ(snapshot.Calls(), 8u);
  EXPECT_EQ(snapshot.overflow, 0u);
  EXPECT_EQ(snapshot[Counter::kProfileFallback], 1u);
  EXPECT_EQ(snapshot[Counter::kPoolInlineBusy], 0u);
}

TEST_F(MetricsTest, ResetStartsAtZero) {
  RecordBackendChoice(MakeChoice());
  Bump(Counter::kPoolInlineBusy);
  std::thread([] {
    RecordBackendChoice(MakeChoice());
    Bump(Counter::kPoolInlineBusy);
  }).join();
  EXPECT_EQ(TakeSnapshot().Calls(), 2u);
  EXPECT_EQ(TakeSnapshot()[Counter::kPoolInlineBusy], 2u);
  Reset();
  EXPECT_TRUE(TakeSnapshot().entries.empty());
  EXPECT_EQ(TakeSnapshot()[Counter::kPoolInlineBusy], 0u);
  RecordBackendChoice(MakeChoice());
  EXPECT_EQ(CountOf(TakeSnapshot(), MakeChoice()), 1u);
}

TEST_F(MetricsTest, AFullTableCountsOverflow) {
  // A thread of its own: its table starts empty.
  std::thread([] {
    for (int round = 0; round < 2; ++round)
      for (int i = 0; i < 4 * kTableCells; ++i) RecordBackendChoice(MakeChoice(static_cast<uint16_t>(i)));
  }).join();
  const Snapshot snapshot = TakeSnapshot();
  EXPECT_EQ(snapshot.Calls(), 8u * kTableCells);
  EXPECT_EQ(snapshot.overflow, 8u * kTableCells - 2 * snapshot.entries.size());
  EXPECT_LE(snapshot.entries.size(), static_cast<size_t>(kTableCells));
  EXPECT_GE(snapshot.entries.size(), static_cast<size_t>(kTableCells) * 3 / 4);
}

TEST_F(MetricsTest, HalfATableDoesNotOverflow) {
  std::thread([] {
    for (int i = 0; i < kTableCells / 2; ++i) RecordBackendChoice(MakeChoice(static_cast<uint16_t>(i % 16), i / 16));
  }).join();
  EXPECT_EQ(TakeSnapshot().overflow, 0u);
  EXPECT_EQ(TakeSnapshot().entries.size(), static_cast<size_t>(kTableCells) / 2);
}

TEST_F(MetricsTest, CountsOfEndedThreadsStayAndTheirTablesServeAgain) {
  const int tables_before = TableCountForTest();
  // Together these need ten times the room of one table.
  for (int t = 0; t < 40; ++t) {
    std::thread([t] {
      for (int i = 0; i < kTableCells / 4; ++i) RecordBackendChoice(MakeChoice(static_cast<uint16_t>(1000 * t + i)));
      Bump(Counter::kPoolInlineNested);
    }).join();
  }
  const Snapshot snapshot = TakeSnapshot();
  EXPECT_EQ(snapshot.overflow, 0u);
  EXPECT_EQ(snapshot.entries.size(), 40u * kTableCells / 4);
  EXPECT_EQ(snapshot.Calls(), 40u * kTableCells / 4);
  EXPECT_EQ(snapshot[Counter::kPoolInlineNested], 40u);
  EXPECT_LE(TableCountForTest(), tables_before + 1);
}

TEST_F(MetricsTest, SwitchedOffCountsNothingButKeepsTheLastDecision) {
  SetEnabled(false);
  EXPECT_FALSE(Enabled());
  RecordBackendChoice(MakeChoice(7));
  Bump(Counter::kPoolInlineBusy);
  SetEnabled(true);
  EXPECT_EQ(TakeSnapshot().Calls(), 0u);
  EXPECT_EQ(TakeSnapshot()[Counter::kPoolInlineBusy], 0u);
  Choice last;
  ASSERT_TRUE(LastDecision(&last));
  EXPECT_EQ(last, MakeChoice(7));
}

TEST_F(MetricsTest, LastDecisionIsTheThreadsOwn) {
  RecordBackendChoice(MakeChoice(3));
  std::thread([] {
    Choice last = MakeChoice(9);
    EXPECT_FALSE(LastDecision(&last));
    EXPECT_EQ(last, MakeChoice(9)) << "untouched";
    RecordBackendChoice(MakeChoice(4));
    ASSERT_TRUE(LastDecision(&last));
    EXPECT_EQ(last, MakeChoice(4));
  }).join();
  Choice last;
  ASSERT_TRUE(LastDecision(&last));
  EXPECT_EQ(last, MakeChoice(3));
}

TEST_F(MetricsTest, SnapshotsHoldTheLastDecisionOfEachLivingThread) {
  EXPECT_TRUE(TakeSnapshot().last.empty());
  RecordBackendChoice(MakeChoice(9));
  RecordBackendChoice(MakeChoice(3));
  std::thread([] {
    RecordBackendChoice(MakeChoice(2));
    EXPECT_EQ(TakeSnapshot().last, (std::vector<Choice>{MakeChoice(2), MakeChoice(3)}));
  }).join();
  EXPECT_EQ(TakeSnapshot().last, std::vector<Choice>{MakeChoice(3)});
  Reset();
  EXPECT_TRUE(TakeSnapshot().last.empty());
}

TEST_F(MetricsTest, SnapshotsAndResetsWhileOthersCount) {
  constexpr int kThreads = 3;
  constexpr uint64_t kCalls = 20000;
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kCalls; ++i) RecordBackendChoice(MakeChoice(static_cast<uint16_t>(t * 100 + i % 50)));
      running.fetch_sub(1);
    });
  }
  uint64_t before = 0;
  for (int i = 0; running.load() > 0 || i < 8; ++i) {
    const uint64_t calls = TakeSnapshot().Calls();
    EXPECT_LE(calls, kThreads * kCalls);
    EXPECT_GE(calls, before) << "counts only grow between resets";
    before = calls;
    if (i % 4 == 3) {
      Reset();
      before = 0;
    }
  }
  for (std::thread& thread : threads) thread.join();
  Reset();
  EXPECT_EQ(TakeSnapshot().Calls(), 0u);
}

TEST_F(MetricsTest, ExactAfterManyThreads) {
  constexpr int kThreads = 16;
  constexpr uint64_t kCalls = 5000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([] {
      for (uint64_t i = 0; i < kCalls; ++i) RecordBackendChoice(MakeChoice());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(CountOf(TakeSnapshot(), MakeChoice()), kThreads * kCalls);
}

struct RecordsAtThreadExit {
  ~RecordsAtThreadExit() { RecordBackendChoice(MakeChoice(21)); }
};

TEST_F(MetricsTest, RecordsInThreadDestructorsCount) {
  static pthread_key_t key;
  ASSERT_EQ(pthread_key_create(&key, [](void*) { RecordBackendChoice(MakeChoice(22)); }), 0);
  for (int i = 0; i < 5; ++i) {
    std::thread([] {
      pthread_setspecific(key, &key);
      thread_local RecordsAtThreadExit exit_record;
      (void)&exit_record;
      RecordBackendChoice(MakeChoice(20));
    }).join();
  }
  ASSERT_EQ(pthread_key_delete(key), 0);
  const Snapshot snapshot = TakeSnapshot();
  EXPECT_EQ(CountOf(snapshot, MakeChoice(20)), 5u);
  EXPECT_EQ(CountOf(snapshot, MakeChoice(21)), 5u);
  EXPECT_EQ(CountOf(snapshot, MakeChoice(22)), 5u);
}

// In a child process, which must end within 30 s, returns the value of `check`.
template <typename F>
int InChild(F check) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(30);
    _exit(check());
  }
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status)) << "the child was killed by signal " << WTERMSIG(status);
  return WEXITSTATUS(status);
}

TEST_F(MetricsTest, AForkedChildGoesOn) {
  RecordBackendChoice(MakeChoice());
  const int wrong = InChild([] {
    RecordBackendChoice(MakeChoice());
    if (CountOf(TakeSnapshot(), MakeChoice()) != 2) return 1;
    Reset();
    return TakeSnapshot().Calls() == 0 ? 0 : 2;
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(CountOf(TakeSnapshot(), MakeChoice()), 1u) << "the child counts for itself";
}

TEST_F(MetricsTest, ForkWhileOthersRecordAndRead) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    while (!stop) RecordBackendChoice(MakeChoice(5));
  });
  threads.emplace_back([&] {
    while (!stop) TakeSnapshot();
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(InChild([] {
                // Its own counts are exact; those of the thread that records stay as they were at the fork.
                const uint64_t then = CountOf(TakeSnapshot(), MakeChoice(5));
                RecordBackendChoice(MakeChoice(6));
                if (CountOf(TakeSnapshot(), MakeChoice(6)) != 1) return 1;
                return CountOf(TakeSnapshot(), MakeChoice(5)) == then ? 0 : 2;
              }),
              0);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

struct RecordsAtExit {
  ~RecordsAtExit() {
    RecordBackendChoice(MakeChoice(31));
    if (CountOf(TakeSnapshot(), MakeChoice(31)) == 1) _exit(42);
  }
};

TEST(MetricsDeathTest, CountsDuringStaticDestruction) {
  EXPECT_EXIT(
      {
        static RecordsAtExit at_exit;
        (void)&at_exit;
        exit(0);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace raptors::metrics
