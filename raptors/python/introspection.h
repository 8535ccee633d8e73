// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What raptors.info(), explain(), table(), metrics() and threading_info() are made from: the engine's values as JSON,
// which the package turns into dicts. None of it is for a hot path.

#ifndef RAPTORS_PYTHON_INTROSPECTION_H_
#define RAPTORS_PYTHON_INTROSPECTION_H_

#include "raptors/python/py.h"

// After py.h.
#include <vector>

namespace raptors::python {

std::vector<PyMethodDef> IntrospectionMethods();

// An int or a tuple of ints, which need not be axes that there are. TypeError or ValueError naming "axis" otherwise.
bool ReadAxes(PyObject* axis, std::vector<int>* axes);

// describe(op, names, arrays, factor, axis, in_place): (dtype, shape, layout) of a call of the operation on arrays and
// numbers, whose parameters have these names, with a scalar parameter or None and an axis or None. The layout is None
// where there are no elements. Raises what the call would raise.
PyObject* Describe(PyObject* module, PyObject* const* args, Py_ssize_t count);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_INTROSPECTION_H_
