// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/tune/calls.h"

#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/metrics/metrics.h"

namespace raptors::tune {
namespace {

constexpr int64_t kSizes[] = {1, 100, 5000, 60'000};

template <typename F>
void ForEachRecipe(F f) {
  for (const OpInfo& info : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      if (!info.Takes(dtype)) continue;
      for (const Recipe& recipe : RecipesOf(info.op)) {
        SCOPED_TRACE(absl::StrCat(info.name, " ", Name(dtype), " ", Name(recipe.layout), " ", recipe.axis,
                                  recipe.in_place ? " in place" : ""));
        f(info, dtype, recipe);
      }
    }
  }
}

TEST(Calls, HaveTheLayoutOfTheirRecipe) {
  absl::StatusOr<Buffers> buffers = Buffers::Create(BufferBytes(60'000, 8));
  ASSERT_TRUE(buffers.ok());
  ForEachRecipe([&](const OpInfo& info, DType dtype, const Recipe& recipe) {
    for (const int64_t elements : kSizes) {
      const absl::StatusOr<Call> call = MakeCall(info.op, dtype, recipe, elements, *buffers);
      ASSERT_TRUE(call.ok()) << call.status();
      EXPECT_GT(call->bytes_moved, 0);
      const absl::Status ran = call->run();
      ASSERT_TRUE(ran.ok()) << ran;
      metrics::Choice choice;
      ASSERT_TRUE(metrics::LastDecision(&choice));
      EXPECT_EQ(choice.op, info.op);
      EXPECT_EQ(choice.dtype, dtype);
      EXPECT_NE(choice.reason, Reason::kOverlapBuffered);
      // One element is contiguous whatever its strides.
      if (elements > 1) EXPECT_STREQ(Name(choice.layout), Name(recipe.layout)) << elements;
    }
  });
}

TEST(Calls, AreAboutAsLargeAsAsked) {
  absl::StatusOr<Buffers> buffers = Buffers::Create(BufferBytes(60'000, 8));
  ASSERT_TRUE(buffers.ok());
  ForEachRecipe([&](const OpInfo& info, DType dtype, const Recipe& recipe) {
    if (info.kind == OpKind::kProduct) return;
    for (const int64_t elements : {5000, 60'000}) {
      const absl::StatusOr<Call> call = MakeCall(info.op, dtype, recipe, elements, *buffers);
      ASSERT_TRUE(call.ok()) << call.status();
      EXPECT_NEAR(static_cast<double>(call->elements), static_cast<double>(elements), 0.1 * elements);
    }
  });
}

// Float operands stay finite and normal when everything has run many times, in any order.
TEST(Calls, LeaveTheirOperandsHarmless) {
  constexpr int64_t kElements = 300;
  absl::StatusOr<Buffers> buffers = Buffers::Create(BufferBytes(kElements, 8));
  ASSERT_TRUE(buffers.ok());
  for (int round = 0; round < 200; ++round) {
    ForEachRecipe([&](const OpInfo& info, DType dtype, const Recipe& recipe) {
      const absl::StatusOr<Call> call = MakeCall(info.op, dtype, recipe, kElements, *buffers);
      ASSERT_TRUE(call.ok() && call->run().ok());
    });
  }
  for (int k = 1; k < kMaxOperands; ++k) {
    const float* const f32 = reinterpret_cast<const float*>(buffers->operand(k));
    for (int64_t i = 0; i < buffers->bytes_each() / 4; ++i) {
      ASSERT_TRUE(std::isnormal(f32[i]) && std::abs(f32[i]) < 2) << k << " " << i << " " << f32[i];
    }
    const double* const f64 = reinterpret_cast<const double*>(buffers->operand(k));
    for (int64_t i = 0; i < buffers->bytes_each() / 8; ++i) {
      ASSERT_TRUE(std::isnormal(f64[i]) && std::abs(f64[i]) < 2) << k << " " << i << " " << f64[i];
    }
  }
}

TEST(Calls, RefuseRecipesOfOtherOperations) {
  absl::StatusOr<Buffers> buffers = Buffers::Create(BufferBytes(1000, 8));
  ASSERT_TRUE(buffers.ok());
  EXPECT_FALSE(MakeCall(Op::kAdd, DType::kFloat32, {Layout::kColumns, 0}, 100, *buffers).ok());
  EXPECT_FALSE(MakeCall(Op::kDot, DType::kFloat32, {Layout::kRows, 1}, 100, *buffers).ok());
  EXPECT_FALSE(MakeCall(Op::kAdd, DType::kFloat32, {Layout::kContiguous, Recipe::kAll, true}, 100, *buffers).ok());
}

TEST(Calls, AskForMoreThanThereIsGetWhatFits) {
  absl::StatusOr<Buffers> buffers = Buffers::Create(BufferBytes(1000, 8));
  ASSERT_TRUE(buffers.ok());
  ForEachRecipe([&](const OpInfo& info, DType dtype, const Recipe& recipe) {
    const absl::StatusOr<Call> call =
        MakeCall(info.op, dtype, recipe, std::numeric_limits<int64_t>::max() / 64, *buffers);
    ASSERT_TRUE(call.ok()) << call.status();
    EXPECT_TRUE(call->run().ok());
    EXPECT_LE(static_cast<int64_t>(call->result.size()), buffers->bytes_each());
  });
  EXPECT_FALSE(Buffers::Create(std::numeric_limits<int64_t>::max() / 2).ok());
}

}  // namespace
}  // namespace raptors::tune
