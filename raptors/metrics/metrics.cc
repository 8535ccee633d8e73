// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/metrics/metrics.h"

#include <pthread.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <mutex>  // NOLINT(build/c++11): held over fork() by handlers, which absl::Mutex cannot be
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "raptors/metrics/choice_key.h"
#include "raptors/metrics/metrics_testing.h"

namespace raptors::metrics {
namespace {

using Count = std::atomic<uint64_t>;

// A cell is written by the thread that owns the table, and read by whoever takes a snapshot.
struct Cell {
  std::atomic<uint64_t> key;  // 0: empty; set once, after the first count
  Count count;
};

// One thread's counts. Zero-initialised memory is an empty table.
struct Table {
  Cell cells[kTableCells];
  Count overflow;
  Count counters[kNumCounters];
  std::atomic<uint64_t> last_key;  // of the owner's last call; 0: none

  // Under the registry's lock.
  Table* next;
  bool free;   // no thread's, and empty
  bool ended;  // its thread ended; counts not merged yet
  // What Reset() found. The owner may be adding just then, so that its counts themselves cannot be set back.
  uint64_t base[kTableCells];
  uint64_t overflow_base;
  uint64_t counter_base[kNumCounters];
};

// Probes before a choice goes to the overflow cell. With triangular steps a table three quarters full fails one new
// choice in a hundred.
constexpr int kMaxProbes = 16;
constexpr int kHashShift = 64 - 9;
static_assert(kTableCells == 1 << (64 - kHashShift));

// The sum over threads that ended: an open-addressing map that grows, except where memory is short.
class Retained {
 public:
  // False, and nothing added, where the map is full and cannot grow.
  bool Add(uint64_t key, uint64_t count) {
    if (size_ * 4 >= capacity_ * 3 && !Grow()) return false;
    *Find(key) += count;
    return true;
  }
  template <typename F>
  void ForEach(F f) const {
    for (size_t i = 0; i < capacity_; ++i)
      if (slots_[i].key != 0) f(slots_[i].key, slots_[i].count);
  }
  void Clear() {
    for (size_t i = 0; i < capacity_; ++i) slots_[i] = {0, 0};
    size_ = 0;
    overflow = 0;
    for (uint64_t& counter : counters) counter = 0;
  }

  uint64_t overflow;
  uint64_t counters[kNumCounters];

 private:
  struct Slot {
    uint64_t key;
    uint64_t count;
  };

  uint64_t* Find(uint64_t key) {
    size_t i = (key * 0x9E3779B97F4A7C15u) >> 32;
    for (;; ++i) {
      Slot& slot = slots_[i & (capacity_ - 1)];
      if (slot.key == 0) {
        slot.key = key;
        ++size_;
      }
      if (slot.key == key) return &slot.count;
    }
  }

  bool Grow() {
    const size_t old_capacity = capacity_;
    Slot* const old = slots_;
    Slot* const grown = static_cast<Slot*>(calloc(old_capacity == 0 ? 256 : 2 * old_capacity, sizeof(Slot)));
    if (grown == nullptr) return false;
    slots_ = grown;
    capacity_ = old_capacity == 0 ? 256 : 2 * old_capacity;
    size_ = 0;
    for (size_t i = 0; i < old_capacity; ++i)
      if (old[i].key != 0) *Find(old[i].key) = old[i].count;
    free(old);
    return true;
  }

