// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/aliased_memory.h"

#include <stdint.h>
#include <string.h>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace raptors::test {
namespace {

TEST(AliasedMemoryTest, RepeatsOutsideOfWindows) {
  constexpr int64_t kPeriod = AliasedMemory::kPeriod;
  constexpr int64_t kBytes = int64_t{5} << 30;
  absl::StatusOr<AliasedMemory> memory = AliasedMemory::Create(kBytes - 7);
  if (!memory.ok()) GTEST_SKIP() << memory.status();
  ASSERT_EQ(memory->bytes(), kBytes);
  char* const data = memory->data();
  for (const int64_t offset : {int64_t{0}, kPeriod, int64_t{1} << 32, kBytes - kPeriod}) {
    data[offset + 4096 * 3 + 5] = 'a';
    EXPECT_EQ(data[kPeriod * 7 + 4096 * 3 + 5], 'a');
    data[4096 * 3 + 5] = 'b';
    EXPECT_EQ(data[offset + 4096 * 3 + 5], 'b');
  }
  const int64_t window = (int64_t{1} << 32) + 4096 * 3 + 5;
  ASSERT_TRUE(memory->AddWindow(window, 1).ok());
  ASSERT_EQ(memory->windows().size(), 1u);
  EXPECT_LE(memory->windows()[0].offset, window);
  EXPECT_EQ(data[window], 'b') << "a window begins with what was there";
  data[window] = 'c';
  EXPECT_EQ(data[4096 * 3 + 5], 'b');
  data[4096 * 3 + 5] = 'd';
  EXPECT_EQ(data[window], 'c');
}

TEST(AliasedMemoryTest, ARefusalIsAStatus) {
  const absl::StatusOr<AliasedMemory> memory = AliasedMemory::Create(int64_t{1} << 60);
  EXPECT_EQ(memory.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace raptors::test
