// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What tests of huge arrays share: sizes around which 32-bit numbers end, operands of that size over a little memory,
// with windows of their own where something could go wrong, and which of the many calls are made.

#ifndef RAPTORS_OPS_CONFORMANCE_HUGE_ARRAYS_H_
#define RAPTORS_OPS_CONFORMANCE_HUGE_ARRAYS_H_

#include <stdint.h>
#include <string.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/testing/aliased_memory.h"

namespace raptors::test {

inline constexpr int64_t kHugeSizes[] = {(int64_t{1} << 31) - 1, (int64_t{1} << 31) + 1, (int64_t{1} << 32) + 3};

// The memory of one operand: room for 2^32 + 3 elements of 4 bytes or 2^31 + 1 of 8, and some behind. Outside of its
// windows the contents repeat. All operands have windows at the same places: where signed and unsigned numbers of 32
// bits end, counted in bytes and in elements, so that every operand of kHugeSizes ends in one, and at places of a seed.
class HugeOperand {
 public:
  // Elements begin `lead` bytes behind a page's start. An output's windows reach further than those of inputs, so that
  // elsewhere all inputs repeat.
  enum class Role { kInput, kOutput };
  static absl::StatusOr<std::unique_ptr<HugeOperand>> Create(int64_t lead, Role role);

  template <typename T>
  T* At(int64_t i) const {
    return reinterpret_cast<T*>(memory_.data() + lead_) + i;
  }
  // The first `n` elements.
  template <typename T>
  MutableArrayView View(int64_t n) const {
    return *MutableArrayView::Create(At<T>(0), {n});
  }

  // Elements after which the contents repeat, and the first one of a period that has no window, of any operand, in or
  // beside it.
  template <typename T>
  static constexpr int64_t Period() {
    return AliasedMemory::kPeriod / static_cast<int64_t>(sizeof(T));
  }
  template <typename T>
  int64_t CleanPeriod() const {
    return clean_ / static_cast<int64_t>(sizeof(T));
  }

  // Sets the elements that repeat to base(i), 0 <= i < Period(), for element CleanPeriod() + i; those in windows to
  // window(i) for element i.
  template <typename T, typename Base, typename InWindow>
  void Fill(Base base, InWindow window) const {
    for (int64_t i = 0; i < Period<T>(); ++i) *At<T>(CleanPeriod<T>() + i) = base(i);
    ForEachInWindow<T>([&](int64_t i) { *At<T>(i) = window(i); });
  }
  // Sets every byte.
  void FillBytes(unsigned char value) const {
    memset(memory_.data() + clean_, value, AliasedMemory::kPeriod);
    for (const AliasedMemory::Window& window : memory_.windows()) {
      memset(memory_.data() + window.offset, value, static_cast<size_t>(window.bytes));
    }
  }

  // f(i) for every whole element in a window.
  template <typename T, typename F>
  void ForEachInWindow(F f) const {
    constexpr int64_t kItem = sizeof(T);
    for (const AliasedMemory::Window& window : memory_.windows()) {
      const int64_t begin = window.offset - lead_, end = begin + window.bytes;
      for (int64_t i = begin < 0 ? 0 : (begin + kItem - 1) / kItem; i < end / kItem; ++i) f(i);
    }
  }

 private:
  HugeOperand(AliasedMemory memory, int64_t lead, int64_t clean)
      : memory_(std::move(memory)), lead_(lead), clean_(clean) {}

  AliasedMemory memory_;
  int64_t lead_;
  int64_t clean_;  // a multiple of the period
};

// Whether to make every call, for a minute or two: the environment has RAPTORS_TEST_ALL_CALLS.
bool AllCalls();

// Skips tests where the memory cannot be had.
class HugeArraysTest : public testing::Test {
 protected:
  static constexpr char kTooMany[] = "billions of elements are too many for an emulator";

  void SetUp() override;

  // The output is 0, inputs are 1 to 3. They are made once and left to the end of the process.
  static const HugeOperand& operand(int k);

  // Calls check(n) for each of kHugeSizes on a level of its own, which is another one for the next operation; if
  // AllCalls(), on every level.
  static void AtSizesOnLevels(Op op, const std::function<void(int64_t n)>& check);
};

}  // namespace raptors::test

#endif  // RAPTORS_OPS_CONFORMANCE_HUGE_ARRAYS_H_
