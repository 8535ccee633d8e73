// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Methods and properties of raptors.Array.

#include <utility>

#include "raptors/python/array_object.h"

// After array_object.h, which brings Python.h.
#include "raptors/array/shape.h"
#include "raptors/python/arguments.h"
#include "raptors/python/cast.h"
#include "raptors/python/convert.h"
#include "raptors/python/functions.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

const ArrayView& View(PyObject* self) { return AsArrayObject(self)->view; }

// ---- Properties -----------------------------------------------------------------------------------------------------

PyObject* GetDType(PyObject* self, void*) { return PyUnicode_InternFromString(Name(View(self).dtype())); }
PyObject* GetShape(PyObject* self, void*) { return ToTuple(View(self).shape()); }
PyObject* GetStrides(PyObject* self, void*) { return ToTuple(View(self).strides()); }
PyObject* GetNdim(PyObject* self, void*) { return PyLong_FromLong(View(self).ndim()); }
PyObject* GetSize(PyObject* self, void*) { return PyLong_FromLongLong(View(self).size()); }
PyObject* GetItemSize(PyObject* self, void*) { return PyLong_FromLongLong(View(self).item_size()); }
PyObject* GetNbytes(PyObject* self, void*) { return PyLong_FromLongLong(View(self).size() * View(self).item_size()); }
PyObject* GetReadOnly(PyObject* self, void*) {
  return PyBool_FromLong(AsArrayObject(self)->access == Access::kReadOnly ? 1 : 0);
}
PyObject* GetContiguous(PyObject* self, void*) { return PyBool_FromLong(View(self).IsContiguous() ? 1 : 0); }
PyObject* GetTransposed(PyObject* self, void*) {
  return Guarded([&] { return NewSubview(AsArrayObject(self), View(self).Transposed()); });
}

// ---- Shape ----------------------------------------------------------------------------------------------------------

// Ints given as f(1, 2), f((1, 2)) or f([1, 2]).
bool ReadInts(PyObject* args, Dims* values) {
  if (PyTuple_Size(args) == 1) return ReadShape(PyTuple_GetItem(args, 0), values);
  return ReadShape(args, values);
}

// Replaces a -1 by what the size leaves for it. ValueError unless the sizes agree.
bool CompleteShape(const ArrayView& view, Dims* shape) {
  int unknown = -1;
  int64_t known = 1;
  bool valid = true;
  for (size_t axis = 0; axis < shape->size(); ++axis) {
    const int64_t extent = (*shape)[axis];
    if (extent == -1 && unknown < 0) {
      unknown = static_cast<int>(axis);
    } else {
      valid = valid && extent >= 0 && !__builtin_mul_overflow(known, extent, &known);
    }
  }
  if (valid && unknown >= 0 && known > 0 && view.size() % known == 0) {
    (*shape)[unknown] = view.size() / known;
    return true;
  }
  if (valid && unknown < 0 && known == view.size()) return true;
  PyErr_Format(PyExc_ValueError, "shape: got %s; expected extents of %lld elements, at most one of them -1",
               FormatTuple(*shape).c_str(), static_cast<long long>(view.size()));  // NOLINT(google-runtime-int)
  return false;
}

// Strides with which `view` has another shape, its elements in C order; false where there are none. Both shapes are cut
// into the shortest runs of axes that hold equally many elements; within a run the old axes must be steps of one
// another.
bool RestrideTo(const ArrayView& view, absl::Span<const int64_t> shape, Dims* strides) {
  Dims old_shape, old_strides;
  for (int axis = 0; axis < view.ndim(); ++axis) {
    if (view.shape(axis) == 1) continue;
    old_shape.push_back(view.shape(axis));
    old_strides.push_back(view.stride(axis));
  }
  strides->assign(shape.size(), view.item_size());
  size_t from = 0, to = 0;
  while (from < old_shape.size()) {
    size_t from_end = from + 1, to_end = to;
    int64_t old_count = old_shape[from], new_count = 1;
    while (new_count != old_count) {
      if (new_count < old_count) {
        new_count *= shape[to_end++];
      } else {
        old_count *= old_shape[from_end++];
      }
    }
    for (size_t axis = from; axis + 1 < from_end; ++axis) {
      if (old_strides[axis] != old_strides[axis + 1] * old_shape[axis + 1]) return false;
    }
    int64_t stride = old_strides[from_end - 1];
    for (size_t axis = to_end; axis-- > to;) {
      (*strides)[axis] = stride;
      stride *= shape[axis];
    }
    from = from_end;
    to = to_end;
  }
  return true;
}

