// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The dispatch table: (op, dtype, ISA) -> kernel and its compile-time facts.
//
// It answers "was it built?" only. Whether the processor has the level is cpu::Supported()'s question; the two are
// joined in raptors/context, and nowhere else.

#ifndef RAPTORS_DISPATCH_DISPATCH_H_
#define RAPTORS_DISPATCH_DISPATCH_H_

#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/op.h"

namespace raptors {
namespace dispatch {

// The levels that this binary contains.
IsaSet Built();

// The entry of a kernel, or nullptr if `isa` is not built, the operation does not take the dtype or has no kernels of
// its own (matmul). O(1), no locks, never fails for a built level.
const KernelEntry* Lookup(Op op, DType dtype, Isa isa);

}  // namespace dispatch
}  // namespace raptors

#endif  // RAPTORS_DISPATCH_DISPATCH_H_
