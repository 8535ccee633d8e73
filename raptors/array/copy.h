// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Plain copies of strided memory, for the paths that need a buffer. They move bytes and never interpret them: a NaN
// keeps its payload.

#ifndef RAPTORS_ARRAY_COPY_H_
#define RAPTORS_ARRAY_COPY_H_

#include <stdint.h>

#include "absl/status/statusor.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/kernel_args.h"

namespace raptors {

// Copies rows x cols items; strides in bytes, [0] between rows, [1] between items of a row. The two do not overlap.
void CopyBlock(char* to, const int64_t (&to_stride)[2], const char* from, const int64_t (&from_stride)[2],
               const int64_t (&extent)[2], int64_t item_size);

// Copies the elements of `from` to `to`. Preconditions: equal dtype and shape, and no overlap.
void CopyElements(const ArrayView& from, const MutableArrayView& to);

// An array with the elements of a view, and a view of it with the original's shape.
struct ArrayCopy {
  Array storage;
  ArrayView view;
};

// A copy in the memory order of `from`. Axes with stride 0 are stored once and keep their stride of 0, so that the copy
// of a broadcast view is no larger than what it shows. ResourceExhausted when there is not enough memory.
absl::StatusOr<ArrayCopy> CopyOf(const ArrayView& from);

}  // namespace raptors

#endif  // RAPTORS_ARRAY_COPY_H_
