// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Axes: which axes of an array an operation works along.
//
//   Axes()                  all axes
//   Axes(-1), Axes({0, 2})  these axes; negative numbers count from the end
//   Axes::None()            no axis (as NumPy's axis=())
//
// Pitfall: `{}` where Axes are expected means Axes(): all of them. An empty absl::Span or vector means none.

#ifndef RAPTORS_OPS_AXES_H_
#define RAPTORS_OPS_AXES_H_

#include <initializer_list>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace raptors {

class Axes {
 public:
  // All axes.
  Axes() = default;
  // Exactly these, in any order. Implicit, so that options read as they should. Numbers are checked by the operation.
  // NOLINTBEGIN(google-explicit-constructor)
  Axes(int axis) : all_(false), numbers_(1, axis) {}
  Axes(std::initializer_list<int> axes) : all_(false), numbers_(axes) {}
  Axes(absl::Span<const int> axes) : all_(false), numbers_(axes.begin(), axes.end()) {}
  Axes(const std::vector<int>& axes) : Axes(absl::MakeConstSpan(axes)) {}
  // NOLINTEND(google-explicit-constructor)
  static Axes None() { return Axes(absl::Span<const int>()); }

  bool all() const { return all_; }
  // As they were given; empty if all().
  absl::Span<const int> numbers() const { return numbers_; }

 private:
  bool all_ = true;
  absl::InlinedVector<int, 8> numbers_;
};

}  // namespace raptors

#endif  // RAPTORS_OPS_AXES_H_
