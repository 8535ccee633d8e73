// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A Choice packed into 64 bits: what tables are keyed by. Keys order as Choices do, field by field, and none is 0, so
// that 0 marks an empty cell.

#ifndef RAPTORS_METRICS_CHOICE_KEY_H_
#define RAPTORS_METRICS_CHOICE_KEY_H_

#include <stdint.h>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/metrics/metrics.h"

namespace raptors::metrics {

// X(field, type, bits), highest bits first.
#define RAPTORS_KEY_FIELDS(X) \
  X(op, Op, 10)               \
  X(dtype, DType, 6)          \
  X(layout, Layout, 4)        \
  X(size_bucket, uint8_t, 7)  \
  X(route, Route, 3)          \
  X(isa, Isa, 5)              \
  X(threads, uint16_t, 16)    \
  X(reason, Reason, 8)

static_assert(kNumOps <= 1 << 10 && kNumDTypes <= 1 << 6 && kNumLayouts <= 1 << 4 && kNumRoutes <= 1 << 3 &&
                  kNumIsas <= 1 << 5 && kNumReasons <= 1 << 8,
              "widen the field in RAPTORS_KEY_FIELDS");
#define RAPTORS_X(field, type, bits) +bits
static_assert(0 RAPTORS_KEY_FIELDS(RAPTORS_X) <= 63, "bit 63 marks a key");
#undef RAPTORS_X

constexpr uint64_t PackChoice(const Choice& choice) {
  uint64_t key = 0;
#define RAPTORS_X(field, type, bits) key = (key << bits) | static_cast<uint64_t>(choice.field);
  RAPTORS_KEY_FIELDS(RAPTORS_X)
#undef RAPTORS_X
  return key | uint64_t{1} << 63;
}

constexpr Choice UnpackChoice(uint64_t key) {
  Choice choice = {};
#define RAPTORS_X(field, type, bits) +bits
  int shift = 0 RAPTORS_KEY_FIELDS(RAPTORS_X);
#undef RAPTORS_X
#define RAPTORS_X(field, type, bits) \
  shift -= bits;                     \
  choice.field = static_cast<type>((key >> shift) & ((uint64_t{1} << bits) - 1));
  RAPTORS_KEY_FIELDS(RAPTORS_X)
#undef RAPTORS_X
  return choice;
}

}  // namespace raptors::metrics

#endif  // RAPTORS_METRICS_CHOICE_KEY_H_
