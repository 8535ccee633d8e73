// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A metrics snapshot read back from the JSON that metrics::ToJson() writes.

#ifndef RAPTORS_DASHBOARD_SNAPSHOT_JSON_H_
#define RAPTORS_DASHBOARD_SNAPSHOT_JSON_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/metrics/metrics.h"

namespace raptors::dashboard {

// InvalidArgument for whatever metrics::ToJson() could not have written, with line and column of a syntax error, the
// JSON pointer of a wrong value, an unknown, repeated or missing key, or a call that is listed twice. Never throws.
absl::StatusOr<metrics::Snapshot> ParseSnapshot(absl::string_view json);

}  // namespace raptors::dashboard

#endif  // RAPTORS_DASHBOARD_SNAPSHOT_JSON_H_
