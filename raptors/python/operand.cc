// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/operand.h"

#include <string.h>

#include <string>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/broadcast.h"
#include "raptors/python/array_object.h"
#include "raptors/python/cast.h"
#include "raptors/python/dlpack.h"
#include "raptors/python/numpy_api.h"

namespace raptors::python {
namespace {

constexpr char kDTypes[] = "float32, float64, int32 or int64 in native byte order";
constexpr char kArrayLike[] =
    "an array: a raptors.Array, a NumPy array, or an object with a buffer or DLPack (raptors.asarray makes one of a "
    "list)";

absl::Span<const int64_t> Span(const Py_ssize_t* values, int count) {
  static_assert(sizeof(Py_ssize_t) == sizeof(int64_t));
  return {reinterpret_cast<const int64_t*>(values), static_cast<size_t>(count)};
}

// "shape: got ..." of a view becomes "<argument>.shape: got ...".
bool SetViewError(const char* argument, const absl::Status& status) {
  SetError(absl::Status(status.code(), absl::StrCat(argument, ".", status.message())));
  return false;
}

ABSL_ATTRIBUTE_NOINLINE bool SetDTypeError(const char* argument, PyObject* object) {
  const Ref dtype(PyObject_GetAttrString(object, "dtype"));
  if (!dtype) return false;
  PyErr_Format(PyExc_TypeError, "%s.dtype: got %S; expected %s", argument, dtype.get(), kDTypes);
  return false;
}

bool ReadNumPy(PyObject* object, const char* argument, Operand* operand) {
  const auto* array = reinterpret_cast<const numpy::Array*>(object);
  if (ABSL_PREDICT_FALSE(Py_TYPE(object) != numpy::array_type && PyObject_HasAttrString(object, "_mask"))) {
    SetTypeError(argument, object, "an array without a mask");
    return false;
  }
  DType dtype;
  if (ABSL_PREDICT_FALSE(!numpy::ToDType(array->dtype, &dtype))) return SetDTypeError(argument, object);
  absl::StatusOr<ArrayView> view =
      ArrayView::Create(dtype, array->data, Span(array->shape, array->ndim), Span(array->strides, array->ndim));
  if (ABSL_PREDICT_FALSE(!view.ok())) return SetViewError(argument, view.status());
  operand->origin = Origin::kNumPy;
  operand->local = *std::move(view);
  operand->view = &*operand->local;
  return true;
}

bool SetFormatError(const char* argument, const Py_buffer& buffer) {
  PyErr_Format(PyExc_TypeError, "%s: got a buffer of format '%s' with items of %zd bytes; expected %s", argument,
               buffer.format == nullptr ? "B" : buffer.format, buffer.itemsize, kDTypes);
  return false;
}

bool ReadBuffer(PyObject* object, const char* argument, Operand* operand) {
  if (PyObject_GetBuffer(object, &operand->buffer, PyBUF_STRIDES | PyBUF_FORMAT) < 0) return false;
  operand->has_buffer = true;
  const Py_buffer& buffer = operand->buffer;
  DType dtype;
  if (!FormatToDType(buffer.format, buffer.itemsize, &dtype)) return SetFormatError(argument, buffer);
  absl::StatusOr<ArrayView> view =
      ArrayView::Create(dtype, buffer.buf, Span(buffer.shape, buffer.ndim), Span(buffer.strides, buffer.ndim));
  if (!view.ok()) return SetViewError(argument, view.status());
  operand->origin = Origin::kForeign;
  operand->local = *std::move(view);
  operand->view = &*operand->local;
  return true;
}

bool ReadDLPack(PyObject* object, const char* argument, Operand* operand) {
  operand->owner = Ref(ImportDLPack(object, argument, /*copy=*/nullptr));
  if (!operand->owner) return false;
  operand->origin = Origin::kForeign;
  operand->view = &AsArrayObject(operand->owner.get())->view.view();
  return true;
}

bool ReadPythonNumber(PyObject* object, Operand* operand) {
  operand->origin = Origin::kNumber;
  return ReadNumber(object, "number", &operand->number);
}

ABSL_ATTRIBUTE_NOINLINE bool ReadOther(PyObject* object, const char* argument, bool numbers, Operand* operand) {
  const bool numpy_is_loaded = numpy::Load();
  if (numpy_is_loaded && numpy::IsArray(object)) return ReadNumPy(object, argument, operand);
  const bool is_numpy_scalar = numpy_is_loaded && PyObject_TypeCheck(object, numpy::generic_type);
  if (!is_numpy_scalar && (PyLong_Check(object) || PyFloat_Check(object))) {
    if (numbers) return ReadPythonNumber(object, operand);
    SetTypeError(argument, object, kArrayLike);
    return false;
  }
  if (PyObject_CheckBuffer(object)) {
    if (!ReadBuffer(object, argument, operand)) return false;
    if (is_numpy_scalar) operand->origin = Origin::kNumPy;
    return true;
  }
  if (PyObject_HasAttrString(object, "__dlpack__")) return ReadDLPack(object, argument, operand);
  SetTypeError(argument, object, kArrayLike);
  return false;
}

}  // namespace

Operand::~Operand() {
  if (has_buffer) PyBuffer_Release(&buffer);
}

bool ReadOperand(PyObject* object, const char* argument, bool numbers, Operand* operand) {
  if (IsArrayObject(object)) {
    operand->origin = Origin::kArray;
    operand->view = &AsArrayObject(object)->view.view();
    return true;
  }
  if (Py_TYPE(object) == numpy::array_type) return ReadNumPy(object, argument, operand);
  if (numbers && (PyFloat_CheckExact(object) || PyLong_CheckExact(object))) return ReadPythonNumber(object, operand);
  return ReadOther(object, argument, numbers, operand);
}

DType CommonDType(absl::Span<const Operand* const> operands) {
  bool any = false, has_float = false;
  DType dtype = DType::kFloat64;
  for (const Operand* operand : operands) {
    if (operand->origin == Origin::kNumber) {
      has_float = has_float || !operand->number.is_integer();
    } else {
      dtype = any ? Promote(dtype, operand->view->dtype()) : operand->view->dtype();
      any = true;
    }
  }
  return has_float && !IsFloat(dtype) ? DType::kFloat64 : dtype;
}

namespace {

bool NumberToElement(const Number& number, const char* argument, DType dtype, char* element) {
  switch (dtype) {
#define RAPTORS_X(id, type, name)                                                                              \
  case DType::id: {                                                                                            \
    if (number.value.FitsIn<type>()) {                                                                         \
      const type value = number.value.As<type>();                                                              \
      memcpy(element, &value, sizeof(value));                                                                  \
      return true;                                                                                             \
    }                                                                                                          \
    const std::string text = number.value.is_integer() ? absl::StrCat(number.value.As<int64_t>())              \
                                                       : absl::StrCat(number.value.As<double>());              \
    PyErr_Format(PyExc_ValueError, "%s: got %s; expected an int that %s holds", argument, text.c_str(), name); \
    return false;                                                                                              \
  }
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return false;
}

}  // namespace

bool Convert(Operand* operand, const char* argument, DType dtype) {
  if (operand->origin == Origin::kNumber) {
    if (!NumberToElement(operand->number, argument, dtype, operand->element)) return false;
    operand->local = internal::ViewBuilder::MakeElement(operand->element, dtype);
    operand->view = &*operand->local;
    return true;
  }
  if (ABSL_PREDICT_TRUE(operand->view->dtype() == dtype)) return true;
  absl::StatusOr<raptors::Array> copy = CastCopy(*operand->view, dtype);
  if (!copy.ok()) return SetError(copy.status()) != nullptr;
  // The copy holds what a broadcast operand repeats once.
  absl::StatusOr<ArrayView> view = BroadcastTo(copy->view(), operand->view->shape(), argument);
  if (!view.ok()) return SetError(view.status()) != nullptr;
  operand->cast = *std::move(copy);
  operand->local = *std::move(view);
  operand->view = &*operand->local;
  return true;
}

bool ReadNumber(PyObject* object, const char* argument, Number* number) {
  if (PyFloat_Check(object)) {
    number->value = Scalar(PyFloat_AsDouble(object));
    return true;
  }
  Ref index = Ref::Borrow(object);
  if (IsArrayObject(object) && AsArrayObject(object)->view.size() == 1) {
    const ArrayView& view = AsArrayObject(object)->view;
    index = Ref(ToPython(view.dtype(), view.data()));
    return index && ReadNumber(index.get(), argument, number);
  }
  if (!PyLong_Check(object)) {
    // NumPy's integers have __index__, its floats only __float__; so does an array without axes.
    if (PyIndex_Check(object)) {
      index = Ref(PyNumber_Index(object));
      if (!index) return false;
    } else if (PyObject_HasAttrString(object, "__float__") && !PyUnicode_Check(object)) {
      const Ref value(PyNumber_Float(object));
      if (value) {
        number->value = Scalar(PyFloat_AsDouble(value.get()));
        return true;
      }
      PyErr_Clear();
      SetTypeError(argument, object, "a number");
      return false;
    } else {
      SetTypeError(argument, object, "a number");
      return false;
    }
  }
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(index.get(), &overflow);  // NOLINT(google-runtime-int)
  if (value == -1 && PyErr_Occurred() != nullptr) return false;
  if (overflow == 0) {
    number->value = Scalar(int64_t{value});
    return true;
  }
  const double rounded = PyLong_AsDouble(index.get());
  if (rounded == -1 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    SetValueError(argument, object, "a number that float64 holds");
    return false;
  }
  number->value = Scalar(rounded);
  number->beyond_int64 = true;
  return true;
}

bool ToScalar(const Number& number, const char* argument, PyObject* object, DType dtype, Scalar* scalar) {
  if (ABSL_PREDICT_FALSE(number.beyond_int64 && !IsFloat(dtype))) {
    return SetValueError(argument, object, "an int that the arrays' dtype holds") != nullptr;
  }
  *scalar = number.value;
  return true;
}

bool FormatToDType(const char* format, int64_t item_size, DType* dtype) {
  if (format == nullptr) return false;
  // '@' is native order, '=' too with standard sizes; '<' is native on every CPU that Raptors runs on.
  if (*format == '@' || *format == '=' || *format == '<') ++format;
  if (format[0] == '\0' || format[1] != '\0') return false;
  switch (*format) {
    case 'f':
      *dtype = DType::kFloat32;
      break;
    case 'd':
      *dtype = DType::kFloat64;
      break;
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      *dtype = item_size == 4 ? DType::kInt32 : DType::kInt64;
      break;
    default:
      return false;
  }
  return ItemSize(*dtype) == item_size;
}

const char* DTypeToFormat(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return "f";
    case DType::kFloat64:
      return "d";
    case DType::kInt32:
      return "i";
    case DType::kInt64:
      return "l";
  }
  return "B";
}

namespace {

bool NameToDType(PyObject* object, DType* dtype) {
  if (!PyUnicode_Check(object)) return false;
  for (const DType candidate : kAllDTypes) {
    if (PyUnicode_CompareWithASCIIString(object, Name(candidate)) == 0) {
      *dtype = candidate;
      return true;
    }
  }
  return false;
}

}  // namespace

bool ReadDType(PyObject* object, DType* dtype) {
  if (NameToDType(object, dtype)) return true;
  // Python's own types mean what they mean in NumPy.
  if (object == reinterpret_cast<PyObject*>(&PyFloat_Type)) {
    *dtype = DType::kFloat64;
    return true;
  }
  if (object == reinterpret_cast<PyObject*>(&PyLong_Type)) {
    *dtype = DType::kInt64;
    return true;
  }
  for (const char* attribute : {"name", "__name__"}) {
    const Ref name(PyObject_GetAttrString(object, attribute));
    if (name && NameToDType(name.get(), dtype)) {
      const Ref order(PyObject_GetAttrString(object, "byteorder"));
      PyErr_Clear();
      if (!order || !PyUnicode_Check(order.get()) || PyUnicode_CompareWithASCIIString(order.get(), ">") != 0) {
        return true;
      }
    }
    PyErr_Clear();
  }
  SetValueError("dtype", object, kDTypes);
  return false;
}

}  // namespace raptors::python
