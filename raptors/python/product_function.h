// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Matrix products.

#ifndef RAPTORS_PYTHON_PRODUCT_FUNCTION_H_
#define RAPTORS_PYTHON_PRODUCT_FUNCTION_H_

#include "raptors/python/py.h"

// After py.h.
#include "absl/status/status.h"
#include "raptors/array/view.h"
#include "raptors/ops/call_options.h"
#include "raptors/python/arguments.h"

namespace raptors::python {

// Parameters: two arrays; out, threads.
struct ProductFunction {
  Signature signature;
  absl::Status (*run)(const ArrayView& a, const ArrayView& b, const MutableArrayView& out, const CallOptions& options);
  const char* doc;
};

PyObject* CallProduct(const ProductFunction& function, PyObject* const* args, Py_ssize_t count, PyObject* names);

}  // namespace raptors::python

#endif  // RAPTORS_PYTHON_PRODUCT_FUNCTION_H_
