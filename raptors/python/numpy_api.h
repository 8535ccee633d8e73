// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// NumPy arrays read and made through NumPy's own C interface, for calls where the buffer protocol costs more than the
// work. NumPy is neither needed to build nor to import the module: its function table is looked up when the first
// object appears that might be NumPy's, which needs `numpy` to be in sys.modules.
//
// What is relied on is the part of NumPy's binary interface that versions 1.x and 2.x share: the fields of an array
// object up to its flags, a dtype's kind, byte order and type number, and a few entries of the function table. Load()
// makes an array and compares the fields with the attributes that Python sees; where they differ NumPy is not used
// this way, and its arrays are read as any other object with a buffer.

#ifndef RAPTORS_PYTHON_NUMPY_API_H_
#define RAPTORS_PYTHON_NUMPY_API_H_

#include "raptors/python/py.h"

// After py.h.
#include <stdint.h>

#include "absl/types/span.h"
#include "raptors/base/dtype.h"

namespace raptors::python::numpy {

// The head of a numpy.dtype object.
struct DType {
  PyObject base;
  PyTypeObject* scalar_type;
  char kind;
  char type_char;
  char byte_order;
  char former_flags;
  int type_number;
};

// A numpy.ndarray object up to its flags.
struct Array {
  PyObject base;
  char* data;
  int ndim;
  Py_ssize_t* shape;
  Py_ssize_t* strides;
  PyObject* owner;
  DType* dtype;
  int flags;
};

inline constexpr int kWriteable = 0x400;

// numpy.ndarray and numpy.generic; null until Load() succeeded.
extern PyTypeObject* array_type;
extern PyTypeObject* generic_type;

// Looks NumPy up, once. False where it has not been imported or is not laid out as expected; sets no exception.
bool Load();

// Whether `object` is a numpy.ndarray (or of a subclass). The caller has seen that NumPy may be loaded.
inline bool IsArray(PyObject* object) {
  return array_type != nullptr && (Py_TYPE(object) == array_type || PyObject_TypeCheck(object, array_type));
}

// The element type of a dtype object in native byte order, if Raptors has it.
bool ToDType(const DType* dtype, raptors::DType* result);

// A new array, uninitialised, C order unless strides (in bytes, without gaps) are given.
PyObject* New(raptors::DType dtype, absl::Span<const int64_t> shape, const int64_t* strides);

// A new array over memory that `owner` keeps alive.
PyObject* Wrap(raptors::DType dtype, absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, void* data,
               bool writable, PyObject* owner);

// A NumPy scalar with the value at `data`.
PyObject* MakeScalar(raptors::DType dtype, void* data);

}  // namespace raptors::python::numpy

#endif  // RAPTORS_PYTHON_NUMPY_API_H_
