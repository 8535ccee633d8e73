// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/proof.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/operands.h"
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
  if (cell_.Auto()) {
    return choice_.isa == usable.Best() ? absl::OkStatus() : wrong(Name(usable.Best()));
  }
  return choice_.route == Route::kSimd && Name(choice_.isa) == cell_.simd ? absl::OkStatus() : wrong(cell_.simd);
}

absl::Status PathProof::Begin() {
  if (!metrics::LastDecision(&choice_)) return absl::InternalError("the call was not counted");
  introspect::ExplainOptions options;
  options.layout = choice_.layout;
  options.in_place = cell_.layout == GridLayout::kInPlace;
  options.factor = kCheckFactor;
  const absl::StatusOr<introspect::Explanation> why =
      introspect::Explain(Op::kScale, cell_.dtype, cell_.shape.extents, options);
  if (!why.ok()) return why.status();
  decision_ = why->policy.decision;
  if (decision_.route != choice_.route || decision_.isa != choice_.isa || decision_.threads != choice_.threads ||
      decision_.reason != choice_.reason) {
    return absl::InternalError(absl::StrCat("introspection announces ",
                                            ToText(decision_.route, decision_.isa, decision_.threads, decision_.reason),
                                            ", but ", ToText(choice_), " ran"));
  }
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
                      " x", choice_.threads, decision_.stream ? " stream" : "");
}

std::string PathProof::ReasonText() const { return Name(choice_.reason); }

}  // namespace raptors::benchmarks
