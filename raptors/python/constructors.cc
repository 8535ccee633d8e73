// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/constructors.h"

#include <math.h>
#include <string.h>

#include <type_traits>
#include <utility>

#include "raptors/python/arguments.h"
#include "raptors/python/array_object.h"
#include "raptors/python/call.h"
#include "raptors/python/cast.h"
#include "raptors/python/convert.h"
#include "raptors/python/dlpack.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

bool IsGiven(PyObject* value) { return value != nullptr && value != Py_None; }

// `dtype` if given, else a default.
bool ReadDTypeOr(PyObject* object, DType otherwise, DType* dtype) {
  *dtype = otherwise;
  return !IsGiven(object) || ReadDType(object, dtype);
}

// ---- From something -------------------------------------------------------------------------------------------------

// array() and asarray(): a copy if `copy` or if the dtype changes.
Ref Make(PyObject* object, PyObject* dtype_argument, bool copy) {
  DType dtype;
  if (!ReadDTypeOr(dtype_argument, DType::kFloat64, &dtype)) return Ref();
  if (!IsArrayLike(object)) return FromNested(object, IsGiven(dtype_argument) ? &dtype : nullptr);
  Ref array = ViewOf(object, "object");
  if (!array) return array;
  const ArrayView& view = AsArrayObject(array.get())->view;
  if (!IsGiven(dtype_argument)) dtype = view.dtype();
  if (!copy && view.dtype() == dtype) return array;
  return CopyAs(view, dtype);
}

const Signature kArray = {"array", 2, 1, {"object", "dtype"}};
PyObject* MakeArray(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kArray, args, count, names, values)) return nullptr;
    return Make(values[0], values[1], /*copy=*/true).release();
  });
}

const Signature kArray2d = {"array2d", 2, 1, {"rows", "dtype"}};
PyObject* MakeArray2d(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kArray2d, args, count, names, values)) return nullptr;
    Ref array = Make(values[0], values[1], /*copy=*/true);
    if (array && AsArrayObject(array.get())->view.ndim() != 2) {
      return PyErr_Format(PyExc_ValueError, "rows: got %d axes; expected 2, a sequence of rows",
                          AsArrayObject(array.get())->view.ndim());
    }
    return array.release();
  });
}

const Signature kAsArray = {"asarray", 2, 1, {"object", "dtype"}};
PyObject* MakeAsArray(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kAsArray, args, count, names, values)) return nullptr;
    return Make(values[0], values[1], /*copy=*/false).release();
  });
}

PyObject* MakeFromNumPy(PyObject*, PyObject* object) {
  return Guarded([&]() -> PyObject* {
    if (!numpy::Load() || !numpy::IsArray(object)) return SetTypeError("array", object, "a numpy.ndarray");
    return ViewOf(object, "array").release();
  });
}

const Signature kFromDLPack = {"from_dlpack", 1, 1, {"object", "device", "copy"}};
PyObject* MakeFromDLPack(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kFromDLPack, args, count, names, values)) return nullptr;
    if (IsGiven(values[1])) return SetValueError("device", values[1], "None: Arrays lie in memory of the CPU");
    return ImportDLPack(values[0], "object", values[2]);
  });
}

// ---- From a shape ---------------------------------------------------------------------------------------------------

Ref Allocate(PyObject* shape_argument, PyObject* dtype_argument, bool zero) {
  Dims shape;
  DType dtype;
  if (!ReadShape(shape_argument, &shape) || !ReadDTypeOr(dtype_argument, DType::kFloat64, &dtype)) return Ref();
  absl::StatusOr<raptors::Array> array = raptors::Array::Create(dtype, shape);
  if (!array.ok()) return Ref(SetError(array.status()));
  if (zero && array->size() > 0) {
    const int64_t bytes = array->size() * ItemSize(dtype);
    const MaybeReleaseGil released(bytes);
    memset(array->data(), 0, static_cast<size_t>(bytes));
  }
  return Ref(NewArrayObject(*std::move(array)));
}

const Signature kEmpty = {"empty", 2, 1, {"shape", "dtype"}};
PyObject* MakeEmpty(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kEmpty, args, count, names, values)) return nullptr;
    return Allocate(values[0], values[1], /*zero=*/false).release();
  });
}

const Signature kZeros = {"zeros", 2, 1, {"shape", "dtype"}};
PyObject* MakeZeros(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kZeros, args, count, names, values)) return nullptr;
    return Allocate(values[0], values[1], /*zero=*/true).release();
  });
}

const Signature kOnes = {"ones", 2, 1, {"shape", "dtype"}};
PyObject* MakeOnes(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kOnes, args, count, names, values)) return nullptr;
    Ref array = Allocate(values[0], values[1], /*zero=*/false);
    const Ref one(PyLong_FromLong(1));
    if (!array || !one || !FillArray(array.get(), "fill_value", one.get())) return nullptr;
    return array.release();
  });
}