PyObject* Reshape(PyObject* self, PyObject* args) {
  return Guarded([&]() -> PyObject* {
    const ArrayView& view = View(self);
    Dims shape;
    if (!ReadInts(args, &shape) || !CompleteShape(view, &shape)) return nullptr;
    const absl::StatusOr<int64_t> count = CheckedElementCount(shape, view.item_size());
    if (!count.ok()) return SetError(count.status());
    Dims strides;
    if (view.IsContiguous()) {
      strides = CStrides(shape, view.item_size());
    } else if (!RestrideTo(view, shape, &strides)) {
      absl::StatusOr<raptors::Array> copy = raptors::Array::Create(view.dtype(), view.shape());
      if (!copy.ok()) return SetError(copy.status());
      CastElements(view, copy->mutable_view());
      const Ref whole(NewArrayObject(*std::move(copy)));
      if (!whole) return nullptr;
      return NewSubview(AsArrayObject(whole.get()),
                        internal::ViewBuilder::Make(View(whole.get()).data(), view.dtype(), shape,
                                                    CStrides(shape, view.item_size())));
    }
    return NewSubview(AsArrayObject(self), internal::ViewBuilder::Make(view.data(), view.dtype(), shape, strides));
  });
}

PyObject* Transpose(PyObject* self, PyObject* args) {
  return Guarded([&]() -> PyObject* {
    if (PyTuple_Size(args) == 0) return GetTransposed(self, nullptr);
    Dims numbers;
    if (!ReadInts(args, &numbers)) return nullptr;
    absl::InlinedVector<int, kInlineRank> axes;
    for (const int64_t number : numbers)
      axes.push_back(number < -kMaxRank || number > kMaxRank ? kMaxRank : static_cast<int>(number));
    absl::StatusOr<ArrayView> view = View(self).Permuted(axes);
    if (!view.ok()) return SetError(view.status());
    return NewSubview(AsArrayObject(self), *std::move(view));
  });
}

// ---- Copies ---------------------------------------------------------------------------------------------------------

PyObject* Copy(PyObject* self, PyObject*) {
  return Guarded([&] { return CopyAs(View(self), View(self).dtype()).release(); });
}

PyObject* DeepCopy(PyObject* self, PyObject*) { return Copy(self, nullptr); }

PyObject* AsType(PyObject* self, PyObject* dtype_argument) {
  return Guarded([&]() -> PyObject* {
    DType dtype;
    if (!ReadDType(dtype_argument, &dtype)) return nullptr;
    return CopyAs(View(self), dtype).release();
  });
}

PyObject* ToList(PyObject* self, PyObject*) {
  return Guarded([&] { return ToNested(View(self)); });
}

PyObject* Item(PyObject* self, PyObject*) {
  const ArrayView& view = View(self);
  if (view.size() == 1) return ToPython(view.dtype(), view.data());
  return PyErr_Format(PyExc_ValueError, "array: got %lld elements; expected 1",
                      static_cast<long long>(view.size()));  // NOLINT(google-runtime-int)
}

PyObject* ToNumPy(PyObject* self, PyObject*) {
  return Guarded([&]() -> PyObject* {
    const Ref module(PyImport_ImportModule("numpy"));
    if (!module) return nullptr;
    if (!numpy::Load()) return PyObject_CallMethod(module.get(), "asarray", "O", self);
    const ArrayView& view = View(self);
    return numpy::Wrap(view.dtype(), view.shape(), view.strides(), const_cast<void*>(view.data()),
                       AsArrayObject(self)->access != Access::kReadOnly, self);
  });
}

