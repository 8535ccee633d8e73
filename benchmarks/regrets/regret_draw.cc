// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/regrets/regret_draw.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raptors::benchmarks {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): the standard library's distributions differ between its implementations.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // In [0, n).
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }
  // In [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  // Evenly spread over the logarithm.
  int64_t LogUniform(double low, double high) {
    return std::max<int64_t>(1, std::llround(low * std::exp(Uniform() * std::log(std::max(1.0, high / low)))));
  }

 private:
  uint64_t state_;
};

// One to three extents whose product is about `elements`.
std::vector<int64_t> DrawExtents(Random& random, int64_t elements) {
  const int kind = random.Below(10);
  const double n = static_cast<double>(elements);
  if (kind < 2) return {elements};
  if (kind == 2) {
    const int64_t narrow = 2 + random.Below(4);
    return {std::max<int64_t>(1, elements / narrow), narrow};
  }
  const int64_t cols = random.LogUniform(std::min(4.0, n), std::max(4.0, n / 4));
  const int64_t rest = std::max<int64_t>(1, elements / cols);
  if (kind < 8) return {rest, cols};
  const int64_t planes = random.LogUniform(1, std::sqrt(static_cast<double>(rest)));
  return {planes, std::max<int64_t>(1, rest / planes), cols};
}

void DrawMap(Random& random, std::vector<int64_t> extents, Cell* cell) {
  static constexpr const char* kLayouts[] = {
      "C", "C", "C", "in-place", "transposed", "row-slice", "column-slice", "row", "column", "scalar"};
  cell->layout = kLayouts[random.Below(10)];
  if (extents.size() < 2 && cell->layout != "in-place" && cell->layout != "column-slice" && cell->layout != "scalar") {
    cell->layout = "C";
  }
  cell->out = extents;
  const View view = cell->layout == "row-slice"      ? View::kRowSlice
                    : cell->layout == "column-slice" ? View::kColumnSlice
                                                     : View::kC;
  const int inputs = Info(cell->op).inputs;
  cell->inputs.assign(static_cast<size_t>(inputs), {extents, view});
  OperandSpec& last = cell->inputs.back();
  if (cell->layout == "transposed") last.view = View::kTransposed;
  if (cell->layout == "in-place") cell->in_place = random.Below(inputs);
  if (inputs == 1) return;
  if (cell->layout == "row") last.extents = {extents.back()};
  if (cell->layout == "column") last.extents.back() = 1;
  if (cell->layout == "scalar") last.extents.clear();
}

void DrawReduction(Random& random, std::vector<int64_t> extents, Cell* cell) {
  if (cell->op == Op::kDot || cell->op == Op::kNrm2 || cell->op == Op::kAsum) extents = {Product(extents)};
  const View views[] = {View::kC, View::kC, View::kC, View::kTransposed, View::kRowSlice, View::kColumnSlice};
  static constexpr const char* kNames[] = {"C", "C", "C", "transposed", "row-slice", "column-slice"};
  const int view = random.Below(extents.size() == 1 ? 3 : 6);
  cell->layout = kNames[view];
  cell->inputs.assign(static_cast<size_t>(Info(cell->op).inputs), {extents, views[view]});
  cell->axis = "none";
  const int axis = extents.size() == 1 ? -1 : random.Below(static_cast<int>(extents.size()) + 1) - 1;
  if (axis < 0) return;
  cell->axis = absl::StrCat(axis);
  cell->axes = {axis};
  cell->out = extents;
  cell->out.erase(cell->out.begin() + axis);
}

void DrawProduct(Random& random, int64_t elements, Cell* cell) {
  // As much work as a few passes over so many elements: m * n * k is about elements * 16.
  const double side = std::cbrt(static_cast<double>(elements) * 16);
  const int64_t m = random.LogUniform(1 + side / 4, 1 + side * 4);
  const int64_t n = random.LogUniform(1 + side / 4, 1 + side * 4);
  const int64_t k = std::max<int64_t>(1, elements * 16 / (m * n));
  const bool a = random.Below(3) == 0, b = random.Below(3) == 0;
  cell->layout = absl::StrCat(a ? "T" : "N", b ? "T" : "N");
  cell->out = {m, n};
  cell->inputs = {{{m, k}, a ? View::kTransposed : View::kC}, {{k, n}, b ? View::kTransposed : View::kC}};
}

}  // namespace

std::vector<Cell> DrawCells(uint64_t seed, int count, const DrawLimits& limits) {
  Random random(seed);
  std::vector<Cell> cells;
  while (static_cast<int>(cells.size()) < count) {
    Cell cell;
    cell.op = kOpInfos[random.Below(kNumOps)].op;
    cell.dtype = kAllDTypes[random.Below(kNumDTypes)];
    if (!Info(cell.op).Takes(cell.dtype)) continue;
    cell.all_threads = true;
    const int64_t elements =
        random.LogUniform(static_cast<double>(limits.smallest_elements), static_cast<double>(limits.largest_elements));
    switch (Info(cell.op).kind) {
      case OpKind::kMap:
        DrawMap(random, DrawExtents(random, elements), &cell);
        break;
      case OpKind::kReduce:
        DrawReduction(random, DrawExtents(random, elements), &cell);
        break;
      case OpKind::kProduct:
        DrawProduct(random, elements, &cell);
        break;
    }
    const std::vector<int64_t>& shown = Info(cell.op).kind == OpKind::kReduce ? cell.inputs[0].extents : cell.out;
    cell.shape = absl::StrJoin(shown, "x");
    if (Info(cell.op).kind == OpKind::kProduct) absl::StrAppend(&cell.shape, ".", cell.inputs[0].extents[1]);
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace raptors::benchmarks
