// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/profile/profile.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"

namespace raptors::profile {
namespace {

// Two CPUs; rows of the second override one another.
constexpr absl::string_view kGood = R"({
  "schema": 1,
  "name": "test",
  "provenance": {"machine": "m", "note": "n"},
  "cpus": [
    {"pattern": "EPYC 9[0-9]+", "thresholds": [
      {"op": "*", "dtype": "*", "layout": "*",
       "parallel_min": {"value": 1000, "unit": "bytes", "provenance": "p1"},
       "thread_min": {"value": 500, "unit": "bytes", "provenance": "p2"},
       "stream_min": {"value": 0.25, "unit": "llc", "provenance": "p3"},
       "tile": {"value": 0.75, "unit": "l2", "provenance": "p4"},
       "blas_min": {"value": "never", "unit": "elements", "provenance": "p5"}}]},
    {"pattern": ".*", "thresholds": [
      {"op": "*", "dtype": "*", "layout": "*",
       "parallel_min": {"value": "never", "unit": "bytes", "provenance": "q1"},
       "thread_min": {"value": 1, "unit": "bytes", "provenance": "q2"},
       "stream_min": {"value": "never", "unit": "llc", "provenance": "q3"},
       "tile": {"value": 0.5, "unit": "l2", "provenance": "q4"},
       "blas_min": {"value": 7, "unit": "elements", "provenance": "q5"}},
      {"op": "scale", "dtype": "float64", "layout": "rows",
       "blas_min": {"value": 9, "unit": "elements", "provenance": "q6"}}]}
  ]
})";

std::string With(absl::string_view from, absl::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// The error of a document; checks its kind and what it begins with.
void ExpectError(absl::string_view json, absl::string_view prefix, absl::string_view part) {
  const absl::StatusOr<Document> document = ParseDocument(json);
  ASSERT_FALSE(document.ok()) << "expected an error at " << prefix;
  EXPECT_EQ(document.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StartsWith(document.status().message(), prefix)) << document.status() << "\nexpected: " << prefix;
  EXPECT_TRUE(absl::StrContains(document.status().message(), part)) << document.status() << "\nexpected: " << part;
}

TEST(ProfileTest, FirstMatchingCpuCounts) {
  const absl::StatusOr<LoadedProfile> loaded = Parse(kGood, "AMD EPYC 9654 96-Core Processor");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->name, "test");
  EXPECT_EQ(loaded->pattern, "EPYC 9[0-9]+");
  EXPECT_EQ(loaded->provenance.machine, "m");
  const policy::Thresholds& row = loaded->thresholds.At(Op::kScale, DType::kFloat32, Layout::kNarrow);
  EXPECT_EQ(row.parallel_min_bytes, 1000);
  EXPECT_EQ(row.thread_min_bytes, 500);
  EXPECT_EQ(row.stream_llc_share, 0.25);
  EXPECT_EQ(row.tile_l2_share, 0.75);
  EXPECT_EQ(row.blas_min_elements, policy::kNever);
}

TEST(ProfileTest, EveryOtherCpuTakesTheLastEntry) {
  for (const absl::string_view model : {"Cortex-A72", "", "two\nlines", "\xff\xfe"}) {
    const absl::StatusOr<LoadedProfile> loaded = Parse(kGood, model);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->pattern, ".*");
  }
}

TEST(ProfileTest, LaterRowsOverrideEarlierOnesAndKeepTheRest) {
  const absl::StatusOr<LoadedProfile> loaded = Parse(kGood, "other");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const policy::Thresholds& row = loaded->thresholds.At(Op::kScale, DType::kFloat64, Layout::kRows);
  EXPECT_EQ(row.blas_min_elements, 9);
  EXPECT_EQ(row.parallel_min_bytes, policy::kNever);
  EXPECT_EQ(row.stream_llc_share, std::numeric_limits<double>::infinity());
  EXPECT_EQ(loaded->thresholds.At(Op::kScale, DType::kFloat32, Layout::kRows).blas_min_elements, 7);
  EXPECT_EQ(loaded->thresholds.At(Op::kScale, DType::kFloat64, Layout::kContiguous).blas_min_elements, 7);
  EXPECT_EQ(loaded->At(Op::kScale, DType::kFloat64, Layout::kRows, Field::kBlasMin).provenance, "q6");
  EXPECT_EQ(loaded->At(Op::kScale, DType::kFloat64, Layout::kRows, Field::kTile).provenance, "q4");
}

TEST(ProfileTest, BuiltinProfileIsValidForAnyCpu) {
  for (const absl::string_view model : {"", "AMD EPYC", "Cortex-A72"}) {
    const absl::StatusOr<LoadedProfile> loaded = Parse(BuiltinJson(), model);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_TRUE(absl::StartsWith(loaded->name, "linux_")) << loaded->name;
  }
}

