// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Indexing: a[i, j], a[1:, ::-1], a[..., None] and assignment to them.

#include <utility>

#include "raptors/python/array_object.h"

// After array_object.h, which brings Python.h.
#include "raptors/array/broadcast.h"
#include "raptors/array/copy.h"
#include "raptors/array/overlap.h"
#include "raptors/array/shape.h"
#include "raptors/python/call.h"
#include "raptors/python/cast.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

constexpr char kExpected[] = "ints, slices, Ellipsis or None";

// A selection as it grows, axis by axis.
struct Selection {
  char* data;
  Dims shape;
  Dims strides;
  int axis = 0;  // of the array, next to be selected from
};

void Keep(const ArrayView& view, Selection* selection) {
  selection->shape.push_back(view.shape(selection->axis));
  selection->strides.push_back(view.stride(selection->axis));
  ++selection->axis;
}

// An element along the next axis.
bool Pick(const ArrayView& view, PyObject* index, Selection* selection) {
  const Py_ssize_t given = PyNumber_AsSsize_t(index, PyExc_IndexError);
  if (given == -1 && PyErr_Occurred() != nullptr) {
    // NumPy's arrays say that they are ints, and find out here.
    if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) return false;
    PyErr_Clear();
    return SetTypeError("index", index, kExpected) != nullptr;
  }
  const int64_t extent = view.shape(selection->axis);
  const int64_t at = given < 0 ? given + extent : given;
  if (at < 0 || at >= extent) {
    PyErr_Format(PyExc_IndexError, "index: got %zd for axis %d; expected %lld to %lld", given, selection->axis,
                 static_cast<long long>(-extent), static_cast<long long>(extent - 1));  // NOLINT(google-runtime-int)
    return false;
  }
  selection->data += at * view.stride(selection->axis);
  ++selection->axis;
  return true;
}

// A slice along the next axis.
bool Cut(const ArrayView& view, PyObject* slice, Selection* selection) {
  Py_ssize_t start = 0, stop = 0, step = 0;
  if (PySlice_Unpack(slice, &start, &stop, &step) < 0) return false;
  const Py_ssize_t length = PySlice_AdjustIndices(view.shape(selection->axis), &start, &stop, step);
  const int64_t stride = view.stride(selection->axis);
  // The step of a slice with at most one element has no effect, and may overflow.
  const bool steps = length > 1;
  if (length > 0) selection->data += start * stride;
  selection->shape.push_back(length);
  selection->strides.push_back(steps ? stride * step : stride);
  ++selection->axis;
  return true;
}

// How many axes of the array a key selects from; -1 with an exception for a key that is none.
int CountAxes(PyObject* const* items, Py_ssize_t count) {
  int axes = 0, ellipses = 0;
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (items[i] == Py_Ellipsis) {
      ++ellipses;
    } else if (items[i] != Py_None) {
      // A bool would select by condition in NumPy, not by position.
      if (PyBool_Check(items[i]) || (!PySlice_Check(items[i]) && !PyIndex_Check(items[i]))) {
        SetTypeError("index", items[i], kExpected);
        return -1;
      }
      ++axes;
    }
  }
  if (ellipses > 1) {
    PyErr_SetString(PyExc_IndexError, "index: got more than one Ellipsis; expected at most one");
    return -1;
  }
  return axes;
}

bool Select(const ArrayView& view, PyObject* key, Selection* selection) {
  PyObject* const single[] = {key};
  PyObject* const* items = single;
  Py_ssize_t count = 1;
  absl::InlinedVector<PyObject*, 8> of_tuple;
  if (PyTuple_Check(key)) {
    count = PyTuple_Size(key);
    for (Py_ssize_t i = 0; i < count; ++i) of_tuple.push_back(PyTuple_GetItem(key, i));
    items = of_tuple.data();
  }
  const int axes = CountAxes(items, count);
  if (axes < 0) return false;
  if (axes > view.ndim()) {
    PyErr_Format(PyExc_IndexError, "index: got %d indices; expected at most %d, one for each axis", axes, view.ndim());
    return false;
  }
  selection->data = static_cast<char*>(const_cast<void*>(view.data()));
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* item = items[i];
    if (item == Py_Ellipsis) {
      for (int kept = view.ndim() - axes; kept > 0; --kept) Keep(view, selection);
    } else if (item == Py_None) {
      selection->shape.push_back(1);
      selection->strides.push_back(0);
    } else if (PySlice_Check(item)) {
      if (!Cut(view, item, selection)) return false;
    } else if (!Pick(view, item, selection)) {
      return false;
    }
  }
  while (selection->axis < view.ndim()) Keep(view, selection);
  if (selection->shape.size() > kMaxRank) {
    PyErr_Format(PyExc_IndexError, "index: got a result of %zd axes; expected at most %d",
                 static_cast<Py_ssize_t>(selection->shape.size()), kMaxRank);
    return false;
  }
  return true;
}

