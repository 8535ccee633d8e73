// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/py.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace raptors::python {

PyObject* SetError(const absl::Status& status) {
  PyObject* type = PyExc_RuntimeError;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      type = PyExc_ValueError;
      break;
    case absl::StatusCode::kResourceExhausted:
      type = PyExc_MemoryError;
      break;
    default:
      break;
  }
  PyErr_SetString(type, std::string(status.message()).c_str());
  return nullptr;
}

Ref TypeName(PyObject* value) {
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(value));
  Ref module(PyObject_GetAttrString(type, "__module__"));
  Ref name(PyObject_GetAttrString(type, "__qualname__"));
  if (!module || !name || !PyUnicode_Check(module.get())) {
    PyErr_Clear();
    return Ref(PyUnicode_FromString("an object"));
  }
  if (PyUnicode_CompareWithASCIIString(module.get(), "builtins") == 0) return name;
  return Ref(PyUnicode_FromFormat("%U.%U", module.get(), name.get()));
}

PyObject* SetTypeError(const char* argument, PyObject* value, const char* expected) {
  const Ref type = TypeName(value);
  return PyErr_Format(PyExc_TypeError, "%s: got %U; expected %s", argument, type.get(), expected);
}

PyObject* SetValueError(const char* argument, PyObject* value, const char* expected) {
  return PyErr_Format(PyExc_ValueError, "%s: got %R; expected %s", argument, value, expected);
}

PyObject* FromString(absl::string_view text) {
  return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
}

bool AsStringView(PyObject* text, const char* argument, absl::string_view* view) {
  if (!PyUnicode_Check(text)) {
    SetTypeError(argument, text, "a str");
    return false;
  }
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) return false;
  *view = absl::string_view(data, static_cast<size_t>(size));
  return true;
}

Ref ImportSibling(const char* name) { return Ref(PyImport_ImportModule(absl::StrCat("raptors.", name).c_str())); }

}  // namespace raptors::python
