// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "raptors/parallel/pool.h"

namespace raptors::benchmarks {
namespace {

constexpr int64_t kLineBytes = 64;

// Pieces of [0, n) in whole cache lines of elements, at most `threads`, none empty.
std::vector<parallel::Range> Pieces(int64_t n, int64_t item_size, int threads) {
  const int64_t line = kLineBytes / item_size;
  const int64_t size = std::max(line, (n + threads - 1) / threads / line * line + line);
  std::vector<parallel::Range> pieces;
  for (int64_t begin = 0; begin < n; begin += size) pieces.push_back({begin, std::min(begin + size, n)});
  return pieces;
}

// An operand that a loop does not have stays null.
const char* Plus(const void* p, int64_t bytes) { return p == nullptr ? nullptr : static_cast<const char*>(p) + bytes; }
char* Plus(void* p, int64_t bytes) { return p == nullptr ? nullptr : static_cast<char*>(p) + bytes; }

// The axis to cut: planes of maps and the first axis that has more than one element.
PeerAxis AxisOf(const PeerArgs& args, Op op) {
  if (Info(op).kind != OpKind::kProduct && args.extent[kPlanes] > 1) return kPlanes;
  return args.extent[kRows] > 1 ? kRows : kCols;
}

template <typename T>
T FoldTwo(Op op, T a, T b) {
  if (op == Op::kMin) return std::min(a, b);
  if (op == Op::kMax) return std::max(a, b);
  if (op == Op::kNrm2) return static_cast<T>(std::hypot(a, b));
  return a + b;
}

template <typename T>
void FoldAll(const Parts& parts, const PeerArgs& whole, Op op) {
  T* out = static_cast<T*>(whole.ptr[0]);
  const int64_t step = whole.stride[0][kCols];
  for (int64_t j = 0; j < parts.width; ++j) {
    T value = reinterpret_cast<const T*>(parts.partial[0].data())[j];
    for (size_t k = 1; k < parts.partial.size(); ++k) {
      value = FoldTwo(op, value, reinterpret_cast<const T*>(parts.partial[k].data())[j]);
    }
    out[j * step] = value;
  }
}

}  // namespace

std::shared_ptr<Parts> Split(const PeerArgs& args, Op op, DType dtype, int threads) {
  auto parts = std::make_shared<Parts>();
  const PeerAxis axis = AxisOf(args, op);
  const int64_t extent = args.extent[axis];
  std::vector<parallel::Range> ranges;
  if (axis == kCols) {
    ranges = Pieces(extent, ItemSize(dtype), threads);
  } else {
    const int count = static_cast<int>(std::min<int64_t>(threads, extent));
    for (int k = 0; k < count; ++k) ranges.push_back(parallel::Partition(extent, count, k));
  }
  const bool folds = Info(op).kind == OpKind::kReduce && args.stride[0][axis] == 0 && ranges.size() > 1;
  const int64_t out_item = ItemSize(ResultType(op, dtype));
  parts->width = folds && args.stride[0][kCols] != 0 ? args.extent[kCols] : 1;
  for (const parallel::Range& range : ranges) {
    PeerArgs part = args;
    part.extent[axis] = range.end - range.begin;
    for (int k = 0; k < kPeerOperands; ++k) {
      const int64_t item = k == 0 ? out_item : ItemSize(dtype);
      part.ptr[k] = Plus(args.ptr[k], range.begin * args.stride[k][axis] * item);
    }
    if (folds) {
      parts->partial.emplace_back(static_cast<size_t>(parts->width * out_item + kLineBytes));
      part.ptr[0] = parts->partial.back().data();
      part.stride[0][kCols] = args.stride[0][kCols] != 0 ? 1 : 0;
    }
    parts->args.push_back(part);
  }
  return parts;
}

void Fold(const Parts& parts, const PeerArgs& whole, Op op, DType dtype) {
  if (parts.partial.empty()) return;
  switch (ResultType(op, dtype)) {
#define RAPTORS_X(id, type, name)    \
  case DType::id:                    \
    FoldAll<type>(parts, whole, op); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
}

std::vector<PeerRoofArgs> Split(const PeerRoofArgs& args, PeerRoofOp op, int64_t item_size, int threads) {
  if (op == kRoofFma) return std::vector<PeerRoofArgs>(static_cast<size_t>(threads), args);
  if (CountsWords(op)) item_size = sizeof(uint64_t);
  std::vector<PeerRoofArgs> parts;
  for (const parallel::Range& range : Pieces(args.n, item_size, threads)) {
    PeerRoofArgs part = args;
    part.n = range.end - range.begin;
    part.a = Plus(args.a, range.begin * item_size);
    part.b = Plus(args.b, range.begin * item_size);
    part.c = Plus(args.c, range.begin * item_size);
    part.out = Plus(args.out, range.begin * item_size);
    parts.push_back(part);
  }
  return parts;
}

}  // namespace raptors::benchmarks
