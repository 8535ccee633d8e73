// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The stand-ins of glibc_compat.c, linked into this program as they are into the extension.

#include <math.h>

#include <new>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace {

__attribute__((noinline)) int Throw(int depth) {
  if (depth == 0) throw std::bad_alloc();
  // Not a tail call: a frame to unwind.
  return Throw(depth - 1) + 1;
}

TEST(GlibcCompatTest, ExceptionsAreCaught) {
  for (int i = 0; i < 100; ++i) {
    bool caught = false;
    try {
      Throw(10);
    } catch (const std::bad_alloc&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
  }
  EXPECT_THROW(std::string().at(1), std::exception);
}

TEST(GlibcCompatTest, Hypot) {
  volatile double x = 3e200, y = 4e200;
  EXPECT_DOUBLE_EQ(hypot(x, y), 5e200);
  volatile float a = 3, b = 4;
  EXPECT_EQ(hypotf(a, b), 5);
}

TEST(GlibcCompatTest, RandomDevice) {
  std::random_device device;
  const unsigned first = device();
  bool differs = false;
  for (int i = 0; i < 10; ++i) differs = differs || device() != first;
  EXPECT_TRUE(differs);
}

}  // namespace
