// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/numpy_api.h"

#include <string.h>

#include "absl/base/optimization.h"

namespace raptors::python::numpy {
namespace {

// Entries of NumPy's function table, by their fixed numbers.
constexpr int kArrayType = 2;
constexpr int kGenericType = 10;
constexpr int kDescrFromType = 45;
constexpr int kScalar = 60;
constexpr int kNewFromDescr = 94;
constexpr int kSetBaseObject = 282;

// NumPy's type numbers.
constexpr int kInt = 5;
constexpr int kLong = 7;
constexpr int kLongLong = 9;
constexpr int kFloat = 11;
constexpr int kDouble = 12;
static_assert(sizeof(int) == 4 && sizeof(long) == 8 && sizeof(long long) == 8);  // NOLINT(google-runtime-int)

using DescrFromTypeFunction = PyObject* (*)(int);
using ScalarFunction = PyObject* (*)(void*, PyObject*, PyObject*);
using NewFromDescrFunction = PyObject* (*)(PyTypeObject*, PyObject*, int, const Py_ssize_t*, const Py_ssize_t*, void*,
                                           int, PyObject*);
using SetBaseObjectFunction = int (*)(PyObject*, PyObject*);

void** table = nullptr;
PyObject* dtypes[kNumDTypes] = {};

template <typename Function>
Function Entry(int number) {
  return reinterpret_cast<Function>(table[number]);
}

int TypeNumber(raptors::DType dtype) {
  switch (dtype) {
    case raptors::DType::kFloat32:
      return kFloat;
    case raptors::DType::kFloat64:
      return kDouble;
    case raptors::DType::kInt32:
      return kInt;
    case raptors::DType::kInt64:
      return kLong;
  }
  return -1;
}

Ref Capsule(PyObject* modules) {
  for (const char* name : {"numpy._core._multiarray_umath", "numpy.core._multiarray_umath"}) {
    PyObject* module = PyDict_GetItemString(modules, name);
    if (module != nullptr) return Ref(PyObject_GetAttrString(module, "_ARRAY_API"));
  }
  return Ref();
}

// Compares the fields of an array as C sees them with its attributes as Python sees them.
bool LayoutIsAsExpected() {
  constexpr int64_t kShape[] = {3, 5};
  constexpr int64_t kStrides[] = {8, 24};
  for (const raptors::DType dtype : kAllDTypes) {
    const int64_t strides[] = {kStrides[0] * ItemSize(dtype) / 8, kStrides[1] * ItemSize(dtype) / 8};
    const Ref array(New(dtype, kShape, strides));
    if (!array) return false;
    const auto* fields = reinterpret_cast<const Array*>(array.get());
    const Ref interface(PyObject_GetAttrString(array.get(), "__array_interface__"));
    const Ref found(PyObject_GetAttrString(array.get(), "strides"));
    if (!interface || !found) return false;
    PyObject* data = PyDict_GetItemString(interface.get(), "data");
    PyObject* address = data == nullptr ? nullptr : PyTuple_GetItem(data, 0);
    raptors::DType read;
    if (address == nullptr || PyLong_AsVoidPtr(address) != fields->data || fields->ndim != 2 ||
        fields->shape[0] != kShape[0] || fields->shape[1] != kShape[1] || (fields->flags & kWriteable) == 0 ||
        !ToDType(fields->dtype, &read) || read != dtype) {
      return false;
    }
    for (int axis = 0; axis < 2; ++axis) {
      PyObject* stride = PyTuple_GetItem(found.get(), axis);
      if (stride == nullptr || PyLong_AsSsize_t(stride) != strides[axis] || fields->strides[axis] != strides[axis]) {
        return false;
      }
    }
  }
  return true;
}

bool LoadOnce(PyObject* modules) {
  const Ref capsule = Capsule(modules);
  if (!capsule) return false;
  table = static_cast<void**>(PyCapsule_GetPointer(capsule.get(), nullptr));
  if (table == nullptr) return false;
  for (const raptors::DType dtype : kAllDTypes) {
    PyObject*& made = dtypes[static_cast<int>(dtype)];
    made = Entry<DescrFromTypeFunction>(kDescrFromType)(TypeNumber(dtype));
    if (made == nullptr) return false;
  }
  array_type = static_cast<PyTypeObject*>(table[kArrayType]);
  generic_type = static_cast<PyTypeObject*>(table[kGenericType]);
  if (LayoutIsAsExpected()) return true;
  array_type = nullptr;
  generic_type = nullptr;
  return false;
}

}  // namespace

PyTypeObject* array_type = nullptr;
PyTypeObject* generic_type = nullptr;

bool Load() {
  static bool refused = false;
  if (array_type != nullptr) return true;
  PyObject* modules = PyImport_GetModuleDict();
  // Half imported while numpy's own initialisation runs: ask again later.
  if (refused || PyDict_GetItemString(modules, "numpy") == nullptr) return false;
  const bool loaded = LoadOnce(modules);
  refused = !loaded && table != nullptr;
  PyErr_Clear();
  return loaded;
}

bool ToDType(const DType* dtype, raptors::DType* result) {
  if (ABSL_PREDICT_FALSE(dtype->byte_order == '>')) return false;
  switch (dtype->type_number) {
    case kFloat:
      *result = raptors::DType::kFloat32;
      return true;
    case kDouble:
      *result = raptors::DType::kFloat64;
      return true;
    case kInt:
      *result = raptors::DType::kInt32;
      return true;
    case kLong:
    case kLongLong:
      *result = raptors::DType::kInt64;
      return true;
    default:
      return false;
  }
}

namespace {

PyObject* Make(raptors::DType dtype, absl::Span<const int64_t> shape, const int64_t* strides, void* data, int flags) {
  static_assert(sizeof(Py_ssize_t) == sizeof(int64_t));
  PyObject* descr = dtypes[static_cast<int>(dtype)];
  Py_INCREF(descr);  // taken over
  return Entry<NewFromDescrFunction>(kNewFromDescr)(array_type, descr, static_cast<int>(shape.size()),
                                                    reinterpret_cast<const Py_ssize_t*>(shape.data()),
                                                    reinterpret_cast<const Py_ssize_t*>(strides), data, flags, nullptr);
}

}  // namespace

PyObject* New(raptors::DType dtype, absl::Span<const int64_t> shape, const int64_t* strides) {
  return Make(dtype, shape, strides, nullptr, 0);
}

PyObject* Wrap(raptors::DType dtype, absl::Span<const int64_t> shape, absl::Span<const int64_t> strides, void* data,
               bool writable, PyObject* owner) {
  // Where there is no element there may be no address, and NumPy would allocate: any address does.
  static char nothing[64];
  Ref array(Make(dtype, shape, strides.data(), data == nullptr ? nothing : data, writable ? kWriteable : 0));
  if (!array) return nullptr;
  Py_INCREF(owner);  // taken over
  if (Entry<SetBaseObjectFunction>(kSetBaseObject)(array.get(), owner) < 0) return nullptr;
  return array.release();
}

PyObject* MakeScalar(raptors::DType dtype, void* data) {
  return Entry<ScalarFunction>(kScalar)(data, dtypes[static_cast<int>(dtype)], nullptr);
}

}  // namespace raptors::python::numpy