// ---- Reductions, and what Python does -------------------------------------------------------------------------------

// Whether there is a keyword that NumPy's reductions take and Raptors' do not.
bool HasNumPysKeyword(PyObject* names) {
  for (Py_ssize_t i = 0; i < PyTuple_Size(names); ++i) {
    for (const char* keyword : {"dtype", "initial", "where"}) {
      if (PyUnicode_CompareWithASCIIString(PyTuple_GetItem(names, i), keyword) == 0) return true;
    }
  }
  return false;
}

// _ufunc.reduce(self, name, args..., names...)
PyObject* ReduceByNumPy(PyObject* self, const char* name, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Ref module = ImportSibling("_ufunc");
  const Ref function(module ? PyObject_GetAttrString(module.get(), "reduce") : nullptr);
  const Ref all(PyTuple_New(count + 2));
  const Ref keywords(PyDict_New());
  PyObject* text = PyUnicode_FromString(name);
  if (!function || !all || !keywords || PyTuple_SetItem(all.get(), 1, text) < 0) return nullptr;
  PyTuple_SetItem(all.get(), 0, Ref::Borrow(self).release());
  for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SetItem(all.get(), i + 2, Ref::Borrow(args[i]).release());
  for (Py_ssize_t i = 0; i < PyTuple_Size(names); ++i) {
    if (PyDict_SetItem(keywords.get(), PyTuple_GetItem(names, i), args[count + i]) < 0) return nullptr;
  }
  return PyObject_Call(function.get(), all.get(), keywords.get());
}

// A method that calls the function of the same name with the array before its arguments. NumPy's function of that name
// calls the method, and with arguments of its own.
template <const char* kName>
PyObject* Forward(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  static const FastCall function = FunctionFor(kName);
  return Guarded([&]() -> PyObject* {
    if (names != nullptr && HasNumPysKeyword(names)) return ReduceByNumPy(self, kName, args, count, names);
    const Py_ssize_t all = count + (names == nullptr ? 0 : PyTuple_Size(names));
    absl::InlinedVector<PyObject*, 8> with_self = {self};
    with_self.insert(with_self.end(), args, args + all);
    return function(nullptr, with_self.data(), count + 1, names);
  });
}

constexpr char kSum[] = "sum";
constexpr char kMean[] = "mean";
constexpr char kMin[] = "min";
constexpr char kMax[] = "max";

PyObject* ArrayUfunc(PyObject* self, PyObject* args, PyObject* names) {
  const Ref module = ImportSibling("_ufunc");
  if (!module) return nullptr;
  const Ref function(PyObject_GetAttrString(module.get(), "array_ufunc"));
  if (!function) return nullptr;
  const Ref with_self(PyTuple_New(PyTuple_Size(args) + 1));
  if (!with_self) return nullptr;
  Py_INCREF(self);
  if (PyTuple_SetItem(with_self.get(), 0, self) < 0) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_Size(args); ++i) {
    PyObject* item = PyTuple_GetItem(args, i);
    Py_INCREF(item);
    if (PyTuple_SetItem(with_self.get(), i + 1, item) < 0) return nullptr;
  }
  return PyObject_Call(function.get(), with_self.get(), names);
}

PyObject* ReduceEx(PyObject* self, PyObject* protocol) {
  const Ref module = ImportSibling("_pickle");
  if (!module) return nullptr;
  return PyObject_CallMethod(module.get(), "reduce_array", "OO", self, protocol);
}

template <typename Function>
PyCFunction AsCFunction(Function function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

}  // namespace

