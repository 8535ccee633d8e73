// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Copies that change the dtype, for operands of unlike dtypes, for array() and for assignments. An operation of the
// engine takes operands of one dtype; what is cast here is a whole copy, and counted.

#ifndef RAPTORS_PYTHON_CAST_H_
#define RAPTORS_PYTHON_CAST_H_

#include <stdint.h>

#include "absl/status/statusor.h"
#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"

namespace raptors::python {

// NumPy's common dtype of two arrays: the wider of two of one kind; float64 for an integer and a float.
DType Promote(DType a, DType b);

// Converts every element as C++ does: integers to floating point round to nearest, float64 to float32 rounds (too large
// becomes infinity), wider integers wrap around as NumPy's astype does. Floating point to integer truncates; NaN and
// values out of range become the smallest integer, as x86-64 has it. A large one gives the GIL up meanwhile.
// Preconditions: equal shapes, no overlap; the caller holds the GIL, and what keeps the memory alive.
void CastElements(const ArrayView& from, const MutableArrayView& to);

// A copy in another dtype and in the memory order of `from`; axes of stride 0 are stored once, with extent 1, so that
// the copy broadcasts to the shape of `from`. Counted by CastCopies(). ResourceExhausted when memory is short.
absl::StatusOr<raptors::Array> CastCopy(const ArrayView& from, DType dtype);

// The same, but with arbitrary elements, and not counted.
absl::StatusOr<raptors::Array> EmptyCast(const ArrayView& from, DType dtype);

// Copies that CastCopy() has made in this process.
int64_t CastCopies();

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_CAST_H_
