// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dispatch/dispatch.h"

#include <set>

#include "gtest/gtest.h"

namespace raptors {
namespace {

TEST(Dispatch, EveryBuiltLevelHasEveryKernel) {
  std::set<MapKernel> kernels;
  std::set<ReduceKernel> reductions;
  int rows = 0;
  for (const Isa isa : kAllIsas) {
    for (const OpInfo& op : kOpInfos) {
      for (const DType dtype : kAllDTypes) {
        const KernelEntry* entry = dispatch::Lookup(op.op, dtype, isa);
        if (!dispatch::Built().Has(isa) || op.kind == OpKind::kProduct || !op.Takes(dtype)) {
          EXPECT_EQ(entry, nullptr) << op.name << " " << Name(isa);
          continue;
        }
        ASSERT_NE(entry, nullptr) << Name(isa);
        EXPECT_EQ(entry->op, op.op);
        EXPECT_EQ(entry->dtype, dtype);
        EXPECT_EQ(entry->isa, isa);
        EXPECT_EQ(entry->map != nullptr, op.kind == OpKind::kMap);
        EXPECT_EQ(entry->reduce != nullptr, op.kind == OpKind::kReduce);
        if (entry->map != nullptr) kernels.insert(entry->map);
        if (entry->reduce != nullptr) reductions.insert(entry->reduce);
        ++rows;
      }
    }
  }
  // Each row has a kernel of its own: no level is another one under a different name.
  EXPECT_EQ(static_cast<int>(kernels.size() + reductions.size()), rows);
}

TEST(Dispatch, FactsAreConsistent) {
  for (const Isa isa : kAllIsas) {
    if (!dispatch::Built().Has(isa)) continue;
    for (const OpInfo& op : kOpInfos) {
      for (const DType dtype : kAllDTypes) {
        const KernelEntry* const found = dispatch::Lookup(op.op, dtype, isa);
        if (found == nullptr) continue;
        const KernelEntry& entry = *found;
        EXPECT_EQ(entry.align_preferred % entry.align_required, 0);
        EXPECT_GE(entry.unroll, 1);
        EXPECT_EQ(entry.tile_granularity * ItemSize(dtype) % 64, 0) << "tiles are whole cache lines";
        if (isa == Isa::kScalar) {
          EXPECT_EQ(entry.lane_bits, 8 * ItemSize(dtype));
        }
      }
    }
  }
}

TEST(Dispatch, BuiltLevelsBelongToThisArchitecture) {
#if defined(__x86_64__)
  EXPECT_TRUE(dispatch::Built().Has(Isa::kAvx3));
  EXPECT_FALSE(dispatch::Built().Has(Isa::kNeon));
#elif defined(__aarch64__)
  EXPECT_TRUE(dispatch::Built().Has(Isa::kSve));
  EXPECT_FALSE(dispatch::Built().Has(Isa::kAvx2));
#else
  FAIL() << "an architecture without a list of levels";
#endif
}

}  // namespace
}  // namespace raptors
