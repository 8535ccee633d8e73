// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/product_function.h"

#include <algorithm>

#include "raptors/array/shape.h"
#include "raptors/python/array_object.h"
#include "raptors/python/call.h"
#include "raptors/python/numpy_api.h"
#include "raptors/python/operand.h"
#include "raptors/python/settings.h"

namespace raptors::python {
namespace {

constexpr int kOut = 2;
constexpr int kThreads = 3;

// The engine's own error for operands that have no product is better than one made here: then the shape does not
// matter, as long as there is one.
Dims ResultShape(const ArrayView& a, const ArrayView& b) {
  Dims shape;
  if (a.ndim() == 2) shape.push_back(a.shape(0));
  if (b.ndim() == 2) shape.push_back(b.shape(1));
  return shape;
}

bool HaveProduct(const ArrayView& a, const ArrayView& b) {
  const auto is_matrix_or_vector = [](const ArrayView& view) { return view.ndim() == 1 || view.ndim() == 2; };
  return is_matrix_or_vector(a) && is_matrix_or_vector(b) && a.shape(a.ndim() - 1) == b.shape(0) && IsFloat(a.dtype());
}

// Multiplications times the item size: what the time is proportional to.
int64_t Work(const ArrayView& a, const MutableArrayView& out) {
  const double work = static_cast<double>(a.ndim() == 0 ? 1 : a.shape(a.ndim() - 1)) * static_cast<double>(out.size()) *
                      static_cast<double>(a.item_size());
  return work > kReleaseGil ? kReleaseGil : static_cast<int64_t>(work);
}

}  // namespace

PyObject* CallProduct(const ProductFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[kMaxParameters];
    if (!Parse(function.signature, args, count, names, values)) return nullptr;
    const CallerSettings settings;
    const char* const* const parameters = function.signature.parameters;
    Operand a, b;
    CallOptions options;
    if (!settings.ok() || !ReadOperand(values[0], parameters[0], /*numbers=*/false, &a) ||
        !ReadOperand(values[1], parameters[1], /*numbers=*/false, &b) ||
        !ReadThreads(values[kThreads], &options.max_threads)) {
      return nullptr;
    }
    const Operand* const both[] = {&a, &b};
    const DType dtype = CommonDType(both);
    if (!Convert(&a, parameters[0], dtype) || !Convert(&b, parameters[1], dtype)) return nullptr;
    const Origin origin = std::min(a.origin, b.origin);
    const bool has_out = values[kOut] != nullptr && values[kOut] != Py_None;
    const Dims shape = HaveProduct(*a.view, *b.view) ? ResultShape(*a.view, *b.view) : Dims();
    alignas(8) char number[8];
    Output output;
    if (has_out) {
      if (!ReadOutput(values[kOut], &output)) return nullptr;
    } else if (shape.empty()) {
      output.local = internal::ViewBuilder::MakeMutableElement(number, dtype);
      output.view = &*output.local;
    } else if (!NewOutput(origin, dtype, shape, nullptr, &output)) {
      return nullptr;
    }
    absl::Status status;
    {
      const MaybeReleaseGil released(Work(*a.view, *output.view));
      status = function.run(*a.view, *b.view, *output.view, options);
    }
    if (!status.ok()) {
      if ((a.cast || b.cast) && output.view->dtype() != dtype) return SetOutDTypeError(output.view->dtype(), dtype);
      const char* const own_names[] = {nullptr};
      return SetEngineError(status, own_names);
    }
    if (!settings.Record()) return nullptr;
    if (output.object) return output.object.release();
    return origin == Origin::kNumPy ? numpy::MakeScalar(dtype, number) : ToPython(dtype, number);
  });
}

}  // namespace raptors::python
