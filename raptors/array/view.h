// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// ArrayView and MutableArrayView: non-owning N-d views of memory, the arguments of every operation.
//
//   std::vector<float> x(12), y(12);
//   absl::StatusOr<ArrayView> in = ArrayView::Create(x.data(), {3, 4});           // C order
//   absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(y.data(), {3, 4}, {4, 12});  // byte strides
//   ArrayView t = in->Transposed();                                               // (4, 3), nothing moves
//   absl::StatusOr<ArrayView> r = in->Slice(0, std::nullopt, std::nullopt, -1);   // rows from last to first
//
// An ArrayView is read only; a MutableArrayView is an output and converts to an ArrayView without a copy. Both are
// validated when they are made and cannot become invalid by algebra, so operations need not look again: extents are
// not negative, no size or address computation overflows, and no two elements of a MutableArrayView share a byte.
//
// Pitfalls: strides are in BYTES, as NumPy's. A view keeps no memory alive: a vector that grows or ends leaves its
// views dangling. A const MutableArrayView still gives write access, as a const absl::Span<T> does. Data may lie at any
// byte address; element alignment is never assumed.
//
// Complexity: making and copying a view of up to kInlineRank axes allocates nothing and takes a few nanoseconds.
// Thread safety: as int (const access from several threads is fine). The memory behind it is the caller's matter.

#ifndef RAPTORS_ARRAY_VIEW_H_
#define RAPTORS_ARRAY_VIEW_H_

#include <stddef.h>
#include <stdint.h>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/array/shape.h"
#include "raptors/base/dtype.h"

namespace raptors {

class MutableArrayView;
namespace internal {
class ViewBuilder;
}  // namespace internal

class ArrayView {
 public:
  // An empty float32 vector: shape (0).
  ArrayView() : ArrayView(nullptr, DTypeOf<float>::value, 0) {}

  // One axis over consecutive elements. Implicit, as absl::Span's.
  template <typename T, DType kDType = DTypeOf<T>::value>
  ArrayView(const std::vector<T>& values)  // NOLINT(google-explicit-constructor)
      : ArrayView(values.data(), kDType, static_cast<int64_t>(values.size())) {}
  template <typename T, DType kDType = DTypeOf<std::remove_const_t<T>>::value>
  ArrayView(absl::Span<T> values)  // NOLINT(google-explicit-constructor)
      : ArrayView(values.data(), kDType, static_cast<int64_t>(values.size())) {}

  // A view of `shape` in C order, or with the given byte strides, whose element [0, ..., 0] is at `data`.
  // InvalidArgument naming the argument, its value and what was expected when:
  //   data is null and there are elements, or the addresses would wrap around;
  //   an extent is negative, there are more than kMaxRank, or the size in bytes exceeds INT64_MAX;
  //   there are not as many strides as extents, or an element's offset does not fit into int64.
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<ArrayView> Create(const T* data, absl::Span<const int64_t> shape) {
    return Create(kDType, data, shape);
  }
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<ArrayView> Create(const T* data, absl::Span<const int64_t> shape,
                                          absl::Span<const int64_t> strides) {
    return Create(kDType, data, shape, strides);
  }
  // The same where the dtype is known at run time only.
  static absl::StatusOr<ArrayView> Create(DType dtype, const void* data, absl::Span<const int64_t> shape);
  static absl::StatusOr<ArrayView> Create(DType dtype, const void* data, absl::Span<const int64_t> shape,
                                          absl::Span<const int64_t> strides);

  // A matrix in C order whose rows start `row_stride` bytes apart (default: no gap).
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<ArrayView> Matrix(const T* data, int64_t rows, int64_t cols) {
    return Create(kDType, data, {rows, cols});
  }
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<ArrayView> Matrix(const T* data, int64_t rows, int64_t cols, int64_t row_stride) {
    return Create(kDType, data, {rows, cols}, {row_stride, static_cast<int64_t>(sizeof(T))});
  }

  // A (rows, cols) view of an Eigen matrix, vector, block or Map with direct access, of any storage order and strides.
  // Needs no Eigen header: the argument has Scalar, IsRowMajor, data(), rows(), cols(), innerStride(), outerStride().
  template <typename EigenType>
  static absl::StatusOr<ArrayView> FromEigen(const EigenType& matrix);

