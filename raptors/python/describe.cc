// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What explain() has to know of a call on given arrays: the dtype, shape and layout that the call itself would come to.
// Nothing is computed and no element is read.

#include "raptors/python/introspection.h"

// After introspection.h, which brings Python.h.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "raptors/array/broadcast.h"
#include "raptors/array/loop_nest.h"
#include "raptors/array/reduce_nest.h"
#include "raptors/array/reduced_axes.h"
#include "raptors/array/shape.h"
#include "raptors/base/choice.h"
#include "raptors/base/op.h"
#include "raptors/python/call.h"
#include "raptors/python/cast.h"
#include "raptors/python/convert.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

constexpr int kMaxArrays = 3;

// The call as it is read, step by step.
struct Description {
  Op op;
  int count;
  std::string names[kMaxArrays];
  Operand operands[kMaxArrays];
  DType dtype;
  Dims shape;
  std::optional<Layout> layout;  // none where there are no elements

  const ArrayView& view(int i) const { return *operands[i].view; }
};

bool ReadOp(PyObject* object, Op* op) {
  absl::string_view name;
  if (!AsStringView(object, "op", &name)) return false;
  for (int i = 0; i < kNumOps; ++i) {
    *op = static_cast<Op>(i);
    if (name == Name(*op)) return true;
  }
  return SetValueError("op", object, "the name of an operation") != nullptr;
}

bool ReadArrays(PyObject* names, PyObject* arrays, PyObject* factor, Description* call) {
  const Operand* all[kMaxArrays + 1];
  int known = 0;
  bool any = false;
  for (int i = 0; i < call->count; ++i) {
    absl::string_view name;
    if (!AsStringView(PyTuple_GetItem(names, i), "names", &name)) return false;
    call->names[i] = std::string(name);
    Operand& operand = call->operands[i];
    if (!ReadOperand(PyTuple_GetItem(arrays, i), call->names[i].c_str(), /*numbers=*/call->count > 1, &operand)) {
      return false;
    }
    any = any || operand.origin != Origin::kNumber;
    all[known++] = &operand;
  }
  if (!any) {
    return SetTypeError(call->names[0].c_str(), PyTuple_GetItem(arrays, 0), "at least one array among the arguments") !=
           nullptr;
  }
  Operand number;
  if (factor != Py_None) {
    if (!ReadNumber(factor, "factor", &number.number)) return false;
    all[known++] = &number;
  }
  call->dtype = CommonDType({all, static_cast<size_t>(known)});
  for (int i = 0; i < call->count; ++i) {
    if (!Convert(&call->operands[i], call->names[i].c_str(), call->dtype, &EmptyCast)) return false;
  }
  return true;
}

// The output is made as the call makes it: in the order of the first input that has the shape of the result.
bool DescribeMap(bool in_place, Description* call) {
  absl::Span<const int64_t> shapes[kMaxArrays];
  absl::string_view names[kMaxArrays];
  for (int i = 0; i < call->count; ++i) {
    shapes[i] = call->view(i).shape();
    names[i] = call->names[i];
  }
  const size_t count = static_cast<size_t>(call->count);
  absl::StatusOr<Dims> shape = BroadcastShapes({shapes, count}, {names, count});
  if (!shape.ok()) return SetError(shape.status()) != nullptr;
  call->shape = *std::move(shape);
  absl::InlinedVector<ArrayView, kMaxArrays> inputs;
  const ArrayView* like = nullptr;
  for (int i = 0; i < call->count; ++i) {
    absl::StatusOr<ArrayView> input = BroadcastTo(call->view(i), call->shape, call->names[i]);
    if (!input.ok()) return SetError(input.status()) != nullptr;
    if (like == nullptr && shapes[i] == absl::MakeConstSpan(call->shape)) like = &call->view(i);
    inputs.push_back(*std::move(input));
  }
  absl::StatusOr<raptors::Array> made =
      like == nullptr ? raptors::Array::Create(call->dtype, call->shape) : raptors::Array::EmptyLike(*like);
  if (!made.ok()) return SetError(made.status()) != nullptr;
  const MutableArrayView out =
      in_place ? internal::ViewBuilder::MakeMutable(const_cast<void*>(inputs[0].data()), call->dtype, call->shape,
                                                    Dims(inputs[0].strides().begin(), inputs[0].strides().end()))
               : made->mutable_view();
  const LoopNest nest = LoopNest::Make(out, absl::MakeConstSpan(inputs));
  if (nest.size() > 0) call->layout = nest.layout();
  return true;
}

