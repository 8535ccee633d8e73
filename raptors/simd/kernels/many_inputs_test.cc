// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The skeletons with two and three inputs: random calls in which every operand has a layout of its own, against plain
// C++, on every level that this machine has and on the stress backend.

#include "raptors/simd/kernels/many_inputs.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/kernel_args.h"
#include "raptors/cpu/cpu.h"
#include "raptors/simd/many_inputs_isas.h"

namespace raptors {
namespace {

struct Table {
  std::string name;
  const MapKernel* kernels;
};

std::vector<Table> Tables() {
  std::vector<Table> tables = {{"stress", RAPTORS_MANY_INPUTS_TABLE(stress)}};
#define RAPTORS_X(id, lower, name, ...) \
  if (cpu::Supported().Has(Isa::id)) tables.push_back({name, RAPTORS_MANY_INPUTS_TABLE(lower)});
  RAPTORS_MANY_INPUTS_ISAS(RAPTORS_X)
#undef RAPTORS_X
  return tables;
}

class ManyInputsTest : public testing::TestWithParam<Table> {};

float Load(const char* at) {
  float value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

TEST_P(ManyInputsTest, EveryOperandItsOwnLayout) {
  constexpr int64_t kItem = sizeof(float);
  std::mt19937 random(7);
  bool seen[kNumLayouts] = {};
  for (int round = 0; round < 4000; ++round) {
    const int inputs = 2 + round % 2;
    const int64_t rows = 1 + random() % (round % 5 == 0 ? 70 : 6);
    const int64_t cols = 1 + random() % (round % 7 == 0 ? 150 : 20);
    std::vector<std::vector<char>> memory(inputs + 1);
    KernelArgs args = {};
    args.extent[0] = rows;
    args.extent[1] = cols;
    for (int k = 0; k <= inputs; ++k) {
      int64_t row = (cols + random() % 3) * kItem, col = kItem;
      if (k > 0 && random() % 2 == 0) {
        switch (random() % 5) {
          case 0:  // transposed
            row = kItem, col = (rows + random() % 2) * kItem;
            break;
          case 1:  // a scalar along the row
            col = 0;
            break;
          case 2:  // a step
            row *= 2, col = 2 * kItem;
            break;
          case 3:  // one row for all
            row = 0;
            break;
          case 4:  // no multiple of the item size
            row += 3;
            break;
        }
      }
      memory[k].resize((rows - 1) * row + (cols - 1) * col + kItem, 0x55);
      for (int64_t i = 0; i + kItem <= static_cast<int64_t>(memory[k].size()); ++i) {
        if (k == 0) break;
        const float value = 0.25f * static_cast<float>(random() % 1000) - 100;
        if (i % kItem == 0) std::memcpy(memory[k].data() + i, &value, kItem);
      }
      args.ptr[k] = memory[k].data();
      args.stride[k][0] = row;
      args.stride[k][1] = col;
    }
    args.layout = Classify(args, inputs + 1, kItem);
    seen[static_cast<int>(args.layout)] = true;
    const auto at = [&](int k, int64_t i, int64_t j) {
      return args.ptr[k] + i * args.stride[k][0] + j * args.stride[k][1];
    };
    GetParam().kernels[inputs - 2](args);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        const float x = Load(at(1, i, j)), y = Load(at(2, i, j));
        const volatile float product = x * y;
        const float want = inputs == 2 ? x - y : product - Load(at(3, i, j));
        const float got = Load(at(0, i, j));
        ASSERT_EQ(std::memcmp(&got, &want, kItem), 0) << round << ": " << rows << "x" << cols << " [" << i << ", " << j
                                                      << "] " << got << " " << want << ", " << Name(args.layout);
      }
    }
  }
  for (int layout = 0; layout < kNumLayouts; ++layout) {
    const bool of_maps = static_cast<Layout>(layout) != Layout::kColumns;
    EXPECT_EQ(seen[layout], of_maps) << kLayoutNames[layout];
  }
}

INSTANTIATE_TEST_SUITE_P(Isa, ManyInputsTest, testing::ValuesIn(Tables()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
