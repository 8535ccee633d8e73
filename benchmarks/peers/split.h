// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A peer's or a roofline loop's call as parts of equal size, one for each thread.

#ifndef RAPTORS_BENCHMARKS_PEERS_SPLIT_H_
#define RAPTORS_BENCHMARKS_PEERS_SPLIT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/peers/peer.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {

// The dtype of an operation's result.
constexpr DType ResultType(Op op, DType dtype) {
  if (op == Op::kSum && !IsFloat(dtype)) return DType::kInt64;
  if (op == Op::kMean && !IsFloat(dtype)) return DType::kFloat64;
  return dtype;
}

struct Parts {
  std::vector<PeerArgs> args;
  // Where the parts of a reduction are folded afterwards: their outputs, `width` elements each.
  std::vector<std::vector<char>> partial;
  int64_t width = 0;
};

// For so many threads, or fewer where there is not enough: by planes, else by rows, or by pieces of whole cache lines
// where there is one row.
std::shared_ptr<Parts> Split(const PeerArgs& args, Op op, DType dtype, int threads);
std::vector<PeerRoofArgs> Split(const PeerRoofArgs& args, PeerRoofOp op, int64_t item_size, int threads);

// Folds the parts' outputs into the output of the whole. Nothing to do for maps and products.
void Fold(const Parts& parts, const PeerArgs& whole, Op op, DType dtype);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_SPLIT_H_
