// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Functions that compute element by element: reads the arguments, promotes and broadcasts them, and calls the engine.

#ifndef RAPTORS_PYTHON_MAP_FUNCTION_H_
#define RAPTORS_PYTHON_MAP_FUNCTION_H_

#include "raptors/python/py.h"

// After py.h.
#include "absl/status/status.h"
#include "raptors/array/view.h"
#include "raptors/base/scalar.h"
#include "raptors/ops/call_options.h"
#include "raptors/python/arguments.h"

namespace raptors::python {

inline constexpr int kMaxInputs = 3;

// A function of the list in functions.cc. Its parameters are its array inputs and, maybe, one number; then out and
// threads, by name only.
struct MapFunction {
  Signature signature;
  int inputs;  // how many of the positional parameters are arrays
  int number;  // which positional parameter is the number; -1: none is
  absl::Status (*run)(const ArrayView* const* inputs, Scalar number, const MutableArrayView& out,
                      const CallOptions& options);
  const char* doc;

  constexpr int out() const { return signature.positional; }
  constexpr int threads() const { return signature.positional + 1; }
};

PyObject* CallMap(const MapFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_MAP_FUNCTION_H_