PyGetSetDef kArrayProperties[] = {
    {"dtype", GetDType, nullptr, "The elements' type: 'float32', 'float64', 'int32' or 'int64'.", nullptr},
    {"shape", GetShape, nullptr, "The extents, a tuple of ints.", nullptr},
    {"strides", GetStrides, nullptr, "Bytes from one element to the next along each axis, a tuple of ints.", nullptr},
    {"ndim", GetNdim, nullptr, "The number of axes.", nullptr},
    {"size", GetSize, nullptr, "The number of elements.", nullptr},
    {"itemsize", GetItemSize, nullptr, "The size of an element in bytes.", nullptr},
    {"nbytes", GetNbytes, nullptr, "The size of all elements in bytes.", nullptr},
    {"readonly", GetReadOnly, nullptr, "Whether the elements cannot be written to.", nullptr},
    {"contiguous", GetContiguous, nullptr, "Whether the elements lie in C order without gaps.", nullptr},
    {"T", GetTransposed, nullptr, "A view with the axes in reverse order.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMethodDef kArrayMethods[] = {
    {"reshape", Reshape, METH_VARARGS,
     "The elements in C order with another shape; -1 stands for what is left. A view where there can be one.\n"
     "\n"
     ">>> raptors.arange(6).reshape(2, -1).to_list()\n"
     "[[0, 1, 2], [3, 4, 5]]\n"},
    {"transpose", Transpose, METH_VARARGS,
     "A view whose axis k is axis axes[k]; without arguments, the axes in reverse order.\n"
     "\n"
     ">>> raptors.zeros((2, 3, 4)).transpose(1, 0, 2).shape\n"
     "(3, 2, 4)\n"},
    {"copy", Copy, METH_NOARGS, "copy($self, /)\n--\n\nA new Array with the same elements in the same memory order."},
    {"__copy__", Copy, METH_NOARGS, nullptr},
    {"__deepcopy__", DeepCopy, METH_O, nullptr},
    {"astype", AsType, METH_O,
     "astype($self, dtype, /)\n--\n\n"
     "A new Array with the elements converted: floats truncate to ints, too large ones wrap or overflow.\n"
     "\n"
     ">>> raptors.array([1.9, -1.9]).astype('int32').to_list()\n"
     "[1, -1]\n"},
    {"to_list", ToList, METH_NOARGS,
     "to_list($self, /)\n--\n\n"
     "The elements as nested lists of Python numbers.\n"
     "\n"
     ">>> raptors.ones((1, 2)).to_list()\n"
     "[[1.0, 1.0]]\n"},
    {"to_numpy", ToNumPy, METH_NOARGS,
     "to_numpy($self, /)\n--\n\nA NumPy array over the same memory. ImportError where NumPy is not installed."},
    {"item", Item, METH_NOARGS, "item($self, /)\n--\n\nThe only element as a Python number; ValueError unless it is."},
    {"sum", AsCFunction(&Forward<kSum>), kFast,
     "sum($self, axis=None, *, keepdims=False, out=None, threads=None, dtype=None, initial=None, where=True)\n--\n\n"
     "raptors.sum of this array; numpy.sum where dtype, initial or where ask for more."},
    {"mean", AsCFunction(&Forward<kMean>), kFast,
     "mean($self, axis=None, *, keepdims=False, out=None, threads=None, dtype=None, where=True)\n--\n\n"
     "raptors.mean of this array; numpy.mean where dtype or where ask for more."},
    {"min", AsCFunction(&Forward<kMin>), kFast,
     "min($self, axis=None, *, keepdims=False, out=None, threads=None, initial=None, where=True)\n--\n\n"
     "raptors.min of this array; numpy.min where initial or where ask for more."},
    {"max", AsCFunction(&Forward<kMax>), kFast,
     "max($self, axis=None, *, keepdims=False, out=None, threads=None, initial=None, where=True)\n--\n\n"
     "raptors.max of this array; numpy.max where initial or where ask for more."},
    {"__array_ufunc__", AsCFunction(&ArrayUfunc), METH_VARARGS | METH_KEYWORDS, "NumPy's functions on Arrays."},
    {"__dlpack__", AsCFunction(&ArrayDLPack), kFast,
     "__dlpack__($self, /, *, stream=None, max_version=None, dl_device=None, copy=None)\n--\n\n"
     "A DLPack capsule of the array."},
    {"__dlpack_device__", ArrayDLPackDevice, METH_NOARGS, "__dlpack_device__($self, /)\n--\n\n(1, 0): the CPU."},
    {"__reduce_ex__", ReduceEx, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace raptors::python
