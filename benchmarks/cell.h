// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A cell of a grid: one operation on operands of one shape and layout, with so many threads and a SIMD level.

#ifndef RAPTORS_BENCHMARKS_CELL_H_
#define RAPTORS_BENCHMARKS_CELL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {

// How an operand lies in the array that it is a view of.
enum class View : uint8_t {
  kC,            // it is that array, in C order
  kTransposed,   // a.T of a C order a
  kRowSlice,     // a[::2, :]
  kColumnSlice,  // a[:, ::2] (a[::2] for one axis)
};

struct OperandSpec {
  std::vector<int64_t> extents;  // of the view, before broadcasting
  View view = View::kC;
};

struct Cell {
  Op op = {};
  DType dtype = {};
  std::string shape;   // as the shapes are named
  std::string layout;  // "C", "row"
  std::string axis;    // of reductions: "none", "0", "1"
  bool names_op = true;

  std::vector<OperandSpec> inputs;
  std::vector<int64_t> out;  // extents of the result, C order
  int in_place = -1;         // the input that is the output
  std::vector<int> axes;     // that a reduction folds; none: all

  bool all_threads = false;
  std::string simd = "auto";  // "off", a level, or "auto"

  // "add/float32/1000x1000/C/threads:1/simd:auto"; without the operation where a benchmark has only one.
  std::string Name() const;
  // "add f32 1000x1000 C", for a table; threads and level are added by it.
  std::string Title() const;
  // Raptors chooses the level, so that the goals hold.
  bool Auto() const { return simd == "auto"; }

  // Reads and writes consecutive elements only, as the roofline's loops do, apart from operands that are so small that
  // they stay in a cache.
  bool Streams() const;
  // Bytes of all operands.
  int64_t Bytes() const;
};

int64_t Product(const std::vector<int64_t>& extents);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_CELL_H_
