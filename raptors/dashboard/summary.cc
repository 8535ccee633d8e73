// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/summary.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace raptors::dashboard {

Summary Summarize(const metrics::Snapshot& snapshot, const Model& model) {
  Summary summary;
  std::set<uint8_t> buckets;
  std::map<std::tuple<Op, DType, uint8_t>, Summary::Kind> kinds;
  for (const auto& [choice, count] : snapshot.entries) {
    const double seconds = static_cast<double>(count) * EstimatedSeconds(choice, model);
    const auto add = [count = count, seconds](Total* total) {
      total->calls += count;
      total->seconds += seconds;
    };
    const int route = static_cast<int>(choice.route);
    buckets.insert(choice.size_bucket);
    summary.routes[choice.op][choice.size_bucket][route] += count;
    add(&summary.all);
    add(&summary.by_route[route]);
    add(&summary.by_reason[static_cast<int>(choice.reason)]);
    add(&summary.by_threads[choice.threads]);
    Summary::Kind& kind = kinds
                              .emplace(std::make_tuple(choice.op, choice.dtype, choice.size_bucket),
                                       Summary::Kind{choice.op, choice.dtype, choice.size_bucket, {}, {}})
                              .first->second;
    add(&kind.total);
    kind.routes[route] += count;
  }
  summary.buckets.assign(buckets.begin(), buckets.end());
  for (const auto& item : kinds) summary.kinds.push_back(item.second);
  const auto order = [](const Summary::Kind& kind) {
    return std::make_tuple(-kind.total.seconds, kind.op, kind.dtype, kind.bucket);
  };
  std::sort(summary.kinds.begin(), summary.kinds.end(),
            [&order](const auto& a, const auto& b) { return order(a) < order(b); });
  return summary;
}

}  // namespace raptors::dashboard
