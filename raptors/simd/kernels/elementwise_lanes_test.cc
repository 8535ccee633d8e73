// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Position, length and address do not matter to any map kernel of any level: every length with every offset and every
// stride, guard pages on both sides of every length, and each special value in every lane of body and tail.

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/op.h"
#include "raptors/simd/kernels/map_check.h"
#include "raptors/simd/kernels/map_kernels.h"
#include "raptors/testing/emulator.h"

namespace raptors {
namespace {

// What is cheap natively is slow under an emulator, which does a share of the lengths after the first hundred.
const int64_t kStep = test::IsEmulated() ? 61 : 1;

int64_t NextLength(int64_t n) { return n < 100 ? n + 1 : n + kStep; }

class MapLanesTest : public MapKernelTest {};

// Each length with four of the 16 offsets at one operation and dtype: the four of them that follow each other in the
// table, as operations and dtypes do, meet all 16. Strides likewise, of one operand after the other.
TEST_P(MapLanesTest, EveryLengthOffsetAndStride) {
  const int64_t i = item();
  const int64_t steps[] = {0, i, -i, 2 * i, 3 * i, -2 * i, 113 * i, i + 1};
  for (int64_t n = 1; n <= 1025; n = NextLength(n)) {
    for (int64_t part = 0; part < 4; ++part) {
      const int64_t turn = n + 4 * part + static_cast<int64_t>(entry().op) + static_cast<int64_t>(entry().dtype);
      MapCase c = AllDense(1, n);
      for (int k = 0; k <= inputs(); ++k) c.operand[k].offset = (turn + 5 * k) % 16 * i;
      c.stream = turn % 3 == 0;
      Check(c);
      if (n > 300 && (turn / 4) % 4 != part) continue;  // a step of 113 elements takes memory, and time
      const int64_t step = steps[turn % 8];
      const int k = static_cast<int>(turn / 8 % (inputs() + 1));
      if (k == 0 && step < i) continue;  // elements of an output are apart
      c.operand[k].col = step;
      Check(c);
    }
  }
}

TEST_P(MapLanesTest, GuardPagesAtEveryLength) {
  const int64_t i = item();
  for (int64_t n = 1; n <= 1025; n = NextLength(n)) {
    MapCase c = AllDense(1, n);
    c.guard_pages = true;
    // The operations and dtypes that follow have the pages on the other side.
    const bool at_start = (n + static_cast<int64_t>(entry().op) + static_cast<int64_t>(entry().dtype)) % 2 == 0;
    c.flush = at_start ? test::GuardedBuffer::Flush::kStart : test::GuardedBuffer::Flush::kEnd;
    c.stream = n % 5 == 0;
    // Every third length with a step in one of the inputs.
    if (n % 3 == 0) c.operand[1 + n % inputs()].col = n % 4 < 2 ? 2 * i : -i;
    Check(c);
  }
}

// One special value, in one operand after the other, at every place of a body of some vectors and of its tail.
TEST_P(MapLanesTest, SpecialValuesInEveryLane) {
  for (const int64_t n : {int64_t{149}, int64_t{33}}) {
    for (int operand = 1; operand <= inputs(); ++operand) {
      for (int64_t at = 0; at < n; at += n > 100 && kStep > 1 ? 7 : 1) {
        for (int special = 0; special < kNumSpecials; ++special) {
          MapCase c = AllDense(1, n);
          c.special_operand = operand;
          c.special_at = at;
          c.special = special;
          Check(c);
        }
      }
    }
  }
}

// Every pair of special values as the first two operands, one a lane.
TEST_P(MapLanesTest, SpecialPairs) {
  for (int shift = 0; shift < kNumSpecials; ++shift) {
    MapCase c = AllDense(1, 8 * kNumSpecials + 5);
    c.values = Values::kPairs;
    c.special = shift;
    Check(c);
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, MapLanesTest, testing::ValuesIn(MapKernels()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
