// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/strided_search.h"

#include <algorithm>
#include <utility>

namespace raptors::internal {
namespace {

// Offsets and reaches are sums of up to 128 products of 64-bit numbers.
using Wide = __int128;

Wide FloorDiv(Wide a, Wide b) {  // b > 0
  const Wide q = a / b;
  return q * b > a ? q - 1 : q;
}

Wide CeilDiv(Wide a, Wide b) { return -FloorDiv(-a, b); }

class Search {
 public:
  Search(const StrideTerms& terms, int64_t item_size, bool skip_zero, int64_t max_nodes)
      : terms_(terms), window_(item_size - 1), skip_zero_(skip_zero), nodes_left_(max_nodes) {
    low_.resize(terms.size() + 1, 0);
    high_.resize(terms.size() + 1, 0);
    for (int k = static_cast<int>(terms.size()) - 1; k >= 0; --k) {
      low_[k] = low_[k + 1] + Wide{terms[k].low} * terms[k].stride;
      high_[k] = high_[k + 1] + Wide{terms[k].high} * terms[k].stride;
    }
  }

  // `sum` is the offset plus what the terms before k contribute; `zero`: they are all 0.
  Found Visit(size_t k, Wide sum, bool zero) {
    if (k == terms_.size()) {
      const bool near = -window_ <= sum && sum <= window_;
      return near && !(zero && skip_zero_) ? Found::kYes : Found::kNo;
    }
    // The values of this unknown from which the remaining ones can still come into the window.
    const StrideTerm& term = terms_[k];
    const Wide first = std::max(Wide{term.low}, CeilDiv(-window_ - high_[k + 1] - sum, term.stride));
    const Wide last = std::min(Wide{term.high}, FloorDiv(window_ - low_[k + 1] - sum, term.stride));
    for (Wide d = first; d <= last; ++d) {
      if (--nodes_left_ < 0) return Found::kUnknown;
      const Found found = Visit(k + 1, sum + d * term.stride, zero && d == 0);
      if (found != Found::kNo) return found;
    }
    return Found::kNo;
  }

 private:
  const StrideTerms& terms_;
  const Wide window_;
  const bool skip_zero_;
  int64_t nodes_left_;
  absl::InlinedVector<Wide, 17> low_;  // what the terms from k on contribute at least and at most
  absl::InlinedVector<Wide, 17> high_;
};

}  // namespace

Found SearchStrides(StrideTerms terms, int64_t offset, int64_t item_size, bool skip_zero, int64_t max_nodes) {
  // Positive strides only, and one term a stride: fewer unknowns.
  StrideTerms merged;
  bool free_zero_stride = false;  // an unknown that changes nothing
  for (StrideTerm& term : terms) {
    if (term.low > term.high) return Found::kNo;
    // An axis of extent 1: its stride may be any number, even one without a negation.
    if (term.low == 0 && term.high == 0) term.stride = 0;
    if (term.stride == 0) {
      free_zero_stride = free_zero_stride || term.low < 0 || term.high > 0;
    } else if (term.stride < 0) {
      term = {-term.stride, -term.high, -term.low};
    }
  }
  if (free_zero_stride) skip_zero = false;
  std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.stride > b.stride; });
  for (const StrideTerm& term : terms) {
    if (term.stride == 0) continue;
    // With skip_zero, merging would hide the choices that cancel out (d, -d).
    int64_t low, high;
    if (!skip_zero && !merged.empty() && merged.back().stride == term.stride &&
        !__builtin_add_overflow(merged.back().low, term.low, &low) &&
        !__builtin_add_overflow(merged.back().high, term.high, &high)) {
      merged.back().low = low;
      merged.back().high = high;
    } else {
      merged.push_back(term);
    }
  }
  return Search(merged, item_size, skip_zero, max_nodes).Visit(0, offset, true);
}

}  // namespace raptors::internal
