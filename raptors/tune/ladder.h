// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Ladders: one threshold's measurements for one kind of call, and what follows from them. A ladder compares two ways to
// compute the same thing (one thread and two, caches and streaming stores, our kernel and BLAS) at ascending sizes; its
// crossover is the size from which the second way is better. Numbers in, numbers out: nothing here measures.
//
// Timings of a shared machine are noisy, so
// - samples of both ways are taken in pairs, one right after the other, and the median of their ratios counts;
// - a difference within `margin`, twice the standard error of that median, is no reason to call a threshold wrong;
// - the crossover is the step that gains most over the whole ladder, so that one odd size moves it little, and there is
//   none ("never") where that gain, as a sum, is within its own error.

#ifndef RAPTORS_TUNE_LADDER_H_
#define RAPTORS_TUNE_LADDER_H_

#include <stdint.h>

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"

namespace raptors::tune {

// One comparison.
struct Rung {
  double at = 0;              // size, in the field's unit; for a choice the value itself
  double gain = 0;            // log(base / alternative): positive where the alternative is faster
  double margin = 0;          // gains up to this are noise
  double base_ns = 0;         // medians of one call
  double alternative_ns = 0;  //
  double spread = 0;          // interquartile range over median, the larger of the two
  int rounds = 0;
};

// Fills everything but `at`. Precondition: as many samples of one as of the other, at least one; all positive.
Rung Compare(absl::Span<const double> base_ns, absl::Span<const double> alternative_ns);

enum class LadderKind : uint8_t {
  kStep,    // from the threshold on the alternative is taken
  kChoice,  // the threshold is one of the values `at`; gains are those over a common base
};

struct Ladder {
  profile::Field field = {};
  Op op = {};
  Op timed = {};  // another operation, where one stands for all with the same traffic
  DType dtype = {};
  Layout layout = {};
  LadderKind kind = LadderKind::kStep;
  std::string base;         // what is compared, for people: "1 thread"
  std::string alternative;  // "2 threads"
  std::vector<Rung> rungs;  // ascending in `at`; not empty
};

// A threshold without its provenance.
struct Value {
  double number = 0;  // unused if never
  bool never = false;

  friend bool operator==(const Value& a, const Value& b) {
    return a.never == b.never && (a.never || a.number == b.number);
  }
};

// What a threshold costs on a ladder: the logarithm of the time taken over the least time of the two ways, per rung.
struct Loss {
  double worst = 0;
  double total = 0;
  double at = 0;  // where the worst is
};
Loss LossOf(const Ladder& ladder, const Value& value);

// The threshold of one ladder.
Value BestValue(const Ladder& ladder);
// The one threshold that loses least on all ladders together. Precondition: not empty, all of one kind.
Value BestValue(absl::Span<const Ladder* const> ladders);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_LADDER_H_
