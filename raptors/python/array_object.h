// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The object behind raptors.Array: a view of memory that it owns, or that another object keeps alive. Data pointer,
// dtype, shape and strides never change after it is made, so that it may be read without a lock.

#ifndef RAPTORS_PYTHON_ARRAY_OBJECT_H_
#define RAPTORS_PYTHON_ARRAY_OBJECT_H_

#include "raptors/python/py.h"

// After py.h.
#include <stdint.h>

#include "raptors/array/array.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"

namespace raptors::python {

enum class Access : uint8_t {
  kReadOnly,
  kShared,    // writable memory, but elements share bytes: no output
  kWritable,  // an output
};

struct ArrayObject {
  PyObject base;
  PyObject* weak_references;
  PyObject* owner;         // keeps the memory alive; null where `storage` does
  raptors::Array storage;  // default-made where `owner` does
  // The elements. May be written to only with Access::kWritable.
  MutableArrayView view;
  Access access;
};

// raptors.Array. Null before the module is initialised.
extern PyTypeObject* array_object_type;

// The type is final, so this is all there is to check.
inline bool IsArrayObject(PyObject* object) { return Py_TYPE(object) == array_object_type; }
inline ArrayObject* AsArrayObject(PyObject* object) { return reinterpret_cast<ArrayObject*>(object); }

// Makes the type and adds it to the module.
bool AddArrayType(PyObject* module);

// A new object that owns `storage`.
PyObject* NewArrayObject(raptors::Array storage);
// A new object that views memory which `owner` keeps alive; kWritable is lowered to kShared where elements overlap.
PyObject* NewArrayView(PyObject* owner, const ArrayView& view, Access access);
// A new object that views a part of `parent`, whose elements a view algebra has chosen: access is the parent's.
PyObject* NewSubview(ArrayObject* parent, const ArrayView& view);

// Slots and methods by file: array_index.cc, array_methods.cc, array_number.cc, array_buffer.cc, dlpack.cc.
PyObject* ArraySubscript(PyObject* self, PyObject* key);
int ArrayAssignSubscript(PyObject* self, PyObject* key, PyObject* value);
PyObject* ArrayItem(PyObject* self, Py_ssize_t index);
Py_ssize_t ArrayLength(PyObject* self);
int ArrayGetBuffer(PyObject* self, Py_buffer* buffer, int flags);
PyObject* ArrayDLPack(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names);
PyObject* ArrayDLPackDevice(PyObject* self, PyObject*);
extern PyMethodDef kArrayMethods[];
extern PyGetSetDef kArrayProperties[];
// Operators; terminated by a slot of 0.
extern PyType_Slot kArrayNumberSlots[];

// Sets every element of a raptors.Array to `value`, which the call that makes the array knows as `argument`.
bool FillArray(PyObject* array, const char* argument, PyObject* value);

// The element at `data` as a Python float or int.
PyObject* ToPython(DType dtype, const void* data);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_ARRAY_OBJECT_H_
