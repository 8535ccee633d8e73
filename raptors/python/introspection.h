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

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_INTROSPECTION_H_
