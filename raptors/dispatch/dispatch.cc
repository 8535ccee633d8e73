// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dispatch/dispatch.h"

#include "raptors/dispatch/built_isas.h"  // RAPTORS_BUILT_ISAS(X), generated for the target platform
#include "raptors/simd/kernels/elementwise.h"
#include "raptors/simd/kernels/reductions.h"

namespace raptors {
namespace dispatch {
namespace {

// The tables of one level, a row per operation of the kind and dtype; nullptr where the level is not built.
struct Tables {
  const KernelEntry* maps[kNumIsas] = {};
  const KernelEntry* reductions[kNumIsas] = {};
  constexpr Tables() {
#define RAPTORS_X(id, lower, ...)                                     \
  maps[static_cast<int>(Isa::id)] = RAPTORS_ELEMENTWISE_TABLE(lower); \
  reductions[static_cast<int>(Isa::id)] = RAPTORS_REDUCTIONS_TABLE(lower);
    RAPTORS_BUILT_ISAS(RAPTORS_X)
#undef RAPTORS_X
  }
};
constexpr Tables kTables;

#define RAPTORS_X(id, ...) | IsaSet::Of(Isa::id)
constexpr IsaSet kBuilt = IsaSet {}
RAPTORS_BUILT_ISAS(RAPTORS_X);
#undef RAPTORS_X
static_assert(kBuilt.Has(Isa::kScalar), "every platform has the scalar level");

}  // namespace

IsaSet Built() { return kBuilt; }

const KernelEntry* Lookup(Op op, DType dtype, Isa isa) {
  static_assert(kNumMapOps + kNumReduceOps < kNumOps && Info(Op::kSum).kind == OpKind::kReduce &&
                    static_cast<int>(Op::kSum) == kNumMapOps,
                "maps come first in the list, then reductions");
  const bool reduction = static_cast<int>(op) >= kNumMapOps;
  const int row = reduction ? static_cast<int>(op) - kNumMapOps : static_cast<int>(op);
  const KernelEntry* const table = (reduction ? kTables.reductions : kTables.maps)[static_cast<int>(isa)];
  if (table == nullptr || row >= (reduction ? kNumReduceOps : kNumMapOps) || !Info(op).Takes(dtype)) return nullptr;
  return table + row * kNumDTypes + static_cast<int>(dtype);
}

}  // namespace dispatch
}  // namespace raptors
