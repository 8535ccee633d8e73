// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// MapKernelTest: a fixture with one map kernel, for tests over all of every level that this machine has and of the
// stress backend.

#ifndef RAPTORS_SIMD_KERNELS_MAP_KERNELS_H_
#define RAPTORS_SIMD_KERNELS_MAP_KERNELS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/op.h"
#include "raptors/cpu/cpu.h"
#include "raptors/simd/elementwise_isas.h"
#include "raptors/simd/kernels/elementwise.h"
#include "raptors/simd/kernels/map_check.h"

namespace raptors {

struct Kernel {
  std::string name;
  const KernelEntry* entry;
};

inline std::vector<Kernel> MapKernels() {
  std::vector<Kernel> kernels;
  const auto add = [&](const std::string& table, const KernelEntry* entries) {
    for (int row = 0; row < kNumMapOps * kNumDTypes; ++row) {
      const KernelEntry& entry = entries[row];
      if (entry.map == nullptr) continue;
      kernels.push_back({table + "_" + Name(entry.op) + "_" + Name(entry.dtype), &entry});
    }
  };
  add("stress", RAPTORS_ELEMENTWISE_TABLE(stress));
#define RAPTORS_X(id, lower, name, ...) \
  if (cpu::Supported().Has(Isa::id)) add(name, RAPTORS_ELEMENTWISE_TABLE(lower));
  RAPTORS_ELEMENTWISE_ISAS(RAPTORS_X)
#undef RAPTORS_X
  return kernels;
}

class MapKernelTest : public testing::TestWithParam<Kernel> {
 protected:
  const KernelEntry& entry() const { return *GetParam().entry; }
  int inputs() const { return Info(entry().op).inputs; }
  int64_t item() const { return ItemSize(entry().dtype); }

  void Check(const MapCase& c) {
    if (HasFatalFailure()) return;
    ++seed_;
    switch (entry().dtype) {
#define RAPTORS_X(id, type, ...) \
  case DType::id:                \
    return CheckMap<type>(entry(), c, seed_);
      RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
    }
  }
  void CheckBothKinds(MapCase c) {
    Check(c);
    c.values = Values::kSpecial;
    Check(c);
  }

  // Rows without gaps.
  MapOperand Dense(int64_t cols, int64_t offset = 0) const { return {offset, cols * item(), item()}; }
  MapCase AllDense(int64_t rows, int64_t cols) const {
    MapCase c = {rows, cols, {}};
    for (MapOperand& o : c.operand) o = Dense(cols);
    return c;
  }

 private:
  uint32_t seed_ = 0;
};

}  // namespace raptors

#endif  // RAPTORS_SIMD_KERNELS_MAP_KERNELS_H_
