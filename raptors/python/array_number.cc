// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Operators of raptors.Array: a + b, a @ b, a *= 2, -a, float(a).

#include "raptors/python/array_object.h"

// After array_object.h, which brings Python.h.
#include "raptors/array/view.h"
#include "raptors/python/convert.h"
#include "raptors/python/functions.h"

namespace raptors::python {
namespace {

bool IsNumber(PyObject* object) { return PyFloat_Check(object) || PyLong_Check(object); }

bool IsOperand(PyObject* object) { return IsNumber(object) || IsArrayLike(object); }

PyObject* NotImplemented() { return Ref::Borrow(Py_NotImplemented).release(); }

// function(x, y) or function(x, y, out=x).
PyObject* Call(FastCall function, PyObject* x, PyObject* y, bool in_place) {
  if (!IsOperand(x) || !IsOperand(y)) return NotImplemented();
  if (!in_place) {
    PyObject* const args[] = {x, y};
    return function(nullptr, args, 2, nullptr);
  }
  const Ref names(Py_BuildValue("(s)", "out"));
  PyObject* const args[] = {x, y, x};
  return names ? function(nullptr, args, 2, names.get()) : nullptr;
}

constexpr char kAdd[] = "add";
constexpr char kSubtract[] = "subtract";
constexpr char kMatmul[] = "matmul";

template <const char* kName, bool kInPlace>
PyObject* Binary(PyObject* x, PyObject* y) {
  static const FastCall function = FunctionFor(kName);
  return Call(function, x, y, kInPlace);
}

// A number scales, which is a shorter way than to broadcast it.
template <bool kInPlace>
PyObject* Multiply(PyObject* x, PyObject* y) {
  static const FastCall multiply = FunctionFor("multiply");
  static const FastCall scale = FunctionFor("scale");
  if (IsArrayObject(x) && (PyFloat_CheckExact(y) || PyLong_CheckExact(y))) return Call(scale, x, y, kInPlace);
  if (IsArrayObject(y) && (PyFloat_CheckExact(x) || PyLong_CheckExact(x))) return Call(scale, y, x, false);
  return Call(multiply, x, y, kInPlace);
}

PyObject* Negative(PyObject* self) {
  const Ref minus_one(PyLong_FromLong(-1));
  return minus_one ? Multiply<false>(self, minus_one.get()) : nullptr;
}

PyObject* Positive(PyObject* self) {
  return Guarded([&] {
    const ArrayView& view = AsArrayObject(self)->view;
    return CopyAs(view, view.dtype()).release();
  });
}

// The only element, for float(a), int(a), bool(a).
Ref OnlyElement(PyObject* self) {
  const ArrayView& view = AsArrayObject(self)->view;
  if (view.size() == 1) return Ref(ToPython(view.dtype(), view.data()));
  PyErr_Format(PyExc_ValueError, "array: got %lld elements; expected 1 to convert to a number",
               static_cast<long long>(view.size()));  // NOLINT(google-runtime-int)
  return Ref();
}

PyObject* ToFloat(PyObject* self) {
  const Ref element = OnlyElement(self);
  return element ? PyNumber_Float(element.get()) : nullptr;
}

PyObject* ToInt(PyObject* self) {
  const Ref element = OnlyElement(self);
  return element ? PyNumber_Long(element.get()) : nullptr;
}

int ToBool(PyObject* self) {
  const Ref element = OnlyElement(self);
  return element ? PyObject_IsTrue(element.get()) : -1;
}

template <typename Function>
void* Slot(Function function) {
  return reinterpret_cast<void*>(function);
}

}  // namespace

PyType_Slot kArrayNumberSlots[] = {
    {Py_nb_add, Slot(&Binary<kAdd, false>)},
    {Py_nb_inplace_add, Slot(&Binary<kAdd, true>)},
    {Py_nb_subtract, Slot(&Binary<kSubtract, false>)},
    {Py_nb_inplace_subtract, Slot(&Binary<kSubtract, true>)},
    {Py_nb_multiply, Slot(&Multiply<false>)},
    {Py_nb_inplace_multiply, Slot(&Multiply<true>)},
    {Py_nb_matrix_multiply, Slot(&Binary<kMatmul, false>)},
    {Py_nb_negative, Slot(&Negative)},
    {Py_nb_positive, Slot(&Positive)},
    {Py_nb_float, Slot(&ToFloat)},
    {Py_nb_int, Slot(&ToInt)},
    {Py_nb_bool, Slot(&ToBool)},
    {0, nullptr},
};

}  // namespace raptors::python
