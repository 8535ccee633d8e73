// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/parallel/pool.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include <algorithm>
#include <atomic>
#include <thread>  // NOLINT(build/c++11): hardware_concurrency

#include "raptors/parallel/placement.h"
#include "raptors/parallel/pool_testing.h"
#include "raptors/parallel/wait.h"

namespace raptors::parallel {
namespace {

using Body = absl::FunctionRef<void(int64_t, int64_t)>;

// Worker::state. The caller of Run() sets kWork; the worker sets the others.
enum : uint32_t { kSpinning, kSleeping, kWork };

struct alignas(64) Worker {
  std::atomic<uint32_t> state;
};

// What the workers do, written by the caller that holds `taken` before it sets any worker to kWork.
struct Job {
  const Body* body;
  int64_t tasks;
  int parts;
  int spin_micros;
  int processor;  // that the caller runs on, where there are two; else -1
  fenv_t environment;
  int raised;  // exception flags that were up in `environment`
};

// Everything is constant-initialised and never destroyed. One caller at a time owns the pool (`taken`) and everything
// that is not atomic.
struct Pool {
  alignas(64) std::atomic<bool> taken;
  int processors;   // that this process may use; 0: not asked yet
  int retry_after;  // calls that go without a worker that could not be created before the next attempt
  ThreadCreator create;

  Job job;
  uint16_t sleepers[kMaxThreads];  // workers of the job that were asleep
  // Sleepers in the list, once it is complete; and how many of them someone has begun to wake. Those that wake help to
  // wake the rest, so that many threads start in logarithmic time.
  std::atomic<int> sleeper_count;
  std::atomic<int> wake_cursor;

  alignas(64) std::atomic<uint32_t> pending;  // workers that have not finished the job; a futex of the caller
  std::atomic<bool> caller_sleeps;
  std::atomic<int> raised;  // exception flags that workers raised

