// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/introspect/introspect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "raptors/base/isa.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "raptors/policy/policy.h"

namespace raptors::introspect {
namespace {

using Json = nlohmann::json;

class IntrospectTest : public testing::Test {
 protected:
  IntrospectTest() { context::ResetForTesting({}); }
};

Explanation ExplainScale(const std::vector<int64_t>& extents, const ExplainOptions& options = {}) {
  absl::StatusOr<Explanation> why = Explain(Op::kScale, DType::kFloat32, extents, options);
  EXPECT_TRUE(why.ok()) << why.status();
  return *std::move(why);
}

TEST_F(IntrospectTest, ExplainsWhatDecideDecides) {
  const Explanation why = ExplainScale({1000, 1000});
  EXPECT_EQ(why.shape.elements, 1000000);
  EXPECT_EQ(why.bytes_moved, 8000000);
  const context::Settings& settings = context::Current();
  const policy::Decision decision = policy::Decide(why.shape, settings.machine, settings.limits, *settings.profile);
  EXPECT_EQ(why.policy.decision.isa, decision.isa);
  EXPECT_EQ(why.policy.decision.isa, settings.machine.usable.Best());
  EXPECT_EQ(why.policy.decision.threads, decision.threads);
  EXPECT_EQ(why.policy.decision.tile_elements, decision.tile_elements);
  EXPECT_EQ(why.thresholds.size(), static_cast<size_t>(profile::kNumFields));
  for (const ThresholdInfo& info : why.thresholds) EXPECT_FALSE(info.threshold.provenance.empty());
  for (const policy::Candidate& candidate : why.policy.candidates) {
    EXPECT_TRUE((settings.built | settings.machine.supported).Has(candidate.isa)) << Name(candidate.isa);
  }
}

TEST_F(IntrospectTest, FollowsScopes) {
  const absl::StatusOr<context::Scope> simd = context::ScopedSimd("off");
  const absl::StatusOr<context::Scope> threads = context::ScopedThreads(1);
  ASSERT_TRUE(simd.ok() && threads.ok());
  const Explanation why = ExplainScale({1 << 20});
  EXPECT_EQ(why.policy.decision.route, Route::kScalar);
  EXPECT_EQ(why.policy.decision.reason, Reason::kSimdOff);
  EXPECT_EQ(why.policy.decision.threads, 1);
  EXPECT_EQ(why.settings.simd, "off");
  EXPECT_EQ(why.settings.max_threads, 1);
  const SystemInfo info = Info();
  for (const LevelInfo& level : info.levels) EXPECT_EQ(level.in_force, level.isa == Isa::kScalar) << Name(level.isa);
}

TEST_F(IntrospectTest, BlasCandidateSaysWhyNot) {
  const context::Scope prefer = context::ScopedBlas(policy::BlasMode::kPrefer);
  const auto blas_reason = [](const ExplainOptions& options) {
    const std::vector<policy::Candidate> candidates = ExplainScale({100}, options).policy.candidates;
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [](const policy::Candidate& c) { return c.route == Route::kBlas; });
    EXPECT_NE(found, candidates.end());
    return found->reason;
  };
  ExplainOptions options;
  options.in_place = true;
  EXPECT_EQ(blas_reason(options), blas::Available() ? Reason::kBlasPreferred : Reason::kBlasNotBuilt);
  if (!blas::Available()) return;
  options.factor = 0.0;
  EXPECT_EQ(blas_reason(options), Reason::kBlasValues);
  // Not zero as a double, but as a float32.
  options.factor = 1e-300;
  EXPECT_EQ(blas_reason(options), Reason::kBlasValues);
  EXPECT_EQ(blas_reason({}), Reason::kBlasLayout);
}

TEST_F(IntrospectTest, ExplainsProducts) {
  const context::Scope prefer = context::ScopedBlas(policy::BlasMode::kPrefer);
  const absl::StatusOr<Explanation> why = Explain(Op::kMatmul, DType::kFloat64, {30, 40, 50});
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->shape.elements, 30 * 40);
  EXPECT_EQ(why->shape.inner, 50);
  EXPECT_EQ(why->bytes_moved, int64_t{2} * 8 * 30 * 40 * 50);
  EXPECT_EQ(why->policy.decision.route, blas::Available() ? Route::kBlas : Route::kEigen);
  EXPECT_EQ(why->policy.candidates[0].route, Route::kEigen);
  const absl::Status status = Explain(Op::kMatmul, DType::kFloat64, {30, 40}).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "extents: got (30, 40); expected (m, n, k)")) << status;
}

