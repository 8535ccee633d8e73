// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/metrics/exposition.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace raptors::metrics {
namespace {

using ::testing::HasSubstr;

Snapshot Example() {
  Snapshot snapshot;
  snapshot.entries.push_back({{Op::kScale, DType::kFloat32, Layout::kContiguous, SizeBucket(1000), Route::kSimd,
                               Isa::kScalar, 2, Reason::kParallel},
                              7});
  snapshot.entries.push_back(
      {{Op::kScale, DType::kFloat64, Layout::kTransposed, 0, Route::kScalar, Isa::kScalar, 0, Reason::kEmpty},
       uint64_t{1} << 63});
  snapshot.overflow = 3;
  snapshot.counters[static_cast<int>(Counter::kPoolInlineBusy)] = 4;
  snapshot.last.push_back(snapshot.entries[0].choice);
  return snapshot;
}

TEST(ExpositionTest, Json) {
  EXPECT_EQ(
      ToJson(Example()),
      "{\"calls\": ["
      "{\"op\": \"scale\", \"dtype\": \"float32\", \"layout\": \"contiguous\", \"size\": 512, \"route\": \"simd\", "
      "\"isa\": \"scalar\", \"threads\": 2, \"reason\": \"parallel\", \"count\": 7}, "
      "{\"op\": \"scale\", \"dtype\": \"float64\", \"layout\": \"transposed\", \"size\": 0, \"route\": \"scalar\", "
      "\"isa\": \"scalar\", \"threads\": 0, \"reason\": \"empty\", \"count\": 9223372036854775808}"
      "], \"overflow\": 3, \"counters\": {\"pool_inline_nested\": 0, \"pool_inline_busy\": 4, "
      "\"pool_thread_failed\": 0, \"profile_fallback\": 0, \"product_copies\": 0}, \"last\": ["
      "{\"op\": \"scale\", \"dtype\": \"float32\", \"layout\": \"contiguous\", \"size\": 512, \"route\": \"simd\", "
      "\"isa\": \"scalar\", \"threads\": 2, \"reason\": \"parallel\"}]}");
}

TEST(ExpositionTest, JsonOfNothing) { EXPECT_THAT(ToJson({}), HasSubstr("{\"calls\": [], \"overflow\": 0, ")); }

TEST(ExpositionTest, Prometheus) {
  const std::string text = ToPrometheus(Example()).value();
  EXPECT_THAT(text, HasSubstr("# HELP raptors_calls_total Calls by the path they took; size is the smallest of a "
                              "power-of-two bucket\n"
                              "# TYPE raptors_calls_total counter\n"
                              "raptors_calls_total{op=\"scale\",dtype=\"float32\",layout=\"contiguous\",size=\"512\","
                              "route=\"simd\",isa=\"scalar\",threads=\"2\",reason=\"parallel\"} 7\n"
                              "raptors_calls_total{op=\"scale\",dtype=\"float64\","));
  EXPECT_THAT(text, HasSubstr("reason=\"empty\"} 9223372036854775808\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE raptors_calls_overflow_total counter\nraptors_calls_overflow_total 3\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE raptors_pool_inline_busy_total counter\nraptors_pool_inline_busy_total 4\n"));
  EXPECT_EQ(text.back(), '\n');
}

TEST(ExpositionTest, PrometheusWithLabels) {
  const std::string text = ToPrometheus(Example(), {{"host", "a\"b\\c\nd"}, {"_x1", ""}}).value();
  EXPECT_THAT(text, HasSubstr("reason=\"parallel\",host=\"a\\\"b\\\\c\\nd\",_x1=\"\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("raptors_pool_inline_busy_total{host=\"a\\\"b\\\\c\\nd\",_x1=\"\"} 4\n"));
}

TEST(ExpositionTest, RefusesLabelNames) {
  for (const char* name : {"", "1a", "a-b", "a b", "__a", "op", "threads", "h\xc3\xb6st"}) {
    const absl::Status status = ToPrometheus({}, {{name, "v"}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("labels[0]: got name \"" + std::string(name) + "\"; expected"));
  }
  EXPECT_THAT(std::string(ToPrometheus({}, {{"a", "v"}, {"a", "w"}}).status().message()), HasSubstr("labels[1]"));
}

TEST(ExpositionTest, Escaping) {
  EXPECT_EQ(EscapeJson("plain \xc3\xa9"), "plain \xc3\xa9");
  EXPECT_EQ(EscapeJson(std::string("\"\\\n\t\x01\0", 6)), "\\\"\\\\\\u000a\\u0009\\u0001\\u0000");
  EXPECT_EQ(EscapeLabelValue("a\\n\"\n\t"), "a\\\\n\\\"\\n\t");
}

}  // namespace
}  // namespace raptors::metrics
