// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/operand.h"

#include <utility>

#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/broadcast.h"
#include "raptors/python/array_object.h"
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
  operand->origin = Origin::kNumPy;
  // Most small calls are made with these; NumPy has made sure that their elements have addresses.
  if (array->ndim == 1 && array->strides[0] == ItemSize(dtype) && array->shape[0] > 0) {
    operand->view = &operand->local.emplace(internal::ViewBuilder::MakeVector(array->data, dtype, array->shape[0]));
    return true;
  }
  absl::StatusOr<ArrayView> view =
      ArrayView::Create(dtype, array->data, Span(array->shape, array->ndim), Span(array->strides, array->ndim));
  if (ABSL_PREDICT_FALSE(!view.ok())) return SetViewError(argument, view.status());
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
  // Some give no strides where they are asked for, as ctypes: then the elements lie in C order.
  const absl::Span<const int64_t> shape = Span(buffer.shape, buffer.ndim);
  absl::StatusOr<ArrayView> view = buffer.strides == nullptr
                                       ? ArrayView::Create(dtype, buffer.buf, shape)
                                       : ArrayView::Create(dtype, buffer.buf, shape, Span(buffer.strides, buffer.ndim));
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

bool ReadPythonNumber(PyObject* object, const char* argument, Operand* operand) {
  operand->origin = Origin::kNumber;
  operand->object = object;
  return ReadNumber(object, argument, &operand->number);
}

ABSL_ATTRIBUTE_NOINLINE bool ReadOther(PyObject* object, const char* argument, bool numbers, Operand* operand) {
  const bool numpy_is_loaded = numpy::Load();
  if (numpy_is_loaded && numpy::IsArray(object)) return ReadNumPy(object, argument, operand);
  const bool is_numpy_scalar = numpy_is_loaded && PyObject_TypeCheck(object, numpy::generic_type);
  if (!is_numpy_scalar && (PyLong_Check(object) || PyFloat_Check(object))) {
    if (numbers) return ReadPythonNumber(object, argument, operand);
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
  if (numbers && (PyFloat_CheckExact(object) || PyLong_CheckExact(object))) {
    return ReadPythonNumber(object, argument, operand);
  }
  return ReadOther(object, argument, numbers, operand);
}

DType CommonDType(absl::Span<const Operand* const> operands) {
  bool any = false, has_float = false;
  DType dtype = DType::kFloat64;
  for (const Operand* operand : operands) {
    if (operand->origin == Origin::kNumber && !operand->number.dtype) {
      has_float = has_float || !operand->number.is_integer();
    } else {
      const DType own = operand->origin == Origin::kNumber ? *operand->number.dtype : operand->view->dtype();
      dtype = any ? Promote(dtype, own) : own;
      any = true;
    }
  }
  return has_float && !IsFloat(dtype) ? DType::kFloat64 : dtype;
}

bool Convert(Operand* operand, const char* argument, DType dtype, Cast* cast) {
  if (operand->origin == Origin::kNumber) {
    if (!ToElement(operand->number, argument, operand->object, dtype, operand->element)) return false;
    operand->local = internal::ViewBuilder::MakeElement(operand->element, dtype);
    operand->view = &*operand->local;
    return true;
  }
  if (ABSL_PREDICT_TRUE(operand->view->dtype() == dtype)) return true;
  absl::StatusOr<raptors::Array> copy = cast(*operand->view, dtype);
  if (!copy.ok()) return SetError(copy.status()) != nullptr;
  // The copy holds what a broadcast operand repeats once.
  absl::StatusOr<ArrayView> view = BroadcastTo(copy->view(), operand->view->shape(), argument);
  if (!view.ok()) return SetError(view.status()) != nullptr;
  operand->cast = *std::move(copy);
  operand->local = *std::move(view);
  operand->view = &*operand->local;
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

// NumPy's short codes of types, with its mark of the byte order or without.
bool CodeToDType(PyObject* object, DType* dtype) {
  absl::string_view code;
  if (!PyUnicode_Check(object) || !AsStringView(object, "dtype", &code)) return false;
  if (!code.empty() && (code[0] == '<' || code[0] == '=')) code.remove_prefix(1);
  constexpr std::pair<const char*, DType> kCodes[] = {
      {"f", DType::kFloat32}, {"d", DType::kFloat64},  {"i", DType::kInt32},
      {"l", DType::kInt64},   {"f4", DType::kFloat32}, {"f8", DType::kFloat64},
      {"i4", DType::kInt32},  {"i8", DType::kInt64},   {"q", DType::kInt64},
  };
  for (const auto& [text, candidate] : kCodes) {
    if (code == text) {
      *dtype = candidate;
      return true;
    }
  }
  return false;
}

// Whatever numpy.dtype() makes one of ours of, where NumPy is loaded.
bool NumPyToDType(PyObject* object, DType* dtype) {
  if (object == Py_None || !numpy::Load()) return false;
  const Ref module(PyImport_ImportModule("numpy"));
  const Ref made(module ? PyObject_CallMethod(module.get(), "dtype", "(O)", object) : nullptr);
  return made && numpy::ToDType(reinterpret_cast<const numpy::DType*>(made.get()), dtype);
}

}  // namespace

bool ReadDType(PyObject* object, DType* dtype) {
  if (NameToDType(object, dtype) || CodeToDType(object, dtype) || NumPyToDType(object, dtype)) return true;
  PyErr_Clear();
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