TEST_F(IntrospectTest, BadArgumentsAreErrors) {
  const auto error = [](std::vector<int64_t> extents, ExplainOptions options) {
    return Explain(Op::kScale, DType::kFloat64, extents, options).status();
  };
  EXPECT_EQ(error({2, -1}, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(error({2, -1}, {}).message(), "extents")) << error({2, -1}, {});
  EXPECT_EQ(error({int64_t{1} << 40, int64_t{1} << 40}, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error(std::vector<int64_t>(65, 1), {}).code(), absl::StatusCode::kInvalidArgument);
  ExplainOptions both;
  both.in_place = both.buffered = true;
  EXPECT_EQ(error({1}, both).message(), "options: got in_place and buffered; expected at most one of them");
}

TEST_F(IntrospectTest, ABadEnvironmentIsReported) {
  context::ResetForTesting({"RAPTORS_THREADS=none"});
  EXPECT_EQ(Explain(Op::kScale, DType::kFloat32, {1}).status().code(), absl::StatusCode::kFailedPrecondition);
  const SystemInfo info = Info();
  EXPECT_FALSE(info.settings.status.ok());
  EXPECT_TRUE(absl::StrContains(ToText(info), "error: RAPTORS_THREADS: got \"none\"")) << ToText(info);
  EXPECT_TRUE(absl::StartsWith(Json::parse(ToJson(info))["settings"]["error"].get<std::string>(), "RAPTORS_THREADS"));
}

TEST_F(IntrospectTest, InfoIsTheMachine) {
  const SystemInfo info = Info();
  EXPECT_FALSE(info.version.empty());
  EXPECT_EQ(info.cpu.model, cpu::GetInfo().model);
  IsaSet built, supported;
  int in_force = 0;
  for (const LevelInfo& level : info.levels) {
    if (level.built) built = built | IsaSet::Of(level.isa);
    if (level.supported) supported = supported | IsaSet::Of(level.isa);
    in_force += level.in_force;
    if (level.in_force) EXPECT_TRUE(level.built && level.supported);
  }
  EXPECT_EQ(built, dispatch::Built());
  EXPECT_EQ(supported, cpu::Supported());
  EXPECT_EQ(in_force, 1);
  EXPECT_EQ(info.blas.available, blas::Available());
  EXPECT_EQ(info.profile.source, "built-in");
  EXPECT_GT(info.memory.cap, 0);
}

TEST_F(IntrospectTest, ExplainsReductions) {
  ExplainOptions options;
  absl::StatusOr<Explanation> why = Explain(Op::kSum, DType::kFloat32, {1000, 30}, options);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->shape.layout, Layout::kContiguous);
  EXPECT_EQ(why->bytes_moved, (30000 + 1) * 4);
  options.axes = {{0}};
  why = Explain(Op::kSum, DType::kFloat32, {1000, 30}, options);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->shape.layout, Layout::kColumns);
  EXPECT_EQ(why->bytes_moved, (30000 + 30) * 4);
  options.axes = {{-1}};
  why = Explain(Op::kMax, DType::kInt32, {1000, 3}, options);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->shape.layout, Layout::kNarrow);
  options.axes = {{2}};
  EXPECT_EQ(Explain(Op::kMax, DType::kInt32, {1000, 3}, options).status().message(),
            "axes: got 2; expected -2 to 1, because x has 2 axes");
  options.axes = {{0, -2}};
  EXPECT_EQ(Explain(Op::kSum, DType::kFloat32, {1000, 30}, options).status().message(),
            "axes: got axis -2 twice; expected each axis once");
  // A routine sums a matrix over one axis, and nothing else.
  options.axes = {{0}};
  EXPECT_TRUE(Explain(Op::kSum, DType::kFloat32, {1000, 30}, options)->shape.blas_strides);
  EXPECT_FALSE(Explain(Op::kSum, DType::kFloat32, {10, 100, 30}, options)->shape.blas_strides);
  EXPECT_FALSE(Explain(Op::kSum, DType::kFloat32, {1000, 30})->shape.blas_strides);
  EXPECT_FALSE(Explain(Op::kAdd, DType::kInt32, {1000, 3}, options).ok());
  EXPECT_FALSE(Explain(Op::kDot, DType::kInt32, {20}).ok());
}

