// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A metrics snapshot as text: JSON, and the Prometheus text format 0.0.4.
//
//   absl::StatusOr<std::string> text = ToPrometheus(TakeSnapshot(), {{"host", "a7"}});

#ifndef RAPTORS_METRICS_EXPOSITION_H_
#define RAPTORS_METRICS_EXPOSITION_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/metrics/metrics.h"

namespace raptors::metrics {

// One object on one line:
//   {"calls": [{"op": "scale", "dtype": "float32", "layout": "contiguous", "size": 1024, "route": "simd",
//     "isa": "avx2", "threads": 1, "reason": "best-isa", "count": 7}], "overflow": 0, "counters": {"<name>": 0},
//    "last": [{"op": ...}]}, where an item of "last" is like one of "calls" without its count.
// "size" is the smallest number of elements of the size bucket; its largest is twice that minus one.
std::string ToJson(const Snapshot& snapshot);

using Label = std::pair<std::string, std::string>;  // name, value

// raptors_calls_total{op=,dtype=,layout=,size=,route=,isa=,threads=,reason=}, raptors_calls_overflow_total, and
// raptors_<name>_total for each Counter, with `labels` added to every sample. Label values may be any UTF-8 text.
// InvalidArgument: a label name that does not match [a-zA-Z_][a-zA-Z0-9_]*, begins with "__", repeats, or is one of
// ours.
absl::StatusOr<std::string> ToPrometheus(const Snapshot& snapshot, absl::Span<const Label> labels = {});

// Text between the quotes of a JSON string: quote, backslash and control characters escaped.
std::string EscapeJson(absl::string_view text);

// Text between the quotes of a Prometheus label value: quote, backslash and newline escaped.
std::string EscapeLabelValue(absl::string_view text);

}  // namespace raptors::metrics

#endif  // RAPTORS_METRICS_EXPOSITION_H_
