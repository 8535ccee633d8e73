// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/conformance/huge_arrays.h"

#include <stddef.h>
#include <stdlib.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "raptors/base/isa.h"
#include "raptors/context/scope.h"
#include "raptors/testing/isa.h"

namespace raptors::test {
namespace {

constexpr int64_t kPeriod = AliasedMemory::kPeriod;
constexpr int64_t kBytes = (int64_t{1} << 34) + kPeriod;
// Bytes on either side of a place of interest, and how much further windows of outputs reach.
constexpr int64_t kEdge = 1 << 13;

struct Range {
  int64_t begin, end;
};

// In order and apart from one another, each widened by `more` on either side.
std::vector<Range> Places(int64_t more) {
  std::vector<Range> ranges = {{0, kEdge}};
  for (int log = 31; log <= 34; ++log) ranges.push_back({(int64_t{1} << log) - kEdge, (int64_t{1} << log) + kEdge});
  std::mt19937_64 random(20240607);
  for (int i = 0; i < 24; ++i) {
    const int64_t at = static_cast<int64_t>(random() % static_cast<uint64_t>(kBytes - 2 * kPeriod));
    ranges.push_back({at, at + kEdge});
  }
  for (Range& range : ranges) range = {std::max<int64_t>(0, range.begin - more), std::min(kBytes, range.end + more)};
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::vector<Range> apart;
  for (const Range& range : ranges) {
    // Windows consist of whole pages.
    if (!apart.empty() && range.begin <= apart.back().end + (1 << 16)) {
      apart.back().end = std::max(apart.back().end, range.end);
    } else {
      apart.push_back(range);
    }
  }
  return apart;
}

int64_t CleanPeriodOf(const std::vector<Range>& places) {
  for (int64_t at = kPeriod;; at += kPeriod) {
    const bool clean = std::none_of(places.begin(), places.end(), [&](const Range& range) {
      return range.end > at - kPeriod && range.begin < at + 2 * kPeriod;
    });
    if (clean) return at;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<HugeOperand>> HugeOperand::Create(int64_t lead, Role role) {
  absl::StatusOr<AliasedMemory> memory = AliasedMemory::Create(kBytes);
  if (!memory.ok()) return memory.status();
  for (const Range& range : Places(role == Role::kOutput ? 2 * kEdge : 0)) {
    const absl::Status status = memory->AddWindow(range.begin, range.end - range.begin);
    if (!status.ok()) return status;
  }
  return std::unique_ptr<HugeOperand>(new HugeOperand(*std::move(memory), lead, CleanPeriodOf(Places(2 * kEdge))));
}

namespace {

struct Operands {
  absl::Status status;
  std::unique_ptr<HugeOperand> all[4];
};

const Operands& TheOperands() {
  static const Operands* const operands = [] {
    auto* made = new Operands;
    for (int k = 0; k < 4 && made->status.ok(); ++k) {
      // Whole numbers of the largest elements, so that none lies in a window by half.
      absl::StatusOr<std::unique_ptr<HugeOperand>> operand =
          HugeOperand::Create(80 - 24 * k, k == 0 ? HugeOperand::Role::kOutput : HugeOperand::Role::kInput);
      if (operand.ok()) {
        made->all[k] = *std::move(operand);
      } else {
        made->status = operand.status();
      }
    }
    return made;
  }();
  return *operands;
}

}  // namespace

bool AllCalls() { return getenv("RAPTORS_TEST_ALL_CALLS") != nullptr; }

void HugeArraysTest::SetUp() {
  if (!TheOperands().status.ok()) GTEST_SKIP() << TheOperands().status;
}

const HugeOperand& HugeArraysTest::operand(int k) { return *TheOperands().all[k]; }

void HugeArraysTest::AtSizesOnLevels(Op op, const std::function<void(int64_t n)>& check) {
  const std::vector<Isa> isas = RunnableIsas();
  size_t turn = static_cast<size_t>(op);
  for (const int64_t n : kHugeSizes) {
    const size_t chosen = turn++ % isas.size();
    for (size_t level = 0; level < isas.size(); ++level) {
      if (!AllCalls() && level != chosen) continue;
      const absl::StatusOr<context::Scope> simd = context::ScopedSimd(isas[level]);
      ASSERT_TRUE(simd.ok());
      check(n);
    }
  }
}

}  // namespace raptors::test