bool HasEllipsis(PyObject* key) {
  if (!PyTuple_Check(key)) return key == Py_Ellipsis;
  for (Py_ssize_t i = 0; i < PyTuple_Size(key); ++i) {
    if (PyTuple_GetItem(key, i) == Py_Ellipsis) return true;
  }
  return false;
}

ArrayView ToView(const ArrayView& view, Selection selection) {
  return internal::ViewBuilder::Make(selection.data, view.dtype(), std::move(selection.shape),
                                     std::move(selection.strides));
}

// Writes `value` into `target`, converted and broadcast.
bool Store(PyObject* value, const char* argument, const MutableArrayView& target) {
  Operand operand;
  if (IsNumber(value)) {
    // A float into integers truncates, as in NumPy.
    Number number;
    if (!ReadNumber(value, argument, &number) ||
        !ToElementTruncated(number, argument, value, target.dtype(), operand.element)) {
      return false;
    }
    operand.local = internal::ViewBuilder::MakeElement(operand.element, target.dtype());
    operand.view = &*operand.local;
  } else if (!ReadOperand(value, argument, /*numbers=*/false, &operand)) {
    return false;
  }
  absl::StatusOr<ArrayView> source = BroadcastTo(*operand.view, target.shape(), argument);
  if (!source.ok()) return SetError(source.status()) != nullptr;
  absl::StatusOr<ArrayCopy> copy;
  if (MayOverlap(*source, target)) {
    {
      const MaybeReleaseGil released(source->size() * source->item_size());
      copy = CopyOf(*source);
    }
    if (!copy.ok()) return SetError(copy.status()) != nullptr;
    source = copy->view;
  }
  CastElements(*source, target);
  return true;
}

}  // namespace

PyObject* ArraySubscript(PyObject* self, PyObject* key) {
  return Guarded([&]() -> PyObject* {
    ArrayObject* array = AsArrayObject(self);
    const ArrayView& view = array->view;
    Selection selection;
    if (!Select(view, key, &selection)) return nullptr;
    // An int for every axis picks an element; with an Ellipsis it is an array without axes, as in NumPy.
    if (selection.shape.empty() && !HasEllipsis(key)) return ToPython(view.dtype(), selection.data);
    return NewSubview(array, ToView(view, std::move(selection)));
  });
}

bool FillArray(PyObject* array, const char* argument, PyObject* value) {
  return Store(value, argument, AsArrayObject(array)->view);
}

int ArrayAssignSubscript(PyObject* self, PyObject* key, PyObject* value) {
  return Guarded([&]() -> int {
    ArrayObject* array = AsArrayObject(self);
    if (value == nullptr) {
      PyErr_SetString(PyExc_TypeError, "index: elements of an Array cannot be deleted");
      return -1;
    }
    if (array->access == Access::kReadOnly) {
      PyErr_SetString(PyExc_ValueError, "array: got a read-only array; expected a writable one");
      return -1;
    }
    const ArrayView& view = array->view;
    Selection selection;
    if (!Select(view, key, &selection)) return -1;
    const MutableArrayView target = internal::ViewBuilder::MakeMutable(
        selection.data, view.dtype(), std::move(selection.shape), std::move(selection.strides));
    return Store(value, "value", target) ? 0 : -1;
  });
}

PyObject* ArrayItem(PyObject* self, Py_ssize_t index) {
  const Ref key(PyLong_FromSsize_t(index));
  if (!key) return nullptr;
  if (AsArrayObject(self)->view.ndim() == 0) {
    PyErr_SetString(PyExc_TypeError, "array: got an array without axes; expected one to iterate over");
    return nullptr;
  }
  return ArraySubscript(self, key.get());
}

Py_ssize_t ArrayLength(PyObject* self) {
  const ArrayView& view = AsArrayObject(self)->view;
  if (view.ndim() == 0) {
    PyErr_SetString(PyExc_TypeError, "array: got an array without axes; expected one with a length");
    return -1;
  }
  return static_cast<Py_ssize_t>(view.shape(0));
}

}  // namespace raptors::python