const Signature kFull = {"full", 3, 2, {"shape", "fill_value", "dtype"}};
PyObject* MakeFull(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(kFull, args, count, names, values)) return nullptr;
    Ref dtype = Ref::Borrow(values[2]);
    if (!IsGiven(values[2])) {
      Number number;
      if (!ReadNumber(values[1], "fill_value", &number)) return nullptr;
      dtype =
          Ref(PyUnicode_FromString(Name(number.dtype.value_or(number.is_integer() ? DType::kInt64 : DType::kFloat64))));
    }
    Ref array = Allocate(values[0], dtype.get(), /*zero=*/false);
    if (!array || !FillArray(array.get(), "fill_value", values[1])) return nullptr;
    return array.release();
  });
}

// What arange() gives: `length` values from `start` on.
template <typename T>
struct Range {
  T start;
  T step;
  int64_t length;

  T operator[](int64_t i) const {
    if constexpr (std::is_integral_v<T>) {
      // Modulo 2^64: i * step may leave int64 on the way to a value that does not.
      return static_cast<T>(static_cast<uint64_t>(start) + static_cast<uint64_t>(i) * static_cast<uint64_t>(step));
    } else {
      return start + static_cast<T>(i) * step;
    }
  }

  bool FitsIn(DType dtype) const {
    if (length == 0 || IsFloat(dtype)) return true;
    char element[8];
    for (const int64_t i : {int64_t{0}, length - 1}) {
      Number number;
      number.value = Scalar((*this)[i]);
      if (!ToElementTruncated(number, "stop", Py_None, dtype, element)) {
        PyErr_Clear();
        return false;
      }
    }
    return true;
  }

  Ref MakeArray(DType dtype) const {
    absl::StatusOr<raptors::Array> values = raptors::Array::Create(DTypeOf<T>::value, {length});
    if (!values.ok()) return Ref(SetError(values.status()));
    {
      const MaybeReleaseGil released(length * int64_t{sizeof(T)});
      T* data = values->template data<T>();
      for (int64_t i = 0; i < length; ++i) data[i] = (*this)[i];
    }
    if (dtype != DTypeOf<T>::value) return CopyAs(values->view(), dtype);
    return Ref(NewArrayObject(*std::move(values)));
  }
};

// The arguments start, stop and step of arange().
struct RangeArguments {
  const char* names[3] = {"start", "stop", "step"};
  PyObject* objects[3];
  Number numbers[3];
  Ref zero{PyLong_FromLong(0)};
  Ref one{PyLong_FromLong(1)};

  bool Read(PyObject* const* values) {
    if (!zero || !one) return false;
    // With one number, it is the stop.
    const bool only_stop = !IsGiven(values[1]);
    objects[0] = only_stop ? zero.get() : values[0];
    objects[1] = only_stop ? values[0] : values[1];
    objects[2] = IsGiven(values[2]) ? values[2] : one.get();
    for (int i = 0; i < 3; ++i) {
      if (!ReadNumber(objects[i], names[i], &numbers[i])) return false;
      if (!isfinite(As<double>(i))) return Refuse(i, "a finite number");
    }
    for (int i = 0; i < 3; ++i) {
      if (whole() && numbers[i].beyond_int64) return Refuse(i, "an int that int64 holds");
    }
    return As<double>(2) != 0 || Refuse(2, "a finite number other than 0");
  }

  bool whole() const { return numbers[0].is_integer() && numbers[1].is_integer() && numbers[2].is_integer(); }

  template <typename T>
  T As(int i) const {
    return numbers[i].value.As<T>();
  }

  bool Refuse(int i, const char* expected) const { return SetValueError(names[i], objects[i], expected) != nullptr; }

  // Beyond 2^53 a length in double would not be exact, and there is no such memory.
  bool CheckLength(double length) const { return length < 0x1p53 || Refuse(1, "a range of less than 2**53 elements"); }

  template <typename T>
  Ref MakeArray(const Range<T>& range, DType dtype) const {
    if (range.FitsIn(dtype)) return range.MakeArray(dtype);
    Refuse(1, dtype == DType::kInt32 ? "a range of values that int32 holds" : "a range of values that int64 holds");
    return Ref();
  }
};

// Exact, where a length in double is not. Unsigned, since the difference of two int64 may not be one.
uint64_t CountInts(int64_t start, int64_t stop, int64_t step) {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const uint64_t from = static_cast<uint64_t>(start), to = static_cast<uint64_t>(stop);
  const uint64_t distance = step > 0 ? to - from : from - to;
  const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : uint64_t{0} - static_cast<uint64_t>(step);
  return (distance - 1) / stride + 1;
}

