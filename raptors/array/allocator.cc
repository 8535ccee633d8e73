// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/allocator.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <atomic>
#include <new>

#include "absl/base/config.h"
#include "absl/base/optimization.h"

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace raptors {
namespace {

// Kept memory and the slack behind a request are nobody's: AddressSanitizer reports whoever touches them.
void Poison([[maybe_unused]] void* begin, [[maybe_unused]] int64_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  ASAN_POISON_MEMORY_REGION(begin, static_cast<size_t>(bytes));
#endif
}

void Unpoison([[maybe_unused]] void* begin, [[maybe_unused]] int64_t bytes) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  ASAN_UNPOISON_MEMORY_REGION(begin, static_cast<size_t>(bytes));
#endif
}

// Huge blocks are mapped one by one: the C library would keep them (its threshold for mapping grows with what is
// freed), and would not align them.
void* SystemAllocate(int64_t bytes) {
  const auto size = static_cast<size_t>(bytes);
  if (bytes < kHugeBlock) return aligned_alloc(kBlockAlignment, size);
  const auto mapped = size + kHugeBlock;
  void* const address = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return nullptr;
  char* const begin = static_cast<char*>(address);
  const size_t before = (kHugeBlock - reinterpret_cast<uintptr_t>(begin) % kHugeBlock) % kHugeBlock;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + size, kHugeBlock - before);
  return begin + before;
}

void SystemFree(void* data, int64_t bytes) {
  Unpoison(data, bytes);
  if (bytes < kHugeBlock) {
    free(data);
  } else {
    munmap(data, static_cast<size_t>(bytes));
  }
}

constexpr int kStepsPerDoubling = 8;
// The largest base page there is (aarch64); a multiple of all smaller ones.
constexpr int64_t kPage = int64_t{64} << 10;
// Beyond this no request can succeed, and rounding up might overflow.
constexpr int64_t kMaxRequest = int64_t{1} << 60;

int64_t RoundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

int FloorLog2(int64_t value) { return 63 - __builtin_clzll(static_cast<uint64_t>(value)); }

}  // namespace

// Up to 512 bytes the classes are the multiples of 64; above, each doubling has eight equal steps. From kHugeBlock on
// every step is a multiple of a page, as mappings are.
int64_t Allocator::ClassSize(int64_t bytes) {
  if (bytes <= kBlockAlignment) return kBlockAlignment;
  const int64_t doubling = int64_t{1} << FloorLog2(bytes - 1);
  const int64_t step = doubling / kStepsPerDoubling;
  return RoundUp(bytes, step < kBlockAlignment ? kBlockAlignment : step);
}

int Allocator::ClassIndex(int64_t class_size) {
  const int64_t doubling = int64_t{1} << FloorLog2(class_size);
  const int64_t step = doubling / kStepsPerDoubling;
  const int64_t steps = step == 0 ? 0 : (class_size - doubling) / step;
  return (FloorLog2(class_size) - 6) * kStepsPerDoubling + static_cast<int>(steps);
}

// Initialised before any code runs, so that no guard of a static can be held by another thread while this one forks;
// never destroyed.
union ImmortalAllocator {
  constexpr ImmortalAllocator() : allocator(kDefaultMemoryCap) {}
  ~ImmortalAllocator() {}
  Allocator allocator;
};
static ImmortalAllocator g_immortal;

Allocator& Allocator::Global() {
  static_assert(kBlockAlignment >= static_cast<int64_t>(sizeof(Node)), "a node stands in the smallest block");
  return g_immortal.allocator;
}

void Allocator::BeforeFork() { g_immortal.allocator.mutex_.lock(); }
void Allocator::AfterFork() { g_immortal.allocator.mutex_.unlock(); }

// Without handlers a child forked while another thread holds the mutex would wait forever. Registered while the program
// is loaded and no thread can fork in the middle of it; where the C library has no room for them (ENOMEM), nothing else
// is lost.
const bool Allocator::fork_handled_ = pthread_atfork(BeforeFork, AfterFork, AfterFork) == 0;

