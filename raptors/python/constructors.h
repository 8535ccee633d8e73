// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Functions that make Arrays: array, zeros, arange, from_dlpack and the like.

#ifndef RAPTORS_PYTHON_CONSTRUCTORS_H_
#define RAPTORS_PYTHON_CONSTRUCTORS_H_

#include "raptors/python/py.h"

// After py.h.
#include <vector>

namespace raptors::python {

std::vector<PyMethodDef> ConstructorMethods();

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_CONSTRUCTORS_H_