  alignas(64) std::atomic<int> worker_count;
  std::atomic<int64_t> creation_failed;
  std::atomic<int64_t> inline_nested;
  std::atomic<int64_t> inline_busy;
  Worker workers[kMaxThreads - 1];
};

Pool g_pool = {};

// Set in workers, and in a caller while its own range runs.
thread_local bool t_in_body = false;

// A call that gets fewer threads than it asked for costs an attempt to create them, tens of microseconds; this many
// later calls are spared it.
constexpr int kRetryAfter = 1000;

// Moves to another processor take at most this share of a worker's time. One takes some microseconds, and milliseconds
// where another program keeps that processor busy.
constexpr int64_t kMoveShare = 16;

// A body that throws ends the process here rather than leave the pool taken.
void RunPart(const Body& body, int64_t tasks, int parts, int part) noexcept {
  const Range range = Partition(tasks, parts, part);
  body(range.begin, range.end);
}

void WakeSleepers() {
  const int count = g_pool.sleeper_count.load(std::memory_order_acquire);
  if (count == 0) return;
  for (int i; (i = g_pool.wake_cursor.fetch_add(1, std::memory_order_relaxed)) < count;)
    FutexWake(&g_pool.workers[g_pool.sleepers[i]].state);
}

// Returns when `self` has work; true if it had to be woken.
bool AwaitWork(Worker& self, int spin_micros) {
  const auto has_work = [&] { return self.state.load(std::memory_order_acquire) == kWork; };
  if (SpinUntil(has_work, spin_micros)) return false;
  uint32_t spinning = kSpinning;
  if (!self.state.compare_exchange_strong(spinning, kSleeping, std::memory_order_acq_rel)) return false;
  while (!has_work()) FutexWait(&self.state, kSleeping);
  return true;
}

// A worker that shares its caller's processor leaves it, from `*next_move` on.
void LeaveCaller(int processor, int64_t* next_move) {
  if (processor < 0 || processor != sched_getcpu()) return;
  if (MonotonicNanos() < *next_move) return;
  const int64_t spent = LeaveProcessor(processor);
  *next_move = MonotonicNanos() + kMoveShare * spent;
}

void* WorkerMain(void* index) {
  const int i = static_cast<int>(reinterpret_cast<intptr_t>(index));
  Worker& self = g_pool.workers[i];
  char name[16];
  snprintf(name, sizeof(name), "raptors-%d", i + 1);
  pthread_setname_np(pthread_self(), name);
  t_in_body = true;
  // A thread starts with the environment of its creator.
  fesetenv(FE_DFL_ENV);
  int64_t next_move = 0;
  for (int spin_micros = kSpinMicros;;) {
    if (AwaitWork(self, spin_micros)) WakeSleepers();
    const Job& job = g_pool.job;
    spin_micros = job.spin_micros;
    LeaveCaller(job.processor, &next_move);

    fesetenv(&job.environment);
    RunPart(*job.body, job.tasks, job.parts, i + 1);
    const int raised = fetestexcept(FE_ALL_EXCEPT) & ~job.raised;
    fesetenv(FE_DFL_ENV);
    if (raised != 0) g_pool.raised.fetch_or(raised, std::memory_order_relaxed);

    // Ready for the next job before the caller can know that this one is over.
    self.state.store(kSpinning, std::memory_order_relaxed);
    // Sequentially consistent, as in AwaitWorkers(): either this sees the caller asleep or the caller sees 0.
    if (g_pool.pending.fetch_sub(1) == 1 && g_pool.caller_sleeps.load()) FutexWake(&g_pool.pending);
  }
  return nullptr;
}

void AwaitWorkers(int spin_micros) {
  const auto done = [] { return g_pool.pending.load(std::memory_order_acquire) == 0; };
  if (SpinUntil(done, spin_micros)) return;
  g_pool.caller_sleeps.store(true);
  for (uint32_t pending; (pending = g_pool.pending.load()) != 0;) FutexWait(&g_pool.pending, pending);
  g_pool.caller_sleeps.store(false, std::memory_order_relaxed);
}

bool CreateWorker(int i) {
  g_pool.workers[i].state.store(kSpinning, std::memory_order_relaxed);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // The new thread inherits the mask. Signals sent to the process are for the program's own threads to handle; those of
  // faults stay, since a blocked one would end the process without calling its handler.
  sigset_t blocked, before;
  sigfillset(&blocked);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) sigdelset(&blocked, fault);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  const ThreadCreator create = g_pool.create != nullptr ? g_pool.create : &pthread_create;
  pthread_t thread;
  const bool created = create(&thread, &attributes, &WorkerMain, reinterpret_cast<void*>(intptr_t{i})) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return created;
}

// How many of `wanted` workers there are, after an attempt to create what is missing.
int EnsureWorkers(int wanted) {
  int count = g_pool.worker_count.load(std::memory_order_relaxed);
  if (count >= wanted) return wanted;
  if (g_pool.processors == 0) g_pool.processors = std::max(1u, std::thread::hardware_concurrency());
  if (g_pool.retry_after > 0) {
    --g_pool.retry_after;
  } else {
    while (count < wanted && CreateWorker(count)) ++count;
    g_pool.worker_count.store(count, std::memory_order_relaxed);
    if (count < wanted) g_pool.retry_after = kRetryAfter;
  }
  if (count < wanted) g_pool.creation_failed.fetch_add(1, std::memory_order_relaxed);
  return count;
}

// Only the forking thread is in the child. What the others had under way is forgotten; the workers' slots are filled
// again when they are needed.
void OnForkChild() {
  g_pool.taken.store(false, std::memory_order_relaxed);
  g_pool.processors = 0;
  g_pool.retry_after = 0;
  g_pool.pending.store(0, std::memory_order_relaxed);
  g_pool.caller_sleeps.store(false, std::memory_order_relaxed);
  g_pool.worker_count.store(0, std::memory_order_relaxed);
  g_pool.creation_failed.store(0, std::memory_order_relaxed);
  g_pool.inline_nested.store(0, std::memory_order_relaxed);
  g_pool.inline_busy.store(0, std::memory_order_relaxed);
}

// Registered while the program is loaded and no thread can fork in the middle of it. False before that, and where
// memory is so short that a later fork could not be handled.
const bool g_fork_handled = pthread_atfork(nullptr, nullptr, &OnForkChild) == 0;

// The caller's environment; the flags and masks in it go to the workers with the rest.
void StartJob(const Body& body, int64_t tasks, int parts) {
  Job& job = g_pool.job;
  job.body = &body;
  job.tasks = tasks;
  job.parts = parts;
  job.spin_micros = parts <= g_pool.processors ? kSpinMicros : 0;
  // With more processors a move could end on another worker's; no gain was measured there.
  job.processor = g_pool.processors == 2 && parts == 2 ? sched_getcpu() : -1;
  fegetenv(&job.environment);
  job.raised = fetestexcept(FE_ALL_EXCEPT);
  g_pool.raised.store(0, std::memory_order_relaxed);
  g_pool.sleeper_count.store(0, std::memory_order_relaxed);
  g_pool.wake_cursor.store(0, std::memory_order_relaxed);
  g_pool.pending.store(parts - 1, std::memory_order_relaxed);
  int sleepers = 0;
  for (int i = 0; i < parts - 1; ++i) {
    if (g_pool.workers[i].state.exchange(kWork, std::memory_order_acq_rel) == kSleeping)
      g_pool.sleepers[sleepers++] = static_cast<uint16_t>(i);
  }
  g_pool.sleeper_count.store(sleepers, std::memory_order_release);
}

RunResult RunInline(int64_t tasks, const Body& body, Inline reason) {
  body(0, tasks);
  return {1, reason};
}

}  // namespace

