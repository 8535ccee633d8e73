// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The element types, listed once. Everything that depends on a dtype expands RAPTORS_DTYPES; adding a row adds the
// type to the enum, the names, the parsers, the kernel tables, the tests and the benchmarks.
//
// Plain C++ without dependencies: kernels include it.

#ifndef RAPTORS_BASE_DTYPE_H_
#define RAPTORS_BASE_DTYPE_H_

#include <stddef.h>
#include <stdint.h>

// X(enumerator, C++ type, name, ...). The name is NumPy's; further arguments are passed through, so that this list can
// be expanded inside another one.
#define RAPTORS_DTYPES_WITH(X, ...)           \
  X(kFloat32, float, "float32", __VA_ARGS__)  \
  X(kFloat64, double, "float64", __VA_ARGS__) \
  X(kInt32, int32_t, "int32", __VA_ARGS__)    \
  X(kInt64, int64_t, "int64", __VA_ARGS__)

// X(enumerator, C++ type, name).
#define RAPTORS_DTYPES(X) RAPTORS_DTYPES_WITH(RAPTORS_DTYPE_ONLY_, X)
#define RAPTORS_DTYPE_ONLY_(id, type, name, X) X(id, type, name)

namespace raptors {

enum class DType : uint8_t {
#define RAPTORS_X(id, type, name) id,
  RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
};

#define RAPTORS_X(id, type, name) +1
inline constexpr int kNumDTypes = 0 RAPTORS_DTYPES(RAPTORS_X);
#undef RAPTORS_X

// NumPy's name of the type, for example "float32".
constexpr const char* Name(DType dtype) {
  switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return name;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return "?";
}

// Size of one element in bytes.
constexpr int64_t ItemSize(DType dtype) {
  switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return sizeof(type);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return 0;
}

constexpr bool IsFloat(DType dtype) { return dtype == DType::kFloat32 || dtype == DType::kFloat64; }

// DTypeOf<float>::value is DType::kFloat32; undefined for a type that is not in the list.
template <typename T>
struct DTypeOf;
#define RAPTORS_X(id, type, name)             \
  template <>                                 \
  struct DTypeOf<type> {                      \
    static constexpr DType value = DType::id; \
  };
RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X

// Those that an operation on floating-point numbers takes.
inline constexpr DType kFloatDTypes[] = {DType::kFloat32, DType::kFloat64};

// All dtypes in list order, for loops over them.
inline constexpr DType kAllDTypes[] = {
#define RAPTORS_X(id, type, name) DType::id,
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
};

}  // namespace raptors

#endif  // RAPTORS_BASE_DTYPE_H_
