// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The grids of reductions and of matrix products.

#include <initializer_list>

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

struct Axis {
  const char* name;
  std::vector<int> axes;
};
const Axis kAxes[] = {{"none", {}}, {"0", {0}}, {"1", {1}}};

struct ViewName {
  const char* name;
  View view;
};
constexpr ViewName kViews[] = {{"C", View::kC},
                               {"transposed", View::kTransposed},
                               {"row-slice", View::kRowSlice},
                               {"column-slice", View::kColumnSlice}};

bool OfVectors(Op op) { return op == Op::kDot || op == Op::kNrm2 || op == Op::kAsum; }

bool InReductionDefault(const Cell& cell) {
  const bool sum = cell.op == Op::kSum, first_dtype = cell.dtype == kAllDTypes[0], c = cell.layout == "C";
  if (!cell.Auto()) return sum && first_dtype && c && !cell.all_threads && cell.shape == "1000x1000";
  if (cell.all_threads) return sum && first_dtype && c && OneOf(cell.shape, {"1000x1000", "300000x3", "16Mi"});
  if (OfVectors(cell.op)) return c && OneOf(cell.shape, {"1Ki", "1e6"});
  if (sum && first_dtype) return c || cell.shape == "1000x1000";
  if (!c) return false;
  return first_dtype ? OneOf(cell.shape, {"1000x1000", "300000x3"})
                     : cell.shape == "1000x1000" && OneOf(Name(cell.op), {"sum", "max"});
}

Cell ReductionCell(Op op, DType dtype, const Shape& shape, const Axis& axis, const ViewName& view) {
  Cell cell;
  cell.op = op;
  cell.dtype = dtype;
  cell.layout = view.name;
  if (!OfVectors(op)) cell.axis = axis.name;
  cell.inputs.assign(static_cast<size_t>(Info(op).inputs), {shape.extents, view.view});
  cell.axes = axis.axes;
  if (!axis.axes.empty()) {
    cell.out = shape.extents;
    cell.out.erase(cell.out.begin() + axis.axes[0]);
  }
  return cell;
}

constexpr const char* kProductLayouts[] = {"NN", "NT", "TN", "TT"};

bool InMatmulDefault(const Cell& cell) {
  const bool first_dtype = cell.dtype == kAllDTypes[0];
  if (!cell.Auto()) return false;
  if (cell.all_threads)
    return cell.layout == "NN" && OneOf(cell.shape, {"64", "256", "1000", "1024", "2048", "4096x64x64"});
  if (cell.layout != "NN") return first_dtype && OneOf(cell.shape, {"64", "1000", "150x400x600"});
  return first_dtype || OneOf(cell.shape, {"16", "64", "256", "1000", "1024"});
}

}  // namespace

std::vector<Cell> ReductionGrid(const GridOptions& options) {
  std::vector<Cell> cells;
  for (Op op : {Op::kSum, Op::kMean, Op::kMin, Op::kMax, Op::kDot, Op::kNrm2, Op::kAsum}) {
    for (DType dtype : kAllDTypes) {
      if (!Info(op).Takes(dtype)) continue;
      for (const Shape& shape : options.shapes) {
        const bool vector = shape.extents.size() == 1;
        if (OfVectors(op) && !vector) continue;
        for (const Axis& axis : kAxes) {
          if (vector && !axis.axes.empty()) continue;
          for (const ViewName& view : kViews) {
            if (vector && (view.view == View::kTransposed || view.view == View::kRowSlice)) continue;
            Expand(options, shape, ReductionCell(op, dtype, shape, axis, view), InReductionDefault, &cells);
          }
        }
      }
    }
  }
  return cells;
}

std::vector<Cell> MatmulGrid(const GridOptions& options) {
  std::vector<Cell> cells;
  for (DType dtype : kFloatDTypes) {
    for (const Shape& shape : options.shapes) {
      const int64_t m = shape.extents[0], k = shape.extents[1], n = shape.extents[2];
      for (absl::string_view layout : kProductLayouts) {
        Cell cell;
        cell.op = Op::kMatmul;
        cell.dtype = dtype;
        cell.layout = std::string(layout);
        cell.names_op = false;
        cell.out = {m, n};
        cell.inputs = {{{m, k}, layout[0] == 'T' ? View::kTransposed : View::kC},
                       {{k, n}, layout[1] == 'T' ? View::kTransposed : View::kC}};
        std::vector<Cell> expanded;
        Expand(options, shape, std::move(cell), InMatmulDefault, &expanded);
        // Levels are the BLAS library's own; without a BLAS, those of the build.
        for (Cell& one : expanded) {
          if (one.Auto()) cells.push_back(std::move(one));
        }
      }
    }
  }
  return cells;
}

}  // namespace raptors::benchmarks
