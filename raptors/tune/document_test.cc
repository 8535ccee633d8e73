// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Profiles and verdicts from made-up ladders.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"
#include "raptors/tune/ladder.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {
namespace {

using profile::Field;

constexpr const char* kMachine = "Test CPU";
const About kAbout = {"test", kMachine, "2026-11-22", "raptors tune"};

// The alternative takes twice the time below `crossover` and half of it from there on.
Ladder Step(Field field, Op op, DType dtype, Layout layout, double crossover, double from, double to) {
  Ladder ladder;
  ladder.field = field;
  ladder.op = ladder.timed = op;
  ladder.dtype = dtype;
  ladder.layout = layout;
  ladder.base = "one";
  ladder.alternative = "other";
  for (double at = from; at <= to; at *= 2) {
    Rung rung;
    rung.at = at;
    rung.gain = at < crossover ? -std::log(2.0) : std::log(2.0);
    rung.margin = 0.02;
    rung.base_ns = at;
    rung.alternative_ns = at * std::exp(-rung.gain);
    rung.spread = 0.01;
    rung.rounds = 9;
    ladder.rungs.push_back(rung);
  }
  return ladder;
}

Ladder Parallel(Op op, DType dtype, Layout layout, double crossover) {
  return Step(Field::kParallelMin, op, dtype, layout, crossover, 1024, 16 * 1024 * 1024);
}

constexpr double kUsual = 256 * 1024, kSlow = 32 * 1024, kSpecial = 2 * 1024 * 1024;

// Strided calls cross early, those of nrm2 in float64 late.
Measurement Made() {
  Measurement measurement;
  measurement.cores = 2;
  measurement.blas = true;
  measurement.l2_bytes = 1 << 20;
  measurement.llc_bytes = 32 << 20;
  measurement.rounds = 9;
  for (const OpInfo& info : kOpInfos) {
    for (const DType dtype : kFloatDTypes) {
      for (const Layout layout : {Layout::kContiguous, Layout::kRows, Layout::kStrided}) {
        const bool special = info.op == Op::kNrm2 && dtype == DType::kFloat64;
        const double crossover = special ? kSpecial : layout == Layout::kStrided ? kSlow : kUsual;
        measurement.ladders.push_back(Parallel(info.op, dtype, layout, crossover));
      }
      if (info.kind != OpKind::kMap) continue;
      measurement.ladders.push_back(Step(Field::kStreamMin, info.op, dtype, Layout::kContiguous, 1, 0.125, 4));
    }
  }
  return measurement;
}

profile::LoadedProfile Load(const profile::Document& document) {
  const std::string json = profile::Serialize(document);
  EXPECT_LE(json.size(), static_cast<size_t>(profile::kMaxBytes));
  const absl::StatusOr<profile::Document> read = profile::ParseDocument(json);
  EXPECT_TRUE(read.ok()) << read.status() << "\n" << json;
  if (!read.ok()) return {};
  EXPECT_EQ(profile::Serialize(*read), json);
  absl::StatusOr<profile::LoadedProfile> loaded = profile::Compile(*read, "any processor");
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? *loaded : profile::LoadedProfile();
}

double ParallelMin(const profile::LoadedProfile& loaded, Op op, DType dtype, Layout layout) {
  return static_cast<double>(loaded.thresholds.At(op, dtype, layout).parallel_min_bytes);
}

// Somewhere in the octave below: the step lies between two sizes.
void ExpectStep(double value, double crossover) {
  EXPECT_GT(value, crossover / 2);
  EXPECT_LE(value, crossover);
}

TEST(Document, HasRowsWhereTheyAreNeeded) {
  const profile::Document document = MakeDocument(Made(), kAbout);
  const profile::LoadedProfile loaded = Load(document);
  EXPECT_EQ(document.name, "test");
  EXPECT_EQ(document.provenance.machine, kMachine);
  ExpectStep(ParallelMin(loaded, Op::kAdd, DType::kFloat32, Layout::kContiguous), kUsual);
  ExpectStep(ParallelMin(loaded, Op::kAdd, DType::kInt64, Layout::kRows), kUsual);
  ExpectStep(ParallelMin(loaded, Op::kFma, DType::kFloat64, Layout::kStrided), kSlow);
  ExpectStep(ParallelMin(loaded, Op::kNrm2, DType::kFloat64, Layout::kRows), kSpecial);
  ExpectStep(ParallelMin(loaded, Op::kNrm2, DType::kFloat64, Layout::kStrided), kSpecial);
  ExpectStep(ParallelMin(loaded, Op::kNrm2, DType::kFloat32, Layout::kStrided), kSlow);
  EXPECT_GT(loaded.thresholds.At(Op::kAdd, DType::kFloat32, Layout::kContiguous).stream_llc_share, 0.5);
  EXPECT_LE(loaded.thresholds.At(Op::kAdd, DType::kFloat32, Layout::kContiguous).stream_llc_share, 1);
  // All calls; strided ones; nrm2 of each of three layouts, for its float64 or as a whole. No row for each call.
  EXPECT_LE(document.cpus[0].rows.size(), 8u);
  EXPECT_FALSE(document.cpus[0].rows[0].op.has_value());
}

TEST(Document, SaysWhereEachThresholdComesFrom) {
  const profile::Document document = MakeDocument(Made(), kAbout);
  for (const profile::Row& row : document.cpus[0].rows) {
    for (int i = 0; i < profile::kNumFields; ++i) {
      if (!row.fields[i].has_value()) continue;
      const std::string& text = row.fields[i]->provenance;
      if (static_cast<Field>(i) == Field::kThreadMin) {
        EXPECT_TRUE(absl::StrContains(text, "half of parallel_min")) << text;
      } else if (absl::StartsWith(text, "measured")) {
        for (const char* part : {"us", "9 rounds", "spread 1%", kMachine, "2026-11-22", "raptors tune"}) {
          EXPECT_TRUE(absl::StrContains(text, part)) << text;
        }
      } else {
        EXPECT_TRUE(absl::StartsWith(text, "not measured: ")) << text;
      }
    }
  }
}

// What a row quotes as evidence it decides itself; where specific rows take all of its series, it says so.
TEST(Document, QuotesSeriesThatTheRowDecides) {
  // In each layout two of three series agree, and the third one wants what is the best for all six.
  Measurement measurement = Made();
  measurement.ladders = {Parallel(Op::kScale, DType::kFloat32, Layout::kContiguous, kSlow),
                         Parallel(Op::kAdd, DType::kFloat32, Layout::kContiguous, kSlow),
                         Parallel(Op::kFma, DType::kFloat32, Layout::kContiguous, kUsual),
                         Parallel(Op::kScale, DType::kFloat32, Layout::kRows, kSpecial),
                         Parallel(Op::kAdd, DType::kFloat32, Layout::kRows, kSpecial),
                         Parallel(Op::kFma, DType::kFloat32, Layout::kRows, kUsual)};
  const profile::LoadedProfile loaded = Load(MakeDocument(measurement, kAbout));
  int quotes = 0;
  for (const profile::Row& row : loaded.rows) {
    const std::optional<profile::Threshold>& threshold = row.fields[static_cast<int>(Field::kParallelMin)];
    if (!threshold.has_value()) continue;
    if (!row.op.has_value() && !row.layout.has_value()) {
      EXPECT_TRUE(absl::StartsWith(threshold->provenance,
                                   "measured: loses least on 6 series, each of which has a row of its own; "))
          << threshold->provenance;
      continue;
    }
    for (const Ladder& ladder : measurement.ladders) {
      const std::string quote =
          absl::StrCat("measured: ", Name(ladder.op), " ", Name(ladder.dtype), " ", Name(ladder.layout), ",");
      if (!absl::StartsWith(threshold->provenance, quote)) continue;
      ++quotes;
      EXPECT_EQ(loaded.At(ladder.op, ladder.dtype, ladder.layout, Field::kParallelMin).provenance,
                threshold->provenance);
    }
    if (!row.op.has_value()) {
      EXPECT_TRUE(
          absl::StrContains(threshold->provenance, "chosen for 3 series, decides 2 of them, none loses more than 0%"))
          << threshold->provenance;
    }
  }
  EXPECT_EQ(quotes, 4);  // a row for each layout, and one for fma in it
}

TEST(Document, GivesEachThreadHalfOfParallelMinOnTwoCores) {
  const profile::LoadedProfile loaded = Load(MakeDocument(Made(), kAbout));
  for (const OpInfo& info : kOpInfos) {
    const policy::Thresholds& thresholds = loaded.thresholds.At(info.op, DType::kFloat64, Layout::kStrided);
    EXPECT_EQ(thresholds.thread_min_bytes, thresholds.parallel_min_bytes / 2);
  }
}

TEST(Document, TakesThreadMinFromFurtherThreadsWhereThereAreMoreCores) {
  Measurement measurement = Made();
  measurement.cores = 8;
  measurement.ladders.push_back(
      Step(Field::kThreadMin, Op::kAdd, DType::kFloat32, Layout::kContiguous, 64 * 1024, 1024, 4 << 20));
  const profile::LoadedProfile loaded = Load(MakeDocument(measurement, kAbout));
  ExpectStep(static_cast<double>(loaded.thresholds.At(Op::kAdd, DType::kFloat32, Layout::kRows).thread_min_bytes),
             64 * 1024);
}

TEST(Document, OfNothingMeasuredIsValid) {
  Measurement measurement;
  const profile::LoadedProfile loaded = Load(MakeDocument(measurement, kAbout));
  const policy::Thresholds& thresholds = loaded.thresholds.At(Op::kAdd, DType::kFloat32, Layout::kContiguous);
  EXPECT_EQ(thresholds.parallel_min_bytes, policy::kNever);
  EXPECT_EQ(thresholds.blas_min_elements, policy::kNever);
  EXPECT_TRUE(std::isinf(thresholds.stream_llc_share));
}

TEST(Document, StaysWithinTheFormatWhenEveryCallDiffers) {
  Measurement measurement = Made();
  int i = 0;
  for (Ladder& ladder : measurement.ladders) {
    if (ladder.field == Field::kParallelMin) {
      ladder = Parallel(ladder.op, ladder.dtype, ladder.layout, i++ % 2 == 0 ? kUsual : kSpecial);
    }
  }
  for (const Layout layout : {Layout::kTransposed, Layout::kNarrow, Layout::kColumns}) {
    for (const OpInfo& info : kOpInfos) {
      for (const DType dtype : kAllDTypes) {
        measurement.ladders.push_back(Parallel(info.op, dtype, layout, i++ % 2 == 0 ? kSlow : kSpecial));
      }
    }
  }
  Load(MakeDocument(measurement, kAbout));  // checks its size
}

TEST(Document, OfSomeOperationsKeepsTheRestOfTheProfile) {
  const profile::LoadedProfile base = Load(MakeDocument(Made(), kAbout));
  Measurement measurement;
  measurement.cores = 2;
  measurement.ops = {Op::kNrm2};
  measurement.ladders = {Parallel(Op::kNrm2, DType::kFloat32, Layout::kContiguous, kSlow),
                         Parallel(Op::kNrm2, DType::kFloat64, Layout::kContiguous, kSlow)};
  const profile::LoadedProfile loaded = Load(MakeDocument(measurement, kAbout, &base));
  for (const Layout layout : {Layout::kContiguous, Layout::kRows, Layout::kStrided}) {
    ExpectStep(ParallelMin(loaded, Op::kNrm2, DType::kFloat64, layout), kSlow);
    EXPECT_EQ(ParallelMin(loaded, Op::kAdd, DType::kFloat64, layout),
              ParallelMin(base, Op::kAdd, DType::kFloat64, layout));
  }
  EXPECT_EQ(loaded.thresholds.At(Op::kNrm2, DType::kFloat32, Layout::kContiguous).stream_llc_share,
            base.thresholds.At(Op::kNrm2, DType::kFloat32, Layout::kContiguous).stream_llc_share);
  // Again: rows do not pile up.
  const profile::LoadedProfile again = Load(MakeDocument(measurement, kAbout, &loaded));
  EXPECT_EQ(again.rows.size(), loaded.rows.size());
}

TEST(Check, HoldsForTheProfileOfTheSameMeasurement) {
  const Measurement measurement = Made();
  int measured = 0;
  for (const Verdict& verdict : Check(measurement, Load(MakeDocument(measurement, kAbout)))) {
    measured += verdict.measured ? 1 : 0;
    if (verdict.measured) EXPECT_TRUE(verdict.holds) << verdict.where;
  }
  EXPECT_GE(measured, 4);
}

TEST(Check, NamesTheThresholdsThatDoNotHoldAnyMore) {
  const Measurement before = Made();
  Measurement now = before;
  for (Ladder& ladder : now.ladders) {
    if (ladder.field == Field::kParallelMin && ladder.layout == Layout::kStrided) {
      ladder = Parallel(ladder.op, ladder.dtype, ladder.layout, kSpecial);
    }
  }
  int failed = 0;
  for (const Verdict& verdict : Check(now, Load(MakeDocument(before, kAbout)))) {
    if (!verdict.measured || verdict.holds) continue;
    ++failed;
    EXPECT_EQ(verdict.field, Field::kParallelMin);
    EXPECT_EQ(verdict.selector.layout, Layout::kStrided);
    EXPECT_NEAR(verdict.loss, 1, 1e-6);  // twice the time
    ExpectStep(verdict.best.number, kSpecial);
    EXPECT_TRUE(absl::StrContains(verdict.where, "strided")) << verdict.where;
  }
  EXPECT_GE(failed, 1);
}

TEST(Check, SeesThreadMinInTheWayOfParallelMin) {
  const Measurement measurement = Made();
  profile::Document document = MakeDocument(measurement, kAbout);
  for (profile::Row& row : document.cpus[0].rows) {
    std::optional<profile::Threshold>& thread = row.fields[static_cast<int>(Field::kThreadMin)];
    if (thread.has_value()) thread->value = 8e6;
  }
  bool failed = false;
  for (const Verdict& verdict : Check(measurement, Load(document)))
    failed = failed || (verdict.measured && !verdict.holds);
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace raptors::tune
