// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// DLPack's binary interface: the structs that a capsule named "dltensor" (before version 1) or "dltensor_versioned"
// points to. Layouts are fixed by DLPack's specification.

#ifndef RAPTORS_PYTHON_DLPACK_ABI_H_
#define RAPTORS_PYTHON_DLPACK_ABI_H_

#include <stdint.h>

namespace raptors::python::dlpack {

inline constexpr uint32_t kMajor = 1;
inline constexpr uint32_t kMinor = 0;

inline constexpr int32_t kCpu = 1;  // device types
inline constexpr int32_t kCudaHost = 3;

inline constexpr uint8_t kInt = 0;  // type codes
inline constexpr uint8_t kFloat = 2;

inline constexpr uint64_t kReadOnly = 1;  // flags
inline constexpr uint64_t kIsCopied = 2;

struct Device {
  int32_t type;
  int32_t id;
};

struct DataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  int32_t ndim;
  DataType dtype;
  int64_t* shape;
  int64_t* strides;  // in elements; null before version 1.2 means C order
  uint64_t byte_offset;
};

// Capsule "dltensor".
struct Managed {
  Tensor tensor;
  void* context;
  void (*deleter)(Managed*);
};

// Capsule "dltensor_versioned".
struct ManagedVersioned {
  uint32_t major;
  uint32_t minor;
  void* context;
  void (*deleter)(ManagedVersioned*);
  uint64_t flags;
  Tensor tensor;
};

}  // namespace raptors::python::dlpack

#endif  // RAPTORS_PYTHON_DLPACK_ABI_H_