TEST(ProfileTest, SerializeRoundTrips) {
  for (const absl::string_view json : {kGood, BuiltinJson()}) {
    const absl::StatusOr<Document> document = ParseDocument(json);
    ASSERT_TRUE(document.ok()) << document.status();
    const std::string text = Serialize(*document);
    const absl::StatusOr<Document> again = ParseDocument(text);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(Serialize(*again), text);
    ASSERT_EQ(again->cpus.size(), document->cpus.size());
    for (size_t c = 0; c < document->cpus.size(); ++c) {
      EXPECT_EQ(again->cpus[c].pattern, document->cpus[c].pattern);
      ASSERT_EQ(again->cpus[c].rows.size(), document->cpus[c].rows.size());
      for (size_t r = 0; r < document->cpus[c].rows.size(); ++r) {
        const Row& a = document->cpus[c].rows[r];
        const Row& b = again->cpus[c].rows[r];
        EXPECT_TRUE(a.op == b.op && a.dtype == b.dtype && a.layout == b.layout);
        for (int f = 0; f < kNumFields; ++f) {
          ASSERT_EQ(a.fields[f].has_value(), b.fields[f].has_value());
          if (!a.fields[f].has_value()) continue;
          EXPECT_EQ(a.fields[f]->value, b.fields[f]->value);
          EXPECT_EQ(a.fields[f]->never, b.fields[f]->never);
          EXPECT_EQ(a.fields[f]->provenance, b.fields[f]->provenance);
        }
      }
    }
  }
}

TEST(ProfileTest, ValuesSurviveTheTripToJson) {
  Document document = *ParseDocument(kGood);
  for (const double value : {0.1, 1.0 / 3, 1e-3, 1023.999999999, 0x1p-10}) {
    document.cpus[0].rows[0].fields[static_cast<int>(Field::kTile)]->value = value;
    const absl::StatusOr<Document> again = ParseDocument(Serialize(document));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->cpus[0].rows[0].fields[static_cast<int>(Field::kTile)]->value, value);
  }
  // Bytes that are no UTF-8 are replaced, not thrown about.
  document.name = "\xff";
  EXPECT_TRUE(ParseDocument(Serialize(document)).ok());
}

TEST(ProfileErrorTest, SyntaxErrorsHaveLineAndColumn) {
  ExpectError("", "line 1, column 1: ", "empty input");
  ExpectError("{", "line 1, column 2: ", "unexpected end of input");
  ExpectError("{\n  \"schema\": 1,\n  oops}", "line 3, column 3: ", "syntax error");
  ExpectError("{\"a\": 1} x", "line 1, column 10: ", "syntax error");
  ExpectError("{\"a\": NaN}", "line 1, column 7: ", "syntax error");
  ExpectError("{\"a\": \"\xff\"}", "line 1, column 8: ", "");
  ExpectError("\xff\xfe", "line 1, column 1: ", "");
  ExpectError("// comment\n{}", "line 1, column 1: ", "");
  ExpectError(With("\"name\": \"test\",", "\"name\": \"test\""), "line 4, column 3: ", "syntax error");
}

TEST(ProfileErrorTest, SchemaErrorsHaveAPointer) {
  ExpectError("[]", "(document): ", "expected an object");
  ExpectError("{}", "(document): ", "missing");
  ExpectError(With("\"schema\": 1", "\"schema\": 2"), "/schema: ", "got 2; expected 1");
  ExpectError(With("\"schema\": 1", "\"schema\": \"1\""), "/schema: ", "expected 1");
  ExpectError(With("\"schema\": 1", "\"schema\": 1.0"), "/schema: ", "expected 1");
  ExpectError(With("\"name\": \"test\"", "\"name\": \"\""), "/name: ", "empty");
  ExpectError(With("\"name\": \"test\"", "\"name\": 5"), "/name: ", "expected a string");
  ExpectError(With("\"name\": \"test\"", "\"name\": \"test\", \"extra\": 1"), "/extra: ", "unknown key");
  ExpectError(With("\"name\": \"test\"", "\"name\": \"test\", \"a/b~c\": 1"), "/a~1b~0c: ", "unknown key");
  ExpectError(With("\"name\": \"test\"", "\"name\": \"test\", \"name\": \"test\""), "/name: ", "duplicate key");
  ExpectError(With("\"machine\": \"m\"", "\"machine\": \"m\", \"mood\": \"good\""),
              "/provenance/mood: ", "unknown key");
  ExpectError(With("EPYC 9[0-9]+", "EPYC ("), "/cpus/0/pattern: ", "not a regular expression");
  ExpectError(With("\"pattern\": \".*\"", "\"pattern\": \"x\""), "/cpus: ", "\".*\"");
  ExpectError(With("\"tile\"", "\"tyle\""), "/cpus/0/thresholds/0/tyle: ", "unknown key");
  ExpectError(With("{\"value\": 500", "{\"value\": 500, \"value\": 500"),
              "/cpus/0/thresholds/0/thread_min/value: ", "duplicate key");
  ExpectError(With("\"op\": \"*\"", "\"op\": \"skale\""), "/cpus/0/thresholds/0/op: ", "expected one of *, scale");
  ExpectError(With("\"dtype\": \"*\"", "\"dtype\": \"float\""), "/cpus/0/thresholds/0/dtype: ", "float64");
  ExpectError(With("\"layout\": \"*\"", "\"layout\": 3"), "/cpus/0/thresholds/0/layout: ", "expected a string");
  ExpectError(With("\"unit\": \"llc\"", "\"unit\": \"l2\""),
              "/cpus/0/thresholds/0/stream_min/unit: ", "got \"l2\"; expected \"llc\"");
  ExpectError(With(", \"provenance\": \"p1\"", ""), "/cpus/0/thresholds/0/parallel_min: ", "\"provenance\" is missing");
  ExpectError(With("\"provenance\": \"p1\"", "\"provenance\": \"\""),
              "/cpus/0/thresholds/0/parallel_min/provenance: ", "empty");
}

