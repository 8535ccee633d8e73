// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The command `raptors` and the dashboard's page for Python: the same code as that of //tools/raptors.

#ifndef RAPTORS_PYTHON_COMMAND_H_
#define RAPTORS_PYTHON_COMMAND_H_

#include "raptors/python/py.h"

// After py.h.
#include <vector>

namespace raptors::python {

std::vector<PyMethodDef> CommandMethods();

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_COMMAND_H_
