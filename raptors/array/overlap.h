// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Do two views share memory? MayOverlap() compares address bounds and is what every call pays; Overlaps() looks for a
// byte that two elements share and is asked only after MayOverlap() said yes.

#ifndef RAPTORS_ARRAY_OVERLAP_H_
#define RAPTORS_ARRAY_OVERLAP_H_

#include <stdint.h>

#include "raptors/array/view.h"

namespace raptors {

// The addresses [begin, end) that a view touches; begin == end for an empty view.
struct AddressRange {
  uintptr_t begin;
  uintptr_t end;
};
AddressRange AddressesOf(const ArrayView& view);

// Same first element, dtype, shape and strides (those of axes with extent 1 do not matter): element i of one is element
// i of the other. Two empty views of one dtype and shape count as the same.
bool SameView(const ArrayView& a, const ArrayView& b);

// Whether the address bounds intersect. Exact for contiguous views; true for interleaved views that share no byte.
bool MayOverlap(const ArrayView& a, const ArrayView& b);

// Whether an element of one shares a byte with an element of the other. Exact for strides as arrays have them; where
// contrived strides exhaust the bounded search the answer is true.
bool Overlaps(const ArrayView& a, const ArrayView& b);

// Whether two different elements share a byte (never true for a MutableArrayView). As StridesSelfOverlap.
bool SelfOverlaps(const ArrayView& view);

}  // namespace raptors

#endif  // RAPTORS_ARRAY_OVERLAP_H_
