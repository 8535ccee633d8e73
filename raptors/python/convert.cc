// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/convert.h"

#include <string.h>

#include <memory>
#include <utility>

#include "raptors/python/array_object.h"
#include "raptors/python/cast.h"
#include "raptors/python/dlpack.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

void ReleaseBuffer(PyObject* capsule) {
  auto* buffer = static_cast<Py_buffer*>(PyCapsule_GetPointer(capsule, nullptr));
  PyBuffer_Release(buffer);
  delete buffer;
}

// A capsule that holds an object's buffer. It is asked for anew, because a Py_buffer may point into itself.
Ref HoldBuffer(PyObject* object, bool* writable) {
  auto buffer = std::make_unique<Py_buffer>();
  if (PyObject_GetBuffer(object, buffer.get(), PyBUF_STRIDES | PyBUF_FORMAT) < 0) return Ref();
  *writable = buffer->readonly == 0;
  Ref capsule(PyCapsule_New(buffer.get(), nullptr, &ReleaseBuffer));
  if (!capsule) {
    PyBuffer_Release(buffer.get());
    return capsule;
  }
  buffer.release();  // NOLINT(bugprone-unused-return-value): the capsule has it
  return capsule;
}

bool IsNested(PyObject* object) {
  return PySequence_Check(object) != 0 && !PyUnicode_Check(object) && !PyBytes_Check(object);
}

// The shape of nested sequences, by their first items.
bool FindShape(PyObject* object, Dims* shape) {
  Ref item = Ref::Borrow(object);
  while (IsNested(item.get())) {
    const Py_ssize_t length = PySequence_Size(item.get());
    // An array without axes looks like a sequence and has no length.
    if (length < 0) {
      PyErr_Clear();
      return true;
    }
    if (shape->size() == kMaxRank) {
      PyErr_Format(PyExc_ValueError, "object: got sequences nested deeper than %d; expected at most that", kMaxRank);
      return false;
    }
    shape->push_back(length);
    if (length == 0) return true;
    item = Ref(PySequence_GetItem(item.get(), 0));
    if (!item) return false;
  }
  return true;
}

// Visits the numbers in nested sequences that have this shape, in order.
template <typename Visit>
bool ForEach(PyObject* object, absl::Span<const int64_t> shape, const Visit& visit) {
  if (shape.empty()) {
    Number number;
    if (!IsNested(object) || PySequence_Size(object) < 0) {
      PyErr_Clear();
      return ReadNumber(object, "object", &number) && visit(object, number);
    }
    PyErr_SetString(PyExc_ValueError, "object: got sequences of different depths; expected a rectangular array");
    return false;
  }
  if (!IsNested(object)) {
    PyErr_SetString(PyExc_ValueError, "object: got sequences of different depths; expected a rectangular array");
    return false;
  }
  const Py_ssize_t length = PySequence_Size(object);
  if (length < 0) return false;
  if (length != shape[0]) {
    PyErr_Format(PyExc_ValueError, "object: got sequences of lengths %zd and %zd; expected a rectangular array",
                 static_cast<Py_ssize_t>(shape[0]), length);
    return false;
  }
  for (Py_ssize_t i = 0; i < length; ++i) {
    const Ref item(PySequence_GetItem(object, i));
    if (!item || !ForEach(item.get(), shape.subspan(1), visit)) return false;
  }
  return true;
}

}  // namespace

bool IsArrayLike(PyObject* object) {
  return IsArrayObject(object) || PyObject_CheckBuffer(object) != 0 ||
         PyObject_HasAttrString(object, "__dlpack__") != 0;
}

Ref ViewOf(PyObject* object, const char* argument) {
  if (IsArrayObject(object)) return Ref::Borrow(object);
  Operand operand;
  if (!ReadOperand(object, argument, /*numbers=*/false, &operand)) return Ref();
  if (operand.owner) return std::move(operand.owner);
  if (!operand.has_buffer) {
    const bool writable = (reinterpret_cast<const numpy::Array*>(object)->flags & numpy::kWriteable) != 0;
    return Ref(NewArrayView(object, *operand.view, writable ? Access::kWritable : Access::kReadOnly));
  }
  bool writable = false;
  const Ref owner = HoldBuffer(object, &writable);
  if (!owner) return Ref();
  return Ref(NewArrayView(owner.get(), *operand.view, writable ? Access::kWritable : Access::kReadOnly));
}