TEST(ProfileErrorTest, NumbersOutOfRange) {
  const std::string at = "/cpus/0/thresholds/0/";
  ExpectError(With("1000", "-1"), at + "parallel_min/value: ", "got -1; expected a whole number from 0");
  ExpectError(With("1000", "1.5"), at + "parallel_min/value: ", "whole");
  ExpectError(With("1000", "1e300"), at + "parallel_min/value: ", "whole");
  ExpectError(With("1000", "1e999"), at + "parallel_min/value: ", "out of range");
  ExpectError(With("1000", "-1e999"), at + "parallel_min/value: ", "out of range");
  ExpectError(With("1000", "99999999999999999999999"), at + "parallel_min/value: ", "whole");
  ExpectError(With("1000", "18446744073709551615"), at + "parallel_min/value: ", "whole");
  ExpectError(With("1000", "true"), at + "parallel_min/value: ", "expected a number or \"never\"");
  ExpectError(With("1000", "null"), at + "parallel_min/value: ", "got null");
  ExpectError(With("500", "0"), at + "thread_min/value: ", "from 1");
  ExpectError(With("500", "\"never\""), at + "thread_min/value: ", "expected a number");
  ExpectError(With("0.25", "-0.25"), at + "stream_min/value: ", "from 0");
  ExpectError(With("0.75", "0"), at + "tile/value: ", "from 0.000976562");
  ExpectError(With("0.75", "1025"), at + "tile/value: ", "to 1024");
  ExpectError(With("\"never\"", "\"sometimes\""), at + "blas_min/value: ", "got \"sometimes\"");
}

TEST(ProfileErrorTest, RowsMustCoverEveryCallOnce) {
  // Without the row for all calls' tile, narrow calls have none.
  ExpectError(With("\"tile\": {\"value\": 0.75, \"unit\": \"l2\", \"provenance\": \"p4\"},", ""),
              "/cpus/0/thresholds: ", "no value of tile for scale, float32, contiguous");
  ExpectError(With("\"layout\": \"*\"", "\"layout\": \"rows\""), "/cpus/0/thresholds: ", "no value of parallel_min");
  ExpectError(With("{\"op\": \"scale\", \"dtype\": \"float64\", \"layout\": \"rows\"",
                   "{\"op\": \"*\", \"dtype\": \"*\", \"layout\": \"*\""),
              "/cpus/1/thresholds/1: ", "same op, dtype and layout as row 0");
  ExpectError(With(",\n       \"blas_min\": {\"value\": 9, \"unit\": \"elements\", \"provenance\": \"q6\"}", ""),
              "/cpus/1/thresholds/1: ", "no threshold");
}

TEST(ProfileErrorTest, SizeAndDepthAreBounded) {
  std::string padded(kGood);
  padded.append(static_cast<size_t>(kMaxBytes) - padded.size(), ' ');
  EXPECT_TRUE(ParseDocument(padded).ok());
  padded.push_back(' ');
  ExpectError(padded, "(document): ", "expected at most 65536");

  ExpectError(std::string(16, '[') + std::string(16, ']'), "(document): ", "expected an object");
  ExpectError(std::string(17, '[') + std::string(17, ']'), "/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0: ", "deeper than 16");
  ExpectError(std::string(60000, '['), "/0/0/", "deeper than 16");
}

TEST(ProfileErrorTest, CompileChecksDocumentsMadeInCode) {
  Document document = *ParseDocument(kGood);
  for (const double value : {0.0, -1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    Document wrong = document;
    wrong.cpus[1].rows[0].fields[static_cast<int>(Field::kThreadMin)]->value = value;
    EXPECT_TRUE(
        absl::StartsWith(Compile(wrong, "other").status().message(), "/cpus/1/thresholds/0/thread_min/value: "));
  }
  Document never = document;
  never.cpus[1].rows[0].fields[static_cast<int>(Field::kTile)]->never = true;
  EXPECT_EQ(Compile(never, "other").status().message(),
            "/cpus/1/thresholds/0/tile/value: got \"never\"; expected a number");
  document.cpus[1].rows[0].fields[static_cast<int>(Field::kTile)].reset();
  EXPECT_EQ(Compile(document, "other").status().code(), absl::StatusCode::kInvalidArgument);
  document.cpus.pop_back();
  const absl::Status status = Compile(document, "other").status();
  EXPECT_TRUE(absl::StrContains(status.message(), "no pattern matches the CPU model \"other\"")) << status;
}

}  // namespace
}  // namespace raptors::profile
