// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Functions that fold axes, and functions of vectors with one number as result.

#ifndef RAPTORS_PYTHON_REDUCE_FUNCTION_H_
#define RAPTORS_PYTHON_REDUCE_FUNCTION_H_

#include "raptors/python/py.h"

// After py.h.
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/view.h"
#include "raptors/ops/call_options.h"
#include "raptors/ops/reduce.h"
#include "raptors/python/arguments.h"

namespace raptors::python {

// The dtype of a result: the array's; the array's, but int64 for integers; or float64 for integers.
enum class ResultDType : uint8_t { kSame, kSum, kMean };

// Parameters: an array; axis, keepdims, out, threads.
struct ReduceFunction {
  Signature signature;
  ResultDType result;
  absl::Status (*run)(const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options);
  const char* doc;
};

PyObject* CallReduce(const ReduceFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names);

// Parameters: vectors; threads.
struct VectorFunction {
  Signature signature;
  int inputs;
  absl::StatusOr<double> (*run)(const ArrayView* const* inputs, const CallOptions& options);
  const char* doc;
};

PyObject* CallVector(const VectorFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_REDUCE_FUNCTION_H_
