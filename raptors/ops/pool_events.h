// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Counts what the pool could not do for a call.

#ifndef RAPTORS_OPS_POOL_EVENTS_H_
#define RAPTORS_OPS_POOL_EVENTS_H_

#include "raptors/metrics/metrics.h"
#include "raptors/parallel/pool.h"

namespace raptors::internal {

inline void CountPoolEvent(const parallel::RunResult& result) {
  switch (result.inline_reason) {
    case parallel::Inline::kNo:
    case parallel::Inline::kOneRange:
      break;
    case parallel::Inline::kNested:
      metrics::Bump(metrics::Counter::kPoolInlineNested);
      break;
    case parallel::Inline::kBusy:
      metrics::Bump(metrics::Counter::kPoolInlineBusy);
      break;
    case parallel::Inline::kNoWorker:
      metrics::Bump(metrics::Counter::kPoolThreadFailed);
      break;
  }
}

}  // namespace raptors::internal

#endif  // RAPTORS_OPS_POOL_EVENTS_H_