TEST_F(IntrospectTest, TableHoldsEveryBuiltKernel) {
  const std::vector<TableRow> table = Table();
  size_t levels = 0;
  for (const Isa isa : kAllIsas) levels += dispatch::Built().Has(isa);
  size_t kernels = 0;
  for (const OpInfo& op : kOpInfos) {
    for (const DType dtype : kAllDTypes) kernels += dispatch::Lookup(op.op, dtype, Isa::kScalar) != nullptr;
  }
  EXPECT_GT(kernels, 20u);
  EXPECT_EQ(table.size(), kernels * levels);
  for (const TableRow& row : table) {
    EXPECT_EQ(row.entry.map != nullptr, Info(row.entry.op).kind == OpKind::kMap);
    EXPECT_EQ(row.entry.reduce != nullptr, Info(row.entry.op).kind == OpKind::kReduce);
    EXPECT_EQ(row.supported, cpu::Supported().Has(row.entry.isa));
  }
}

TEST_F(IntrospectTest, JsonHoldsTheValues) {
  const Explanation why = ExplainScale({3, 5});
  const Json json = Json::parse(ToJson(why));
  EXPECT_EQ(json["call"]["shape"], Json({3, 5}));
  EXPECT_EQ(json["call"]["elements"], 15);
  EXPECT_EQ(json["decision"]["isa"], Name(why.policy.decision.isa));
  EXPECT_EQ(json["candidates"].size(), why.policy.candidates.size());
  EXPECT_EQ(json["thresholds"].size(), why.thresholds.size());
  EXPECT_EQ(json["thresholds"]["tile"]["unit"], "l2");
  EXPECT_TRUE(json["settings"]["error"].is_null());
  const Json info = Json::parse(ToJson(Info()));
  EXPECT_EQ(info["levels"].size(), Info().levels.size());
  EXPECT_EQ(info["cpu"]["usable_cores"], cpu::GetInfo().usable_cores.cores);
  const Json table = Json::parse(ToJson(Table()));
  EXPECT_EQ(table.size(), Table().size());
  EXPECT_EQ(table[0]["op"], "scale");
}

TEST_F(IntrospectTest, TextSaysWhatMatters) {
  const std::string text = ToText(ExplainScale({1000, 1000}));
  EXPECT_TRUE(absl::StartsWith(text, "scale float32 1000x1000, contiguous: 1000000 elements, 7.629 MiB moved\n"))
      << text;
  for (const char* part : {"\ndecision\n", "\ncandidates\n", "  chosen ", "\nthresholds\n", "  parallel_min ",
                           "\nprofile\n", "\nsettings\n"}) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << "\n" << text;
  }
  EXPECT_TRUE(absl::StartsWith(ToText(ExplainScale({})), "scale float32 scalar, contiguous: 1 elements"));
  const std::string info = ToText(Info());
  for (const char* part :
       {"raptors ", "\nprocessor\n", "usable cores", "\nlevels\n", "in force", "\nblas\n", "\nmemory\n"}) {
    EXPECT_TRUE(absl::StrContains(info, part)) << part << "\n" << info;
  }
  const std::string table = ToText(Table());
  EXPECT_EQ(static_cast<size_t>(std::count(table.begin(), table.end(), '\n')), Table().size() + 1);
}

}  // namespace
}  // namespace raptors::introspect