const Signature kArange = {"arange", 4, 1, {"start", "stop", "step", "dtype"}};
PyObject* MakeArange(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    RangeArguments range;
    DType dtype;
    if (!Parse(kArange, args, count, names, values) || !range.Read(values)) return nullptr;
    if (!ReadDTypeOr(values[3], range.whole() ? DType::kInt64 : DType::kFloat64, &dtype)) return nullptr;
    if (range.whole()) {
      const int64_t start = range.As<int64_t>(0), step = range.As<int64_t>(2);
      const uint64_t length = CountInts(start, range.As<int64_t>(1), step);
      if (!range.CheckLength(static_cast<double>(length))) return nullptr;
      return range.MakeArray(Range<int64_t>{start, step, static_cast<int64_t>(length)}, dtype).release();
    }
    const double start = range.As<double>(0), step = range.As<double>(2);
    const double length = fmax(0, ceil((range.As<double>(1) - start) / step));
    if (!range.CheckLength(length)) return nullptr;
    return range.MakeArray(Range<double>{start, step, static_cast<int64_t>(length)}, dtype).release();
  });
}

template <typename Function>
PyCFunction AsCFunction(Function function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

}  // namespace

std::vector<PyMethodDef> ConstructorMethods() {
  constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;
  return {
      {"array", AsCFunction(&MakeArray), kFast,
       "array(object, dtype=None)\n--\n\n"
       "A new Array with the elements of nested sequences of numbers, or of any array, copied.\n"
       "\n"
       "dtype is 'float32', 'float64', 'int32', 'int64', or NumPy's name, code, type or dtype of one. By default\n"
       "an array's own; for numbers what they promote to, a Python float as float64, an int as int64.\n"
       "\n"
       ">>> raptors.array([[1, 2], [3, 4]], dtype='float32')\n"
       "array([[1.0, 2.0],\n"
       "       [3.0, 4.0]], dtype=float32)\n"},
      {"array2d", AsCFunction(&MakeArray2d), kFast,
       "array2d(rows, dtype=None)\n--\n\n"
       "The same as array(rows, dtype); ValueError unless it has two axes.\n"
       "\n"
       ">>> raptors.array2d([[1, 2, 3], [4, 5, 6]]).shape\n"
       "(2, 3)\n"},
      {"asarray", AsCFunction(&MakeAsArray), kFast,
       "asarray(object, dtype=None)\n--\n\n"
       "An Array over the memory of any array, or a copy where the dtype differs or object is a sequence.\n"
       "\n"
       ">>> import array\n"
       ">>> numbers = array.array('d', [1.0, 2.0])\n"
       ">>> raptors.asarray(numbers)[0] = 7.0\n"
       ">>> numbers\n"
       "array('d', [7.0, 2.0])\n"},
      {"from_numpy", &MakeFromNumPy, METH_O,
       "from_numpy(array, /)\n--\n\n"
       "An Array over the memory of a NumPy array: nothing is copied, strides and read-only are kept.\n"},
      {"from_dlpack", AsCFunction(&MakeFromDLPack), kFast,
       "from_dlpack(object, *, device=None, copy=None)\n--\n\n"
       "An Array over the memory of any object with __dlpack__; copy=True copies.\n"
       "\n"
       ">>> a = raptors.zeros(3)\n"
       ">>> raptors.from_dlpack(a)[1] = 5\n"
       ">>> a.to_list()\n"
       "[0.0, 5.0, 0.0]\n"},
      {"empty", AsCFunction(&MakeEmpty), kFast,
       "empty(shape, dtype='float64')\n--\n\n"
       "A new Array with arbitrary elements.\n"
       "\n"
       ">>> raptors.empty((2, 3), 'int32').shape\n"
       "(2, 3)\n"},
      {"zeros", AsCFunction(&MakeZeros), kFast,
       "zeros(shape, dtype='float64')\n--\n\n"
       "A new Array of zeros. shape is an int or a sequence of ints.\n"
       "\n"
       ">>> raptors.zeros(2).to_list()\n"
       "[0.0, 0.0]\n"},
      {"ones", AsCFunction(&MakeOnes), kFast,
       "ones(shape, dtype='float64')\n--\n\n"
       "A new Array of ones.\n"
       "\n"
       ">>> raptors.ones(2, dtype='int32').to_list()\n"
       "[1, 1]\n"},
      {"full", AsCFunction(&MakeFull), kFast,
       "full(shape, fill_value, dtype=None)\n--\n\n"
       "A new Array of one number; by default int64 for an int, float64 for a float.\n"
       "\n"
       ">>> raptors.full((1, 2), 7).to_list()\n"
       "[[7, 7]]\n"},
      {"arange", AsCFunction(&MakeArange), kFast,
       "arange(start, stop=None, step=1, dtype=None)\n--\n\n"
       "start, start + step, ... up to but without stop; with one number, from 0 up to it.\n"
       "\n"
       "By default int64 if all are ints, else float64.\n"
       "\n"
       ">>> raptors.arange(1, 10, 3).to_list()\n"
       "[1, 4, 7]\n"},
  };
}

}  // namespace raptors::python
