// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The buffer protocol: memoryview(a), numpy.asarray(a) and the like read an Array in place.

#include <memory>

#include "raptors/python/array_object.h"

// After array_object.h, which brings Python.h.
#include "raptors/array/shape.h"
#include "raptors/python/operand.h"

namespace raptors::python {
namespace {

bool IsFortran(const ArrayView& view) { return view.Transposed().IsContiguous(); }

// Why a buffer as the consumer asks for it is not to be had, or null.
const char* Refusal(const ArrayObject& array, int flags) {
  const ArrayView& view = array.view;
  const auto wants = [flags](int flag) { return (flags & flag) == flag; };
  const bool c_order = view.IsContiguous();
  if (wants(PyBUF_WRITABLE) && array.access == Access::kReadOnly) return "a read-only array gives no writable buffer";
  if (wants(PyBUF_C_CONTIGUOUS) && !c_order) return "the array is not in C order without gaps";
  if (wants(PyBUF_F_CONTIGUOUS) && !IsFortran(view)) return "the array is not in Fortran order without gaps";
  if (wants(PyBUF_ANY_CONTIGUOUS) && !c_order && !IsFortran(view)) return "the array is not contiguous";
  if (!wants(PyBUF_STRIDES) && !c_order) return "the array has strides, which the consumer does not ask for";
  return nullptr;
}

}  // namespace

int ArrayGetBuffer(PyObject* self, Py_buffer* buffer, int flags) {
  return Guarded([&]() -> int {
    ArrayObject* array = AsArrayObject(self);
    buffer->obj = nullptr;
    if (const char* refusal = Refusal(*array, flags)) {
      PyErr_SetString(PyExc_BufferError, refusal);
      return -1;
    }
    const ArrayView& view = array->view;
    const auto wants = [flags](int flag) { return (flags & flag) == flag; };
    // Shape and strides never change, so the buffer may point into the object.
    static_assert(sizeof(Py_ssize_t) == sizeof(int64_t));
    static char nothing[1];
    buffer->buf = view.data() == nullptr ? nothing : const_cast<void*>(view.data());
    buffer->len = static_cast<Py_ssize_t>(view.size() * view.item_size());
    buffer->itemsize = static_cast<Py_ssize_t>(view.item_size());
    buffer->readonly = array->access == Access::kReadOnly ? 1 : 0;
    buffer->ndim = view.ndim();
    buffer->format = wants(PyBUF_FORMAT) ? const_cast<char*>(DTypeToFormat(view.dtype())) : nullptr;
    buffer->shape =
        wants(PyBUF_ND) ? const_cast<Py_ssize_t*>(reinterpret_cast<const Py_ssize_t*>(view.shape().data())) : nullptr;
    buffer->strides = wants(PyBUF_STRIDES)
                          ? const_cast<Py_ssize_t*>(reinterpret_cast<const Py_ssize_t*>(view.strides().data()))
                          : nullptr;
    buffer->suboffsets = nullptr;
    buffer->internal = nullptr;
    Py_INCREF(self);
    buffer->obj = self;
    return 0;
  });
}

}  // namespace raptors::python
