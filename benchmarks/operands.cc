// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/operands.h"

#include <sys/mman.h>

#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace raptors::benchmarks {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

// Both signs, all mantissa bits, magnitudes from 0.5 to 1.
template <typename T>
T Value(int64_t i) {
  uint64_t hash = (static_cast<uint64_t>(i) + 1) * 0x9E3779B97F4A7C15u;
  hash ^= hash >> 29;
  const double magnitude = 0.5 + static_cast<double>(hash >> 12) * 0x1p-53;
  return static_cast<T>((hash & 1) != 0 ? -magnitude : magnitude);
}

}  // namespace

Buffer::~Buffer() {
  if (memory_ != nullptr) munmap(memory_, size_);
}

absl::Status Buffer::Reserve(size_t bytes) {
  const size_t size = (bytes + offset_ + kHugePage - 1) / kHugePage * kHugePage;
  if (size <= size_) return absl::OkStatus();
  if (memory_ != nullptr) munmap(memory_, size_);
  memory_ = nullptr;
  size_ = 0;
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return absl::ResourceExhaustedError(absl::StrCat("no memory for a buffer of ", size, " bytes"));
  madvise(memory, size, MADV_HUGEPAGE);  // a wish
  std::memset(memory, 1, size);
  memory_ = static_cast<char*>(memory);
  size_ = size;
  return absl::OkStatus();
}

absl::Status Operands::Prepare(const Cell& cell) {
  cell_ = cell;
  item_ = ItemSize(cell.dtype);
  elements_ = cell.shape.Elements();
  const bool matrix = cell.shape.extents.size() == 2;
  rows_ = matrix ? cell.shape.extents[0] : 1;
  cols_ = cell.shape.extents.back();
  in_row_ = cols_;
  in_col_ = 1;
  parent_ = cell.shape.extents;
  switch (cell.layout) {
    case GridLayout::kC:
    case GridLayout::kInPlace:
      break;
    case GridLayout::kTransposed:
      parent_ = {cols_, rows_};
      in_row_ = 1;
      in_col_ = rows_;
      break;
    case GridLayout::kRowSlice:
      parent_[0] *= 2;
      in_row_ = 2 * cols_;
      break;
    case GridLayout::kColumnSlice:
      parent_.back() *= 2;
      in_row_ = 2 * cols_;
      in_col_ = 2;
      break;
  }
  parent_elements_ = 1;
  for (int64_t extent : parent_) parent_elements_ *= extent;
  for (const auto& [buffer, elements] :
       {std::pair<Buffer*, int64_t>{&input_, parent_elements_}, {&output_, elements_}, {&expected_, elements_}}) {
    if (absl::Status status = buffer->Reserve(static_cast<size_t>(elements * item_)); !status.ok()) return status;
  }
  switch (cell.dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    Fill<type>();                 \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return absl::OkStatus();
}

template <typename T>
void Operands::Fill() {
  T* in = input_.data<T>();
  for (int64_t i = 0; i < parent_elements_; ++i) in[i] = Value<T>(i);
  T* expected = expected_.data<T>();
  const T factor = static_cast<T>(kCheckFactor);
  for (int64_t i = 0; i < rows_; ++i) {
    for (int64_t j = 0; j < cols_; ++j) expected[i * cols_ + j] = factor * in[i * in_row_ + j * in_col_];
  }
}

absl::StatusOr<ArrayView> Operands::Input() const {
  if (cell_.layout == GridLayout::kInPlace) {
    absl::StatusOr<MutableArrayView> output = Output();
    if (!output.ok()) return output.status();
    return output->view();
  }
  absl::StatusOr<ArrayView> view = ArrayView::Create(cell_.dtype, input_.data(), parent_);
  if (!view.ok()) return view;
  if (cell_.layout == GridLayout::kTransposed) view = view->Transposed();
  if (cell_.layout == GridLayout::kRowSlice) view = view->Slice(0, std::nullopt, std::nullopt, 2);
  if (cell_.layout == GridLayout::kColumnSlice) view = view->Slice(view->ndim() - 1, std::nullopt, std::nullopt, 2);
  if (!view.ok()) return view;
  // The peers get their strides by the layout's definition: the views must be of the same elements.
  if (view->size() != elements_ || view->stride(view->ndim() - 1) != in_col_ * item_ ||
      (view->ndim() == 2 && view->stride(0) != in_row_ * item_)) {
    return absl::InternalError(absl::StrCat("the view ", view->DebugString(), " is not what the layout says"));
  }
  return view;
}

absl::StatusOr<MutableArrayView> Operands::Output() const {
  return MutableArrayView::Create(cell_.dtype, output_.data(), cell_.shape.extents);
}

PeerScaleArgs Operands::PeerArgs(double factor) const {
  PeerScaleArgs args = {};
  args.in = cell_.layout == GridLayout::kInPlace ? output_.data() : input_.data();
  args.out = output_.data();
  args.rows = rows_;
  args.cols = cols_;
  args.in_row = in_row_;
  args.in_col = in_col_;
  args.out_row = cols_;
  args.out_col = 1;
  args.factor = factor;
  if (rows_ == 1 || in_row_ == cols_ * in_col_) {
    args.rows = 1;
    args.cols = elements_;
    args.in_row = args.out_row = elements_ * in_col_;
  }
  return args;
}

PeerRoofArgs Operands::RoofArgs(double factor) const {
  PeerRoofArgs args = {};
  args.a = input_.data();
  args.out = output_.data();
  args.n = elements_;
  args.factor = factor;
  return args;
}

void Operands::ResetOutput() {
  const size_t bytes = static_cast<size_t>(elements_ * item_);
  if (cell_.layout == GridLayout::kInPlace) {
    std::memcpy(output_.data(), input_.data(), bytes);
  } else {
    std::memset(output_.data(), 0xA5, bytes);
  }
}

template <typename T>
absl::Status Operands::Check(bool contiguous_input) const {
  const T* in = input_.data<T>();
  const T* out = output_.data<T>();
  const T* expected = expected_.data<T>();
  const T factor = static_cast<T>(kCheckFactor);
  if (!contiguous_input && std::memcmp(out, expected, static_cast<size_t>(elements_) * sizeof(T)) == 0) {
    return absl::OkStatus();
  }
  for (int64_t i = 0; i < elements_; ++i) {
    const T want = contiguous_input ? factor * in[i] : expected[i];
    if (std::memcmp(out + i, &want, sizeof(T)) != 0) {
      return absl::InternalError(
          absl::StrCat("wrong answer: element ", i, " of ", elements_, " is ", out[i], ", expected ", want));
    }
  }
  return absl::OkStatus();
}

absl::Status Operands::CheckOutput(bool contiguous_input) const {
  switch (cell_.dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return Check<type>(contiguous_input);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return absl::InternalError("unknown dtype");
}

}  // namespace raptors::benchmarks
