// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Writes counts of every kind as Prometheus text to stdout, for promtool to read: prometheus_test.sh.

#include <stdio.h>

#include <string>

#include "absl/status/statusor.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/metrics/exposition.h"
#include "raptors/metrics/metrics.h"

int main() {
  using namespace raptors;  // NOLINT(build/namespaces)
  for (const OpInfo& op : kOpInfos) {
    for (int i = 0; i < kNumReasons; ++i) {
      metrics::RecordBackendChoice({op.op, kAllDTypes[i % kNumDTypes], static_cast<Layout>(i % kNumLayouts),
                                    static_cast<uint8_t>(i), static_cast<Route>(i % kNumRoutes),
                                    static_cast<Isa>(i % kNumIsas), static_cast<uint16_t>(i + 1),
                                    static_cast<Reason>(i)});
    }
  }
  metrics::Bump(metrics::Counter::kPoolInlineNested);
  const absl::StatusOr<std::string> text =
      metrics::ToPrometheus(metrics::TakeSnapshot(), {{"job", "a \"quoted\" \\ name\nin two lines"}});
  if (!text.ok()) return 1;
  fputs(text->c_str(), stdout);
  return 0;
}
