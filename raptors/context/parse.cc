// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/parse.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace raptors::context {
namespace {

// As many as the pool ever uses.
constexpr int kMaxThreads = 1024;

std::string Got(absl::string_view text) {
  constexpr size_t kLongest = 200;
  return absl::StrCat("got \"", absl::CEscape(text.substr(0, kLongest)), text.size() > kLongest ? "..." : "", "\"; ");
}

std::string WhatThereIs(IsaSet built, IsaSet supported) {
  return absl::StrCat("built: ", ToText(built), "; supported by this processor: ", ToText(supported));
}

}  // namespace

absl::StatusOr<SimdChoice> ParseSimd(absl::string_view text, IsaSet built, IsaSet supported) {
  if (text == "auto") return SimdChoice{policy::SimdRule::kAuto, Isa::kScalar};
  if (text == "off") return SimdChoice{policy::SimdRule::kOff, Isa::kScalar};
  absl::string_view name = text;
  const bool cap = absl::ConsumePrefix(&name, "<=");
  for (const Isa isa : kAllIsas) {
    if (name != raptors::Name(isa)) continue;
    // A cap above what the processor has is fine; one of another architecture would cap nothing or everything.
    if (!built.Has(isa)) {
      return absl::FailedPreconditionError(
          absl::StrCat(Got(text), "this build has no kernels for it (", WhatThereIs(built, supported), ")"));
    }
    if (!cap && !supported.Has(isa)) {
      return absl::FailedPreconditionError(
          absl::StrCat(Got(text), "this processor does not have it (", WhatThereIs(built, supported), ")"));
    }
    return SimdChoice{cap ? policy::SimdRule::kCap : policy::SimdRule::kDemand, isa};
  }
  return absl::InvalidArgumentError(absl::StrCat(Got(text), "expected auto, off, <level> or <=<level> with a level of ",
                                                 ToText(IsaSet{(uint32_t{1} << kNumIsas) - 1}), " (",
                                                 WhatThereIs(built, supported), ")"));
}

absl::StatusOr<int> CheckThreads(int64_t threads) {
  if (threads >= 1 && threads <= kMaxThreads) return static_cast<int>(threads);
  return absl::InvalidArgumentError(absl::StrCat("got ", threads, "; expected a number from 1 to ", kMaxThreads));
}

absl::StatusOr<int> ParseThreads(absl::string_view text) {
  int64_t threads;
  bool digits = !text.empty();
  for (const char c : text) digits = digits && absl::ascii_isdigit(static_cast<unsigned char>(c));
  if (digits && absl::SimpleAtoi(text, &threads) && CheckThreads(threads).ok()) return static_cast<int>(threads);
  return absl::InvalidArgumentError(absl::StrCat(Got(text), "expected a number from 1 to ", kMaxThreads));
}

absl::StatusOr<policy::BlasMode> ParseBlasMode(absl::string_view text) {
  for (const policy::BlasMode mode : {policy::BlasMode::kAuto, policy::BlasMode::kOff, policy::BlasMode::kPrefer}) {
    if (text == Name(mode)) return mode;
  }
  return absl::InvalidArgumentError(absl::StrCat(Got(text), "expected auto, off or prefer"));
}

absl::StatusOr<policy::Determinism> ParseDeterminism(absl::string_view text) {
  for (const policy::Determinism mode : {policy::Determinism::kReproducible, policy::Determinism::kFast}) {
    if (text == Name(mode)) return mode;
  }
  return absl::InvalidArgumentError(absl::StrCat(Got(text), "expected reproducible or fast"));
}

const char* Name(policy::SimdRule rule) {
  switch (rule) {
    case policy::SimdRule::kAuto:
      return "auto";
    case policy::SimdRule::kOff:
      return "off";
    case policy::SimdRule::kDemand:
      return "demand";
    case policy::SimdRule::kCap:
      return "cap";
  }
  return "?";
}

const char* Name(policy::BlasMode mode) {
  switch (mode) {
    case policy::BlasMode::kAuto:
      return "auto";
    case policy::BlasMode::kOff:
      return "off";
    case policy::BlasMode::kPrefer:
      return "prefer";
  }
  return "?";
}

const char* Name(policy::Determinism determinism) {
  switch (determinism) {
    case policy::Determinism::kReproducible:
      return "reproducible";
    case policy::Determinism::kFast:
      return "fast";
  }
  return "?";
}

std::string ToText(policy::SimdRule rule, Isa isa) {
  switch (rule) {
    case policy::SimdRule::kDemand:
      return raptors::Name(isa);
    case policy::SimdRule::kCap:
      return absl::StrCat("<=", raptors::Name(isa));
    case policy::SimdRule::kAuto:
    case policy::SimdRule::kOff:
      break;
  }
  return Name(rule);
}

std::string ToText(IsaSet set) {
  std::string text;
  for (const Isa isa : kAllIsas) {
    if (set.Has(isa)) absl::StrAppend(&text, text.empty() ? "" : ", ", raptors::Name(isa));
  }
  return text.empty() ? "none" : text;
}

}  // namespace raptors::context
