// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// DLPack, both ways and without a copy: the protocol by which array libraries share memory.
//
// Memory on the CPU only. Strides are counted in elements there, in bytes here: what is not a multiple is refused.

#ifndef RAPTORS_PYTHON_DLPACK_H_
#define RAPTORS_PYTHON_DLPACK_H_

#include "raptors/python/py.h"

namespace raptors::python {

// A raptors.Array over the memory of an object with __dlpack__; read-only if that is. `copy` is None or null (copy only
// if the object must), True or False. TypeError, ValueError or BufferError naming `argument`.
PyObject* ImportDLPack(PyObject* object, const char* argument, PyObject* copy);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_DLPACK_H_