  const void* data() const { return data_; }
  // The first element, or nullptr when T is not the view's type. It may be misaligned for T.
  template <typename T>
  const T* data() const {
    return DTypeOf<T>::value == dtype_ ? static_cast<const T*>(data_) : nullptr;
  }
  DType dtype() const { return dtype_; }
  int64_t item_size() const { return ItemSize(dtype_); }
  int ndim() const { return static_cast<int>(shape_.size()); }
  absl::Span<const int64_t> shape() const { return shape_; }
  absl::Span<const int64_t> strides() const { return strides_; }  // bytes
  int64_t shape(int axis) const { return shape_[axis]; }
  int64_t stride(int axis) const { return strides_[axis]; }
  int64_t size() const { return size_; }  // elements
  bool empty() const { return size_ == 0; }
  // C order without gaps (strides of axes with extent 1 do not matter). True for an empty view.
  bool IsContiguous() const { return contiguous_; }

  // The axes in reverse order.
  ArrayView Transposed() const;
  // Axis k of the result is axis axes[k]; a negative axis counts from the end. InvalidArgument unless `axes` names
  // each axis once.
  absl::StatusOr<ArrayView> Permuted(absl::Span<const int> axes) const;
  // Elements start, start + step, ... before stop along one axis, with Python's rules: negative positions count from
  // the end, positions outside are clamped, nullopt means from or to the end that `step` comes from or goes to.
  // InvalidArgument when step is 0 or the axis does not exist.
  absl::StatusOr<ArrayView> Slice(int axis, std::optional<int64_t> start, std::optional<int64_t> stop,
                                  int64_t step = 1) const;
  // One axis backwards. InvalidArgument when it does not exist.
  absl::StatusOr<ArrayView> Reversed(int axis) const;

  // "float32 (3, 4) strides (16, 4)".
  std::string DebugString() const;

 private:
  friend class MutableArrayView;
  friend class internal::ViewBuilder;

  // Consecutive elements. Unchecked.
  ArrayView(const void* data, DType dtype, int64_t size)
      : data_(const_cast<void*>(data)),
        size_(size),
        dtype_(dtype),
        contiguous_(true),
        shape_(1, size),
        strides_(1, ItemSize(dtype)) {}
  // One element, without axes. Unchecked.
  ArrayView(const void* data, DType dtype)
      : data_(const_cast<void*>(data)), size_(1), dtype_(dtype), contiguous_(true) {}
  // Unchecked; computes size and contiguity.
  ArrayView(const void* data, DType dtype, Dims shape, Dims strides);

  void* data_;
  int64_t size_;
  DType dtype_;
  bool contiguous_;
  Dims shape_;
  Dims strides_;
};

class MutableArrayView {
 public:
  // An empty float32 vector: shape (0).
  MutableArrayView() = default;

  template <typename T, DType kDType = DTypeOf<T>::value>
  MutableArrayView(std::vector<T>& values)  // NOLINT(google-explicit-constructor)
      : view_(values.data(), kDType, static_cast<int64_t>(values.size())) {}
  template <typename T, DType kDType = DTypeOf<T>::value>
  MutableArrayView(absl::Span<T> values)  // NOLINT(google-explicit-constructor)
      : view_(values.data(), kDType, static_cast<int64_t>(values.size())) {}

  // As ArrayView's; moreover InvalidArgument when two elements would share a byte (stride 0 along an axis with extent
  // above 1, or strides that overlap), because the result would depend on the order of the stores. Strides so contrived
  // that a bounded search cannot tell are refused too.
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<MutableArrayView> Create(T* data, absl::Span<const int64_t> shape) {
    return Create(kDType, data, shape);
  }
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<MutableArrayView> Create(T* data, absl::Span<const int64_t> shape,
                                                 absl::Span<const int64_t> strides) {
    return Create(kDType, data, shape, strides);
  }
  static absl::StatusOr<MutableArrayView> Create(DType dtype, void* data, absl::Span<const int64_t> shape);
  static absl::StatusOr<MutableArrayView> Create(DType dtype, void* data, absl::Span<const int64_t> shape,
                                                 absl::Span<const int64_t> strides);
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<MutableArrayView> Matrix(T* data, int64_t rows, int64_t cols) {
    return Create(kDType, data, {rows, cols});
  }
  template <typename T, DType kDType = DTypeOf<T>::value>
  static absl::StatusOr<MutableArrayView> Matrix(T* data, int64_t rows, int64_t cols, int64_t row_stride) {
    return Create(kDType, data, {rows, cols}, {row_stride, static_cast<int64_t>(sizeof(T))});
  }
  // A forwarding reference, so that a temporary block or Map works: it refers to memory that outlives it.
  template <typename EigenType>
  static absl::StatusOr<MutableArrayView> FromEigen(EigenType&& matrix);