  Slot* slots_;
  size_t capacity_;
  size_t size_;
};

// Everything below is constant-initialised and never destroyed, so that counting works at any time.
std::atomic<bool> g_enabled{true};
std::mutex g_mutex;  // guards the list of tables and their registry fields, and g_retained
Table* g_tables;
Retained g_retained;
// Calls and events of threads that could not have a table.
Count g_lost{0};
Count g_lost_counters[kNumCounters];
uint64_t g_lost_base;
uint64_t g_lost_counter_base[kNumCounters];
pthread_key_t g_thread_end;
bool g_has_thread_end;

struct Local {
  Table* table;
  uint64_t last_key;
};
thread_local Local t_local;  // trivial: no constructor guard on the way to it, and no destructor

uint64_t Load(const Count& count) { return count.load(std::memory_order_relaxed); }

// One more, by the only thread that writes this count.
void Increment(Count& count) { count.store(Load(count) + 1, std::memory_order_relaxed); }

// Adds f(key, count) for every cell in use. The key is read first: it was written after the first count.
template <typename F>
void ForEachCell(const Table& table, F f) {
  for (int i = 0; i < kTableCells; ++i) {
    const uint64_t key = table.cells[i].key.load(std::memory_order_acquire);
    if (key != 0) f(i, key, Load(table.cells[i].count) - table.base[i]);
  }
}

// Moves the counts of threads that ended to g_retained and frees their tables for others. A table for which memory
// is short keeps its remaining counts until the next time.
void MergeEnded() {
  for (Table* table = g_tables; table != nullptr; table = table->next) {
    if (!table->ended) continue;
    bool merged = true;
    ForEachCell(*table, [&](int i, uint64_t key, uint64_t count) {
      if (count == 0) return;
      if (g_retained.Add(key, count))
        table->base[i] += count;
      else
        merged = false;
    });
    if (!merged) continue;
    g_retained.overflow += Load(table->overflow) - table->overflow_base;
    for (int i = 0; i < kNumCounters; ++i) g_retained.counters[i] += Load(table->counters[i]) - table->counter_base[i];

    for (Cell& cell : table->cells) {
      cell.key.store(0, std::memory_order_relaxed);
      cell.count.store(0, std::memory_order_relaxed);
    }
    table->overflow.store(0, std::memory_order_relaxed);
    for (Count& counter : table->counters) counter.store(0, std::memory_order_relaxed);
    table->last_key.store(0, std::memory_order_relaxed);
    std::fill(std::begin(table->base), std::end(table->base), 0);
    table->overflow_base = 0;
    std::fill(std::begin(table->counter_base), std::end(table->counter_base), 0);
    table->ended = false;
    table->free = true;
  }
}

// Runs when a thread with a table ends, after the destructors of its thread_local objects. A record made later still
// (by the destructor of another key) takes a table again, and this runs again.
void OnThreadEnd(void* table) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  t_local.table = nullptr;
  static_cast<Table*>(table)->ended = true;
  MergeEnded();
}

// In a forked child only the forking thread goes on.
void OnForkChild() {
  for (Table* table = g_tables; table != nullptr; table = table->next)
    if (table != t_local.table && !table->free) table->ended = true;
  g_mutex.unlock();
}

// While the program is loaded and no thread can fork in the middle of it. What is counted before is counted all the
// same.
[[maybe_unused]] const bool g_registered = [] {
  // Without the key (there are 1024 for a process), tables of ended threads stay as they are: counted, not reused.
  g_has_thread_end = pthread_key_create(&g_thread_end, &OnThreadEnd) == 0;
  // Fails only where memory is short; then a fork during a snapshot could leave the child's lock taken.
  pthread_atfork([] { g_mutex.lock(); }, [] { g_mutex.unlock(); }, &OnForkChild);
  return true;
}();

// The table for a thread that has none; nullptr where memory is short.
ABSL_ATTRIBUTE_NOINLINE Table* AcquireTable() {
  Table* table;
  {
    const std::lock_guard<std::mutex> lock(g_mutex);
    MergeEnded();
    for (table = g_tables; table != nullptr && !table->free; table = table->next) {
    }
    if (table == nullptr) {
      table = static_cast<Table*>(calloc(1, sizeof(Table)));
      if (table == nullptr) return nullptr;
      table->next = g_tables;
      g_tables = table;
    }
    table->free = false;
    t_local.table = table;
  }
  if (g_has_thread_end) pthread_setspecific(g_thread_end, table);
  return table;
}

}  // namespace

