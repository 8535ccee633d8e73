// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/estimate.h"

#include <algorithm>
#include <cmath>

#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::dashboard {

double MeanElements(uint8_t bucket) {
  if (bucket == 0) return 0;
  const double least = static_cast<double>(metrics::SizeBucketFloor(bucket));
  return (least + (2 * least - 1)) / 2;
}

double EstimatedSeconds(const metrics::Choice& choice, const Model& model) {
  const OpInfo& op = Info(choice.op);
  const double elements = MeanElements(choice.size_bucket);
  const double threads = std::max<int>(1, choice.threads);
  double seconds = 0;
  if (op.kind == OpKind::kProduct) {
    // n * n elements, each of n multiplications and n additions.
    seconds = 2 * elements * std::sqrt(elements) / (model.flops_per_second * threads);
  } else {
    const int arrays = op.inputs + (op.kind == OpKind::kMap ? 1 : 0);
    const double bytes = elements * arrays * static_cast<double>(ItemSize(choice.dtype));
    seconds = bytes / (model.bytes_per_second * threads);
  }
  return model.call_seconds + seconds;
}

}  // namespace raptors::dashboard