Allocator::Block Allocator::Allocate(int64_t bytes) {
  if (bytes < 0 || bytes > kMaxRequest) return {};
  int64_t size = ClassSize(bytes);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (fail_in_ > 0 && --fail_in_ == 0) {
      ++misses_;
      return {};
    }
    // A block that can never be kept needs no slack.
    if (size > cap_) size = RoundUp(bytes < 1 ? 1 : bytes, bytes >= kHugeBlock ? kPage : kBlockAlignment);
    if (size <= cap_) {
      if (Node* const node = classes_[ClassIndex(size)]; node != nullptr) {
        Unlink(node);
        ++hits_;
        in_use_ += size;
        Unpoison(node, bytes);
        return {node, size};
      }
    }
    ++misses_;
    in_use_ += size;
  }
  void* data = SystemAllocate(size);
  if (data == nullptr && Release() > 0) data = SystemAllocate(size);
  if (data == nullptr) {
    std::lock_guard<std::mutex> lock(mutex_);
    in_use_ -= size;
    return {};
  }
  Poison(static_cast<char*>(data) + bytes, size - bytes);
  return {data, size};
}

void Allocator::Free(Block block) {
  if (block.data == nullptr) return;
  Node* evicted = nullptr;
  bool kept = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    in_use_ -= block.bytes;
    // A size that is no class was made above the cap; the cap may have risen since.
    if (block.bytes <= cap_ && block.bytes == ClassSize(block.bytes)) {
      evicted = TakeDownTo(cap_ - block.bytes);
      Unpoison(block.data, sizeof(Node));
      Node** const head = &classes_[ClassIndex(block.bytes)];
      Node* const node = new (block.data) Node{*head, nullptr, nullptr, newest_, block.bytes};
      if (*head != nullptr) (*head)->class_prev = node;
      *head = node;
      (newest_ != nullptr ? newest_->newer : oldest_) = node;
      newest_ = node;
      cached_ += block.bytes;
      kept = true;
      Poison(static_cast<char*>(block.data) + sizeof(Node), block.bytes - static_cast<int64_t>(sizeof(Node)));
    }
  }
  if (!kept) SystemFree(block.data, block.bytes);
  FreeChain(evicted);
}

void Allocator::Unlink(Node* node) {
  (node->class_prev != nullptr ? node->class_prev->class_next : classes_[ClassIndex(node->bytes)]) = node->class_next;
  if (node->class_next != nullptr) node->class_next->class_prev = node->class_prev;
  (node->newer != nullptr ? node->newer->older : newest_) = node->older;
  (node->older != nullptr ? node->older->newer : oldest_) = node->newer;
  cached_ -= node->bytes;
}

Allocator::Node* Allocator::TakeDownTo(int64_t limit) {
  Node* taken = nullptr;
  while (cached_ > limit) {
    Node* const node = oldest_;
    Unlink(node);
    node->older = taken;
    taken = node;
  }
  return taken;
}

int64_t Allocator::Release() {
  Node* taken;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    taken = TakeDownTo(0);
  }
  return FreeChain(taken);
}

int64_t Allocator::SetCap(int64_t bytes) {
  Node* taken;
  int64_t old;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    old = cap_;
    cap_ = bytes < 0 ? 0 : bytes;
    taken = TakeDownTo(cap_);
  }
  FreeChain(taken);
  return old;
}

int64_t Allocator::FreeChain(Node* node) {
  int64_t bytes = 0;
  while (node != nullptr) {
    Node* const next = node->older;
    bytes += node->bytes;
    SystemFree(node, node->bytes);
    node = next;
  }
  return bytes;
}

AllocatorStats Allocator::stats() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {in_use_, cached_, cap_, hits_, misses_};
}

void Allocator::FailAllocationForTesting(int64_t k) {
  std::lock_guard<std::mutex> lock(mutex_);
  fail_in_ = k;
}

int64_t ReleaseMemory() { return Allocator::Global().Release(); }
int64_t SetMemoryCap(int64_t bytes) { return Allocator::Global().SetCap(bytes); }
AllocatorStats MemoryStats() { return Allocator::Global().stats(); }

}  // namespace raptors