  // NOLINTNEXTLINE(google-explicit-constructor)
  operator const ArrayView&() const { return view_; }
  const ArrayView& view() const { return view_; }

  void* data() const { return view_.data_; }
  template <typename T>
  T* data() const {
    return DTypeOf<T>::value == dtype() ? static_cast<T*>(view_.data_) : nullptr;
  }
  DType dtype() const { return view_.dtype(); }
  int64_t item_size() const { return view_.item_size(); }
  int ndim() const { return view_.ndim(); }
  absl::Span<const int64_t> shape() const { return view_.shape(); }
  absl::Span<const int64_t> strides() const { return view_.strides(); }
  int64_t shape(int axis) const { return view_.shape(axis); }
  int64_t stride(int axis) const { return view_.stride(axis); }
  int64_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  bool IsContiguous() const { return view_.IsContiguous(); }

  MutableArrayView Transposed() const { return MutableArrayView(view_.Transposed()); }
  absl::StatusOr<MutableArrayView> Permuted(absl::Span<const int> axes) const { return Wrap(view_.Permuted(axes)); }
  absl::StatusOr<MutableArrayView> Slice(int axis, std::optional<int64_t> start, std::optional<int64_t> stop,
                                         int64_t step = 1) const {
    return Wrap(view_.Slice(axis, start, stop, step));
  }
  absl::StatusOr<MutableArrayView> Reversed(int axis) const { return Wrap(view_.Reversed(axis)); }
  std::string DebugString() const { return view_.DebugString(); }

 private:
  friend class internal::ViewBuilder;

  // Precondition: writable memory, no shared bytes.
  explicit MutableArrayView(ArrayView view) : view_(std::move(view)) {}
  static absl::StatusOr<MutableArrayView> Wrap(absl::StatusOr<ArrayView> view) {
    if (!view.ok()) return std::move(view).status();
    return MutableArrayView(*std::move(view));
  }

  ArrayView view_;
};

namespace internal {

// Makes views without checks, for code of this library that has checked already (arrays, broadcasting, copies).
class ViewBuilder {
 public:
  static ArrayView Make(const void* data, DType dtype, Dims shape, Dims strides) {
    return ArrayView(data, dtype, std::move(shape), std::move(strides));
  }
  static MutableArrayView MakeMutable(void* data, DType dtype, Dims shape, Dims strides) {
    return MutableArrayView(ArrayView(data, dtype, std::move(shape), std::move(strides)));
  }
  // Consecutive elements.
  static ArrayView MakeVector(const void* data, DType dtype, int64_t size) { return ArrayView(data, dtype, size); }
  // One element, without axes.
  static ArrayView MakeElement(const void* data, DType dtype) { return ArrayView(data, dtype); }
  static MutableArrayView MakeMutableElement(void* data, DType dtype) {
    return MutableArrayView(ArrayView(data, dtype));
  }
};

// Byte strides {row, column} of an Eigen object. Eigen counts in elements; a vector's inner stride runs along its
// length.
template <typename EigenType>
struct EigenStrides {
  int64_t values[2];
  explicit EigenStrides(const EigenType& matrix) {
    const int64_t item = sizeof(typename EigenType::Scalar);
    const int64_t inner = static_cast<int64_t>(matrix.innerStride()) * item;
    const int64_t outer = static_cast<int64_t>(matrix.outerStride()) * item;
    values[0] = EigenType::IsRowMajor ? outer : inner;
    values[1] = EigenType::IsRowMajor ? inner : outer;
  }
};

}  // namespace internal

template <typename EigenType>
absl::StatusOr<ArrayView> ArrayView::FromEigen(const EigenType& matrix) {
  const internal::EigenStrides<EigenType> strides(matrix);
  return Create(DTypeOf<typename EigenType::Scalar>::value, matrix.data(),
                {static_cast<int64_t>(matrix.rows()), static_cast<int64_t>(matrix.cols())}, strides.values);
}

template <typename EigenType>
absl::StatusOr<MutableArrayView> MutableArrayView::FromEigen(EigenType&& matrix) {
  using Type = std::remove_cv_t<std::remove_reference_t<EigenType>>;
  static_assert(!std::is_const_v<std::remove_pointer_t<decltype(matrix.data())>>, "an output must be writable");
  const internal::EigenStrides<Type> strides(matrix);
  return Create(DTypeOf<typename Type::Scalar>::value, matrix.data(),
                {static_cast<int64_t>(matrix.rows()), static_cast<int64_t>(matrix.cols())}, strides.values);
}

}  // namespace raptors

#endif  // RAPTORS_ARRAY_VIEW_H_
