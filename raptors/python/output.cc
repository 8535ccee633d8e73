// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Outputs of a call: given by the caller, or made (operand.h).

#include <utility>

#include "raptors/python/operand.h"

// After operand.h, which brings Python.h.
#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "raptors/array/shape.h"
#include "raptors/python/array_object.h"
#include "raptors/python/numpy_api.h"

namespace raptors::python {
namespace {

// From this size on a NumPy result's memory comes from Raptors' allocator, which reuses blocks: the C library gives
// large blocks back to the kernel, and fresh pages cost more than most operations on them.
constexpr int64_t kOwnMemory = int64_t{64} << 10;

absl::Span<const int64_t> Span(const Py_ssize_t* values, int count) {
  return {reinterpret_cast<const int64_t*>(values), static_cast<size_t>(count)};
}

bool SetOutError(absl::string_view message) {
  SetError(absl::InvalidArgumentError(absl::StrCat("out: ", message)));
  return false;
}

bool SetReadOnly() { return SetOutError("got a read-only array; expected a writable one"); }

bool Keep(absl::StatusOr<MutableArrayView> view, Output* output) {
  if (ABSL_PREDICT_FALSE(!view.ok())) {
    SetError(absl::Status(view.status().code(), absl::StrCat("out.", view.status().message())));
    return false;
  }
  output->local = *std::move(view);
  output->view = &*output->local;
  return true;
}

bool ReadArray(PyObject* object, Output* output) {
  ArrayObject* array = AsArrayObject(object);
  if (ABSL_PREDICT_FALSE(array->access != Access::kWritable)) {
    if (array->access == Access::kReadOnly) return SetReadOnly();
    return SetOutError(absl::StrCat("got strides ", FormatTuple(array->view.strides()),
                                    ", by which elements share memory; expected elements of their own"));
  }
  output->view = &array->view;
  return true;
}

bool ReadNumPy(PyObject* object, Output* output) {
  const auto* array = reinterpret_cast<const numpy::Array*>(object);
  DType dtype;
  if (ABSL_PREDICT_FALSE((array->flags & numpy::kWriteable) == 0)) return SetReadOnly();
  if (ABSL_PREDICT_FALSE(!numpy::ToDType(array->dtype, &dtype))) {
    PyErr_Format(PyExc_TypeError, "out.dtype: got %S; expected float32, float64, int32 or int64 in native byte order",
                 reinterpret_cast<PyObject*>(array->dtype));
    return false;
  }
  return Keep(
      MutableArrayView::Create(dtype, array->data, Span(array->shape, array->ndim), Span(array->strides, array->ndim)),
      output);
}

ABSL_ATTRIBUTE_NOINLINE bool ReadOther(PyObject* object, Output* output) {
  if (numpy::Load() && numpy::IsArray(object)) {
    if (PyObject_HasAttrString(object, "_mask")) {
      return SetTypeError("out", object, "an array without a mask") != nullptr;
    }
    return ReadNumPy(object, output);
  }
  if (!PyObject_CheckBuffer(object)) {
    return SetTypeError("out", object, "a raptors.Array, a NumPy array or an object with a writable buffer") != nullptr;
  }
  if (PyObject_GetBuffer(object, &output->buffer, PyBUF_STRIDES | PyBUF_FORMAT) < 0) return false;
  output->has_buffer = true;
  const Py_buffer& buffer = output->buffer;
  if (buffer.readonly != 0) return SetReadOnly();
  DType dtype;
  if (!FormatToDType(buffer.format, buffer.itemsize, &dtype)) {
    PyErr_Format(PyExc_TypeError, "out: got a buffer of format '%s'; expected float32, float64, int32 or int64",
                 buffer.format == nullptr ? "B" : buffer.format);
    return false;
  }
  // Without strides, as from ctypes: C order.
  const absl::Span<const int64_t> shape = Span(buffer.shape, buffer.ndim);
  if (buffer.strides == nullptr) return Keep(MutableArrayView::Create(dtype, buffer.buf, shape), output);
  return Keep(MutableArrayView::Create(dtype, buffer.buf, shape, Span(buffer.strides, buffer.ndim)), output);
}

}  // namespace

Output::~Output() {
  if (has_buffer) PyBuffer_Release(&buffer);
}

bool ReadOutput(PyObject* object, Output* output) {
  output->object = Ref::Borrow(object);
  if (IsArrayObject(object)) return ReadArray(object, output);
  if (Py_TYPE(object) == numpy::array_type) return ReadNumPy(object, output);
  return ReadOther(object, output);
}

bool NewOutput(Origin origin, DType dtype, absl::Span<const int64_t> shape, const ArrayView* like, Output* output) {
  const bool c_order = like == nullptr || like->IsContiguous();
  const absl::StatusOr<int64_t> count = CheckedElementCount(shape, ItemSize(dtype));
  if (!count.ok()) return SetError(count.status()) != nullptr;
  if (origin == Origin::kNumPy && c_order && *count * ItemSize(dtype) < kOwnMemory) {
    output->object = Ref(numpy::New(dtype, shape, nullptr));
    if (!output->object) return false;
    const auto* array = reinterpret_cast<const numpy::Array*>(output->object.get());
    output->local = internal::ViewBuilder::MakeMutable(array->data, dtype, Dims(shape.begin(), shape.end()),
                                                       CStrides(shape, ItemSize(dtype)));
    output->view = &*output->local;
    return true;
  }
  absl::StatusOr<raptors::Array> storage = c_order ? raptors::Array::Create(dtype, shape)
                                                   : raptors::Array::EmptyLike(internal::ViewBuilder::Make(
                                                         like->data(), dtype, Dims(shape.begin(), shape.end()),
                                                         Dims(like->strides().begin(), like->strides().end())));
  if (!storage.ok()) return SetError(storage.status()) != nullptr;
  Ref object(NewArrayObject(*std::move(storage)));
  if (!object) return false;
  const MutableArrayView& view = AsArrayObject(object.get())->view;
  output->view = &view;
  if (origin == Origin::kNumPy) {
    // The Array becomes the base of the NumPy array, so `view` lives as long as that.
    object = Ref(numpy::Wrap(dtype, view.shape(), view.strides(), view.data(), true, object.get()));
    if (!object) return false;
  }
  output->object = std::move(object);
  return true;
}

PyObject* FinishOutput(Origin origin, Output* output) {
  if (ABSL_PREDICT_FALSE(output->view->ndim() == 0) && origin == Origin::kNumPy) {
    return numpy::MakeScalar(output->view->dtype(), output->view->data());
  }
  return output->object.release();
}

}  // namespace raptors::python