Ref CopyAs(const ArrayView& view, DType dtype) {
  const ArrayView order =
      internal::ViewBuilder::Make(view.data(), dtype, Dims(view.shape().begin(), view.shape().end()),
                                  Dims(view.strides().begin(), view.strides().end()));
  absl::StatusOr<raptors::Array> copy = raptors::Array::EmptyLike(order);
  if (!copy.ok()) return Ref(SetError(copy.status()));
  CastElements(view, copy->mutable_view());
  return Ref(NewArrayObject(*std::move(copy)));
}

Ref FromNested(PyObject* object, const DType* dtype) {
  Dims shape;
  if (!FindShape(object, &shape)) return Ref();
  // An empty list is float64, as in NumPy.
  DType found = DType::kFloat64;
  bool any = false;
  const auto look = [&](PyObject*, const Number& number) {
    const DType own = number.dtype.value_or(number.is_integer() ? DType::kInt64 : DType::kFloat64);
    found = any ? Promote(found, own) : own;
    any = true;
    return true;
  };
  if (!ForEach(object, shape, look)) return Ref();
  const DType result = dtype != nullptr ? *dtype : found;
  absl::StatusOr<raptors::Array> array = raptors::Array::Create(result, shape);
  if (!array.ok()) return Ref(SetError(array.status()));
  char* to = static_cast<char*>(array->data());
  const auto store = [&](PyObject* item, const Number& number) {
    if (!ToElementTruncated(number, "object", item, result, to)) return false;
    to += ItemSize(result);
    return true;
  };
  // A list that changes meanwhile (by a number's __float__) must not run past the end.
  const char* const end = to + array->size() * ItemSize(result);
  const auto checked = [&](PyObject* item, const Number& number) { return to < end && store(item, number); };
  if (!ForEach(object, shape, checked)) return Ref();
  return Ref(NewArrayObject(*std::move(array)));
}

bool ReadShape(PyObject* object, Dims* shape) {
  const auto read = [&](PyObject* item) {
    const Ref index(PyIndex_Check(item) && !PyBool_Check(item) ? PyNumber_Index(item) : nullptr);
    if (!index) {
      if (PyErr_Occurred() == nullptr) SetTypeError("shape", item, "an int or a sequence of ints");
      return false;
    }
    int overflow = 0;
    const long value = PyLong_AsLongAndOverflow(index.get(), &overflow);  // NOLINT(google-runtime-int)
    if (overflow != 0) return SetValueError("shape", item, "extents that int64 holds") != nullptr;
    shape->push_back(value);
    return true;
  };
  // NumPy's arrays look like ints, too.
  if (PyLong_CheckExact(object) || (!IsNested(object) && PyIndex_Check(object))) return read(object);
  if (!IsNested(object)) return SetTypeError("shape", object, "an int or a sequence of ints") != nullptr;
  const Py_ssize_t length = PySequence_Size(object);
  if (length < 0) {
    // An array without axes.
    PyErr_Clear();
    return read(object);
  }
  for (Py_ssize_t i = 0; i < length; ++i) {
    const Ref item(PySequence_GetItem(object, i));
    if (!item || !read(item.get())) return false;
  }
  return true;
}

PyObject* ToTuple(absl::Span<const int64_t> values) {
  Ref tuple(PyTuple_New(static_cast<Py_ssize_t>(values.size())));
  if (!tuple) return nullptr;
  for (size_t i = 0; i < values.size(); ++i) {
    PyObject* value = PyLong_FromLongLong(values[i]);
    if (value == nullptr || PyTuple_SetItem(tuple.get(), static_cast<Py_ssize_t>(i), value) < 0) return nullptr;
  }
  return tuple.release();
}

namespace {

PyObject* NestedFrom(const ArrayView& view, int axis, const char* data) {
  if (axis == view.ndim()) return ToPython(view.dtype(), data);
  Ref list(PyList_New(static_cast<Py_ssize_t>(view.shape(axis))));
  if (!list) return nullptr;
  for (int64_t i = 0; i < view.shape(axis); ++i) {
    PyObject* item = NestedFrom(view, axis + 1, data + i * view.stride(axis));
    if (item == nullptr || PyList_SetItem(list.get(), static_cast<Py_ssize_t>(i), item) < 0) return nullptr;
  }
  return list.release();
}

}  // namespace

PyObject* ToNested(const ArrayView& view) { return NestedFrom(view, 0, static_cast<const char*>(view.data())); }

}  // namespace raptors::python
