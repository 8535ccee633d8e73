// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/proof.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/choice.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/introspect/introspect.h"

namespace raptors::benchmarks {
namespace {

std::string ToText(Route route, Isa isa, int threads, Reason reason) {
  return absl::StrCat(Name(route), " ", Name(isa), " x", threads, " (", Name(reason), ")");
}

std::string ToText(const metrics::Choice& choice) {
  return ToText(choice.route, choice.isa, choice.threads, choice.reason);
}

uint64_t CountOf(const metrics::Snapshot& snapshot, const metrics::Choice& choice) {
  for (const metrics::Snapshot::Entry& entry : snapshot.entries) {
    if (entry.choice == choice) return entry.count;
  }
  return 0;
}

}  // namespace

absl::Status PathProof::CheckDemand() const {
  const IsaSet usable = context::Current().machine.usable;
  const auto wrong = [&](absl::string_view expected) {
    return absl::InternalError(
        absl::StrCat("asked for ", cell_.Name(), ", expected ", expected, ", but ", ToText(choice_), " ran"));
  };
  if (choice_.threads < 1 || choice_.threads > threads_) return wrong(absl::StrCat("at most ", threads_, " threads"));
  if (cell_.simd == "off") {
    return choice_.route == Route::kScalar && choice_.isa == Isa::kScalar ? absl::OkStatus()
                                                                          : wrong("the scalar level");
  }
  // BLAS has levels of its own.
  if (cell_.Auto() || choice_.route == Route::kBlas || choice_.route == Route::kEigen) {
    return choice_.isa == usable.Best() ? absl::OkStatus() : wrong(Name(usable.Best()));
  }
  return choice_.route == Route::kSimd && Name(choice_.isa) == cell_.simd ? absl::OkStatus() : wrong(cell_.simd);
}

absl::Status PathProof::CheckExplanation() {
  introspect::ExplainOptions options;
  options.layout = choice_.layout;
  options.in_place = cell_.in_place >= 0;
  if (IsFloat(cell_.dtype)) options.factor = 1.1;  // rounds
  std::vector<int64_t> extents = cell_.out;
  if (Info(cell_.op).kind == OpKind::kProduct) {
    extents = {cell_.out[0], cell_.out[1], cell_.inputs[0].extents[1]};
  } else if (Info(cell_.op).kind == OpKind::kReduce) {
    extents = cell_.inputs[0].extents;
    if (!cell_.axes.empty()) options.axes = cell_.axes;
    if (cell_.inputs[0].view == View::kTransposed) {  // explained in the order of memory
      std::reverse(extents.begin(), extents.end());
      if (options.axes.has_value()) {
        for (int& axis : *options.axes) axis = static_cast<int>(extents.size()) - 1 - axis;
      }
    }
  }
  const absl::StatusOr<introspect::Explanation> why = introspect::Explain(cell_.op, cell_.dtype, extents, options);
  if (!why.ok()) return why.status();
  const policy::Decision& decision = why->policy.decision;
  stream_ = decision.stream;
  if (decision.route == choice_.route && decision.isa == choice_.isa && decision.threads == choice_.threads &&
      decision.reason == choice_.reason) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("introspection announces ",
                                          ToText(decision.route, decision.isa, decision.threads, decision.reason),
                                          ", but ", ToText(choice_), " ran"));
}

absl::Status PathProof::Begin() {
  if (!metrics::LastDecision(&choice_)) return absl::InternalError("the call was not counted");
  if (absl::Status status = CheckExplanation(); !status.ok()) return status;
  if (absl::Status status = CheckDemand(); !status.ok()) return status;
  before_ = metrics::TakeSnapshot();
  return absl::OkStatus();
}

absl::Status PathProof::End() const {
  const metrics::Snapshot after = metrics::TakeSnapshot();
  uint64_t counted = after.overflow - before_.overflow;
  for (const metrics::Snapshot::Entry& entry : after.entries) {
    const uint64_t calls = entry.count - CountOf(before_, entry.choice);
    if (calls == 0) continue;
    const bool same = entry.choice == choice_;
    const bool one_thread_twin = threads_ > 1 && entry.choice.threads == 1 && entry.choice.isa == choice_.isa &&
                                 entry.choice.route == choice_.route && entry.choice.layout == choice_.layout;
    if (!same && !one_thread_twin) {
      return absl::InternalError(
          absl::StrCat("while ", ToText(choice_), " was timed, ", calls, " calls took ", ToText(entry.choice)));
    }
    counted += calls;
  }
  if (counted != expected_) {
    return absl::InternalError(absl::StrCat(expected_, " calls were timed, ", counted, " were counted"));
  }
  return absl::OkStatus();
}

std::string PathProof::DecisionText() const {
  return absl::StrCat(Name(choice_.route), choice_.route == Route::kSimd ? absl::StrCat(" ", Name(choice_.isa)) : "",
                      " x", choice_.threads, stream_ ? " stream" : "");
}

std::string PathProof::ReasonText() const { return Name(choice_.reason); }

}  // namespace raptors::benchmarks
