// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/array_object.h"

#include <string.h>
#include <structmember.h>

#include <new>
#include <utility>
#include <vector>

#include "raptors/array/shape.h"

namespace raptors::python {

PyTypeObject* array_object_type = nullptr;

namespace {

ArrayObject* NewObject() {
  auto* self = PyObject_New(ArrayObject, array_object_type);
  if (self == nullptr) return nullptr;
  self->weak_references = nullptr;
  self->owner = nullptr;
  new (&self->storage) raptors::Array();
  new (&self->view) MutableArrayView();
  self->access = Access::kWritable;
  return self;
}

void Deallocate(PyObject* object) {
  ArrayObject* self = AsArrayObject(object);
  if (self->weak_references != nullptr) PyObject_ClearWeakRefs(object);
  self->view.~MutableArrayView();
  self->storage.~Array();
  Py_XDECREF(self->owner);
  PyTypeObject* type = Py_TYPE(object);
  PyObject_Free(object);
  Py_DECREF(type);
}

PyObject* Repr(PyObject* self) {
  const Ref module = ImportSibling("_format");
  if (!module) return nullptr;
  return PyObject_CallMethod(module.get(), "array_repr", "O", self);
}

PyObject* Compare(PyObject* self, PyObject* other, int op) {
  const Ref module = ImportSibling("_ufunc");
  if (!module) {
    // Without NumPy there are no arrays of bools: Python compares by identity, or says that it cannot.
    if (PyErr_ExceptionMatches(PyExc_ImportError) == 0) return nullptr;
    PyErr_Clear();
    return Ref::Borrow(Py_NotImplemented).release();
  }
  return PyObject_CallMethod(module.get(), "compare", "OOi", self, other, op);
}

// Right behind the head; offsetof is for plain structs only.
constexpr Py_ssize_t kWeakReferences = sizeof(PyObject);

PyMemberDef kMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, kWeakReferences, READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

constexpr char kDoc[] =
    "An N-dimensional array of float32, float64, int32 or int64.\n"
    "\n"
    "Made by array, zeros, ones, full, empty, arange, asarray, from_numpy and from_dlpack, and by\n"
    "every function whose inputs are Arrays. Slicing gives views. NumPy and others read it without a\n"
    "copy (buffer protocol, DLPack), and NumPy's functions take it.\n"
    "\n"
    ">>> a = raptors.array([[1.0, 2.0], [3.0, 4.0]])\n"
    ">>> (a * 2 + 1).to_list()\n"
    "[[3.0, 5.0], [7.0, 9.0]]\n"
    ">>> a.T[0].to_list()\n"
    "[1.0, 3.0]\n";

}  // namespace

PyObject* NewArrayObject(raptors::Array storage) {
  ArrayObject* self = NewObject();
  if (self == nullptr) return nullptr;
  self->view = storage.mutable_view();
  self->storage = std::move(storage);
  return &self->base;
}

PyObject* NewArrayView(PyObject* owner, const ArrayView& view, Access access) {
  ArrayObject* self = NewObject();
  if (self == nullptr) return nullptr;
  if (access == Access::kWritable && StridesSelfOverlap(view.shape(), view.strides(), view.item_size())) {
    access = Access::kShared;
  }
  self->access = access;
  self->view = internal::ViewBuilder::MakeMutable(const_cast<void*>(view.data()), view.dtype(),
                                                  Dims(view.shape().begin(), view.shape().end()),
                                                  Dims(view.strides().begin(), view.strides().end()));
  Py_INCREF(owner);
  self->owner = owner;
  return &self->base;
}

PyObject* NewSubview(ArrayObject* parent, const ArrayView& view) {
  return NewArrayView(parent->owner != nullptr ? parent->owner : &parent->base, view, parent->access);
}

bool AddArrayType(PyObject* module) {
  std::vector<PyType_Slot> slots = {
      {Py_tp_doc, const_cast<char*>(kDoc)},
      {Py_tp_dealloc, reinterpret_cast<void*>(Deallocate)},
      {Py_tp_repr, reinterpret_cast<void*>(Repr)},
      {Py_tp_richcompare, reinterpret_cast<void*>(Compare)},
      {Py_tp_methods, kArrayMethods},
      {Py_tp_getset, kArrayProperties},
      {Py_tp_members, kMembers},
      {Py_mp_length, reinterpret_cast<void*>(ArrayLength)},
      {Py_mp_subscript, reinterpret_cast<void*>(ArraySubscript)},
      {Py_mp_ass_subscript, reinterpret_cast<void*>(ArrayAssignSubscript)},
      {Py_sq_length, reinterpret_cast<void*>(ArrayLength)},
      {Py_sq_item, reinterpret_cast<void*>(ArrayItem)},
      {Py_bf_getbuffer, reinterpret_cast<void*>(ArrayGetBuffer)},
  };
  for (const PyType_Slot* slot = kArrayNumberSlots; slot->slot != 0; ++slot) slots.push_back(*slot);
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"raptors.Array", sizeof(ArrayObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, slots.data()};
  array_object_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  if (array_object_type == nullptr) return false;
  return PyModule_AddType(module, array_object_type) == 0;
}

PyObject* ToPython(DType dtype, const void* data) {
  switch (dtype) {
#define RAPTORS_X(id, type, name)                                              \
  case DType::id: {                                                            \
    type value;                                                                \
    memcpy(&value, data, sizeof(value));                                       \
    if (IsFloat(dtype)) return PyFloat_FromDouble(static_cast<double>(value)); \
    return PyLong_FromLongLong(static_cast<long long>(value));                 \
  }
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  Py_UNREACHABLE();
}

}  // namespace raptors::python
