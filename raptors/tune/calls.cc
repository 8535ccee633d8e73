// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/tune/calls.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "raptors/array/view.h"
#include "raptors/base/scalar.h"
#include "raptors/base/status.h"
#include "raptors/ops/call_options.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/linalg.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"

namespace raptors::tune {
namespace {

// Elements in a row of a matrix with gaps, about, and in the gap behind it.
constexpr int64_t kRow = 1000;
constexpr int64_t kGap = 16;
// Rows come in multiples of this many, so that threads get equal shares of them.
constexpr int64_t kRows = 16;
// Of a narrow matrix; each row is followed by a gap of one.
constexpr int64_t kNarrow = 3;

// The shape of a matrix of about n elements, and how many elements its rows are apart.
struct Extents {
  int64_t rows;
  int64_t columns;
  int64_t step;
};

Extents ExtentsOf(Layout layout, int64_t n) {
  switch (layout) {
    case Layout::kRows:
    case Layout::kColumns: {
      const int64_t rows = kRows * std::max<int64_t>(1, (n / kRow + kRows / 2) / kRows);
      const int64_t columns = std::max<int64_t>(16, n / rows);
      return {rows, columns, columns + kGap};
    }
    case Layout::kTransposed: {
      int64_t edge = std::max<int64_t>(12, static_cast<int64_t>(std::sqrt(static_cast<double>(n))));
      if (edge % 64 == 0) edge += 8;
      return {edge, edge, edge};
    }
    case Layout::kNarrow:
      return {std::max<int64_t>(9, n / kNarrow), kNarrow, kNarrow + 1};
    case Layout::kContiguous:
    case Layout::kStrided:
      break;
  }
  return {1, std::max<int64_t>(1, n), std::max<int64_t>(1, n)};
}

// Views of one call's operands.
class Operands {
 public:
  Operands(DType dtype, const Recipe& recipe, int64_t elements, Buffers& buffers)
      : dtype_(dtype), recipe_(recipe), extents_(ExtentsOf(recipe.layout, elements)), buffers_(buffers) {}

  bool vector() const { return recipe_.layout == Layout::kContiguous || recipe_.layout == Layout::kStrided; }
  int64_t elements() const { return extents_.rows * extents_.columns; }
  const Extents& extents() const { return extents_; }

  // Input k of `count`. Of transposed calls the last one is.
  absl::StatusOr<ArrayView> Input(int k, int count) const {
    const int64_t item = ItemSize(dtype_);
    const int64_t step = extents_.step * item;
    if (vector()) {
      return ArrayView::Create(dtype_, buffers_.operand(k), {extents_.columns},
                               {recipe_.layout == Layout::kStrided ? 2 * item : item});
    }
    const bool transposed = recipe_.layout == Layout::kTransposed && k == count;
    return ArrayView::Create(dtype_, buffers_.operand(k), {extents_.rows, extents_.columns},
                             {transposed ? item : step, transposed ? step : item});
  }
  // The output of a map.
  absl::StatusOr<MutableArrayView> Output(int inputs) const {
    const int64_t item = ItemSize(dtype_);
    char* const data = buffers_.operand(recipe_.in_place ? inputs : 0);
    if (vector()) {
      const bool strided = recipe_.layout == Layout::kStrided && recipe_.in_place;
      return MutableArrayView::Create(dtype_, data, {extents_.columns}, {strided ? 2 * item : item});
    }
    return MutableArrayView::Create(dtype_, data, {extents_.rows, extents_.columns}, {extents_.step * item, item});
  }

