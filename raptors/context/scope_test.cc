// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/scope.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/base/isa.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::context {
namespace {

class ScopeTest : public testing::Test {
 protected:
  ScopeTest() { ResetForTesting({"RAPTORS_THREADS=7"}); }
};

int Threads() { return Current().limits.max_threads; }

TEST_F(ScopeTest, NestsAndRestores) {
  {
    const absl::StatusOr<Scope> outer = ScopedThreads(3);
    ASSERT_TRUE(outer.ok());
    EXPECT_EQ(Threads(), 3);
    {
      const absl::StatusOr<Scope> inner = ScopedSimd("off");
      ASSERT_TRUE(inner.ok());
      EXPECT_EQ(Threads(), 3);  // keeps the others
      EXPECT_EQ(Current().limits.simd, policy::SimdRule::kOff);
      const Scope blas = ScopedBlas(policy::BlasMode::kPrefer);
      const Scope fast = ScopedDeterminism(policy::Determinism::kFast);
      EXPECT_EQ(Current().limits.blas, policy::BlasMode::kPrefer);
      EXPECT_EQ(Current().limits.determinism, policy::Determinism::kFast);
      EXPECT_EQ(Threads(), 3);
    }
    EXPECT_EQ(Current().limits.simd, policy::SimdRule::kAuto);
    EXPECT_EQ(Current().limits.blas, policy::BlasMode::kAuto);
    EXPECT_EQ(Current().limits.determinism, policy::Determinism::kReproducible);
    EXPECT_EQ(Threads(), 3);
  }
  EXPECT_EQ(Threads(), 7);
  EXPECT_EQ(&Current(), &Process());
}

TEST_F(ScopeTest, WinsOverTheEnvironment) {
  const absl::StatusOr<Scope> scope = ScopedThreads(1024);
  ASSERT_TRUE(scope.ok());
  EXPECT_EQ(Threads(), 1024);
}

TEST_F(ScopeTest, BelongsToItsThread) {
  const absl::StatusOr<Scope> scope = ScopedThreads(2);
  ASSERT_TRUE(scope.ok());
  int elsewhere = 0, handed_over = 0, after = 0;
  const Settings& mine = Current();
  std::thread([&] {
    elsewhere = Threads();
    {
      const ScopedSettings carried(mine);
      handed_over = Threads();
      EXPECT_EQ(&Current(), &mine);
    }
    after = Threads();
  }).join();
  EXPECT_EQ(elsewhere, 7);
  EXPECT_EQ(handed_over, 2);
  EXPECT_EQ(after, 7);
}

TEST_F(ScopeTest, CanBeMoved) {
  std::optional<Scope> kept;
  {
    absl::StatusOr<Scope> scope = ScopedThreads(2);
    ASSERT_TRUE(scope.ok());
    kept.emplace(*std::move(scope));
  }
  EXPECT_EQ(Threads(), 2);
  kept.reset();
  EXPECT_EQ(Threads(), 7);
}

TEST_F(ScopeTest, AnOlderScopeMayEndFirst) {
  std::optional<Scope> older(std::move(*ScopedThreads(2)));
  std::optional<Scope> newer(std::move(*ScopedSimd("off")));
  older.reset();
  EXPECT_EQ(Threads(), 2);  // the newer one's settings were made of the older one's
  EXPECT_EQ(Current().limits.simd, policy::SimdRule::kOff);
  newer.reset();
  EXPECT_EQ(Threads(), 7);
  EXPECT_EQ(Current().limits.simd, policy::SimdRule::kAuto);
}

TEST_F(ScopeTest, BadArgumentsAreNamedAndChangeNothing) {
  const absl::Status threads = ScopedThreads(0).status();
  EXPECT_EQ(threads.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(threads.message(), "threads: got 0; expected a number from 1 to 1024");
  const absl::Status unknown = ScopedSimd("avx9").status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StartsWith(unknown.message(), "simd: got \"avx9\"; expected")) << unknown;
  const absl::Status missing = ScopedProfile("/nonexistent").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StartsWith(missing.message(), "profile: /nonexistent: ")) << missing;
  EXPECT_EQ(&Current(), &Process());
}

TEST_F(ScopeTest, EveryLevelIsDemandedOrRefused) {
  for (const Isa isa : kAllIsas) {
    const absl::StatusOr<Scope> by_text = ScopedSimd(absl::string_view(Name(isa)));
    EXPECT_EQ(by_text.ok(), Current().machine.usable.Has(isa)) << Name(isa);
    const absl::StatusOr<Scope> by_level = ScopedSimd(isa);
    EXPECT_EQ(by_level.ok(), by_text.ok());
    if (by_level.ok()) {
      EXPECT_EQ(Current().limits.isa, isa);
      EXPECT_EQ(Current().limits.simd, policy::SimdRule::kDemand);
    } else {
      EXPECT_EQ(by_level.status().code(), absl::StatusCode::kFailedPrecondition);
    }
  }
}

TEST_F(ScopeTest, ProfileInMemory) {
  profile::LoadedProfile loaded = *profile::Parse(profile::BuiltinJson(), "");
  loaded.name = "tuned";
  {
    const Scope scope = ScopedProfile(loaded, "memory");
    EXPECT_EQ(Current().profile_source->loaded.name, "tuned");
    EXPECT_EQ(Current().profile_source->source, "memory");
    EXPECT_EQ(Current().profile, &Current().profile_source->loaded.thresholds);
    EXPECT_NE(Current().profile, Process().profile);
  }
  EXPECT_EQ(Current().profile, Process().profile);
}

TEST_F(ScopeTest, ABadEnvironmentStaysBadInsideScopes) {
  ResetForTesting({"RAPTORS_THREADS=none"});
  const absl::StatusOr<Scope> scope = ScopedThreads(2);
  ASSERT_TRUE(scope.ok());
  EXPECT_FALSE(Current().status.ok());
}

}  // namespace
}  // namespace raptors::context
