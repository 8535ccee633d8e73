// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Numbers of a call: Python's, NumPy's scalars, and arrays without axes (operand.h).

#include <string.h>

#include <string>

#include "raptors/python/operand.h"

// After operand.h, which brings Python.h.
#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "raptors/python/array_object.h"
#include "raptors/python/numpy_api.h"

namespace raptors::python {
namespace {

bool ReadIndex(PyObject* index, const char* argument, Number* number) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(index, &overflow);  // NOLINT(google-runtime-int)
  if (value == -1 && PyErr_Occurred() != nullptr) return false;
  if (overflow == 0) {
    number->value = Scalar(int64_t{value});
    return true;
  }
  const double rounded = PyLong_AsDouble(index);
  if (rounded == -1 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    return SetValueError(argument, index, "a number that float64 holds") != nullptr;
  }
  number->value = Scalar(rounded);
  number->beyond_int64 = true;
  return true;
}

// The dtype with which a NumPy scalar, or array without axes, takes part in promotion. None for one that changes no
// array of Raptors' dtypes: a bool or a narrow type.
std::optional<DType> StrongDType(char kind, int64_t item_size) {
  if (kind == 'f' && item_size >= 4) return item_size == 4 ? DType::kFloat32 : DType::kFloat64;
  if (kind == 'i' && item_size >= 4) return item_size == 4 ? DType::kInt32 : DType::kInt64;
  if (kind == 'u' && item_size >= 4) return item_size == 4 ? DType::kInt64 : DType::kFloat64;
  return std::nullopt;
}

// What the type of a NumPy number says. False with an exception set for one that is no real number.
bool ReadNumPyType(PyObject* object, const char* argument, Number* number) {
  const Ref dtype(PyObject_GetAttrString(object, "dtype"));
  const Ref kind(dtype ? PyObject_GetAttrString(dtype.get(), "kind") : nullptr);
  const Ref item_size(dtype ? PyObject_GetAttrString(dtype.get(), "itemsize") : nullptr);
  const Ref ndim(PyObject_GetAttrString(object, "ndim"));
  absl::string_view text;
  if (!kind || !item_size || !ndim || !AsStringView(kind.get(), "dtype.kind", &text) || text.empty()) return false;
  const bool is_real = text[0] == 'b' || text[0] == 'i' || text[0] == 'u' || text[0] == 'f';
  if (!is_real || PyLong_AsLong(ndim.get()) != 0) {
    return SetTypeError(argument, object, "a real number") != nullptr;
  }
  number->dtype = StrongDType(text[0], PyLong_AsLong(item_size.get()));
  return true;
}

// What is neither exactly a float nor exactly an int.
ABSL_ATTRIBUTE_NOINLINE bool ReadOtherNumber(PyObject* object, const char* argument, Number* number) {
  if (IsArrayObject(object) && AsArrayObject(object)->view.size() == 1) {
    const ArrayView& view = AsArrayObject(object)->view;
    const Ref element(ToPython(view.dtype(), view.data()));
    if (!element || !ReadNumber(element.get(), argument, number)) return false;
    number->dtype = view.dtype();
    return true;
  }
  if (numpy::Load() && (PyObject_TypeCheck(object, numpy::generic_type) || numpy::IsArray(object))) {
    if (!ReadNumPyType(object, argument, number)) return false;
  }
  // NumPy's integers have __index__, its floats __float__ only; its arrays without axes both, whatever they hold.
  if (PyIndex_Check(object)) {
    const Ref index(PyNumber_Index(object));
    if (index) return ReadIndex(index.get(), argument, number);
    if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) return false;
    PyErr_Clear();
  }
  if (PyFloat_Check(object) || (PyObject_HasAttrString(object, "__float__") && !PyUnicode_Check(object))) {
    const Ref value(PyNumber_Float(object));
    if (value) {
      number->value = Scalar(PyFloat_AsDouble(value.get()));
      return true;
    }
    PyErr_Clear();
  }
  return SetTypeError(argument, object, "a number") != nullptr;
}

}  // namespace

bool IsNumber(PyObject* object) {
  return PyFloat_Check(object) || PyLong_Check(object) ||
         (numpy::Load() && PyObject_TypeCheck(object, numpy::generic_type));
}

bool ReadNumber(PyObject* object, const char* argument, Number* number) {
  if (PyFloat_CheckExact(object)) {
    number->value = Scalar(PyFloat_AsDouble(object));
    return true;
  }
  if (PyLong_CheckExact(object)) return ReadIndex(object, argument, number);
  return ReadOtherNumber(object, argument, number);
}

bool ToScalar(const Number& number, const char* argument, PyObject* object, DType dtype, Scalar* scalar) {
  if (ABSL_PREDICT_FALSE(number.beyond_int64 && !IsFloat(dtype))) {
    return SetValueError(argument, object, "an int that the arrays' dtype holds") != nullptr;
  }
  *scalar = number.value;
  return true;
}

bool ToElement(const Number& number, const char* argument, PyObject* object, DType dtype, void* element) {
  switch (dtype) {
#define RAPTORS_X(id, type, name)                                                                            \
  case DType::id: {                                                                                          \
    if (number.value.FitsIn<type>()) {                                                                       \
      const type value = number.value.As<type>();                                                            \
      memcpy(element, &value, sizeof(value));                                                                \
      return true;                                                                                           \
    }                                                                                                        \
    return SetValueError(argument, object, absl::StrCat("an int that ", name, " holds").c_str()) != nullptr; \
  }
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return false;
}

bool ToElementTruncated(const Number& number, const char* argument, PyObject* object, DType dtype, void* element) {
  if (number.is_integer() || IsFloat(dtype)) return ToElement(number, argument, object, dtype, element);
  const double value = number.value.As<double>();
  // Both bounds are exact, and the comparison is false for NaN.
  if (!(value >= -0x1p63 && value < 0x1p63)) {
    return SetValueError(argument, object, absl::StrCat("a number that ", Name(dtype), " holds").c_str()) != nullptr;
  }
  return ToElement({Scalar(static_cast<int64_t>(value)), false, {}}, argument, object, dtype, element);
}

}  // namespace raptors::python
