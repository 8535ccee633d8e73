// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/snapshot_json.h"

#include <stdint.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/metrics/exposition.h"

namespace raptors::dashboard {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Every value of every field, and the greatest counts.
metrics::Snapshot Full() {
  metrics::Snapshot snapshot;
  for (int op = 0; op < kNumOps; ++op) {
    for (int i = 0; i < kNumReasons; ++i) {
      snapshot.entries.push_back(
          {{static_cast<Op>(op), static_cast<DType>(i % kNumDTypes), static_cast<Layout>(i % kNumLayouts),
            static_cast<uint8_t>(i == 0 ? 63 : i), static_cast<Route>(i % kNumRoutes), static_cast<Isa>(i % kNumIsas),
            static_cast<uint16_t>(i == 0 ? UINT16_MAX : i), static_cast<Reason>(i)},
           uint64_t{1} << (op + i)});
    }
  }
  snapshot.last = {snapshot.entries[3].choice, snapshot.entries[5].choice};
  snapshot.overflow = 17;
  for (int i = 0; i < metrics::kNumCounters; ++i) snapshot.counters[i] = UINT64_MAX - i;
  return snapshot;
}

std::string Small() {
  metrics::Snapshot snapshot;
  snapshot.entries = {
      {{Op::kScale, DType::kFloat32, Layout::kContiguous, 11, Route::kSimd, Isa::kScalar, 2, Reason::kParallel}, 7}};
  snapshot.last = {snapshot.entries[0].choice};
  return metrics::ToJson(snapshot);
}

std::string ErrorOf(const std::string& json) {
  const absl::StatusOr<metrics::Snapshot> parsed = ParseSnapshot(json);
  return parsed.ok() ? "no error" : std::string(parsed.status().message());
}

// The error for Small() with one thing replaced.
std::string ErrorWith(const std::string& from, const std::string& to) {
  EXPECT_THAT(Small(), HasSubstr(from));
  return ErrorOf(absl::StrReplaceAll(Small(), {{from, to}}));
}

TEST(SnapshotJsonTest, ReadsWhatIsWritten) {
  for (const metrics::Snapshot& snapshot : {Full(), metrics::Snapshot()}) {
    const absl::StatusOr<metrics::Snapshot> parsed = ParseSnapshot(metrics::ToJson(snapshot));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->Calls(), snapshot.Calls());
    EXPECT_EQ(parsed->entries.size(), snapshot.entries.size());
    EXPECT_EQ(parsed->counters, snapshot.counters);
    EXPECT_EQ(parsed->last, snapshot.last);
  }
  // Sorted as a snapshot is, so that what is written again is the same again.
  const std::string once = metrics::ToJson(ParseSnapshot(metrics::ToJson(Full())).value());
  EXPECT_EQ(metrics::ToJson(ParseSnapshot(once).value()), once);
}

TEST(SnapshotJsonTest, SyntaxErrorsHaveAPosition) {
  EXPECT_THAT(ErrorOf(""), StartsWith("line 1, column 1: "));
  EXPECT_THAT(ErrorOf("<html>"), StartsWith("line 1, column 1: "));
  EXPECT_THAT(ErrorOf("{\n \"calls\": [,]}"), StartsWith("line 2, column 12: "));
}

TEST(SnapshotJsonTest, EveryTruncationIsAnError) {
  const std::string json = Small();
  for (size_t length = 0; length < json.size(); ++length) {
    EXPECT_THAT(ErrorOf(json.substr(0, length)), HasSubstr("line 1, column ")) << length;
  }
}

TEST(SnapshotJsonTest, OtherDocuments) {
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("(document): got array; expected an object"));
  EXPECT_THAT(ErrorOf("3"), HasSubstr("(document): got 3; expected an object"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("key \"calls\" is missing"));
  EXPECT_THAT(ErrorOf("{\"schema\": 1}"), HasSubstr("/schema: unknown key"));
  EXPECT_THAT(ErrorOf("[[[[1]]]]"), HasSubstr("nested deeper"));
}

