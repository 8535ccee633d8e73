// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/should_use/should_use.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "raptors/array/view.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::blas {
namespace {

// Random settings, in force while it lives.
class RandomSettings {
 public:
  explicit RandomSettings(std::mt19937& random) {
    profile::LoadedProfile loaded = context::Current().profile_source->loaded;
    for (auto& by_dtype : loaded.thresholds.rows) {
      for (auto& by_layout : by_dtype) {
        for (policy::Thresholds& row : by_layout) {
          row.blas_min_elements = random() % 4 == 0 ? policy::kNever : int64_t{1} << random() % 16;
          row.parallel_min_bytes = random() % 2 == 0 ? policy::kNever : int64_t{1} << random() % 16;
        }
      }
    }
    scopes_.push_back(context::ScopedProfile(std::move(loaded), "test"));
    scopes_.push_back(context::ScopedBlas(static_cast<policy::BlasMode>(random() % 3)));
    scopes_.push_back(context::ScopedDeterminism(static_cast<policy::Determinism>(random() % 2)));
    if (random() % 4 == 0) scopes_.push_back(*context::ScopedSimd("off"));
  }
  ~RandomSettings() {
    while (!scopes_.empty()) scopes_.pop_back();  // newest first
  }

 private:
  std::vector<context::Scope> scopes_;
};

std::vector<int64_t> RandomShape(Kind kind, std::mt19937& random) {
  std::vector<int64_t> shape;
  for (int i = 0; i < Info(kind).extents; ++i) {
    shape.push_back(random() % 20 == 0 ? 0 : 1 + random() % (Info(kind).extents == 1 ? 60000 : 60));
  }
  return shape;
}

TEST(ShouldUseTest, AgreesWithDecide) {
  std::mt19937 random(1);
  int used = 0;
  for (int round = 0; round < 300; ++round) {
    const RandomSettings settings(random);
    const context::Settings& current = context::Current();
    for (const KindInfo& info : kKindInfos) {
      for (int i = 0; i < 20; ++i) {
        const DType dtype = static_cast<DType>(random() % kNumDTypes);
        const std::vector<int64_t> shape = RandomShape(info.kind, random);
        const policy::CallShape call = ShapeOf(info.kind, shape, dtype);
        const policy::Decision decision = policy::Decide(call, current.machine, current.limits, *current.profile);
        const bool use = ShouldUse(info.kind, shape, dtype);
        ASSERT_EQ(use, decision.route == Route::kBlas) << info.name;
        ASSERT_TRUE(!use || (IsFloat(dtype) && current.machine.blas)) << info.name;
        used += use;
      }
    }
  }
  if (context::Current().machine.blas) {
    EXPECT_GT(used, 3000);
  }
}

// One call of the operation on arrays of this shape.
absl::Status CallOf(Kind kind, const std::vector<int64_t>& shape, std::vector<float>& x, std::vector<float>& y,
                    std::vector<float>& z) {
  const auto vector = [&](std::vector<float>& data) { return *MutableArrayView::Create(data.data(), {shape[0]}); };
  const auto matrix = [&](std::vector<float>& data, int64_t rows, int64_t cols) {
    return *MutableArrayView::Create(data.data(), {rows, cols});
  };
  switch (kind) {
    case Kind::kScal:
      return ScaleInPlace(vector(x), 2);
    case Kind::kAxpy:
      return AxpyInPlace(2, vector(x), vector(y));
    case Kind::kDot:
      return Dot(vector(x), vector(y)).status();
    case Kind::kNrm2:
      return Nrm2(vector(x)).status();
    case Kind::kAsum:
      return Asum(vector(x)).status();
    case Kind::kGemv:
    case Kind::kGemvT:
      return Sum(matrix(x, shape[0], shape[1]), {kind == Kind::kGemv ? 1 : 0}).status();
    case Kind::kGemm:
      return Matmul(matrix(x, shape[0], shape[2]), matrix(y, shape[2], shape[1]), matrix(z, shape[0], shape[1]));
  }
  return absl::InternalError("a kind without a case");
}

// What an operation does with such a call.
TEST(ShouldUseTest, AgreesWithTheOperations) {
  std::mt19937 random(2);
  std::vector<float> x(60000, 1.0f), y(60000, 1.0f), z(60000);
  int used[kNumKinds] = {};
  for (int round = 0; round < 200; ++round) {
    const RandomSettings settings(random);
    for (const KindInfo& info : kKindInfos) {
      const std::vector<int64_t> shape = RandomShape(info.kind, random);
      const bool use = ShouldUse(info.kind, shape, DType::kFloat32);
      const absl::Status status = CallOf(info.kind, shape, x, y, z);
      ASSERT_TRUE(status.ok()) << status;
      metrics::Choice last;
      ASSERT_TRUE(metrics::LastDecision(&last));
      ASSERT_EQ(last.op, info.op);
      ASSERT_EQ(use, last.route == Route::kBlas)
          << info.name << " of " << testing::PrintToString(shape) << ", layout " << Name(last.layout);
      used[static_cast<int>(info.kind)] += use;
    }
    x.assign(x.size(), 1.0f);
    y.assign(y.size(), 1.0f);
  }
  if (!context::Current().machine.blas) return;
  for (const KindInfo& info : kKindInfos) EXPECT_GT(used[static_cast<int>(info.kind)], 5) << info.name;
}

TEST(ShouldUseTest, NotWhereTheEnvironmentCannotBeRead) {
  context::ResetForTesting({"RAPTORS_BLAS=prefer", "RAPTORS_THREADS=none"});
  EXPECT_FALSE(ShouldUse(Kind::kGemm, {100, 100, 100}, DType::kFloat32));
  context::ResetForTesting({"RAPTORS_BLAS=prefer"});
  EXPECT_EQ(ShouldUse(Kind::kGemm, {100, 100, 100}, DType::kFloat32), context::Current().machine.blas);
  context::ResetForTesting({});
}

}  // namespace
}  // namespace raptors::blas
