// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every map operation and dtype of every level that this machine has, and of the stress backend, against plain C++: all
// lengths around the vector and unroll sizes, and each operand with every kind of layout, alignment, stride and value.

#include <cstdint>
#include <random>

#include "gtest/gtest.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/op.h"
#include "raptors/simd/kernels/map_check.h"
#include "raptors/simd/kernels/map_kernels.h"
#include "raptors/testing/emulator.h"

namespace raptors {
namespace {

// Lengths and random rounds that are cheap natively are slow under an emulator, which does fewer.
const int kEmulatorShare = test::IsEmulated() ? 8 : 1;

class ElementwiseKernelTest : public MapKernelTest {};

// Inputs are scalars in turn.
TEST_P(ElementwiseKernelTest, Lengths) {
  for (int64_t n = 1; n <= 1025; n += n < 100 ? 1 : (kEmulatorShare == 1 ? 3 : 61)) {
    MapCase c = AllDense(1, n);
    for (int k = 0; k <= inputs(); ++k) c.operand[k].offset = (n * 7 + k * 3) % 16 * item();
    c.stream = n % 3 == 0;
    CheckBothKinds(c);
    c.stream = n % 3 == 1;
    const unsigned scalars = n % (1 << inputs());
    for (int k = 0; k < inputs(); ++k) {
      if ((scalars >> k) & 1) c.operand[k + 1].col = 0;
    }
    CheckBothKinds(c);
  }
}

TEST_P(ElementwiseKernelTest, Offsets) {
  for (const int64_t n : {1, 3, 16, 31, 64, 65, 130, 257}) {
    for (int64_t out = 0; out < 16; ++out) {
      MapCase c = AllDense(1, n);
      c.operand[0].offset = out * item();
      for (int k = 1; k <= inputs(); ++k) c.operand[k].offset = (out * 5 + n + k * 3) % 16 * item();
      for (const bool stream : {false, true}) {
        c.stream = stream;
        Check(c);
      }
    }
  }
}

TEST_P(ElementwiseKernelTest, StridesOfOneOperand) {
  const int64_t i = item();
  for (const int64_t cols : {1, 2, 7, 8, 9, 33, 64, 150}) {
    for (const int64_t rows : {1, 3}) {
      for (const int64_t step : {int64_t{0}, i, -i, 2 * i, -2 * i, 3 * i, 113 * i, i + 1, -i - 3, int64_t{1}}) {
        for (int k = 0; k <= inputs(); ++k) {
          if (k == 0 && step < i) continue;  // elements of an output are apart
          MapCase c = AllDense(rows, cols);
          c.operand[k] = {k * i, 3 * cols * step, step};
          CheckBothKinds(c);
          if (k > 0) {
            c.operand[0] = {2, 2 * cols * i + 1, i};  // misaligned
            Check(c);
            c.operand[0] = {0, 5 * cols * i, 3 * i};
            Check(c);
          }
        }
      }
    }
  }
}

TEST_P(ElementwiseKernelTest, StridesOfAllInputs) {
  const int64_t i = item();
  const int64_t steps[] = {i, -i, 2 * i, -2 * i, 0, 3 * i};
  for (const int64_t cols : {5, 16, 33, 64, 129}) {
    for (const int64_t a : steps) {
      for (const int64_t b : steps) {
        MapCase c = AllDense(2, cols);
        c.operand[1] = {0, 7 * cols * i, a};
        c.operand[2] = {i, 3 * cols * i, b};
        c.operand[3] = {0, 2 * cols * i, a};
        Check(c);
      }
    }
  }
}

// Each subset of the inputs is transposed; the others are whole, a row for all, or a value a row.
TEST_P(ElementwiseKernelTest, Transposed) {
  const int64_t i = item();
  int turn = 0;
  for (const int64_t rows : {2, 4, 15, 16, 49, 100}) {
    for (const int64_t cols : {2, 3, 4, 9, 16, 31, 50, 97}) {
      for (unsigned turned = 1; turned < (1u << inputs()); ++turned) {
        const int64_t pad = ++turn % 3;
        MapCase c = AllDense(rows, cols);
        c.operand[0] = {pad * i, (cols + pad) * i, i};
        for (int k = 1; k <= inputs(); ++k) {
          if ((turned >> (k - 1)) & 1) {
            c.operand[k] = {i, i, (rows + turn % 2) * i};
          } else if (turn % 4 == 1) {
            c.operand[k] = {i, 0, i};
          } else if (turn % 4 == 2) {
            c.operand[k] = {i, i, 0};
          }
        }
        c.stream = turn % 5 == 0;
        CheckBothKinds(c);
        // Leading dimensions near the page size, on and off cache lines: other ways through.
        for (int k = 0; k <= inputs(); ++k) {
          MapOperand& o = c.operand[k];
          if (o.row > i && o.col == i) o = {turn % 2 * i, 4096 + turn % 2 * i, i};
          if (o.col > i) o = {turn % 2 * i, i, 4096 - turn % 2 * i};
        }
        Check(c);
      }
    }
  }
}

// Operands without gaps, with gaps, one row for all, one value a row, one value for all, transposed, in all mixtures.
TEST_P(ElementwiseKernelTest, ShortRows) {
  const int64_t i = item();
  for (const int64_t cols : {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 32, 33}) {
    // The last one takes several tiles.
    for (const int64_t rows : {int64_t{2}, int64_t{5}, int64_t{64}, 2600 / cols + 10}) {
      const MapOperand kinds[] = {{0, cols * i, i}, {i, (cols + 1) * i, i}, {2 * i, 0, i},     {3 * i, i, 0},
                                  {i, 0, 0},        {0, i, (rows + 1) * i}, {i, -cols * i, i}, {0, 3 * i, 0}};
      for (int mixture = 0; mixture < 12; ++mixture) {
        MapCase c = AllDense(rows, cols);
        c.operand[1] = kinds[mixture % 8];
        c.operand[2] = kinds[(mixture * 3 + cols + rows) % 8];
        c.operand[3] = kinds[(mixture * 5 + 2 * cols) % 8];
        c.operand[0] = {mixture % 5 * i, (cols + mixture % 3) * i, i};
        c.stream = mixture % 4 == 3;
        c.values = mixture % 2 == 0 ? Values::kPlain : Values::kSpecial;
        Check(c);
      }
    }
  }
}

// The output is one of the inputs: every element is computed from what it was.
TEST_P(ElementwiseKernelTest, InPlace) {
  const int64_t i = item();
  const int64_t steps[] = {i, 2 * i, -i, 0, 3 * i, i + 1};
  int turn = 0;
  for (int k = 1; k <= inputs(); ++k) {
    for (const int64_t cols : {1, 2, 3, 8, 20, 33, 64, 100, 250}) {
      for (const int64_t rows : {1, 2, 40}) {
        for (const int64_t out : {i, 2 * i, 3 * i, -i, i + 3}) {
          MapCase c = AllDense(rows, cols);
          c.operand[0] = {++turn % 3 * i, (cols + turn % 2) * (out < 0 ? i : out), out};
          c.in_place = k;
          for (int other = 1; other <= inputs(); ++other) c.operand[other].col = steps[(turn + other) % 6];
          if (turn % 3 == 0) c.operand[1 + k % inputs()] = {0, i, (rows + 1) * i};
          if (turn % 5 == 0) c.operand[1 + k % inputs()] = {0, 0, i};
          Check(c);
        }
      }
    }
  }
}

// Nothing is read or written on the pages before and behind an operand.
TEST_P(ElementwiseKernelTest, GuardPages) {
  const int64_t i = item();
  const MapOperand kinds[] = {{0, 0, i}, {0, 0, 2 * i}, {0, 0, -i}, {0, 0, -2 * i}, {0, 0, 3 * i}, {0, 0, 0}};
  int turn = 0;
  for (const auto flush : {test::GuardedBuffer::Flush::kStart, test::GuardedBuffer::Flush::kEnd}) {
    for (const int64_t cols : {1, 2, 3, 4, 5, 8, 13, 16, 31, 64, 67, 130}) {
      for (const int64_t rows : {1, 3, 33}) {
        for (int kind = 0; kind < 8; ++kind) {
          MapCase c = AllDense(rows, cols);
          c.guard_pages = true;
          c.flush = flush;
          for (int k = 1; k <= inputs(); ++k) {
            if (kind + k == 7) {
              c.operand[k] = {0, i, rows * i};
            } else {
              c.operand[k] = kinds[(kind + k * k) % 6];
              c.operand[k].row = (turn + k) % 3 == 0 ? 0 : (2 * cols + 1) * i;
              if (c.operand[k].col == 3 * i) c.operand[k].row *= 2;
            }
          }
          if (++turn % 3 == 0) c.operand[0].row = (cols + 1) * i;
          Check(c);
        }
      }
    }
  }
}

// Random calls in which every operand has a layout of its own.
TEST_P(ElementwiseKernelTest, EveryOperandItsOwnLayout) {
  const int64_t i = item();
  std::mt19937 random(7);
  bool seen[kNumLayouts] = {};
  for (int round = 0; round < 600 / kEmulatorShare; ++round) {
    const int64_t rows = 1 + random() % (round % 5 == 0 ? 70 : 6);
    const int64_t cols = 1 + random() % (round % 7 == 0 ? 150 : 20);
    MapCase c = {rows, cols, {}};
    for (int k = 0; k <= inputs(); ++k) {
      MapOperand& o = c.operand[k];
      o = {static_cast<int64_t>(random() % 64), static_cast<int64_t>(cols + random() % 3) * i, i};
      if (random() % 4 > 0) o.offset -= o.offset % i;
      if (random() % 2 == 0) continue;
      switch (random() % (k == 0 ? 3 : 8)) {
        case 0:  // a step
          o.row *= 2, o.col *= 2;
          break;
        case 1:  // no multiple of the item size
          o.row += 3;
          break;
        case 2:  // rows upwards
          o.row = -o.row;
          break;
        case 3:  // transposed
          o.row = i, o.col = static_cast<int64_t>(rows + random() % 2) * i;
          break;
        case 4:  // a value a row
          o.col = 0;
          break;
        case 5:  // one row for all
          o.row = 0;
          break;
        case 6:  // backwards
          o.col = -i;
          break;
        case 7:
          o.col = static_cast<int64_t>(random() % 300) - 150;
          break;
      }
    }
    if (random() % 6 == 0) c.in_place = 1 + static_cast<int>(random() % inputs());
    c.stream = c.in_place == 0 && random() % 4 == 0;
    c.values = random() % 3 == 0 ? Values::kSpecial : Values::kPlain;
    KernelArgs args = {};
    args.extent[0] = rows;
    args.extent[1] = cols;
    for (int k = 0; k <= inputs(); ++k) {
      const MapOperand& o = c.operand[k == c.in_place ? 0 : k];
      args.stride[k][0] = o.row, args.stride[k][1] = o.col;
    }
    seen[static_cast<int>(Classify(args, inputs() + 1, i))] = true;
    Check(c);
  }
  for (int layout = 0; layout < kNumLayouts; ++layout) {
    EXPECT_EQ(seen[layout], layout != static_cast<int>(Layout::kColumns)) << kLayoutNames[layout];
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, ElementwiseKernelTest, testing::ValuesIn(MapKernels()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