void RecordBackendChoice(const Choice& choice) {
  const uint64_t key = PackChoice(choice);
  Local& local = t_local;
  local.last_key = key;
  if (ABSL_PREDICT_FALSE(!g_enabled.load(std::memory_order_relaxed))) return;
  Table* table = local.table;
  if (ABSL_PREDICT_FALSE(table == nullptr)) {
    table = AcquireTable();
    if (table == nullptr) {
      g_lost.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
  table->last_key.store(key, std::memory_order_relaxed);
  uint64_t at = (key * 0x9E3779B97F4A7C15u) >> kHashShift;
  for (int probe = 1; probe <= kMaxProbes; ++probe) {
    Cell& cell = table->cells[at & (kTableCells - 1)];
    const uint64_t found = cell.key.load(std::memory_order_relaxed);
    if (ABSL_PREDICT_TRUE(found == key)) {
      Increment(cell.count);
      return;
    }
    if (found == 0) {
      Increment(cell.count);
      cell.key.store(key, std::memory_order_release);
      return;
    }
    at += probe;
  }
  Increment(table->overflow);
}

void Bump(Counter counter) {
  if (!Enabled()) return;
  const int i = static_cast<int>(counter);
  Table* table = t_local.table;
  if (table == nullptr) table = AcquireTable();
  if (table == nullptr) {
    g_lost_counters[i].fetch_add(1, std::memory_order_relaxed);
  } else {
    Increment(table->counters[i]);
  }
}

bool LastDecision(Choice* choice) {
  if (t_local.last_key == 0) return false;
  *choice = UnpackChoice(t_local.last_key);
  return true;
}

void SetEnabled(bool enabled) { g_enabled.store(enabled, std::memory_order_relaxed); }

bool Enabled() { return g_enabled.load(std::memory_order_relaxed); }

uint64_t Snapshot::Calls() const {
  uint64_t calls = overflow;
  for (const Entry& entry : entries) calls += entry.count;
  return calls;
}

Snapshot TakeSnapshot() {
  Snapshot snapshot;
  std::vector<std::pair<uint64_t, uint64_t>> cells;  // key, count
  std::vector<uint64_t> last;                        // keys
  {
    const std::lock_guard<std::mutex> lock(g_mutex);
    const auto add = [&](uint64_t key, uint64_t count) {
      if (count != 0) cells.emplace_back(key, count);
    };
    g_retained.ForEach(add);
    snapshot.overflow = g_retained.overflow + Load(g_lost) - g_lost_base;
    for (int i = 0; i < kNumCounters; ++i)
      snapshot.counters[i] = g_retained.counters[i] + Load(g_lost_counters[i]) - g_lost_counter_base[i];
    for (const Table* table = g_tables; table != nullptr; table = table->next) {
      ForEachCell(*table, [&](int, uint64_t key, uint64_t count) { add(key, count); });
      snapshot.overflow += Load(table->overflow) - table->overflow_base;
      for (int i = 0; i < kNumCounters; ++i) snapshot.counters[i] += Load(table->counters[i]) - table->counter_base[i];
      const uint64_t last_key = table->last_key.load(std::memory_order_relaxed);
      if (last_key != 0 && !table->ended) last.push_back(last_key);
    }
  }
  std::sort(last.begin(), last.end());
  for (const uint64_t key : last) snapshot.last.push_back(UnpackChoice(key));
  std::sort(cells.begin(), cells.end());
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0 && cells[i].first == cells[i - 1].first)
      snapshot.entries.back().count += cells[i].second;
    else
      snapshot.entries.push_back({UnpackChoice(cells[i].first), cells[i].second});
  }
  return snapshot;
}

void Reset() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_retained.Clear();
  g_lost_base = Load(g_lost);
  for (int i = 0; i < kNumCounters; ++i) g_lost_counter_base[i] = Load(g_lost_counters[i]);
  for (Table* table = g_tables; table != nullptr; table = table->next) {
    for (int i = 0; i < kTableCells; ++i) table->base[i] = Load(table->cells[i].count);
    table->overflow_base = Load(table->overflow);
    for (int i = 0; i < kNumCounters; ++i) table->counter_base[i] = Load(table->counters[i]);
    table->last_key.store(0, std::memory_order_relaxed);
  }
}

int TableCountForTest() {
  const std::lock_guard<std::mutex> lock(g_mutex);
  int count = 0;
  for (const Table* table = g_tables; table != nullptr; table = table->next) ++count;
  return count;
}

}  // namespace raptors::metrics
