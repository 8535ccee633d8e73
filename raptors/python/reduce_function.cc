// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/reduce_function.h"

#include <string.h>

#include <algorithm>

#include "absl/base/optimization.h"
#include "raptors/array/reduced_axes.h"
#include "raptors/array/shape.h"
#include "raptors/python/array_object.h"
#include "raptors/python/call.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"
#include "raptors/python/settings.h"

namespace raptors::python {
namespace {

constexpr int kAxis = 1;
constexpr int kKeepDims = 2;
constexpr int kOut = 3;
constexpr int kThreads = 4;

bool IsGiven(PyObject* value) { return value != nullptr && value != Py_None; }

bool ReadAxis(PyObject* object, int ndim, absl::InlinedVector<int, 8>* axes) {
  const Ref index(PyNumber_Index(object));
  if (!index || PyBool_Check(object)) {
    PyErr_Clear();
    return SetTypeError("axis", object, "None, an int or a tuple of ints") != nullptr;
  }
  int overflow = 0;
  const long value = PyLong_AsLongAndOverflow(index.get(), &overflow);  // NOLINT(google-runtime-int)
  if (ndim == 0) return SetValueError("axis", object, "None or (), because the array has no axes") != nullptr;
  if (overflow != 0 || value < -ndim || value >= ndim) {
    PyErr_Format(PyExc_ValueError, "axis: got %R; expected %d to %d, an axis of the array", object, -ndim, ndim - 1);
    return false;
  }
  const int axis = static_cast<int>(value < 0 ? value + ndim : value);
  if (std::find(axes->begin(), axes->end(), axis) != axes->end()) {
    PyErr_Format(PyExc_ValueError, "axis: got axis %d twice; expected each axis once", axis);
    return false;
  }
  axes->push_back(axis);
  return true;
}

// None is every axis, an int one, a tuple these.
bool ReadAxes(PyObject* object, int ndim, ReduceOptions* options) {
  if (!IsGiven(object)) return true;
  absl::InlinedVector<int, 8> axes;
  if (!PyTuple_Check(object)) {
    if (!ReadAxis(object, ndim, &axes)) return false;
  } else {
    for (Py_ssize_t i = 0; i < PyTuple_Size(object); ++i) {
      if (!ReadAxis(PyTuple_GetItem(object, i), ndim, &axes)) return false;
    }
  }
  options->axes = Axes(absl::MakeConstSpan(axes));
  return true;
}

bool ReadKeepDims(PyObject* object, bool* keepdims) {
  if (object == nullptr) return true;
  const int truth = PyObject_IsTrue(object);
  *keepdims = truth > 0;
  return truth >= 0;
}

DType ResultOf(ResultDType rule, DType dtype) {
  if (rule == ResultDType::kSame || IsFloat(dtype)) return dtype;
  return rule == ResultDType::kSum ? DType::kInt64 : DType::kFloat64;
}

Dims ResultShape(const ArrayView& view, const ReduceOptions& options) {
  if (options.axes.all()) return ReducedShape(view.shape(), AllAxes(view.ndim()), options.keepdims);
  uint64_t reduced = 0;
  for (const int axis : options.axes.numbers()) reduced |= uint64_t{1} << axis;  // ReadAxis() has counted from the end
  return ReducedShape(view.shape(), reduced, options.keepdims);
}

// One value: a NumPy scalar where the input was NumPy's, else a Python number.
PyObject* ToNumber(Origin origin, DType dtype, void* value) {
  return origin == Origin::kNumPy ? numpy::MakeScalar(dtype, value) : ToPython(dtype, value);
}

struct ReduceCall {
  const ReduceFunction& function;
  const ArrayView& view;
  const ReduceOptions& options;
  const CallerSettings& settings;

  // False with an exception set.
  bool Run(const MutableArrayView& out) const {
    absl::Status status;
    {
      const MaybeReleaseGil released(view.size() * view.item_size());
      status = function.run(view, out, options);
    }
    if (ABSL_PREDICT_FALSE(!status.ok())) {
      const char* const names[] = {function.signature.parameters[0], nullptr};
      return SetEngineError(status, names) != nullptr;
    }
    return settings.Record();
  }
};

}  // namespace

PyObject* CallReduce(const ReduceFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(function.signature, args, count, names, values)) return nullptr;
    const CallerSettings settings;
    Operand operand;
    ReduceOptions options;
    if (!settings.ok() || !ReadOperand(values[0], function.signature.parameters[0], /*numbers=*/false, &operand) ||
        !ReadAxes(values[kAxis], operand.view->ndim(), &options) ||
        !ReadKeepDims(values[kKeepDims], &options.keepdims) || !ReadThreads(values[kThreads], &options.max_threads)) {
      return nullptr;
    }
    const ReduceCall call{function, *operand.view, options, settings};
    if (IsGiven(values[kOut])) {
      Output output;
      if (!ReadOutput(values[kOut], &output) || !call.Run(*output.view)) return nullptr;
      return output.object.release();
    }
    const DType dtype = ResultOf(function.result, operand.view->dtype());
    const Dims shape = ResultShape(*operand.view, options);
    if (shape.empty()) {
      alignas(8) char value[8];
      const MutableArrayView out = internal::ViewBuilder::MakeMutableElement(value, dtype);
      return call.Run(out) ? ToNumber(operand.origin, dtype, value) : nullptr;
    }
    Output output;
    if (!NewOutput(operand.origin, dtype, shape, nullptr, &output) || !call.Run(*output.view)) return nullptr;
    return output.object.release();
  });
}

PyObject* CallVector(const VectorFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(function.signature, args, count, names, values)) return nullptr;
    const CallerSettings settings;
    Operand operands[2];
    const Operand* pointers[2];
    const ArrayView* views[2];
    const char* input_names[3] = {};
    CallOptions options;
    Origin origin = Origin::kNumber;
    if (!settings.ok() || !ReadThreads(values[function.inputs], &options.max_threads)) return nullptr;
    for (int i = 0; i < function.inputs; ++i) {
      input_names[i] = function.signature.parameters[i];
      if (!ReadOperand(values[i], input_names[i], /*numbers=*/false, &operands[i])) return nullptr;
      pointers[i] = &operands[i];
      origin = std::min(origin, operands[i].origin);
    }
    const DType dtype = CommonDType({pointers, static_cast<size_t>(function.inputs)});
    for (int i = 0; i < function.inputs; ++i) {
      if (!Convert(&operands[i], input_names[i], dtype)) return nullptr;
      views[i] = operands[i].view;
    }
    absl::StatusOr<double> result;
    {
      const MaybeReleaseGil released(views[0]->size() * views[0]->item_size());
      result = function.run(views, options);
    }
    if (!result.ok()) return SetEngineError(result.status(), input_names);
    if (!settings.Record()) return nullptr;
    const float single = static_cast<float>(*result);
    alignas(8) char value[8];
    memcpy(value, dtype == DType::kFloat32 ? static_cast<const void*>(&single) : &*result, ItemSize(dtype));
    return ToNumber(origin, dtype, value);
  });
}

}  // namespace raptors::python