TEST(SnapshotJsonTest, WrongValuesAreNamedByPointer) {
  EXPECT_THAT(ErrorWith("\"scale\"", "\"sale\""), StartsWith("/calls/0/op: got \"sale\"; expected one of scale, add"));
  EXPECT_THAT(ErrorWith("\"float32\"", "32"), StartsWith("/calls/0/dtype: got 32; expected one of float32"));
  EXPECT_THAT(ErrorWith("\"simd\"", "\"gpu\""), StartsWith("/calls/0/route: "));
  EXPECT_THAT(ErrorWith("\"parallel\"", "null"), StartsWith("/calls/0/reason: got null"));
  EXPECT_THAT(ErrorWith("1024", "1000"), StartsWith("/calls/0/size: got 1000; expected 0 or a power of two"));
  EXPECT_THAT(ErrorWith("1024", "-1024"), StartsWith("/calls/0/size: got -1024; expected an integer"));
  EXPECT_THAT(ErrorWith("\"threads\": 2", "\"threads\": 65536"), StartsWith("/calls/0/threads: got 65536"));
  EXPECT_THAT(ErrorWith("\"count\": 7", "\"count\": 0"),
              StartsWith("/calls/0/count: got 0; expected an integer from 1"));
  EXPECT_THAT(ErrorWith("\"count\": 7", "\"count\": 7.5"), StartsWith("/calls/0/count: got 7.5"));
  EXPECT_THAT(ErrorWith("\"count\": 7", "\"calls\": 7"), StartsWith("/calls/0/calls: unknown key"));
  EXPECT_THAT(ErrorWith(", \"count\": 7", ""), StartsWith("/calls/0: key \"count\" is missing"));
  EXPECT_THAT(ErrorWith("\"count\": 7", "\"count\": 7, \"count\": 7"), StartsWith("/calls/0/count: duplicate key"));
  EXPECT_THAT(ErrorWith("\"pool_inline_busy\"", "\"pool\""), StartsWith("/counters/pool: unknown key"));
  EXPECT_THAT(ErrorWith("\"overflow\": 0", "\"overflow\": true"), StartsWith("/overflow: got true"));
  EXPECT_THAT(ErrorOf(R"({"calls": {}, "overflow": 0, "counters": {}, "last": []})"), StartsWith("/calls: got object"));
}

TEST(SnapshotJsonTest, LastIsReadAsStrictly) {
  EXPECT_THAT(ErrorWith("\"last\": [{", "\"last\": [{\"count\": 1, "), StartsWith("/last/0/count: unknown key"));
  EXPECT_THAT(ErrorWith("\"last\": [{", "\"last\": [1, {"), StartsWith("/last/0: got 1; expected an object"));
}

TEST(SnapshotJsonTest, APathTwice) {
  const std::string json = Small();
  const size_t begin = json.find('{', 1), end = json.find('}') + 1;
  const std::string call = json.substr(begin, end - begin);
  EXPECT_THAT(ErrorWith("\"calls\": [", "\"calls\": [" + call + ", "), StartsWith("/calls/1: the same path"));
}

TEST(SnapshotJsonTest, SumsFitTheirType) {
  EXPECT_THAT(ErrorWith("\"overflow\": 0", "\"overflow\": 18446744073709551615"),
              StartsWith("/calls/0/count: got 7; expected an integer from 1 to 0"));
}

TEST(SnapshotJsonTest, LongTextsAreCut) {
  EXPECT_LT(ErrorWith("\"scale\"", "\"" + std::string(100000, 'x') + "\"").size(), 1000u);
  EXPECT_LT(ErrorWith("\"overflow\"", "\"" + std::string(100000, 'x') + "\"").size(), 1000u);
}

}  // namespace
}  // namespace raptors::dashboard
