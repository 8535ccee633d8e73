// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/arguments.h"

#include "absl/base/optimization.h"

namespace raptors::python {
namespace {

ABSL_ATTRIBUTE_NOINLINE bool Intern(const Signature& signature) {
  for (int i = 0; i < kMaxParameters && signature.parameters[i] != nullptr; ++i) {
    if (signature.interned[i] == nullptr) signature.interned[i] = PyUnicode_InternFromString(signature.parameters[i]);
    if (signature.interned[i] == nullptr) return false;
  }
  return true;
}

// The parameter of this name, or -1.
int Find(const Signature& signature, PyObject* name) {
  for (int i = 0; i < kMaxParameters && signature.parameters[i] != nullptr; ++i) {
    if (signature.interned[i] == name) return i;
  }
  // Not interned, as keys of a dict need not be.
  for (int i = 0; i < kMaxParameters && signature.parameters[i] != nullptr; ++i) {
    if (PyUnicode_CompareWithASCIIString(name, signature.parameters[i]) == 0) return i;
  }
  return -1;
}

bool ParseNames(const Signature& signature, PyObject* const* args, PyObject* names, PyObject** values) {
  if (ABSL_PREDICT_FALSE(signature.interned[0] == nullptr) && !Intern(signature)) return false;
  const Py_ssize_t count = PyTuple_Size(names);
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* name = PyTuple_GetItem(names, i);
    const int at = Find(signature, name);
    if (at < 0) {
      PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", signature.name, name);
      return false;
    }
    if (values[at] != nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%U'", signature.name, name);
      return false;
    }
    values[at] = args[i];
  }
  return true;
}

ABSL_ATTRIBUTE_NOINLINE bool SetTooMany(const Signature& signature, Py_ssize_t count) {
  PyErr_Format(PyExc_TypeError, "%s() takes at most %d positional arguments but %zd were given", signature.name,
               signature.positional, count);
  return false;
}

ABSL_ATTRIBUTE_NOINLINE bool SetMissing(const Signature& signature, int at) {
  PyErr_Format(PyExc_TypeError, "%s() missing required argument: '%s'", signature.name, signature.parameters[at]);
  return false;
}

}  // namespace

bool Parse(const Signature& signature, PyObject* const* args, Py_ssize_t count, PyObject* names, PyObject** values) {
  if (ABSL_PREDICT_FALSE(count > signature.positional)) return SetTooMany(signature, count);
  for (int i = 0; i < kMaxParameters && signature.parameters[i] != nullptr; ++i) {
    values[i] = i < count ? args[i] : nullptr;
  }
  if (names != nullptr && !ParseNames(signature, args + count, names, values)) return false;
  for (int i = static_cast<int>(count); i < signature.required; ++i) {
    if (ABSL_PREDICT_FALSE(values[i] == nullptr)) return SetMissing(signature, i);
  }
  return true;
}

}  // namespace raptors::python
