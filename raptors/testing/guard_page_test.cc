// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/guard_page.h"

#include <stdint.h>

#include "gtest/gtest.h"

namespace raptors::test {
namespace {

void WriteByte(char* at) { *static_cast<volatile char*>(at) = 1; }
char ReadByte(const char* at) { return *static_cast<const volatile char*>(at); }

TEST(GuardedBufferTest, EveryByteInsideIsUsable) {
  for (const int64_t bytes : {0, 1, 7, 4095, 4096, 4097, 100000}) {
    for (const auto flush : {GuardedBuffer::Flush::kStart, GuardedBuffer::Flush::kEnd}) {
      GuardedBuffer buffer(bytes, flush);
      for (int64_t i = 0; i < bytes; ++i) {
        EXPECT_EQ(buffer.data()[i], 0);
        WriteByte(buffer.data() + i);
      }
      EXPECT_TRUE(buffer.SlackIntact());
    }
  }
}

TEST(GuardedBufferTest, SeesAStoreIntoTheSlack) {
  GuardedBuffer before(100, GuardedBuffer::Flush::kEnd);
  WriteByte(before.data() - 1);
  EXPECT_FALSE(before.SlackIntact());
  GuardedBuffer behind(100, GuardedBuffer::Flush::kStart);
  WriteByte(behind.data() + 100);
  EXPECT_FALSE(behind.SlackIntact());
}

using GuardedBufferDeathTest = ::testing::Test;

TEST(GuardedBufferDeathTest, FaultsOutside) {
  const GuardedBuffer end(100, GuardedBuffer::Flush::kEnd);
  EXPECT_DEATH(ReadByte(end.data() + 100), "");
  const GuardedBuffer start(100, GuardedBuffer::Flush::kStart);
  EXPECT_DEATH(ReadByte(start.data() - 1), "");
}

TEST(GuardedBufferDeathTest, FaultsOnAStoreWhenReadOnly) {
  GuardedBuffer buffer(100, GuardedBuffer::Flush::kEnd);
  buffer.MakeReadOnly();
  EXPECT_EQ(ReadByte(buffer.data()), 0);
  EXPECT_DEATH(WriteByte(buffer.data()), "");
}

}  // namespace
}  // namespace raptors::test
