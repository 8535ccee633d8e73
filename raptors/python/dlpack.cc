// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/python/dlpack.h"

#include <string.h>

#include <memory>
#include <utility>

#include "raptors/array/copy.h"
#include "raptors/array/shape.h"
#include "raptors/python/arguments.h"
#include "raptors/python/array_object.h"
#include "raptors/python/call.h"
#include "raptors/python/dlpack_abi.h"

namespace raptors::python {
namespace {

using dlpack::Managed;
using dlpack::ManagedVersioned;
using dlpack::Tensor;

constexpr char kName[] = "dltensor";
constexpr char kVersionedName[] = "dltensor_versioned";

// ---- Export ---------------------------------------------------------------------------------------------------------

// What a capsule points to: the struct of either kind, the extents, and a reference to the array.
template <typename M>
struct Exported {
  M managed = {};
  Dims shape;
  Dims strides;
  PyObject* owner = nullptr;
};

template <typename M>
void Delete(M* managed) {
  auto* exported = static_cast<Exported<M>*>(managed->context);
  // The consumer may be any thread, with or without the GIL; after the interpreter's end the array is left alone.
  if (Py_IsInitialized() != 0) {
    const PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(exported->owner);
    PyGILState_Release(state);
  }
  delete exported;
}

// A capsule that nobody consumed still has its first name.
template <typename M>
void DestroyCapsule(PyObject* capsule) {
  const char* name = std::is_same_v<M, Managed> ? kName : kVersionedName;
  if (PyCapsule_IsValid(capsule, name) == 0) return;
  auto* managed = static_cast<M*>(PyCapsule_GetPointer(capsule, name));
  managed->deleter(managed);
}

template <typename M>
PyObject* Export(ArrayObject* array) {
  auto exported = std::make_unique<Exported<M>>();
  const ArrayView& view = array->view;
  exported->shape.assign(view.shape().begin(), view.shape().end());
  for (const int64_t stride : view.strides()) {
    if (stride % view.item_size() != 0) {
      PyErr_Format(PyExc_BufferError, "strides: got %lld bytes; expected a multiple of the item size for DLPack",
                   static_cast<long long>(stride));  // NOLINT(google-runtime-int)
      return nullptr;
    }
    exported->strides.push_back(stride / view.item_size());
  }
  Tensor& tensor = exported->managed.tensor;
  tensor.data = view.empty() ? nullptr : const_cast<void*>(view.data());
  tensor.device = {dlpack::kCpu, 0};
  tensor.ndim = view.ndim();
  tensor.dtype = {IsFloat(view.dtype()) ? dlpack::kFloat : dlpack::kInt, static_cast<uint8_t>(8 * view.item_size()), 1};
  tensor.shape = exported->shape.data();
  tensor.strides = exported->strides.data();
  exported->managed.context = exported.get();
  exported->managed.deleter = &Delete<M>;
  if constexpr (std::is_same_v<M, ManagedVersioned>) {
    exported->managed.major = dlpack::kMajor;
    exported->managed.minor = dlpack::kMinor;
    exported->managed.flags = array->access == Access::kReadOnly ? dlpack::kReadOnly : 0;
  }
  const char* name = std::is_same_v<M, Managed> ? kName : kVersionedName;
  PyObject* capsule = PyCapsule_New(&exported->managed, name, &DestroyCapsule<M>);
  if (capsule == nullptr) return nullptr;
  exported->owner = &array->base;
  Py_INCREF(exported->owner);
  exported.release();  // NOLINT(bugprone-unused-return-value): the deleter has it
  return capsule;
}

// Whether the consumer understands version 1: max_version=(1, 0) or later.
int WantsVersioned(PyObject* max_version) {
  if (max_version == nullptr || max_version == Py_None) return 0;
  if (!PyTuple_Check(max_version) || PyTuple_Size(max_version) != 2) {
    SetTypeError("max_version", max_version, "None or a tuple (major, minor)");
    return -1;
  }
  const long major = PyLong_AsLong(PyTuple_GetItem(max_version, 0));  // NOLINT(google-runtime-int)
  if (major == -1 && PyErr_Occurred() != nullptr) return -1;
  return major >= 1 ? 1 : 0;
}

bool IsCpu(PyObject* device) {
  return PyTuple_Check(device) && PyTuple_Size(device) == 2 &&
         PyLong_AsLong(PyTuple_GetItem(device, 0)) == dlpack::kCpu;
}

const Signature kDLPack = {"__dlpack__", 0, 0, {"stream", "max_version", "dl_device", "copy"}};

// ---- Import ---------------------------------------------------------------------------------------------------------

bool ToDType(const dlpack::DataType& type, DType* dtype) {
  if (type.lanes != 1) return false;
  for (const DType candidate : kAllDTypes) {
    if (type.code == (IsFloat(candidate) ? dlpack::kFloat : dlpack::kInt) && type.bits == 8 * ItemSize(candidate)) {
      *dtype = candidate;
      return true;
    }
  }
  return false;
}

// A view of a tensor, checked. Sets an exception and returns false otherwise.
bool ToView(const Tensor& tensor, const char* argument, ArrayView* view) {
  if (tensor.device.type != dlpack::kCpu && tensor.device.type != dlpack::kCudaHost) {
    PyErr_Format(PyExc_BufferError, "%s.device: got DLPack device type %d; expected memory of the CPU (type 1)",
                 argument, static_cast<int>(tensor.device.type));
    return false;
  }
  DType dtype;
  if (!ToDType(tensor.dtype, &dtype)) {
    PyErr_Format(PyExc_TypeError,
                 "%s.dtype: got DLPack type code %d of %d bits x %d; expected float32, float64, int32 or int64",
                 argument, tensor.dtype.code, tensor.dtype.bits, tensor.dtype.lanes);
    return false;
  }
  if (tensor.ndim < 0 || tensor.ndim > kMaxRank) {
    PyErr_Format(PyExc_ValueError, "%s.ndim: got %d; expected 0 to %d", argument, static_cast<int>(tensor.ndim),
                 kMaxRank);
    return false;
  }
  const absl::Span<const int64_t> shape(tensor.shape, static_cast<size_t>(tensor.ndim));
  Dims strides;
  for (int axis = 0; tensor.strides != nullptr && axis < tensor.ndim; ++axis) {
    int64_t bytes = 0;
    if (__builtin_mul_overflow(tensor.strides[axis], ItemSize(dtype), &bytes)) {
      PyErr_Format(PyExc_ValueError, "%s.strides: got a stride that overflows; expected a valid tensor", argument);
      return false;
    }
    strides.push_back(bytes);
  }
  const char* data = static_cast<const char*>(tensor.data) + tensor.byte_offset;
  absl::StatusOr<ArrayView> made = tensor.strides == nullptr ? ArrayView::Create(dtype, data, shape)
                                                             : ArrayView::Create(dtype, data, shape, strides);
  if (!made.ok()) {
    SetError(absl::Status(made.status().code(), std::string(argument) + "." + std::string(made.status().message())));
    return false;
  }
  *view = *std::move(made);
  return true;
}

// Keeps an imported tensor: destroyed with the Array that views it.
template <typename M>
void DestroyOwner(PyObject* owner) {
  auto* managed = static_cast<M*>(PyCapsule_GetPointer(owner, nullptr));
  if (managed->deleter != nullptr) managed->deleter(managed);
}

template <typename M>
PyObject* Consume(PyObject* capsule, const char* name, const char* used_name, const char* argument) {
  auto* managed = static_cast<M*>(PyCapsule_GetPointer(capsule, name));
  if (managed == nullptr) return nullptr;
  Access access = Access::kWritable;
  if constexpr (std::is_same_v<M, ManagedVersioned>) {
    if (managed->major > dlpack::kMajor) {
      return PyErr_Format(PyExc_BufferError, "%s: got DLPack version %u.%u; expected 1.x or earlier", argument,
                          managed->major, managed->minor);
    }
    if ((managed->flags & dlpack::kReadOnly) != 0) access = Access::kReadOnly;
  }
  ArrayView view;
  if (!ToView(managed->tensor, argument, &view)) return nullptr;
  const Ref owner(PyCapsule_New(managed, nullptr, nullptr));
  if (!owner) return nullptr;
  // From here on the tensor is ours.
  if (PyCapsule_SetName(capsule, used_name) < 0) return nullptr;
  if (PyCapsule_SetDestructor(owner.get(), &DestroyOwner<M>) < 0) return nullptr;
  return NewArrayView(owner.get(), view, access);
}

// object.__dlpack__(max_version=(1, 0)[, copy=copy]); producers older than these keywords are asked without.
Ref AskForCapsule(PyObject* object, PyObject* copy) {
  const Ref method(PyObject_GetAttrString(object, "__dlpack__"));
  const Ref none(PyTuple_New(0));
  const Ref names(Py_BuildValue("{s(ii)}", "max_version", 1, 0));
  if (!method || !none || !names) return Ref();
  if (copy != nullptr && copy != Py_None && PyDict_SetItemString(names.get(), "copy", copy) < 0) return Ref();
  Ref capsule(PyObject_Call(method.get(), none.get(), names.get()));
  if (!capsule && PyErr_ExceptionMatches(PyExc_TypeError) != 0) {
    PyErr_Clear();
    capsule = Ref(PyObject_CallNoArgs(method.get()));
  }
  return capsule;
}

Ref CopyOfArray(PyObject* array) {
  const ArrayView& view = AsArrayObject(array)->view;
  absl::StatusOr<raptors::Array> copy = raptors::Array::EmptyLike(view);
  if (!copy.ok()) return Ref(SetError(copy.status()));
  {
    const MaybeReleaseGil released(view.size() * view.item_size());
    CopyElements(view, copy->mutable_view());
  }
  return Ref(NewArrayObject(*std::move(copy)));
}

}  // namespace

PyObject* ImportDLPack(PyObject* object, const char* argument, PyObject* copy) {
  const int wants_copy = copy == nullptr || copy == Py_None ? 0 : PyObject_IsTrue(copy);
  if (wants_copy < 0) return nullptr;
  if (!PyObject_HasAttrString(object, "__dlpack__")) {
    return SetTypeError(argument, object, "an object with __dlpack__");
  }
  const Ref capsule = AskForCapsule(object, wants_copy != 0 ? nullptr : copy);
  if (!capsule) return nullptr;
  Ref array;
  if (PyCapsule_IsValid(capsule.get(), kVersionedName) != 0) {
    array = Ref(Consume<ManagedVersioned>(capsule.get(), kVersionedName, "used_dltensor_versioned", argument));
  } else if (PyCapsule_IsValid(capsule.get(), kName) != 0) {
    array = Ref(Consume<Managed>(capsule.get(), kName, "used_dltensor", argument));
  } else {
    SetTypeError(argument, capsule.get(), "an object whose __dlpack__ returns a DLPack capsule");
  }
  if (array && wants_copy != 0) array = CopyOfArray(array.get());
  return array.release();
}

PyObject* ArrayDLPack(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return Guarded([&]() -> PyObject* {
    PyObject* values[4];
    if (!Parse(kDLPack, args, count, names, values)) return nullptr;
    const auto [stream, max_version, device, copy] = values;
    if (stream != nullptr && stream != Py_None) return SetValueError("stream", stream, "None, for memory of the CPU");
    if (device != nullptr && device != Py_None && !IsCpu(device)) {
      PyErr_Clear();
      PyErr_Format(PyExc_BufferError, "dl_device: got %R; expected None or (1, 0), the CPU", device);
      return nullptr;
    }
    const int wants_copy = copy == nullptr || copy == Py_None ? 0 : PyObject_IsTrue(copy);
    const int versioned = WantsVersioned(max_version);
    if (wants_copy < 0 || versioned < 0) return nullptr;
    const Ref source = wants_copy != 0 ? CopyOfArray(self) : Ref::Borrow(self);
    if (!source) return nullptr;
    ArrayObject* array = AsArrayObject(source.get());
    if (versioned != 0) {
      PyObject* capsule = Export<ManagedVersioned>(array);
      if (capsule != nullptr && wants_copy != 0) {
        static_cast<ManagedVersioned*>(PyCapsule_GetPointer(capsule, kVersionedName))->flags |= dlpack::kIsCopied;
      }
      return capsule;
    }
    if (array->access == Access::kReadOnly) {
      PyErr_SetString(PyExc_BufferError,
                      "max_version: got none, and DLPack before version 1 cannot say that an array is read-only; "
                      "expected max_version=(1, 0) or later");
      return nullptr;
    }
    return Export<Managed>(array);
  });
}

PyObject* ArrayDLPackDevice(PyObject*, PyObject*) { return Py_BuildValue("(ii)", static_cast<int>(dlpack::kCpu), 0); }

}  // namespace raptors::python
