// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The module's functions over the engine's operations. The one list of them is in functions.cc.

#ifndef RAPTORS_PYTHON_FUNCTIONS_H_
#define RAPTORS_PYTHON_FUNCTIONS_H_

#include "raptors/python/py.h"

// After py.h.
#include <vector>

namespace raptors::python {

// All functions, without the terminating entry.
std::vector<PyMethodDef> OperationMethods();

// Operators of raptors.Array call the functions by their C interface.
using FastCall = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
FastCall FunctionFor(const char* name);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_FUNCTIONS_H_
