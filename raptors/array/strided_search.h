// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The question behind every overlap check: can a sum of bounded multiples of strides come within an element's size of
// zero? Internal to raptors/array.
//
// In general this is an integer program (a bounded linear Diophantine problem, NP-hard in the number of axes), so the
// search is bounded and may answer "unknown"; strides as arrays have them are settled in a few steps.

#ifndef RAPTORS_ARRAY_STRIDED_SEARCH_H_
#define RAPTORS_ARRAY_STRIDED_SEARCH_H_

#include <stdint.h>

#include "absl/container/inlined_vector.h"

namespace raptors::internal {

// One unknown integer d with low <= d <= high, that contributes d * stride bytes.
struct StrideTerm {
  int64_t stride;
  int64_t low;
  int64_t high;
};

using StrideTerms = absl::InlinedVector<StrideTerm, 16>;

enum class Found { kNo, kYes, kUnknown };

// Whether some choice of the unknowns gives |offset + sum(d * stride)| < item_size. With `skip_zero`, the choice where
// every d is 0 does not count. Visits at most `max_nodes` partial choices, then answers kUnknown.
// Precondition: |low * stride| and |high * stride| fit into int64, as they do for views.
Found SearchStrides(StrideTerms terms, int64_t offset, int64_t item_size, bool skip_zero, int64_t max_nodes = 1 << 14);

}  // namespace raptors::internal

#endif  // RAPTORS_ARRAY_STRIDED_SEARCH_H_
