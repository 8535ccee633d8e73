// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <initializer_list>
#include <optional>

#include "absl/strings/string_view.h"
#include "benchmarks/grid.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {
namespace {

bool OneOf(absl::string_view text, std::initializer_list<absl::string_view> all) {
  for (absl::string_view one : all) {
    if (text == one) return true;
  }
  return false;
}

// The input that an operation overwrites in place: x += y; y += alpha * x, as in BLAS; z += x * y.
int InPlaceInput(Op op) { return op == Op::kAxpy ? 1 : Info(op).inputs == 3 ? 2 : 0; }

constexpr const char* kLayouts[] = {"C", "transposed", "row-slice", "column-slice", "in-place"};

// nullopt: the layout needs two axes.
std::optional<Cell> MapCell(Op op, DType dtype, const Shape& shape, absl::string_view layout) {
  if (shape.extents.size() < 2 && OneOf(layout, {"transposed", "row-slice"})) return std::nullopt;
  Cell cell;
  cell.op = op;
  cell.dtype = dtype;
  cell.layout = std::string(layout);
  cell.out = shape.extents;
  const View view = layout == "row-slice" ? View::kRowSlice : layout == "column-slice" ? View::kColumnSlice : View::kC;
  cell.inputs.assign(static_cast<size_t>(Info(op).inputs), {shape.extents, view});
  if (layout == "transposed") cell.inputs.back().view = View::kTransposed;
  if (layout == "in-place") cell.in_place = InPlaceInput(op);
  return cell;
}

bool StreamsLayout(const Cell& cell) { return OneOf(cell.layout, {"C", "in-place"}); }

// Every shape and layout on one thread at "auto"; all threads for float32 and for the larger shapes of float64; every
// level for 64x64 and 1000x1000 of float32 in C order.
bool InScaleDefault(const Cell& cell) {
  const bool first_dtype = cell.dtype == kAllDTypes[0];
  if (!cell.Auto()) {
    return first_dtype && cell.layout == "C" && !cell.all_threads && OneOf(cell.shape, {"64x64", "1000x1000"});
  }
  if (!cell.all_threads) return true;
  return first_dtype ? cell.layout != "row-slice" : OneOf(cell.shape, {"1000x1000", "16Mi"}) && StreamsLayout(cell);
}

// add of float32 nearly as for scale; of the other operations and dtypes what differs from it.
bool InElementwiseDefault(const Cell& cell) {
  const bool add = cell.op == Op::kAdd, first_dtype = cell.dtype == kAllDTypes[0];
  if (!cell.Auto()) return add && first_dtype && cell.layout == "C" && !cell.all_threads && cell.shape == "1000x1000";
  if (cell.all_threads) {
    return add && first_dtype && OneOf(cell.shape, {"1000x1000", "16Mi"}) &&
           OneOf(cell.layout, {"C", "transposed", "in-place"});
  }
  if (add && first_dtype) return true;
  if (first_dtype) return cell.shape == "1000x1000" || (OneOf(cell.shape, {"1Ki", "2048x2048"}) && cell.layout == "C");
  const bool varied = OneOf(Name(cell.op), {"add", "multiply", "scale"});
  return varied && cell.shape == "1000x1000" && OneOf(cell.layout, {"C", "transposed"});
}

// Which of the other inputs' axes are stretched.
struct Stretch {
  const char* layout;
  size_t ndim;  // of the result; 0: any above 1
  std::vector<int64_t> (*extents)(const std::vector<int64_t>& out);
};
const Stretch kStretches[] = {
    {"row", 0, [](const std::vector<int64_t>& out) { return std::vector<int64_t>{out.back()}; }},
    {"column", 0,
     [](const std::vector<int64_t>& out) {
       std::vector<int64_t> extents = out;
       extents.back() = 1;
       return extents;
     }},
    {"scalar", 0, [](const std::vector<int64_t>&) { return std::vector<int64_t>{}; }},
    {"outer", 2, [](const std::vector<int64_t>& out) { return std::vector<int64_t>{1, out.back()}; }},
    {"plane", 3, [](const std::vector<int64_t>& out) { return std::vector<int64_t>{out[1], out[2]}; }},
    {"middle", 3, [](const std::vector<int64_t>& out) { return std::vector<int64_t>{out[0], 1, out[2]}; }},
};

bool InBroadcastDefault(const Cell& cell) {
  const bool add = cell.op == Op::kAdd, first_dtype = cell.dtype == kAllDTypes[0];
  if (!cell.Auto()) return add && first_dtype && !cell.all_threads && cell.shape == "1000x1000" && cell.layout == "row";
  const bool common = OneOf(cell.layout, {"row", "column"});
  if (cell.all_threads) return add && first_dtype && OneOf(cell.shape, {"1000x1000", "2048x2048"}) && common;
  if (add && first_dtype) return true;
  const bool usual = OneOf(cell.shape, {"1000x1000", "300000x3", "64x128x96"}) && common;
  return usual && (first_dtype ? OneOf(Name(cell.op), {"axpy", "mul_add", "multiply"}) : add);
}

std::vector<Cell> MapGrid(const GridOptions& options, const std::vector<Op>& ops, bool names_op,
                          bool (*in_default)(const Cell&)) {
  std::vector<Cell> cells;
  for (Op op : ops) {
    for (DType dtype : kAllDTypes) {
      // Integers: where they make a difference, and scale has a benchmark of its own in floats.
      if (!Info(op).Takes(dtype) || (!IsFloat(dtype) && (!names_op || op == Op::kSubtract))) continue;
      for (const Shape& shape : options.shapes) {
        for (const char* layout : kLayouts) {
          std::optional<Cell> cell = MapCell(op, dtype, shape, layout);
          if (!cell.has_value()) continue;
          cell->names_op = names_op;
          Expand(options, shape, *std::move(cell), in_default, &cells);
        }
      }
    }
  }
  return cells;
}

}  // namespace

std::vector<Cell> ScaleGrid(const GridOptions& options) {
  return MapGrid(options, {Op::kScale}, false, InScaleDefault);
}

std::vector<Cell> ElementwiseGrid(const GridOptions& options) {
  return MapGrid(options, {Op::kAdd, Op::kScale, Op::kSubtract, Op::kMultiply, Op::kAxpy, Op::kMulAdd, Op::kFma}, true,
                 InElementwiseDefault);
}

std::vector<Cell> BroadcastGrid(const GridOptions& options) {
  std::vector<Cell> cells;
  for (Op op : {Op::kAdd, Op::kMultiply, Op::kAxpy, Op::kMulAdd}) {
    for (DType dtype : kAllDTypes) {
      if (!Info(op).Takes(dtype)) continue;
      for (const Shape& shape : options.shapes) {
        for (const Stretch& stretch : kStretches) {
          if (stretch.ndim != 0 && stretch.ndim != shape.extents.size()) continue;
          Cell cell;
          cell.op = op;
          cell.dtype = dtype;
          cell.layout = stretch.layout;
          cell.out = shape.extents;
          cell.inputs.assign(static_cast<size_t>(Info(op).inputs), {stretch.extents(cell.out), View::kC});
          cell.inputs[0].extents = cell.out;
          if (cell.layout == "outer") cell.inputs[0].extents = {cell.out[0], 1};
          Expand(options, shape, std::move(cell), InBroadcastDefault, &cells);
        }
      }
    }
  }
  return cells;
}

}  // namespace raptors::benchmarks
