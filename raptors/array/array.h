// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Array: an N-d array that owns its memory, as operations return it.
//
//   absl::StatusOr<Array> a = Array::Zeros(DType::kFloat32, {1000, 1000});
//   if (!a.ok()) return a.status();
//   a->data<float>()[0] = 1;
//   const ArrayView& v = a->view();
//
// Move-only. The memory comes from the library's reusing allocator, starts at a multiple of 64 bytes and has no gaps
// between elements; the axes lie in C order or in the order that EmptyLike() was given. Views of an array are valid
// while it lives and is not moved from.
// Thread safety: as int.

#ifndef RAPTORS_ARRAY_ARRAY_H_
#define RAPTORS_ARRAY_ARRAY_H_

#include <stdint.h>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/allocator.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"

namespace raptors {

class Array {
 public:
  // Shape (0), float32, no memory.
  Array() = default;
  ~Array() { Allocator::Global().Free(block_); }
  // Leaves `other` as a default-made array.
  Array(Array&& other) noexcept;
  Array& operator=(Array&& other) noexcept;

  // C order, uninitialised. InvalidArgument naming "shape" as ArrayView::Create; ResourceExhausted naming the bytes
  // when there is not enough memory.
  static absl::StatusOr<Array> Create(DType dtype, absl::Span<const int64_t> shape);
  // The same, with every element 0.
  static absl::StatusOr<Array> Zeros(DType dtype, absl::Span<const int64_t> shape);
  // dtype and shape of `like`, uninitialised; the axes lie in memory in the order of `like`'s strides by size, as
  // NumPy's order='K' has it: C for C, Fortran for Fortran, gaps closed, reversed axes forwards. Errors as Create.
  static absl::StatusOr<Array> EmptyLike(const ArrayView& like);

  const ArrayView& view() const { return view_; }
  const MutableArrayView& mutable_view() { return view_; }

  DType dtype() const { return view_.dtype(); }
  int ndim() const { return view_.ndim(); }
  absl::Span<const int64_t> shape() const { return view_.shape(); }
  absl::Span<const int64_t> strides() const { return view_.strides(); }  // bytes
  int64_t size() const { return view_.size(); }
  const void* data() const { return view_.data(); }
  void* data() { return view_.data(); }
  // The first element in memory, or nullptr when T is not the array's type.
  template <typename T>
  const T* data() const {
    return view_.data<T>();
  }
  template <typename T>
  T* data() {
    return view_.data<T>();
  }

 private:
  // `strides` hold `bytes` bytes without gaps.
  static absl::StatusOr<Array> Make(DType dtype, Dims shape, Dims strides, int64_t bytes);

  Allocator::Block block_;
  MutableArrayView view_;
};

}  // namespace raptors

#endif  // RAPTORS_ARRAY_ARRAY_H_
