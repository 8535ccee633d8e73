// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/reduce_cut.h"

namespace raptors {
namespace {

// Bytes of output that no two threads should share: a cache line.
constexpr int64_t kLine = 64;

// Bytes of a row below which columns are not cut: eight cache lines, so that the hardware's prefetch of neighbouring
// lines still serves the thread that caused it.
constexpr int64_t kRowPiece = 8 * kLine;

// Bytes of a row below which memory is read faster by whole rows. Two threads on halves of the columns took 264 us for
// a sum over axis 0 of 2048x2048 float32 where one took 179, and on parts of the rows 119.
constexpr int64_t kLongRowPiece = 16384;

// Units by outputs that one thread needs at least, so that an uneven share costs at most a quarter of it.
constexpr int64_t kUnitsPerThread = 4;

// Threads up to which parts are preferred to short pieces of rows: one thread combines the parts of all.
constexpr int kFewThreads = 8;

// Whether so many blocks are even shares, or so many that an uneven one does not matter.
bool AreShares(int64_t blocks, int threads) {
  return blocks >= kUnitsPerThread * threads || (blocks >= 2 * threads && blocks % threads == 0);
}

constexpr int64_t CeilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

// a * b, or the largest value where that does not fit.
int64_t Multiply(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

// The fewest outputs that a cut of the kernel's kept axis leaves together.
int64_t SmallestPiece(const ReduceNest& nest, const ReduceArgs& args) {
  const int64_t line = std::max<int64_t>(kLine / nest.out_item_size(), 1);
  if (args.form == ReduceForm::kSequences) return nest.folded() >= kSequenceBlock ? 1 : line;
  return args.kept_stride[0] == nest.item_size() ? kRowPiece / nest.item_size() : line;
}

}  // namespace

ReduceCut::ReduceCut(const ReduceNest& nest, int threads, int64_t unit_elements) : nest_(&nest) {
  const ReduceArgs args = nest.Args(0);
  const int64_t folded = nest.folded();
  const int64_t block = args.form == ReduceForm::kSequences ? kSequenceBlock : BlockRows(args.lanes);
  const int64_t blocks = CeilDiv(folded, block);
  kept_ = args.kept;
  piece_ = kept_;
  unit_steps_ = 1;
  parts_ = 1;
  part_folded_ = folded;

  const int64_t smallest = SmallestPiece(nest, args);
  const int64_t pieces = Multiply(nest.steps(), CeilDiv(kept_, smallest));
  const bool short_rows = args.form == ReduceForm::kColumns && threads <= kFewThreads && AreShares(blocks, threads) &&
                          Multiply(kept_, nest.item_size()) < kUnitsPerThread * threads * kLongRowPiece &&
                          nest.steps() < kUnitsPerThread * threads;
  if (blocks > 1 && (short_rows || pieces < kUnitsPerThread * threads)) {
    // 2^k blocks a part, k as large as the unit allows.
    const int64_t block_elements = Multiply(block, kept_);
    int64_t part_blocks = 1;
    while (2 * part_blocks < blocks && Multiply(2 * part_blocks, block_elements) <= unit_elements) part_blocks *= 2;
    part_folded_ = part_blocks * block;
    parts_ = CeilDiv(folded, part_folded_);
    units_ = nest.steps() * parts_;
    return;
  }
  const int64_t outputs = std::max<int64_t>(unit_elements / folded, 1);
  if (outputs < kept_) {
    piece_ = std::min(CeilDiv(outputs, smallest) * smallest, kept_);
    if (piece_ < kept_) {
      units_ = nest.steps() * CeilDiv(kept_, piece_);
      return;
    }
  }
  unit_steps_ = std::max<int64_t>(outputs / kept_, 1);
  units_ = CeilDiv(nest.steps(), unit_steps_);
}

ReduceArgs ReduceCut::Piece(int64_t unit) const {
  const int64_t pieces = CeilDiv(kept_, piece_);
  ReduceArgs args = nest_->Args(unit / pieces);
  const int64_t first = unit % pieces * piece_;
  for (int k = 0; k < nest_->inputs(); ++k) args.in[k] += first * args.kept_stride[k];
  args.out += first * args.out_stride;
  args.kept = std::min(piece_, kept_ - first);
  return args;
}

ReduceArgs ReduceCut::Part(int64_t unit, char* scratch, int64_t accumulator_bytes) const {
  ReduceArgs args = nest_->Args(unit / parts_);
  args.stage = ReduceStage::kPartial;
  args.begin = unit % parts_ * part_folded_;
  args.end = std::min(args.begin + part_folded_, nest_->folded());
  args.out = scratch + unit * kept_ * accumulator_bytes;
  args.out_stride = accumulator_bytes;
  return args;
}

}  // namespace raptors
