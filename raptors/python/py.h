// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// CPython's API with owned references and Raptors' errors as exceptions. Every source of the module includes this
// first.
//
// The module is compiled twice: for CPython 3.11, and for the stable ABI of 3.12 and later (Py_LIMITED_API). Code
// outside this header uses what both have.
//
// Convention of every function here that can fail: nullptr (or a negative number, or false) with an exception set.

#ifndef RAPTORS_PYTHON_PY_H_
#define RAPTORS_PYTHON_PY_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>

// After Python.h, which may define feature macros that the standard headers read.
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace raptors::python {

// An owned reference, or none.
class Ref {
 public:
  Ref() = default;
  // Takes over the caller's reference.
  explicit Ref(PyObject* owned) : object_(owned) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }

  static Ref Borrow(PyObject* borrowed) {
    Py_XINCREF(borrowed);
    return Ref(borrowed);
  }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_ = nullptr;
};

// Sets the exception for an error: ValueError for InvalidArgument and OutOfRange, MemoryError for ResourceExhausted,
// RuntimeError for the rest. Returns nullptr, for `return SetError(status);`.
PyObject* SetError(const absl::Status& status);

// TypeError "<argument>: got <type of value>; expected <expected>". Returns nullptr.
PyObject* SetTypeError(const char* argument, PyObject* value, const char* expected);
// ValueError "<argument>: got <repr of value>; expected <expected>". Returns nullptr.
PyObject* SetValueError(const char* argument, PyObject* value, const char* expected);

// The name of an object's type, for messages: "numpy.ndarray", "list".
Ref TypeName(PyObject* value);

PyObject* FromString(absl::string_view text);

// A UTF-8 view of a str, valid while the str lives. False with TypeError naming `argument` for anything else.
bool AsStringView(PyObject* text, const char* argument, absl::string_view* view);

// The module raptors.<name>, imported at the first use.
Ref ImportSibling(const char* name);

// Runs a function of ours that may throw (only std::bad_alloc does): MemoryError instead of an exception that crosses
// CPython's frames.
template <typename Function>
auto Guarded(Function&& function) noexcept -> decltype(function()) {
  try {
    return function();
  } catch (...) {
    PyErr_NoMemory();
    if constexpr (std::is_pointer_v<decltype(function())>) {
      return nullptr;
    } else {
      return static_cast<decltype(function())>(-1);
    }
  }
}

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_PY_H_
