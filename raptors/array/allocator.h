// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The allocator of owned arrays and of the library's scratch memory: aligned blocks that are kept and reused, because
// fresh pages cost more (a fault and a clearing of every 4 KiB) than most operations on them.
//
//   raptors::SetMemoryCap(64 << 20);                    // keep at most 64 MiB of unused blocks
//   int64_t freed = raptors::ReleaseMemory();           // give all unused blocks back now
//   raptors::AllocatorStats stats = raptors::MemoryStats();
//
// Blocks are rounded up to size classes, eight to a power of two (at most 1/8 of a block is slack). A freed block is
// kept while the kept bytes fit under the cap; those unused for longest go first. A block above the cap is returned
// at once. Blocks from kHugeBlock bytes on come straight from the kernel, aligned to a huge page, and go straight back.
//
// Thread safety: all functions may be called from any thread. fork() is safe at any time: the child has its own copy of
// the blocks. Nothing here aborts: failure is a null block.
// Complexity: O(1) for a block that is found in its class; a mutex is taken, so operations with `out` do not come here.

#ifndef RAPTORS_ARRAY_ALLOCATOR_H_
#define RAPTORS_ARRAY_ALLOCATOR_H_

#include <stdint.h>

#include <mutex>

namespace raptors {

struct AllocatorStats {
  int64_t bytes_in_use = 0;  // handed out and not yet freed, in size classes
  int64_t bytes_cached = 0;  // kept for reuse
  int64_t cap = 0;           // limit of bytes_cached
  int64_t hits = 0;          // allocations served by a kept block
  int64_t misses = 0;        // allocations that needed new memory, whether or not they got it
};

// Frees every kept block. Returns how many bytes that were.
int64_t ReleaseMemory();
// Sets the limit of kept bytes (0: keep nothing; negative counts as 0) and frees what exceeds it. Returns the old
// limit.
int64_t SetMemoryCap(int64_t bytes);
AllocatorStats MemoryStats();

// Every block starts at a multiple of this: a cache line, and the widest vector register.
inline constexpr int64_t kBlockAlignment = 64;
// Blocks from this size on are aligned to it: the huge page of x86-64 and of aarch64 with 4 KiB pages.
inline constexpr int64_t kHugeBlock = int64_t{2} << 20;
// The default cap: four results of 16 Mi float32 elements, the largest for which allocation is still a sizable part of
// an operation's time.
inline constexpr int64_t kDefaultMemoryCap = int64_t{256} << 20;

// The mechanism behind the functions above. They use Global(); tests make their own.
class Allocator {
 public:
  struct Block {
    void* data = nullptr;
    int64_t bytes = 0;  // of its size class; what Free() wants back
  };

  explicit constexpr Allocator(int64_t cap) : cap_(cap < 0 ? 0 : cap) {}
  ~Allocator() { Release(); }
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;

  // Never destroyed, so that arrays with static storage duration may end after it.
  static Allocator& Global();

  // Uninitialised memory of at least `bytes` (0 counts as 1); data is null when there is none or bytes is negative.
  Block Allocate(int64_t bytes);
  // Takes a block of Allocate() back. A null block is ignored.
  void Free(Block block);

  int64_t Release();
  int64_t SetCap(int64_t bytes);
  AllocatorStats stats() const;

  // For tests: the k-th call of Allocate() from now (1: the next) fails, once. 0 cancels.
  void FailAllocationForTesting(int64_t k);

  // The size class of a request: at least `bytes`, at most 9/8 of it for requests from 512 bytes on.
  static int64_t ClassSize(int64_t bytes);

 private:
  // Stands in the first bytes of a kept block.
  struct Node {
    Node* class_next;
    Node* class_prev;
    Node* newer;
    Node* older;
    int64_t bytes;
  };
  // Classes reach from 64 bytes to the whole address space.
  static constexpr int kNumClasses = 8 * 58;
  static int ClassIndex(int64_t class_size);
  static void BeforeFork();
  static void AfterFork();
  static const bool fork_handled_;

  void Unlink(Node* node);
  // Takes kept blocks, the oldest first, until the kept bytes are at most `limit`; returns them chained by `older`.
  Node* TakeDownTo(int64_t limit);
  static int64_t FreeChain(Node* node);

  // A std::mutex, not an absl::Mutex: unlocking one of those in a forked child can wait for waiters that only the
  // parent has.
  mutable std::mutex mutex_;
  Node* classes_[kNumClasses] = {};
  Node* newest_ = nullptr;
  Node* oldest_ = nullptr;
  int64_t cap_;
  int64_t in_use_ = 0;
  int64_t cached_ = 0;
  int64_t hits_ = 0;
  int64_t misses_ = 0;
  int64_t fail_in_ = 0;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_ALLOCATOR_H_