 private:
  DType dtype_;
  Recipe recipe_;
  Extents extents_;
  Buffers& buffers_;
};

absl::Status NoSuchRecipe(Op op, const Recipe& recipe) {
  return ArgumentError("recipe", absl::StrCat(Name(recipe.layout), " along axis ", recipe.axis),
                       absl::StrCat("one of those of ", Name(op)));
}

// f(inputs..., scalars..., out), with BLAS's order where there is a scalar and more than one input: f(alpha, x, y,
// out).
template <int kInputs, int kScalars, typename F>
absl::StatusOr<Call> MakeMap(F f, DType dtype, const Operands& operands) {
  const absl::StatusOr<ArrayView> x = operands.Input(1, kInputs);
  const absl::StatusOr<ArrayView> y = operands.Input(std::min(2, kInputs), kInputs);
  const absl::StatusOr<ArrayView> z = operands.Input(kInputs, kInputs);
  const absl::StatusOr<MutableArrayView> out = operands.Output(kInputs);
  for (const absl::Status& status : {x.status(), y.status(), z.status(), out.status()}) {
    if (!status.ok()) return status;
  }
  Call call;
  call.elements = call.outputs = out->size();
  call.result = {static_cast<const char*>(out->data()),
                 static_cast<size_t>(out->shape(0) * std::max(out->stride(0), ItemSize(dtype)))};
  // Multiplied by -1, or with a scalar too small to change a sum, values stay as large as they are.
  [[maybe_unused]] const Scalar scalar = kInputs == 1 ? Scalar(-1) : IsFloat(dtype) ? Scalar(1e-30) : Scalar(1);
  static_assert(kScalars <= 1 && kInputs >= 1 && kInputs <= 3, "add the new signature here");
  if constexpr (kScalars == 1 && kInputs == 1) {
    call.run = [f, x = *x, out = *out, scalar] { return f(x, scalar, out); };
  } else if constexpr (kScalars == 1) {
    static_assert(kInputs == 2, "add the new signature here");
    call.run = [f, x = *x, y = *y, out = *out, scalar] { return f(scalar, x, y, out); };
  } else if constexpr (kInputs == 1) {
    call.run = [f, x = *x, out = *out] { return f(x, out); };
  } else if constexpr (kInputs == 2) {
    call.run = [f, x = *x, y = *y, out = *out] { return f(x, y, out); };
  } else {
    call.run = [f, x = *x, y = *y, z = *z, out = *out] { return f(x, y, z, out); };
  }
  return call;
}

template <typename F>
constexpr bool kAlongAxes = std::is_invocable_v<F, const ArrayView&, const MutableArrayView&, const ReduceOptions&>;

// The dtype of a result: sums of integers are int64, means of them float64.
DType ResultOf(Op op, DType dtype) {
  if (IsFloat(dtype)) return dtype;
  return op == Op::kMean ? DType::kFloat64 : op == Op::kSum ? DType::kInt64 : dtype;
}

template <int kInputs, typename F>
absl::StatusOr<Call> MakeReduction(Op op, F f, DType dtype, const Recipe& recipe, const Operands& operands,
                                   Buffers& buffers) {
  const absl::StatusOr<ArrayView> x = operands.Input(1, kInputs);
  if (!x.ok()) return x.status();
  Call call;
  call.elements = x->size();
  if constexpr (kAlongAxes<F>) {
    ReduceOptions options;
    std::vector<int64_t> shape;
    if (recipe.axis != Recipe::kAll) {
      options.axes = Axes(recipe.axis);
      shape = {x->shape(1 - recipe.axis)};
    }
    const DType result = ResultOf(op, dtype);
    const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(result, buffers.operand(0), shape);
    if (!out.ok()) return out.status();
    call.outputs = out->size();
    call.result = {buffers.operand(0), static_cast<size_t>(out->size() * ItemSize(result))};
    call.run = [f, x = *x, out = *out, options] { return f(x, out, options); };
  } else if constexpr (kInputs == 1) {
    call.run = [f, x = *x] { return f(x).status(); };
  } else {
    const absl::StatusOr<ArrayView> y = operands.Input(2, kInputs);
    if (!y.ok()) return y.status();
    call.run = [f, x = *x, y = *y] { return f(x, y).status(); };
  }
  return call;
}

// Two square matrices, of which the second has the layout, or for the narrow layout one and a vector. `n`
// multiplications.
template <typename F>
absl::StatusOr<Call> MakeProduct(F f, DType dtype, const Recipe& recipe, int64_t n, Buffers& buffers) {
  const bool vector = recipe.layout == Layout::kNarrow;
  const double root = vector ? std::sqrt(static_cast<double>(n)) : std::cbrt(static_cast<double>(n));
  const int64_t edge = std::max<int64_t>(2, std::lround(root));
  const int64_t item = ItemSize(dtype);
  std::vector<int64_t> matrix = {edge, edge}, last = {edge}, strides = {item};
  if (!vector) last = matrix;
  switch (recipe.layout) {
    case Layout::kRows:
      strides = {(edge + kGap) * item, item};
      break;
    case Layout::kTransposed:
      strides = {item, edge * item};
      break;
    case Layout::kStrided:
      strides = {2 * edge * item, 2 * item};
      break;
    default:
      if (!vector) strides = {edge * item, item};
      break;
  }
  const absl::StatusOr<ArrayView> a = ArrayView::Create(dtype, buffers.operand(1), matrix);
  const absl::StatusOr<ArrayView> b = ArrayView::Create(dtype, buffers.operand(2), last, strides);
  const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(dtype, buffers.operand(0), last);
  for (const absl::Status& status : {a.status(), b.status(), out.status()}) {
    if (!status.ok()) return status;
  }
  Call call;
  call.outputs = out->size();
  call.inner = edge;
  call.elements = call.outputs * edge;
  call.result = {buffers.operand(0), static_cast<size_t>(out->size() * ItemSize(dtype))};
  call.run = [f, a = *a, b = *b, out = *out] { return f(a, b, out); };
  return call;
}

// The public function of an operation as an object that says by SFINAE what it can be called with.
#define RAPTORS_TUNE_FUNCTION(functor) \
  [](const auto&... args) -> decltype(::raptors::functor(args...)) { return ::raptors::functor(args...); }

bool AlongAxes(Op op) {
  switch (op) {
#define RAPTORS_X(id, functor, ...)                \
  case Op::id: {                                   \
    const auto f = RAPTORS_TUNE_FUNCTION(functor); \
    return kAlongAxes<decltype(f)>;                \
  }
    RAPTORS_REDUCE_OPS(RAPTORS_X)
#undef RAPTORS_X
    default:
      return false;
  }
}

bool Knows(Op op, const Recipe& recipe) {
  for (const Recipe& known : RecipesOf(op)) {
    if (known.layout == recipe.layout && known.axis == recipe.axis && known.in_place == recipe.in_place) return true;
  }
  return false;
}

}  // namespace

std::vector<Recipe> RecipesOf(Op op) {
  std::vector<Recipe> recipes;
  switch (Info(op).kind) {
    case OpKind::kMap:
      for (const bool in_place : {false, true}) {
        if (in_place && Info(op).scalars == 0) break;
        for (const Layout layout :
             {Layout::kContiguous, Layout::kRows, Layout::kStrided, Layout::kTransposed, Layout::kNarrow}) {
          if (in_place && layout == Layout::kTransposed) continue;  // the input would not be the output
          recipes.push_back({layout, Recipe::kAll, in_place});
        }
      }
      break;
    case OpKind::kReduce:
      recipes = {{Layout::kContiguous}, {Layout::kStrided}};
      if (!AlongAxes(op)) break;
      recipes.push_back({Layout::kRows, 1});
      recipes.push_back({Layout::kColumns, 0});
      recipes.push_back({Layout::kNarrow, 0});
      recipes.push_back({Layout::kNarrow, 1});
      break;
    case OpKind::kProduct:
      recipes = {{Layout::kContiguous}, {Layout::kRows}, {Layout::kTransposed}, {Layout::kStrided}, {Layout::kNarrow}};
      break;
  }
  return recipes;
}

int64_t BufferBytes(int64_t elements, int64_t item_size) {
  // Every other element of a strided vector; every other one of the smallest matrices with gaps.
  return (2 * elements + 4096) * item_size;
}

absl::StatusOr<Buffers> Buffers::Create(int64_t bytes_each) {
  Buffers buffers;
  buffers.bytes_each_ = bytes_each;
  for (Array& array : buffers.arrays_) {
    absl::StatusOr<Array> memory = Array::Create(
        DType::kFloat32, {(bytes_each + kMaxOperands * kStagger) / static_cast<int64_t>(sizeof(float)) + 1});
    if (!memory.ok()) return memory.status();
    // As float64 that is 0.0078, as integers large numbers, which wrap around.
    std::fill_n(memory->data<float>(), memory->size(), 1.0f);
    array = *std::move(memory);
  }
  return buffers;
}

absl::StatusOr<Call> MakeCall(Op op, DType dtype, const Recipe& recipe, int64_t elements, Buffers& buffers) {
  if (!Knows(op, recipe)) return NoSuchRecipe(op, recipe);
  const int64_t most = (buffers.bytes_each() / ItemSize(dtype) - 4096) / 2;
  elements = std::clamp<int64_t>(elements, 1, std::max<int64_t>(1, most));
  const Operands operands(dtype, recipe, elements, buffers);
  absl::StatusOr<Call> call = NoSuchRecipe(op, recipe);
  policy::CallShape shape;
  shape.op = op;
  shape.dtype = dtype;
  switch (op) {
#define RAPTORS_X(id, functor, name, kind, inputs, scalars, dtypes)                   \
  case Op::id:                                                                        \
    call = MakeMap<inputs, scalars>(RAPTORS_TUNE_FUNCTION(functor), dtype, operands); \
    break;
    RAPTORS_MAP_OPS(RAPTORS_X)
#undef RAPTORS_X
#define RAPTORS_X(id, functor, name, kind, inputs, scalars, dtypes)                                         \
  case Op::id:                                                                                              \
    call = MakeReduction<inputs>(Op::id, RAPTORS_TUNE_FUNCTION(functor), dtype, recipe, operands, buffers); \
    break;
    RAPTORS_REDUCE_OPS(RAPTORS_X)
#undef RAPTORS_X
#define RAPTORS_X(id, functor, ...)                                                       \
  case Op::id:                                                                            \
    call = MakeProduct(RAPTORS_TUNE_FUNCTION(functor), dtype, recipe, elements, buffers); \
    break;
    RAPTORS_PRODUCT_OPS(RAPTORS_X)
#undef RAPTORS_X
  }
  if (!call.ok()) return call;
  shape.elements = Info(op).kind == OpKind::kProduct ? call->outputs : call->elements;
  shape.outputs = call->outputs;
  shape.inner = call->inner;
  call->bytes_moved = policy::BytesMoved(shape);
  return call;
}

}  // namespace raptors::tune
