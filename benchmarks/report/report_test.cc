// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/report/report.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "benchmarks/cell.h"
#include "benchmarks/report/aims.h"
#include "benchmarks/report/result.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Goals kGoals;
const Style kStyle;

// 8 MB at 100 GB/s; Eigen and the roofline are level with Raptors.
CellResult Make(const std::string& shape = "1000x1000", bool all_threads = false, const std::string& simd = "auto") {
  CellResult result;
  result.cell.op = Op::kScale;
  result.cell.dtype = DType::kFloat32;
  result.cell.shape = shape;
  result.cell.layout = "C";
  result.cell.names_op = false;
  result.cell.out = {1000, 1000};
  result.cell.inputs = {{{1000, 1000}, View::kC}};
  result.cell.all_threads = all_threads;
  result.cell.simd = simd;
  result.threads = all_threads ? 2 : 1;
  result.work = 8e6;
  result.raptors_ns = 80000;
  result.decision = "simd avx3 x1";
  result.reason = "best-isa";
  result.plain = {"plain x86-64-v4/512", 90000};
  result.eigen = {"Eigen x86-64-v3", 80000};
  result.blas = {"OpenBLAS copy+scal", 160000};
  result.roof_plain_stores = {"x86-64-v3, unroll 4", 80000};
  result.roof_streaming = {"x86-64-v3, unroll 2, streaming", 120000};
  if (all_threads) {
    result.raptors_one_ns = 160000;
    result.roof_one = {"x86-64-v3, unroll 4", 160000};
  }
  return result;
}

TEST(ResultTest, BestPeerAndRoof) {
  CellResult result = Make();
  EXPECT_EQ(result.BestPeer().name, "Eigen x86-64-v3");
  EXPECT_EQ(result.Roof().name, "x86-64-v3, unroll 4");
  EXPECT_DOUBLE_EQ(result.Ratio(), 1);
  result.eigen = {};
  EXPECT_EQ(result.BestPeer().name, "plain x86-64-v4/512");
  result.roof_streaming.ns = 40000;
  EXPECT_DOUBLE_EQ(result.Share(), 0.5);
}

TEST(JudgeTest, ReferenceOfOneThread) {
  CellResult result = Make();
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.raptors_ns = 80000 / kGoals.peer_share + kGoals.overhead_ns - 1;
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.raptors_ns += 2;
  ASSERT_EQ(Judge(result, kGoals).size(), 2u);  // against the roofline and against Eigen
  EXPECT_THAT(Judge(result, kGoals)[0].text, HasSubstr("roofline"));
  EXPECT_THAT(Judge(result, kGoals)[1].text, HasSubstr("Eigen x86-64-v3"));
  EXPECT_NEAR(Judge(result, kGoals)[0].factor, 1, 1e-4);
}

TEST(JudgeTest, RooflineCountsForContiguousCellsOnly) {
  CellResult result = Make();
  result.cell.inputs[0].view = View::kTransposed;
  result.roof_streaming.ns = 1000;
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.cell.inputs[0].view = View::kC;
  EXPECT_EQ(Judge(result, kGoals).size(), 1u);
}

TEST(JudgeTest, FortyNanosecondsForSmallCalls) {
  CellResult result = Make();
  result.plain.ns = result.eigen.ns = result.blas.ns = result.roof_plain_stores.ns = result.roof_streaming.ns = 5;
  result.raptors_ns = 45;
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.raptors_ns = 46;
  EXPECT_EQ(Judge(result, kGoals).size(), 2u);
}

TEST(JudgeTest, ForcedLevelsAreNotJudged) {
  CellResult result = Make("1000x1000", false, "off");
  result.raptors_ns = 1e9;
  EXPECT_TRUE(Judge(result, kGoals).empty());
}

TEST(JudgeTest, GainOfThreads) {
  CellResult result = Make("1000x1000", true);
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.raptors_ns = 100000;  // 1.6 where the roofline gains 2
  ASSERT_EQ(Judge(result, kGoals).size(), 1u);
  EXPECT_THAT(Judge(result, kGoals)[0].text, HasSubstr("gain 1.60, roofline gains 2.00"));
  result.raptors_one_ns = 15000;  // too short for the gain, but all threads must not be slower
  result.raptors_ns = 15400;
  EXPECT_TRUE(Judge(result, kGoals).empty());
  result.raptors_ns = 16000;
  EXPECT_EQ(Judge(result, kGoals).size(), 1u);
}

TEST(FormatTest, Nanoseconds) {
  EXPECT_EQ(FormatNs(4.567), "4.57 ns");
  EXPECT_EQ(FormatNs(45.67), "45.7 ns");
  EXPECT_EQ(FormatNs(456.7), "457 ns");
  EXPECT_EQ(FormatNs(45670), "45.7 us");
  EXPECT_EQ(FormatNs(1.5e9), "1.50 s");
}

TEST(FormatTest, RowHasItAllIn120Columns) {
  CellResult result = Make("1023x1025", true);
  result.cell.layout = "column-slice";
  result.decision = "simd avx3 x2 stream";
  result.reason = "too-small-for-threads";
  result.spread = 0.2;
  const std::string row = FormatRow(result, kStyle);
  EXPECT_LE(row.size(), 120u) << row;
  for (const char* part : {"f32 1023x1025 column-slice 2t auto", "80.0 us~", "100.0", "100%", "1.00", "Eigen v3",
                           "avx3 x2 stream", "too-small-for-threads"}) {
    EXPECT_THAT(row, HasSubstr(part));
  }
  EXPECT_LE(RowHeading(kStyle).size(), 120u);
}

