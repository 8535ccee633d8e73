// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/operands.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/split.h"

namespace raptors::benchmarks {
namespace {

// Of a roofline loop: from 0.1 ms up.
constexpr int64_t kMostMultiplyAdds = int64_t{1} << 24;

uint64_t Hash(int64_t i) {
  uint64_t hash = (static_cast<uint64_t>(i) + 1) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

// Both signs, all mantissa bits, magnitudes from 0.5 to 1; integers up to 10000.
template <typename T>
T AnyValue(int64_t i) {
  const uint64_t hash = Hash(i);
  if (!IsFloat(DTypeOf<T>::value)) return static_cast<T>(static_cast<int64_t>(hash >> 20) % 20001 - 10000);
  const double magnitude = 0.5 + static_cast<double>(hash >> 12) * 0x1p-53;
  return static_cast<T>((hash & 1) != 0 ? -magnitude : magnitude);
}

// Whole numbers from -8 to 8: they add up exactly in every order, and so do their products.
template <typename T>
T SmallValue(int64_t i) {
  return static_cast<T>(static_cast<int64_t>((Hash(i) >> 20) % 17) - 8);
}

template <typename T>
T Sign(int64_t i) {
  return static_cast<T>((Hash(i) & 1) != 0 ? -1 : 1);
}

enum class Values { kAny, kSmall, kSigns };

Values ValuesOf(const Cell& cell, int input) {
  // Repeated products in place would vanish or overflow.
  if (cell.op == Op::kMultiply && cell.in_place >= 0 && input != cell.in_place) return Values::kSigns;
  if (Info(cell.op).kind == OpKind::kMap || cell.op == Op::kMin || cell.op == Op::kMax) return Values::kAny;
  return Values::kSmall;
}

template <typename T>
void Fill(Values values, int64_t seed, int64_t n, T* data) {
  for (int64_t i = 0; i < n; ++i) {
    data[i] = values == Values::kAny     ? AnyValue<T>(i + seed)
              : values == Values::kSmall ? SmallValue<T>(i + seed)
                                         : Sign<T>(i + seed);
  }
}

// The array that an operand is a view of.
std::vector<int64_t> ParentOf(const OperandSpec& spec) {
  std::vector<int64_t> parent = spec.extents;
  switch (spec.view) {
    case View::kC:
      break;
    case View::kTransposed:
      std::reverse(parent.begin(), parent.end());
      break;
    case View::kRowSlice:
      parent.front() *= 2;
      break;
    case View::kColumnSlice:
      parent.back() *= 2;
      break;
  }
  return parent;
}

absl::StatusOr<ArrayView> ViewOf(const OperandSpec& spec, DType dtype, const void* data) {
  absl::StatusOr<ArrayView> view = ArrayView::Create(dtype, data, ParentOf(spec));
  if (!view.ok() || spec.view == View::kC) return view;
  if (spec.view == View::kTransposed) return view->Transposed();
  return view->Slice(spec.view == View::kRowSlice ? 0 : view->ndim() - 1, std::nullopt, std::nullopt, 2);
}

// An axis of a call, with the strides of all operands in elements.
struct Axis {
  int64_t extent;
  int64_t stride[kPeerOperands];
};

// Whether `outer` goes on where `inner` ends, in every operand.
bool Follows(const Axis& outer, const Axis& inner) {
  for (int k = 0; k < kPeerOperands; ++k) {
    if (outer.stride[k] != inner.stride[k] * inner.extent) return false;
  }
  return true;
}

// The stride of an input along an axis of a result with `ndim` axes, in elements; 0 where it is broadcast.
int64_t BroadcastStride(const ArrayView& view, int ndim, int axis) {
  const int own = axis - (ndim - view.ndim());
  return own < 0 || view.shape(own) == 1 ? 0 : view.stride(own) / view.item_size();
}

}  // namespace

double Operands::check_scalar() const { return IsFloat(cell_.dtype) ? 1.1 : 3; }
double Operands::timed_scalar() const { return cell_.op == Op::kScale ? -1 : check_scalar(); }

absl::Status Operands::Prepare(const Cell& cell) {
  cell_ = cell;
  if (absl::Status status = MakeViews(); !status.ok()) return status;
  for (size_t k = 0; k < cell.inputs.size(); ++k) {
    const int64_t n = Product(ParentOf(cell.inputs[k]));
    const int64_t seed = static_cast<int64_t>(k) * 1'000'003;
    switch (cell.dtype) {
#define RAPTORS_X(id, type, name)                                                 \
  case DType::id:                                                                 \
    Fill(ValuesOf(cell, static_cast<int>(k)), seed, n, buffers_[k].data<type>()); \
    break;
      RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
    }
  }
  if (absl::Status status = MakePeerArgs(); !status.ok()) return status;
  MakeRoof();
  return absl::OkStatus();
}

absl::Status Operands::MakeViews() {
  const int64_t item = ItemSize(cell_.dtype);
  const DType out_dtype = ResultType(cell_.op, cell_.dtype);
  inputs_.clear();
  // The roofline reads as many elements of each buffer as the streamed operands have.
  int64_t streamed = Product(cell_.out);
  for (const OperandSpec& spec : cell_.inputs) streamed = std::max(streamed, Product(spec.extents));
  absl::Status status = output_buffer_.Reserve(static_cast<size_t>(streamed * ItemSize(out_dtype)));
  if (!status.ok()) return status;
  absl::StatusOr<MutableArrayView> output = MutableArrayView::Create(out_dtype, output_buffer_.data(), cell_.out);
  if (!output.ok()) return output.status();
  output_ = *output;
  for (size_t k = 0; k < cell_.inputs.size(); ++k) {
    const OperandSpec& spec = cell_.inputs[k];
    status = buffers_[k].Reserve(static_cast<size_t>(std::max(streamed, Product(ParentOf(spec))) * item));
    if (!status.ok()) return status;
    absl::StatusOr<ArrayView> view = static_cast<int>(k) == cell_.in_place
                                         ? absl::StatusOr<ArrayView>(output_.view())
                                         : ViewOf(spec, cell_.dtype, buffers_[k].data());
    if (!view.ok()) return view.status();
    if (view->shape() != absl::MakeConstSpan(spec.extents)) {
      return absl::InternalError(
          absl::StrCat("the view ", view->DebugString(), " is not what ", cell_.Name(), " says"));
    }
    inputs_.push_back(*std::move(view));
  }
  return absl::OkStatus();
}

absl::Status Operands::MakePeerArgs() {
  peer_ = {};
  peer_.ptr[0] = output_.data();
  for (size_t k = 0; k < inputs_.size(); ++k) peer_.ptr[1 + k] = const_cast<void*>(inputs_[k].data());
  const OpKind kind = Info(cell_.op).kind;
  std::vector<Axis> axes;
  if (kind == OpKind::kProduct) {
    const ArrayView &a = inputs_[0], &b = inputs_[1];
    const int64_t item = a.item_size();
    const Axis all[kPeerAxes] = {{a.shape(1), {0, a.stride(1) / item, b.stride(0) / item, 0}},
                                 {a.shape(0), {b.shape(1), a.stride(0) / item, 0, 0}},
                                 {b.shape(1), {1, 0, b.stride(1) / item, 0}}};
    axes.assign(all, all + kPeerAxes);
  } else {
    const std::vector<int64_t>& extents = kind == OpKind::kMap ? cell_.out : cell_.inputs[0].extents;
    const int ndim = static_cast<int>(extents.size());
    int64_t out_stride = 1;
    for (int axis = ndim - 1; axis >= 0; --axis) {
      Axis a = {extents[static_cast<size_t>(axis)], {}};
      const bool folded =
          kind == OpKind::kReduce && (cell_.axes.empty() || std::count(cell_.axes.begin(), cell_.axes.end(), axis) > 0);
      a.stride[0] = folded ? 0 : out_stride;
      if (!folded) out_stride *= a.extent;
      for (size_t k = 0; k < inputs_.size(); ++k) a.stride[1 + k] = BroadcastStride(inputs_[k], ndim, axis);
      if (a.extent != 1) axes.insert(axes.begin(), a);
    }
    // What reduces may choose its order: the input's.
    if (kind == OpKind::kReduce) {
      std::sort(axes.begin(), axes.end(),
                [](const Axis& a, const Axis& b) { return std::abs(a.stride[1]) > std::abs(b.stride[1]); });
    }
    for (size_t i = axes.size(); i-- > 1;) {
      if (!Follows(axes[i - 1], axes[i])) continue;
      axes[i].extent *= axes[i - 1].extent;
      axes.erase(axes.begin() + static_cast<int64_t>(i) - 1);
    }
  }
  if (axes.size() > kPeerAxes) return absl::InternalError(absl::StrCat(cell_.Name(), ": more axes than peers take"));
  while (axes.size() < kPeerAxes) axes.insert(axes.begin(), {1, {}});
  for (int axis = 0; axis < kPeerAxes; ++axis) {
    peer_.extent[axis] = axes[static_cast<size_t>(axis)].extent;
    for (int k = 0; k < kPeerOperands; ++k) peer_.stride[k][axis] = axes[static_cast<size_t>(axis)].stride[k];
  }
  // What a matrix of one row would have, because BLAS and omatcopy check it. A vector that is folded folds all.
  if (peer_.extent[kRows] == 1 && kind != OpKind::kProduct) {
    for (int k = 0; k < kPeerOperands; ++k) peer_.stride[k][kRows] = peer_.stride[k][kCols] * peer_.extent[kCols];
  }
  const double folded = static_cast<double>(inputs_[0].size()) / static_cast<double>(Product(cell_.out));
  mean_scalar_ = cell_.op == Op::kMean ? 1 / folded : 0;
  return absl::OkStatus();
}

void Operands::MakeRoof() {
  const OpKind kind = Info(cell_.op).kind;
  const int64_t item = ItemSize(cell_.dtype);
  roof_ = {};
  roof_times_ = 1;
  roof_.factor = -1;
  roof_.out = output_buffer_.data();
  if (kind == OpKind::kProduct) {
    roof_op_ = kRoofFma;
    roof_.factor = 1;
    roof_.n = Product(cell_.out) * inputs_[0].shape(1);
    work_ = 2.0 * static_cast<double>(roof_.n);
    if (roof_.n > kMostMultiplyAdds) roof_times_ = static_cast<double>(roof_.n) / kMostMultiplyAdds;
    roof_.n = std::min(roof_.n, kMostMultiplyAdds);
    return;
  }
  const int64_t streamed = kind == OpKind::kMap ? Product(cell_.out) : inputs_[0].size();
  const void* reads[3] = {};
  int count = 0;
  work_ = static_cast<double>(Product(cell_.out) * ItemSize(output_.dtype()));
  for (size_t k = 0; k < inputs_.size(); ++k) {
    work_ += static_cast<double>(inputs_[k].size() * item);
    if (static_cast<int>(k) != cell_.in_place && inputs_[k].size() == streamed) reads[count++] = buffers_[k].data();
  }
  roof_.a = reads[0];
  roof_.b = reads[1];
  roof_.c = reads[2];
  constexpr PeerRoofOp kInto[] = {kRoofFlip, kRoofMixInto1, kRoofMixInto2};
  constexpr PeerRoofOp kOut[] = {kRoofFill, kRoofCopy, kRoofMix2, kRoofMix3};
  if (kind == OpKind::kReduce) {
    roof_op_ = count == 1 ? kRoofRead : kRoofRead2;
  } else if (cell_.op == Op::kScale && IsFloat(cell_.dtype)) {
    roof_op_ = cell_.in_place >= 0 ? kRoofScaleInPlace : kRoofScale;
  } else {
    roof_op_ = cell_.in_place >= 0 ? kInto[count] : kOut[count];
  }
  roof_.n = CountsWords(roof_op_) ? streamed * item / 8 : streamed;
}

void Operands::ResetOutput() {
  const size_t bytes = static_cast<size_t>(output_.view().size() * output_.view().item_size());
  if (cell_.in_place >= 0) {
    std::memcpy(output_buffer_.data(), buffers_[cell_.in_place].data(), bytes);
  } else {
    std::memset(output_buffer_.data(), 0xA5, bytes);
  }
}

}  // namespace raptors::benchmarks