RunResult Run(int threads, int64_t tasks, Body body) {
  if (tasks <= 0) return {0, Inline::kNo};
  if (threads <= 1 || tasks == 1) return RunInline(tasks, body, Inline::kOneRange);
  if (t_in_body) {
    g_pool.inline_nested.fetch_add(1, std::memory_order_relaxed);
    return RunInline(tasks, body, Inline::kNested);
  }
  if (!g_fork_handled) {
    g_pool.creation_failed.fetch_add(1, std::memory_order_relaxed);
    return RunInline(tasks, body, Inline::kNoWorker);
  }
  if (g_pool.taken.load(std::memory_order_relaxed) || g_pool.taken.exchange(true, std::memory_order_acquire)) {
    g_pool.inline_busy.fetch_add(1, std::memory_order_relaxed);
    return RunInline(tasks, body, Inline::kBusy);
  }

  const int wanted = static_cast<int>(std::min<int64_t>(std::min(threads, kMaxThreads), tasks));
  const int parts = 1 + EnsureWorkers(wanted - 1);
  if (parts == 1) {
    g_pool.taken.store(false, std::memory_order_release);
    return RunInline(tasks, body, Inline::kNoWorker);
  }
  StartJob(body, tasks, parts);
  WakeSleepers();
  t_in_body = true;
  RunPart(body, tasks, parts, 0);
  t_in_body = false;
  AwaitWorkers(g_pool.job.spin_micros == 0 ? 0 : kCallerSpinMicros);
  const int raised = g_pool.raised.load(std::memory_order_relaxed);
  g_pool.taken.store(false, std::memory_order_release);
  if (raised != 0) feraiseexcept(raised);
  return {parts, parts == wanted ? Inline::kNo : Inline::kNoWorker};
}

Stats GetStats() {
  return {g_pool.worker_count.load(std::memory_order_relaxed), g_pool.creation_failed.load(std::memory_order_relaxed),
          g_pool.inline_nested.load(std::memory_order_relaxed), g_pool.inline_busy.load(std::memory_order_relaxed)};
}

void SetThreadCreatorForTest(ThreadCreator creator) {
  g_pool.create = creator;
  g_pool.retry_after = 0;
}

}  // namespace raptors::parallel
