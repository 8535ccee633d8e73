// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/map_function.h"

#include <algorithm>

#include "absl/base/optimization.h"
#include "absl/status/statusor.h"
#include "raptors/array/broadcast.h"
#include "raptors/array/shape.h"
#include "raptors/python/call.h"
#include "raptors/python/cast.h"
#include "raptors/python/operand.h"
#include "raptors/python/settings.h"

namespace raptors::python {
namespace {

// The arguments of one call, read.
struct MapCall {
  Operand operands[kMaxInputs];
  const ArrayView* views[kMaxInputs];
  const char* names[kMaxInputs + 1] = {};
  Scalar number = 0;
  DType dtype;
  Origin origin = Origin::kNumber;
  bool promoted = false;  // `dtype` is not that of every input
};

ABSL_ATTRIBUTE_NOINLINE bool SetNoArray(const MapFunction& function, PyObject* first) {
  return SetTypeError(function.signature.parameters[0], first, "at least one array among the arguments") != nullptr;
}

// Gives all operands one dtype.
ABSL_ATTRIBUTE_NOINLINE bool Unify(const MapFunction& function, const Operand* number, MapCall* call) {
  const Operand* all[kMaxInputs + 1];
  int count = 0;
  for (int i = 0; i < function.inputs; ++i) all[count++] = &call->operands[i];
  if (number != nullptr) all[count++] = number;
  call->dtype = CommonDType({all, static_cast<size_t>(count)});
  call->promoted = true;
  for (int i = 0; i < function.inputs; ++i) {
    if (!Convert(&call->operands[i], call->names[i], call->dtype)) return false;
    call->views[i] = call->operands[i].view;
  }
  return true;
}

// Whether NumPy computes in another dtype than the arrays' because of this number. Not where the output is of the
// arrays' dtype, and NumPy would cast the result to it: then the number does not promote them.
ABSL_ATTRIBUTE_NOINLINE bool Promotes(const Number& number, DType dtype, PyObject* out) {
  const DType own = number.dtype.value_or(number.is_integer() ? dtype : DType::kFloat64);
  if (!number.dtype && IsFloat(dtype)) return false;
  if (Promote(dtype, own) == dtype) return false;
  if (IsFloat(own) && !IsFloat(dtype)) return true;
  Output given;
  const bool holds = out != nullptr && out != Py_None && ReadOutput(out, &given) && given.view->dtype() == dtype;
  // A bad output is told of later.
  PyErr_Clear();
  return !holds;
}

bool Read(const MapFunction& function, PyObject* const* values, MapCall* call) {
  bool same = true;
  int input = 0;
  for (int i = 0; i < function.signature.positional; ++i) {
    if (i == function.number) continue;
    Operand& operand = call->operands[input];
    call->names[input] = function.signature.parameters[i];
    if (!ReadOperand(values[i], call->names[input], /*numbers=*/function.inputs > 1, &operand)) return false;
    call->origin = std::min(call->origin, operand.origin);
    call->views[input] = operand.view;
    same = same && operand.view != nullptr && operand.view->dtype() == call->views[0]->dtype();
    ++input;
  }
  if (ABSL_PREDICT_FALSE(call->origin == Origin::kNumber)) return SetNoArray(function, values[0]);
  if (same) call->dtype = call->views[0]->dtype();
  if (function.number < 0) return same || Unify(function, nullptr, call);
  PyObject* const object = values[function.number];
  const char* const name = function.signature.parameters[function.number];
  Operand number;
  if (!ReadNumber(object, name, &number.number)) return false;
  const bool weak = !number.number.dtype && (number.number.is_integer() || IsFloat(call->dtype));
  if (ABSL_PREDICT_FALSE(!same || !weak)) {
    const bool alone = same && !Promotes(number.number, call->dtype, values[function.out()]);
    if (!alone && !Unify(function, &number, call)) return false;
  }
  return ToScalar(number.number, name, object, call->dtype, &call->number);
}

// The output: given, or made with the shape that the inputs broadcast to.
bool Prepare(const MapFunction& function, PyObject* out, const MapCall& call, Output* output) {
  if (out != nullptr && out != Py_None) return ReadOutput(out, output);
  const ArrayView& first = *call.views[0];
  bool same = true;
  for (int i = 1; i < function.inputs; ++i) same = same && call.views[i]->shape() == first.shape();
  if (same) return NewOutput(call.origin, call.dtype, first.shape(), &first, output);
  absl::Span<const int64_t> shapes[kMaxInputs];
  absl::string_view names[kMaxInputs];
  for (int i = 0; i < function.inputs; ++i) {
    shapes[i] = call.views[i]->shape();
    names[i] = call.names[i];
  }
  const size_t count = static_cast<size_t>(function.inputs);
  const absl::StatusOr<Dims> shape = BroadcastShapes({shapes, count}, {names, count});
  if (!shape.ok()) return SetError(shape.status()) != nullptr;
  const ArrayView* like = nullptr;
  for (int i = 0; i < function.inputs && like == nullptr; ++i) {
    if (shapes[i] == absl::MakeConstSpan(*shape)) like = call.views[i];
  }
  return NewOutput(call.origin, call.dtype, *shape, like, output);
}

}  // namespace

PyObject* CallMap(const MapFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(function.signature, args, count, names, values)) return nullptr;
    const CallerSettings settings;
    MapCall call;
    Output output;
    CallOptions options;
    if (!settings.ok() || !Read(function, values, &call) ||
        !ReadThreads(values[function.threads()], &options.max_threads) ||
        !Prepare(function, values[function.out()], call, &output)) {
      return nullptr;
    }
    absl::Status status;
    {
      const MaybeReleaseGil released(output.view->size() * output.view->item_size());
      status = function.run(call.views, call.number, *output.view, options);
    }
    if (ABSL_PREDICT_FALSE(!status.ok())) {
      if (call.promoted && output.view->dtype() != call.dtype)
        return SetOutDTypeError(output.view->dtype(), call.dtype);
      return SetEngineError(status, call.names);
    }
    if (!settings.Record()) return nullptr;
    if (values[function.out()] != nullptr && values[function.out()] != Py_None) return output.object.release();
    return FinishOutput(call.origin, &output);
  });
}

}  // namespace raptors::python
