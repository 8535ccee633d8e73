// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Operators of raptors.Array: a + b, a @ b, a *= 2, -a, float(a).

#include <utility>

#include "raptors/python/array_object.h"

// After array_object.h, which brings Python.h.
#include "absl/base/optimization.h"
#include "raptors/array/view.h"
#include "raptors/python/cast.h"
#include "raptors/python/convert.h"
#include "raptors/python/functions.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

PyObject* NotImplemented() { return Ref::Borrow(Py_NotImplemented).release(); }

// Who computes an operator for an operand.
enum class Way {
  kRaptors,
  kNumPy,   // a NumPy array or scalar of a dtype that Raptors does not have
  kOthers,  // the operand's own type, or nobody
};

// Whether a type says itself what NumPy's functions do with its objects.
bool OverridesUfuncs(PyObject* object) {
  constexpr char kUfunc[] = "__array_ufunc__";
  const Ref own(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(object)), kUfunc));
  PyErr_Clear();
  if (!own || !numpy::Load()) return static_cast<bool>(own);
  const Ref usual(PyObject_GetAttrString(reinterpret_cast<PyObject*>(numpy::array_type), kUfunc));
  PyErr_Clear();
  return own.get() != usual.get();
}

ABSL_ATTRIBUTE_NOINLINE Way WayForOther(PyObject* object) {
  if (OverridesUfuncs(object)) return Way::kOthers;
  if (numpy::Load() && (numpy::IsArray(object) || PyObject_TypeCheck(object, numpy::generic_type))) {
    const Ref dtype(PyObject_GetAttrString(object, "dtype"));
    PyErr_Clear();
    DType ours;
    const bool has = dtype && numpy::ToDType(reinterpret_cast<const numpy::DType*>(dtype.get()), &ours);
    return has ? Way::kRaptors : Way::kNumPy;
  }
  return PyFloat_Check(object) || PyLong_Check(object) || IsArrayLike(object) ? Way::kRaptors : Way::kOthers;
}

bool IsExactNumber(PyObject* object) { return PyFloat_CheckExact(object) || PyLong_CheckExact(object); }

Way WayFor(PyObject* object) {
  if (ABSL_PREDICT_TRUE(IsArrayObject(object) || IsExactNumber(object))) return Way::kRaptors;
  DType ours;
  if (Py_TYPE(object) == numpy::array_type &&
      numpy::ToDType(reinterpret_cast<const numpy::Array*>(object)->dtype, &ours)) {
    return Way::kRaptors;
  }
  return WayForOther(object);
}

// The right operand of `x += y`, where NumPy would compute in a wider dtype and cast the result to that of x: a copy of
// y in that dtype. y itself where nothing is to be cast, or where NumPy would not (floating point to integers).
ABSL_ATTRIBUTE_NOINLINE Ref CastTo(DType dtype, PyObject* y) {
  Operand operand;
  if (!ReadOperand(y, "y", /*numbers=*/true, &operand)) return Ref();
  if (operand.origin == Origin::kNumber) return Ref::Borrow(y);
  const DType own = operand.view->dtype();
  if (Promote(dtype, own) == dtype || (IsFloat(own) && !IsFloat(dtype))) return Ref::Borrow(y);
  if (!Convert(&operand, "y", dtype)) return Ref();
  const Ref storage(NewArrayObject(*std::move(operand.cast)));
  return storage ? Ref(NewSubview(AsArrayObject(storage.get()), *operand.view)) : Ref();
}

bool HasDType(PyObject* object, DType dtype) {
  return IsArrayObject(object) ? AsArrayObject(object)->view.dtype() == dtype : IsExactNumber(object);
}

// function(x, y) or function(x, y, out=x); `name` is that of both libraries' functions.
PyObject* Call(FastCall function, const char* name, PyObject* x, PyObject* y, bool in_place) {
  const Way x_way = WayFor(x), y_way = WayFor(y);
  if (x_way == Way::kOthers || y_way == Way::kOthers) return NotImplemented();
  if (ABSL_PREDICT_FALSE(x_way == Way::kNumPy || y_way == Way::kNumPy)) {
    const Ref module = ImportSibling("_ufunc");
    return module ? PyObject_CallMethod(module.get(), "operate", "sOOi", name, x, y, in_place ? 1 : 0) : nullptr;
  }
  if (!in_place) {
    PyObject* const args[] = {x, y};
    return function(nullptr, args, 2, nullptr);
  }
  return Guarded([&]() -> PyObject* {
    Ref cast;
    const DType dtype = AsArrayObject(x)->view.dtype();
    if (!HasDType(y, dtype)) {
      cast = CastTo(dtype, y);
      if (!cast) return nullptr;
    }
    const Ref names(Py_BuildValue("(s)", "out"));
    PyObject* const args[] = {x, cast ? cast.get() : y, x};
    return names ? function(nullptr, args, 2, names.get()) : nullptr;
  });
}

constexpr char kAdd[] = "add";
constexpr char kSubtract[] = "subtract";
constexpr char kMultiply[] = "multiply";
constexpr char kMatmul[] = "matmul";

template <const char* kName, bool kInPlace>
PyObject* Binary(PyObject* x, PyObject* y) {
  static const FastCall function = FunctionFor(kName);
  return Call(function, kName, x, y, kInPlace);
}

// A number scales, which is a shorter way than to broadcast it.
template <bool kInPlace>
PyObject* Multiply(PyObject* x, PyObject* y) {
  static const FastCall scale = FunctionFor("scale");
  if (IsArrayObject(x) && IsExactNumber(y)) return Call(scale, kMultiply, x, y, kInPlace);
  if (IsArrayObject(y) && IsExactNumber(x)) return Call(scale, kMultiply, y, x, false);
  return Binary<kMultiply, kInPlace>(x, y);
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
    {Py_nb_inplace_matrix_multiply, Slot(&Binary<kMatmul, true>)},
    {Py_nb_negative, Slot(&Negative)},
    {Py_nb_positive, Slot(&Positive)},
    {Py_nb_float, Slot(&ToFloat)},
    {Py_nb_int, Slot(&ToInt)},
    {Py_nb_bool, Slot(&ToBool)},
    {0, nullptr},
};

}  // namespace raptors::python
