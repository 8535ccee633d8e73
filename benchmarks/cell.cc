// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/cell.h"

#include "absl/strings/str_cat.h"

namespace raptors::benchmarks {
namespace {

// An input up to this share of the elements that are streamed is not worth counting as a stream.
constexpr int64_t kSmallShare = 8;

const char* ShortName(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return "f32";
    case DType::kFloat64:
      return "f64";
    case DType::kInt32:
      return "i32";
    case DType::kInt64:
      return "i64";
  }
  return "?";
}

}  // namespace

int64_t Product(const std::vector<int64_t>& extents) {
  int64_t product = 1;
  for (int64_t extent : extents) product *= extent;
  return product;
}

std::string Cell::Name() const {
  return absl::StrCat(names_op ? absl::StrCat(raptors::Name(op), "/") : "", raptors::Name(dtype), "/", shape, "/",
                      axis.empty() ? "" : absl::StrCat("axis:", axis, "/"), layout,
                      "/threads:", all_threads ? "all" : "1", "/simd:", simd);
}

std::string Cell::Title() const {
  return absl::StrCat(names_op ? absl::StrCat(raptors::Name(op), " ") : "", ShortName(dtype), " ", shape, " ",
                      axis.empty() ? "" : absl::StrCat("axis ", axis, " "), layout);
}

bool Cell::Streams() const {
  const int64_t elements = Info(op).kind == OpKind::kMap ? Product(out) : Product(inputs[0].extents);
  for (const OperandSpec& input : inputs) {
    // The transpose of the whole is read in the order of its memory by a reduction, which may choose.
    if (input.view != View::kC && !(input.view == View::kTransposed && Info(op).kind == OpKind::kReduce)) return false;
    const int64_t size = Product(input.extents);
    if (size != elements && size > elements / kSmallShare) return false;
  }
  return Info(op).kind != OpKind::kProduct;
}

int64_t Cell::Bytes() const {
  int64_t elements = in_place >= 0 ? 0 : Product(out);
  for (const OperandSpec& input : inputs) elements += Product(input.extents);
  return elements * ItemSize(dtype);
}

}  // namespace raptors::benchmarks
