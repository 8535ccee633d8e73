// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Arguments of METH_FASTCALL | METH_KEYWORDS functions, by name and position, without allocating.

#ifndef RAPTORS_PYTHON_ARGUMENTS_H_
#define RAPTORS_PYTHON_ARGUMENTS_H_

#include "raptors/python/py.h"

namespace raptors::python {

inline constexpr int kMaxParameters = 8;

struct Signature {
  const char* name;
  int positional;  // the first so many parameters may be given by position; all may be given by name
  int required;    // the first so many parameters must be given
  const char* parameters[kMaxParameters];  // null after the last
  // The same as interned strings, which is what a call's keywords are: made at the first use.
  mutable PyObject* interned[kMaxParameters] = {};
};

// Fills one value per parameter, null where none was given. TypeError as Python's own functions raise it.
bool Parse(const Signature& signature, PyObject* const* args, Py_ssize_t count, PyObject* names, PyObject** values);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_ARGUMENTS_H_
