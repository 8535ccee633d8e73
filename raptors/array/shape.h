// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Extents and byte strides of N-d arrays: their storage, overflow-safe arithmetic on them, and their text form.
//
// Strides are in bytes, as NumPy's, and may have any sign and any value. Complexity: O(rank) unless said.

#ifndef RAPTORS_ARRAY_SHAPE_H_
#define RAPTORS_ARRAY_SHAPE_H_

#include <stdint.h>

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace raptors {

// Axes that are stored without an allocation, and the limit (NumPy's since 2.0).
inline constexpr int kInlineRank = 8;
inline constexpr int kMaxRank = 64;

using Dims = absl::InlinedVector<int64_t, kInlineRank>;

// The product of the extents; 1 for rank 0. InvalidArgument naming `argument` when an extent is negative, the rank is
// above kMaxRank, or the product of the non-zero extents times `item_size` bytes is above INT64_MAX (so that every
// stride of a C-ordered array of this shape fits too, even when another extent is 0).
absl::StatusOr<int64_t> CheckedElementCount(absl::Span<const int64_t> shape, int64_t item_size,
                                            absl::string_view argument = "shape");

// Lowest and one past the highest byte that a view touches, relative to the address of its first element. [0, 0) when
// an extent is 0.
struct ByteRange {
  int64_t begin;
  int64_t end;
};

// Precondition: a valid shape, as many strides as extents. InvalidArgument naming `argument` when a bound does not fit
// into int64.
absl::StatusOr<ByteRange> CheckedByteRange(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides,
                                           int64_t item_size, absl::string_view argument = "strides");

// Byte strides of a C-ordered (row-major) array. Precondition: CheckedElementCount is ok.
Dims CStrides(absl::Span<const int64_t> shape, int64_t item_size);

// Whether the elements lie in C order without gaps. Strides of axes with extent 1 do not matter; nor do any when an
// extent is 0.
bool IsCContiguous(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size);

// Whether strides nest: sorted by size, each is no smaller than what all smaller ones reach together. Then no two
// elements share a byte, and addresses ascend in the order of the indices, sorted that way. True when an extent is 0.
// Precondition: CheckedByteRange is ok.
bool StridesNest(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size);

// Whether two different elements share a byte. Exact for all but contrived strides: the search behind it is bounded,
// and where it gives up the answer is true. O(rank log rank) for strides that nest, which is every slice, transpose and
// permutation of a contiguous array. Precondition: CheckedByteRange is ok.
bool StridesSelfOverlap(absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, int64_t item_size);

// "(1000, 1000)", "(3,)", "()": as Python writes a tuple. For error messages about shapes and strides.
std::string FormatTuple(absl::Span<const int64_t> values);

// "1000x1000", "3", "scalar" for rank 0: as counters, profiles and the command write a shape.
std::string FormatShape(absl::Span<const int64_t> shape);

}  // namespace raptors

#endif  // RAPTORS_ARRAY_SHAPE_H_
