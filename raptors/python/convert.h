// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Arrays of anything that can be one.

#ifndef RAPTORS_PYTHON_CONVERT_H_
#define RAPTORS_PYTHON_CONVERT_H_

#include "raptors/python/py.h"

// After py.h.
#include <stdint.h>

#include "absl/types/span.h"
#include "raptors/array/shape.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"

namespace raptors::python {

// Whether ReadOperand() would take an object as an array: it is a raptors.Array or has a buffer or DLPack.
bool IsArrayLike(PyObject* object);

// A raptors.Array over the memory of an array-like: itself, or a view that keeps the object alive. Read-only if the
// object is.
Ref ViewOf(PyObject* object, const char* argument);

// A new raptors.Array with the elements of a view, in its memory order, converted to a dtype.
Ref CopyAs(const ArrayView& view, DType dtype);

// A new raptors.Array of nested sequences of numbers: of the dtype to which they promote, a float being float64 and an
// int int64, unless `dtype` is given. ValueError where lengths differ or a number does not fit, TypeError where
// something is no number.
Ref FromNested(PyObject* object, const DType* dtype);

// A shape: an int or a sequence of ints. ValueError or TypeError naming the argument "shape".
bool ReadShape(PyObject* object, Dims* shape);

// A tuple of ints.
PyObject* ToTuple(absl::Span<const int64_t> values);

// The elements of a view as nested lists of Python numbers; of one without axes, a number.
PyObject* ToNested(const ArrayView& view);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_CONVERT_H_