bool DescribeReduction(PyObject* axis, Description* call) {
  const ArrayView& x = call->view(0);
  call->shape.assign(x.shape().begin(), x.shape().end());
  for (int i = 1; i < call->count; ++i) {
    if (call->view(i).shape() == x.shape()) continue;
    PyErr_Format(PyExc_ValueError, "%s.shape: got %s; expected %s, the shape of %s", call->names[i].c_str(),
                 FormatTuple(call->view(i).shape()).c_str(), FormatTuple(x.shape()).c_str(), call->names[0].c_str());
    return false;
  }
  std::vector<int> axes;
  if (axis != Py_None && !ReadAxes(axis, &axes)) return false;
  uint64_t reduced = AllAxes(x.ndim());
  if (axis != Py_None) {
    const absl::StatusOr<uint64_t> resolved = ResolveAxes(axes, x.ndim(), "axis");
    if (!resolved.ok()) return true;  // the explanation refuses them
    reduced = *resolved;
  }
  if (x.empty()) return true;
  const Dims kept = ReducedShape(x.shape(), reduced, /*keepdims=*/true);
  // Only its strides matter.
  alignas(8) char nowhere[8];
  const MutableArrayView out =
      internal::ViewBuilder::MakeMutable(nowhere, call->dtype, kept, CStrides(kept, x.item_size()));
  call->layout = call->count == 1 ? ReduceNest::Make(x, reduced, out).layout()
                                  : ReduceNest::MakeFull(x, call->view(1), out).layout();
  return true;
}

// How a factor of a product lies: its rows without steps, its columns, or neither.
Layout FactorLayout(const ArrayView& view) {
  if (view.ndim() != 2 || view.IsContiguous()) return Layout::kContiguous;
  if (view.stride(1) == view.item_size() && view.stride(0) >= view.shape(1) * view.item_size()) return Layout::kRows;
  if (view.stride(0) == view.item_size() && view.stride(1) >= view.shape(0) * view.item_size()) {
    return Layout::kTransposed;
  }
  return Layout::kStrided;
}

bool DescribeProduct(Description* call) {
  const ArrayView &a = call->view(0), &b = call->view(1);
  for (int i = 0; i < 2; ++i) {
    const ArrayView& view = call->view(i);
    if (view.ndim() == 1 || view.ndim() == 2) continue;
    PyErr_Format(PyExc_ValueError, "%s.shape: got %s; expected one or two axes", call->names[i].c_str(),
                 FormatTuple(view.shape()).c_str());
    return false;
  }
  const int64_t inner = a.shape(a.ndim() - 1);
  if (b.shape(0) != inner) {
    PyErr_Format(PyExc_ValueError, "%s.shape: got %s; expected a first axis of %zd, because %s has shape %s",
                 call->names[1].c_str(), FormatTuple(b.shape()).c_str(), static_cast<Py_ssize_t>(inner),
                 call->names[0].c_str(), FormatTuple(a.shape()).c_str());
    return false;
  }
  const int64_t rows = a.ndim() == 2 ? a.shape(0) : 1, columns = b.ndim() == 2 ? b.shape(1) : 1;
  call->shape = {rows, columns, inner};
  if (rows * columns == 0) return true;
  const Layout layouts[] = {FactorLayout(a), FactorLayout(b)};
  const auto has = [&](Layout layout) { return std::find(layouts, layouts + 2, layout) != layouts + 2; };
  call->layout = Layout::kContiguous;
  for (const Layout layout : {Layout::kRows, Layout::kTransposed, Layout::kStrided}) {
    if (has(layout)) call->layout = layout;
  }
  if (rows == 1 || columns == 1) call->layout = Layout::kNarrow;
  return true;
}

}  // namespace

PyObject* Describe(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return Guarded([&]() -> PyObject* {
    if (count != 6) return PyErr_Format(PyExc_TypeError, "describe() takes 6 arguments but %zd were given", count);
    Description call;
    if (!ReadOp(args[0], &call.op)) return nullptr;
    call.count = static_cast<int>(PyTuple_Size(args[2]));
    if (call.count < 1 || call.count > kMaxArrays || PyTuple_Size(args[1]) != call.count) {
      return PyErr_Format(PyExc_ValueError, "arrays: got %d; expected as many as names, 1 to 3", call.count);
    }
    const int in_place = PyObject_IsTrue(args[5]);
    if (in_place < 0 || !ReadArrays(args[1], args[2], args[3], &call)) return nullptr;
    const OpKind kind = Info(call.op).kind;
    const bool done = kind == OpKind::kMap      ? DescribeMap(in_place != 0, &call)
                      : kind == OpKind::kReduce ? DescribeReduction(args[4], &call)
                                                : DescribeProduct(&call);
    const Ref shape(done ? ToTuple(call.shape) : nullptr);
    if (!shape) return nullptr;
    return Py_BuildValue("(sOz)", Name(call.dtype), shape.get(), call.layout ? Name(*call.layout) : nullptr);
  });
}

}  // namespace raptors::python
