// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The one list of functions over the engine's operations: a row gives a function its name, parameters, operation and
// documentation. To add one, add a row here, one in package/__init__.py and one in package/__init__.pyi; tests compare
// the three.

#include "raptors/python/functions.h"

#include <stddef.h>

#include <iterator>
#include <utility>

#include "absl/strings/string_view.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"
#include "raptors/python/map_function.h"
#include "raptors/python/product_function.h"
#include "raptors/python/reduce_function.h"

namespace raptors::python {
namespace {

// What a row of the engine's map operations is called with.
#define RAPTORS_RUN(call)                                                                        \
  [](const ArrayView* const* in, [[maybe_unused]] Scalar number, const MutableArrayView& output, \
     const CallOptions& options) { return call; }

const MapFunction kMaps[] = {
    {{"scale", 2, 2, {"a", "factor", "out", "threads"}},
     1,
     1,
     RAPTORS_RUN(Scale(*in[0], number, output, options)),
     "scale(a, factor, *, out=None, threads=None)\n--\n\n"
     "factor * a, element by element, rounded once.\n"
     "\n"
     "factor is a number. A Python number does not change the dtype of a, but a float makes an integer array\n"
     "float64; a NumPy scalar promotes as an array of its type does.\n"
     "\n"
     ">>> raptors.scale(raptors.array([1.0, 2.0, 3.0]), 2.5).to_list()\n"
     "[2.5, 5.0, 7.5]\n"},
    {{"add", 2, 2, {"x", "y", "out", "threads"}},
     2,
     -1,
     RAPTORS_RUN(Add(*in[0], *in[1], output, options)),
     "add(x, y, *, out=None, threads=None)\n--\n\n"
     "x + y, element by element, after broadcasting.\n"
     "\n"
     ">>> raptors.add(raptors.array([[1, 2], [3, 4]]), raptors.array([10, 20])).to_list()\n"
     "[[11, 22], [13, 24]]\n"},
    {{"subtract", 2, 2, {"x", "y", "out", "threads"}},
     2,
     -1,
     RAPTORS_RUN(Subtract(*in[0], *in[1], output, options)),
     "subtract(x, y, *, out=None, threads=None)\n--\n\n"
     "x - y, element by element, after broadcasting.\n"
     "\n"
     ">>> raptors.subtract(raptors.array([1.5, 2.5]), 1).to_list()\n"
     "[0.5, 1.5]\n"},
    {{"multiply", 2, 2, {"x", "y", "out", "threads"}},
     2,
     -1,
     RAPTORS_RUN(Multiply(*in[0], *in[1], output, options)),
     "multiply(x, y, *, out=None, threads=None)\n--\n\n"
     "x * y, element by element, after broadcasting.\n"
     "\n"
     ">>> raptors.multiply(raptors.array([1, 2]), raptors.array([3, 4])).to_list()\n"
     "[3, 8]\n"},
    {{"axpy", 3, 3, {"alpha", "x", "y", "out", "threads"}},
     2,
     0,
     RAPTORS_RUN(Axpy(number, *in[0], *in[1], output, options)),
     "axpy(alpha, x, y, *, out=None, threads=None)\n--\n\n"
     "alpha * x + y, element by element, after broadcasting: two roundings. float32 and float64.\n"
     "\n"
     "alpha is a number; a Python number does not change the arrays' dtype. For BLAS's axpy, which updates y,\n"
     "pass out=y.\n"
     "\n"
     ">>> raptors.axpy(2.0, raptors.array([1.0, 2.0]), raptors.array([10.0, 10.0])).to_list()\n"
     "[12.0, 14.0]\n"},
    {{"mul_add", 3, 3, {"x", "y", "z", "out", "threads"}},
     3,
     -1,
     RAPTORS_RUN(MulAdd(*in[0], *in[1], *in[2], output, options)),
     "mul_add(x, y, z, *, out=None, threads=None)\n--\n\n"
     "x * y + z, element by element, after broadcasting: two roundings. float32 and float64.\n"
     "\n"
     ">>> raptors.mul_add(raptors.array([1.0, 2.0]), 3.0, raptors.array([0.5, 0.5])).to_list()\n"
     "[3.5, 6.5]\n"},
    {{"fma", 3, 3, {"x", "y", "z", "out", "threads"}},
     3,
     -1,
     RAPTORS_RUN(Fma(*in[0], *in[1], *in[2], output, options)),
     "fma(x, y, z, *, out=None, threads=None)\n--\n\n"
     "x * y + z, element by element, after broadcasting: one rounding, on every processor. float32 and float64.\n"
     "\n"
     ">>> raptors.fma(raptors.array([1.0, 2.0]), 3.0, raptors.array([0.5, 0.5])).to_list()\n"
     "[3.5, 6.5]\n"},
};

#undef RAPTORS_RUN

#define RAPTORS_RUN(function)                                                                         \
  [](const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options) -> absl::Status { \
    return function(x, out, options);                                                                 \
  }

const ReduceFunction kReductions[] = {
    {{"sum", 2, 1, {"a", "axis", "keepdims", "out", "threads"}},
     ResultDType::kSum,
     RAPTORS_RUN(Sum),
     "sum(a, axis=None, *, keepdims=False, out=None, threads=None)\n--\n\n"
     "The sum over an axis, several axes (a tuple) or all of them (None).\n"
     "\n"
     "Integers are summed as int64, exactly (modulo 2**64). A float's result has the same bits on every\n"
     "processor and with any number of threads.\n"
     "\n"
     ">>> raptors.sum(raptors.array([[1, 2], [3, 4]]))\n"
     "10\n"
     ">>> raptors.sum(raptors.array([[1, 2], [3, 4]]), axis=0).to_list()\n"
     "[4, 6]\n"},
    {{"mean", 2, 1, {"a", "axis", "keepdims", "out", "threads"}},
     ResultDType::kMean,
     RAPTORS_RUN(Mean),
     "mean(a, axis=None, *, keepdims=False, out=None, threads=None)\n--\n\n"
     "The mean over an axis, several axes (a tuple) or all of them (None); of integers as float64.\n"
     "\n"
     ">>> raptors.mean(raptors.array([[1, 2], [3, 5]]), axis=1).to_list()\n"
     "[1.5, 4.0]\n"},
    {{"min", 2, 1, {"a", "axis", "keepdims", "out", "threads"}},
     ResultDType::kSame,
     RAPTORS_RUN(Min),
     "min(a, axis=None, *, keepdims=False, out=None, threads=None)\n--\n\n"
     "The smallest element over an axis, several axes (a tuple) or all of them (None); NaN if there is one.\n"
     "\n"
     ">>> raptors.min(raptors.array([[1.0, -2.0], [3.0, 5.0]]))\n"
     "-2.0\n"},
    {{"max", 2, 1, {"a", "axis", "keepdims", "out", "threads"}},
     ResultDType::kSame,
     RAPTORS_RUN(Max),
     "max(a, axis=None, *, keepdims=False, out=None, threads=None)\n--\n\n"
     "The largest element over an axis, several axes (a tuple) or all of them (None); NaN if there is one.\n"
     "\n"
     ">>> raptors.max(raptors.array([[1.0, -2.0], [3.0, 5.0]]), axis=0).to_list()\n"
     "[3.0, 5.0]\n"},
};

#undef RAPTORS_RUN

#define RAPTORS_RUN(call) \
  [](const ArrayView* const* in, const CallOptions& options) -> absl::StatusOr<double> { return call; }

const VectorFunction kVectors[] = {
    {{"dot", 2, 2, {"x", "y", "threads"}},
     2,
     RAPTORS_RUN(Dot(*in[0], *in[1], options)),
     "dot(x, y, *, threads=None)\n--\n\n"
     "The dot product of two vectors of float32 or float64. For matrices see matmul.\n"
     "\n"
     ">>> raptors.dot(raptors.array([1.0, 2.0]), raptors.array([3.0, 4.0]))\n"
     "11.0\n"},
    {{"norm", 1, 1, {"x", "threads"}},
     1,
     RAPTORS_RUN(Nrm2(*in[0], options)),
     "norm(x, *, threads=None)\n--\n\n"
     "The Euclidean norm of a vector of float32 or float64, without overflow or underflow on the way.\n"
     "\n"
     ">>> raptors.norm(raptors.array([3.0, 4.0]))\n"
     "5.0\n"},
    {{"asum", 1, 1, {"x", "threads"}},
     1,
     RAPTORS_RUN(Asum(*in[0], options)),
     "asum(x, *, threads=None)\n--\n\n"
     "The sum of the absolute values of a vector of float32 or float64.\n"
     "\n"
     ">>> raptors.asum(raptors.array([3.0, -4.0]))\n"
     "7.0\n"},
};

#undef RAPTORS_RUN

const ProductFunction kProducts[] = {
    {{"matmul", 2, 2, {"a", "b", "out", "threads"}},
     [](const ArrayView& a, const ArrayView& b, const MutableArrayView& out, const CallOptions& options) {
       return Matmul(a, b, out, options);
     },
     "matmul(a, b, *, out=None, threads=None)\n--\n\n"
     "The product of two matrices, of a matrix and a vector, or of two vectors, of float32 or float64.\n"
     "\n"
     "The last bits may depend on the processor and the number of threads.\n"
     "\n"
     ">>> a = raptors.array([[1.0, 2.0], [3.0, 4.0]])\n"
     ">>> raptors.matmul(a, a).to_list()\n"
     "[[7.0, 10.0], [15.0, 22.0]]\n"
     ">>> (a @ raptors.array([1.0, 0.0])).to_list()\n"
     "[1.0, 3.0]\n"},
};

// A C function of its own for each row, so that a call knows its row without looking.
template <size_t kRow>
PyObject* Map(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return CallMap(kMaps[kRow], args, count, names);
}
template <size_t kRow>
PyObject* Reduce(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return CallReduce(kReductions[kRow], args, count, names);
}
template <size_t kRow>
PyObject* Vector(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return CallVector(kVectors[kRow], args, count, names);
}

template <size_t kRow>
PyObject* Product(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return CallProduct(kProducts[kRow], args, count, names);
}

struct Row {
  const char* name;
  FastCall call;
  const char* doc;
};

template <size_t... kMap, size_t... kReduction, size_t... kVector, size_t... kProduct>
std::vector<Row> MakeRows(std::index_sequence<kMap...>, std::index_sequence<kReduction...>,
                          std::index_sequence<kVector...>, std::index_sequence<kProduct...>) {
  return {{kMaps[kMap].signature.name, &Map<kMap>, kMaps[kMap].doc}...,
          {kReductions[kReduction].signature.name, &Reduce<kReduction>, kReductions[kReduction].doc}...,
          {kVectors[kVector].signature.name, &Vector<kVector>, kVectors[kVector].doc}...,
          {kProducts[kProduct].signature.name, &Product<kProduct>, kProducts[kProduct].doc}...};
}

const std::vector<Row>& Rows() {
  static const std::vector<Row>* const rows = new std::vector<Row>(
      MakeRows(std::make_index_sequence<std::size(kMaps)>(), std::make_index_sequence<std::size(kReductions)>(),
               std::make_index_sequence<std::size(kVectors)>(), std::make_index_sequence<std::size(kProducts)>()));
  return *rows;
}

}  // namespace

std::vector<PyMethodDef> OperationMethods() {
  std::vector<PyMethodDef> methods;
  for (const Row& row : Rows()) {
    methods.push_back({row.name, reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(row.call)),
                       METH_FASTCALL | METH_KEYWORDS, row.doc});
  }
  return methods;
}

FastCall FunctionFor(const char* name) {
  for (const Row& row : Rows()) {
    if (absl::string_view(row.name) == name) return row.call;
  }
  return nullptr;
}

}  // namespace raptors::python
