// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// ReduceArgs: the one argument of every reduction kernel.
//
// docs/reductions.md defines which result a reduction has, to the last bit; this header is how a plan tells a kernel
// which part of it to compute. Everything here is plain data: kernels know no Abseil, no std containers and no
// exceptions.

#ifndef RAPTORS_BASE_REDUCE_ARGS_H_
#define RAPTORS_BASE_REDUCE_ARGS_H_

#include <stdint.h>

#include "raptors/base/kernel_args.h"

namespace raptors {

// Elements of a sequence that are folded before the fold of blocks begins. Parts of a reduction (ReduceArgs::begin)
// start at multiples of it.
inline constexpr int64_t kSequenceBlock = 8192;

// Rows that each lane of a column reduction folds before the fold of blocks begins; see BlockRows().
inline constexpr int64_t kRowBlock = 128;

// Reduced axes that one call can have: as many as a view has axes.
inline constexpr int kMaxReduceAxes = 64;

// One reduced axis: its extent and the byte strides of the inputs along it.
struct ReduceAxis {
  int64_t extent;
  int64_t stride[2];
};

enum class ReduceForm : uint8_t {
  kSequences,  // the innermost axis is reduced: each output folds a sequence of elements
  kColumns,    // the innermost axis is kept: rows are folded, element by element, into one row
};

enum class ReduceStage : uint8_t {
  kWhole,    // inputs to finished results
  kPartial,  // a part [begin, end) of the inputs to accumulators
  kCombine,  // accumulators of equal parts, in order, to finished results
};

struct ReduceArgs {
  ReduceForm form;
  ReduceStage stage;
  // kColumns: how many lanes the rows of a block are dealt to; 0: rows are folded in groups. RowLanes() of the whole
  // kept row, even when this call does some of its columns.
  int lanes;
  // Where the first element of the inputs is (input 1: dot only). For kCombine input 0 is an array of accumulators.
  const char* in[2];
  // The reduced axes, outermost first: the last one runs fastest. For kCombine: one axis over the parts.
  const ReduceAxis* axes;
  int num_axes;
  // The part to fold: elements of the sequence or rows, counted through all axes. kWhole and kCombine: [0, size).
  int64_t begin;
  int64_t end;
  // The kept axis that the kernel owns; extent 1 when there is none. Output strides are in bytes; results are stored
  // one per kept element, finished values or, for kPartial, accumulators.
  int64_t kept;
  int64_t kept_stride[2];  // of the inputs
  char* out;
  int64_t out_stride;
  // mean: the number of elements in each result, in the accumulator's type for floats and as float64 for integers.
  // nrm2: the factor (a power of two) that elements are multiplied by before they are squared.
  KernelScalar scalar;
};

using ReduceKernel = void (*)(const ReduceArgs&);

// Lanes of a column reduction whose kept row has `row_bytes` bytes (extent of all trailing kept axes times the item
// size): so many that the accumulators of all columns fill at least 256 bytes; 0 from 32 bytes on.
constexpr int RowLanes(int64_t row_bytes) {
  if (row_bytes >= 32) return 0;
  int lanes = 1;
  while (lanes < 64 && lanes * row_bytes < 256) lanes *= 2;  // an empty row too has an end
  return lanes;
}

// The same for the rows of a column reduction with `lanes` lanes (0: rows are folded in groups).
constexpr int64_t BlockRows(int lanes) { return kRowBlock * (lanes == 0 ? 1 : lanes); }

}  // namespace raptors

#endif  // RAPTORS_BASE_REDUCE_ARGS_H_
