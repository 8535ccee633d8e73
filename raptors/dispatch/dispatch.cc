// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dispatch/dispatch.h"

#include "raptors/dispatch/built_isas.h"  // RAPTORS_BUILT_ISAS(X), generated for the target platform
#include "raptors/simd/kernels/elementwise.h"

namespace raptors {
namespace dispatch {
namespace {

// One table of kernels per level, nullptr where the level is not built.
struct Tables {
  const KernelEntry* of[kNumIsas] = {};
  constexpr Tables() {
#define RAPTORS_X(id, lower, ...) of[static_cast<int>(Isa::id)] = RAPTORS_ELEMENTWISE_TABLE(lower);
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
  const KernelEntry* table = kTables.of[static_cast<int>(isa)];
  if (table == nullptr || static_cast<int>(op) >= kNumMapOps || !Info(op).Takes(dtype)) return nullptr;
  return table + static_cast<int>(op) * kNumDTypes + static_cast<int>(dtype);
}

}  // namespace dispatch
}  // namespace raptors