TEST(FormatTest, NamesAreShortenedButKeepTheirThreads) {
  CellResult result = Make();
  result.plain = {"plain x86-64-v4/512, blocks of 16 x2", 10};
  EXPECT_THAT(FormatRow(result, kStyle), HasSubstr("plain v4/512 x2 "));
  result.plain = {"plain x86-64-v4/512, blocks of 16", 10};
  EXPECT_THAT(FormatRow(result, kStyle), HasSubstr("plain v4/512 "));
}

TEST(SummaryTest, CountsWinsEvenAndLosses) {
  std::vector<CellResult> results = {Make("a"), Make("b"), Make("c"), Make("d")};
  results[0].raptors_ns = 40000;   // twice as fast
  results[1].raptors_ns = 160000;  // half as fast
  results[2].raptors_ns = 82000;   // even
  results[3].cell.simd = "off";    // not counted
  const std::string text = FormatSummary(results, {}, kStyle);
  EXPECT_THAT(text, HasSubstr("1 thread, C                     3     1     1      1        0.99"));
  EXPECT_THAT(text, HasSubstr("b C 1t"));
  EXPECT_THAT(text, HasSubstr("2 of 3 cells meet them"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) EXPECT_LE(line.size(), 120u) << line;
}

TEST(SummaryTest, RepetitionsCountOnceWithTheMedian) {
  std::vector<CellResult> results = {Make("a"), Make("a"), Make("a")};
  results[0].raptors_ns = 1e9;
  results[1].raptors_ns = 10;
  const std::string text = FormatSummary(results, {}, kStyle);
  EXPECT_THAT(text, HasSubstr("1 of 1 cells meet them"));
}

TEST(SummaryTest, LevelsAreRelativeToAuto) {
  CellResult off = Make("a", false, "off");
  off.raptors_ns = 8 * 80000;
  EXPECT_THAT(FormatSummary({Make("a"), off}, {}, kStyle), HasSubstr("off 8.00"));
}

// A cell of the benchmarks with several operations.
CellResult MakeOp(Op op, const std::string& shape, const std::string& layout, const std::string& axis, double ns) {
  CellResult result = Make(shape);
  result.cell.op = op;
  result.cell.names_op = true;
  result.cell.layout = layout;
  result.cell.axis = axis;
  result.raptors_ns = ns;
  return result;
}

TEST(SummaryTest, OperationsAreCountedApart) {
  Style style;
  style.case_width = 44;
  style.reasons = false;
  const std::vector<CellResult> results = {MakeOp(Op::kAdd, "a", "C", "", 80000),
                                           MakeOp(Op::kMax, "a", "C", "0", 80000)};
  const std::string text = FormatSummary(results, {}, style);
  EXPECT_THAT(text, HasSubstr("1 thread, add C "));
  EXPECT_THAT(text, HasSubstr("1 thread, max axis 0 "));
  EXPECT_LE(FormatRow(MakeOp(Op::kMultiply, "1023x1025", "column-slice", "none", 1), style).size(), 120u);
}

TEST(SummaryTest, CellsWithoutAPeerAreNoLosses) {
  CellResult result = Make();
  result.plain = result.eigen = result.blas = {};
  EXPECT_THAT(FormatRow(result, kStyle), HasSubstr(" - "));
  EXPECT_THAT(FormatSummary({result}, {}, kStyle), HasSubstr("1     0     0      0 "));
}

TEST(AimsTest, TransposedAddBesideTheContiguousOne) {
  std::vector<CellResult> results = {MakeOp(Op::kAdd, "a", "C", "", 400),
                                     MakeOp(Op::kAdd, "a", "transposed", "", 1001)};
  EXPECT_THAT(ElementwiseAims(results), HasSubstr("0.40 of the contiguous add, at least 0.4: MISSED"));
  results[1].cell.out = {1024, 1000};
  EXPECT_THAT(ElementwiseAims(results), HasSubstr("at least 0.3: met"));
  EXPECT_EQ(ElementwiseAims({results[1]}), "");
}

TEST(AimsTest, NarrowMeansBesideTheSum) {
  std::vector<CellResult> results = {MakeOp(Op::kSum, "300000x3", "C", "none", 100),
                                     MakeOp(Op::kMean, "300000x3", "C", "0", 150),
                                     MakeOp(Op::kMean, "300000x3", "C", "1", 151)};
  EXPECT_THAT(ReductionAims(results), HasSubstr("1.50 times the sum over all, at most 1.5: met"));
  EXPECT_THAT(ReductionAims(results), HasSubstr("1.51 times the sum over all, at most 1.5: MISSED"));
}

TEST(SummaryTest, Overhead) {
  OverheadResult overhead;
  overhead.dtype = "float32";
  overhead.elements = 32;
  overhead.call_ns = 40;
  overhead.kernel_ns = 5;
  EXPECT_THAT(FormatSummary({}, {overhead}, kStyle),
              HasSubstr("overhead float32, 32 elements: 35.0 ns = call 40.0 ns"));
  EXPECT_THAT(FormatSummary({}, {overhead}, kStyle), HasSubstr(": met"));
  overhead.call_ns = 46;
  EXPECT_THAT(FormatSummary({}, {overhead}, kStyle), HasSubstr(": MISSED"));
  EXPECT_THAT(FormatSummary({Make()}, {}, kStyle), Not(HasSubstr("verhead of")));
}

}  // namespace
}  // namespace raptors::benchmarks
