// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/ops/reduce_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "raptors/array/allocator.h"
#include "raptors/array/copy.h"
#include "raptors/array/overlap.h"
#include "raptors/array/reduce_cut.h"
#include "raptors/array/reduce_nest.h"
#include "raptors/array/reduced_axes.h"
#include "raptors/array/shape.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/reduce_args.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/decisions.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/blas_reduce.h"
#include "raptors/ops/call_limits.h"
#include "raptors/ops/pool_events.h"
#include "raptors/parallel/pool.h"
#include "raptors/policy/policy.h"

namespace raptors::internal {
namespace {

// One reduction, validated.
struct Call {
  Op op;
  const ArrayView* x;
  const ArrayView* y;  // dot's second input, else nullptr
  uint64_t reduced;    // bit k: axis k of x
  CallOptions options;
};

// ---- 1 validate

// Errors are made out of line, so that the hot path holds no texts.
ABSL_ATTRIBUTE_NOINLINE absl::Status DTypeError(const char* argument, DType got, DType expected, const char* why) {
  return ArgumentError(argument, Name(got), absl::StrCat(Name(expected), ", the dtype of ", why));
}

absl::StatusOr<uint64_t> Resolve(const Axes& axes, int ndim) {
  if (axes.all()) return AllAxes(ndim);
  return ResolveAxes(axes.numbers(), ndim, "options.axes");
}

ABSL_ATTRIBUTE_NOINLINE absl::Status OutError(Op op, const ArrayView& x, uint64_t reduced, bool keepdims,
                                              const MutableArrayView& out) {
  if (out.dtype() != ResultDType(op, x.dtype())) {
    return DTypeError("out.dtype", out.dtype(), ResultDType(op, x.dtype()), "the result");
  }
  return ArgumentError(
      "out.shape", FormatTuple(out.shape()),
      absl::StrCat(FormatTuple(ReducedShape(x.shape(), reduced, keepdims)), ", the shape of the result"));
}

ABSL_ATTRIBUTE_NOINLINE absl::Status EmptyError(Op op, const ArrayView& x) {
  return ArgumentError("x.shape", FormatTuple(x.shape()),
                       absl::StrCat("an element for each result, because the ", Name(op), " of nothing has no value"));
}

// What does not depend on the output.
absl::Status ValidateCall(const Call& call) {
  RAPTORS_RETURN_IF_ERROR(CheckOptions(call.options));
  if ((call.op != Op::kMin && call.op != Op::kMax) || call.x->size() != 0) return absl::OkStatus();
  // Also where there is no result: as in NumPy.
  for (int axis = 0; axis < call.x->ndim(); ++axis) {
    if (((call.reduced >> axis) & 1) && call.x->shape(axis) == 0) return EmptyError(call.op, *call.x);
  }
  return absl::OkStatus();
}

absl::Status ValidateVector(const ArrayView& x, const char* name) {
  if (x.ndim() != 1) {
    return ArgumentError(absl::StrCat(name, ".shape"), FormatTuple(x.shape()), "a vector, of one axis");
  }
  if (!IsFloat(x.dtype())) return ArgumentError(absl::StrCat(name, ".dtype"), Name(x.dtype()), "float32 or float64");
  return absl::OkStatus();
}

// ---- 2 plan

policy::CallShape ShapeOf(const Call& call, const ReduceNest& nest, bool overlaps) {
  policy::CallShape shape;
  shape.op = call.op;
  shape.dtype = call.x->dtype();
  shape.elements = nest.size();
  shape.outputs = nest.outputs();
  if (nest.size() == 0) return shape;
  shape.layout = nest.layout();
  shape.inner = nest.inner();
  shape.buffered = overlaps;
  return shape;
}

ReduceNest MakeNest(const Call& call, const MutableArrayView& out) {
  return call.y == nullptr ? ReduceNest::Make(*call.x, call.reduced, out) : ReduceNest::MakeFull(*call.x, *call.y, out);
}

// mean: the number of elements in a result; nrm2: the scale.
KernelScalar ScalarOf(const Call& call, int64_t folded) {
  KernelScalar scalar;
  if (call.op == Op::kMean && call.x->dtype() == DType::kFloat32) {
    scalar.f32 = static_cast<float>(folded);
  } else {
    scalar.f64 = call.op == Op::kMean ? static_cast<double>(folded) : 1;
  }
  return scalar;
}

// ---- 4 run

// Of nothing: a sum is 0, a mean NaN.
ABSL_ATTRIBUTE_NOINLINE void FillEmpty(Op op, const MutableArrayView& out) {
  union {
    float f32;
    double f64;
    int64_t i64;
  } value = {};
  if (op == Op::kMean && out.dtype() == DType::kFloat32) value.f32 = std::numeric_limits<float>::quiet_NaN();
  if (op == Op::kMean && out.dtype() == DType::kFloat64) value.f64 = std::numeric_limits<double>::quiet_NaN();
  CopyElements(internal::ViewBuilder::Make(&value, out.dtype(), Dims(out.shape().begin(), out.shape().end()),
                                           Dims(out.ndim(), 0)),
               out);
}

// Accumulators of parts of a reduction: on the stack, or where they are many in memory of the allocator.
class Scratch {
 public:
  explicit Scratch(int64_t bytes) {
    if (bytes <= static_cast<int64_t>(sizeof(inline_))) return;
    block_ = Allocator::Global().Allocate(bytes);
    data_ = static_cast<char*>(block_.data);
  }
  ~Scratch() { Allocator::Global().Free(block_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  char* data() { return data_; }  // nullptr: there is not enough memory

 private:
  alignas(kBlockAlignment) char inline_[2048];
  char* data_ = inline_;
  Allocator::Block block_;
};

// Runs units over the pool. Returns the threads that took part.
ABSL_ATTRIBUTE_NOINLINE int RunParallel(const ReduceNest& nest, ReduceKernel kernel, const policy::Decision& decision) {
  const ReduceCut cut(nest, decision.threads, decision.tile_elements);
  const int64_t bytes = nest.out_item_size();  // an accumulator is as large as a result; nrm2's is the total
  Scratch scratch(cut.by_parts() ? cut.accumulators() * bytes : 0);
  if (scratch.data() == nullptr) {  // one thread needs no scratch memory for the same bits
    nest.ForEachStep(0, nest.steps(), kernel);
    return 1;
  }
  const parallel::RunResult result = parallel::Run(decision.threads, cut.size(), [&](int64_t begin, int64_t end) {
    cut.ForEach(begin, end, scratch.data(), bytes, kernel);
  });
  if (cut.by_parts()) cut.Combine(scratch.data(), bytes, kernel);
  CountPoolEvent(result);
  return result.threads;
}

// The one place where a route becomes code.
ReduceKernel KernelOf(Op op, DType dtype, const policy::Decision& decision) {
  return dispatch::Lookup(op, dtype, decision.isa)->reduce;
}

// Computes the results of a nest that is not empty. Returns the threads that took part.
int Execute(Op op, DType dtype, const ReduceNest& nest, const policy::Decision& decision) {
  const ReduceKernel kernel = KernelOf(op, dtype, decision);
  if (decision.threads > 1) return RunParallel(nest, kernel, decision);
  nest.ForEachStep(0, nest.steps(), kernel);
  return 1;
}

// Squares of float64 leave its range where the norm does not. Below this total, squares that were rounded as subnormal
// numbers may matter: each is off by at most 2^-1075, and the total of up to 2^63 of them shall be off by at most 2^-53
// of itself.
constexpr double kSmallestTotal = 0x1p-959;

// The norm of float64 elements whose squares leave the range: scaled by a power of two, so that the largest magnitude
// lies from 1 to 4 and all other squares only underflow where they do not matter.
ABSL_ATTRIBUTE_NOINLINE double ScaledNorm(const Call& call, const policy::Decision& decision) {
  double value[3];
  const auto into = [&](double* to) { return internal::ViewBuilder::MakeMutableElement(to, DType::kFloat64); };
  Execute(Op::kMin, DType::kFloat64, MakeNest(call, into(&value[0])), decision);
  Execute(Op::kMax, DType::kFloat64, MakeNest(call, into(&value[1])), decision);
  const double largest = std::max(std::fabs(value[0]), std::fabs(value[1]));
  if (largest == 0 || std::isinf(largest)) return largest;
  const double scale = std::ldexp(1.0, std::min(std::max(-std::ilogb(largest), -1022), 1022));
  ReduceNest nest = MakeNest(call, into(&value[2]));
  KernelScalar scalar;
  scalar.f64 = scale;
  nest.set_scalar(scalar);
  Execute(Op::kNrm2, DType::kFloat64, nest, decision);
  return std::sqrt(value[2]) / scale;
}

// Takes the root of nrm2's total.
void FinishNorm(const Call& call, const policy::Decision& decision, double* value) {
  const double total = *value;
  const bool in_range = total >= kSmallestTotal && total <= std::numeric_limits<double>::max();
  if (ABSL_PREDICT_TRUE(in_range) || std::isnan(total) || call.x->dtype() == DType::kFloat32) {
    *value = std::sqrt(total);
  } else {
    *value = ScaledNorm(call, decision);
  }
}

// ---- all five

void Count(const policy::CallShape& shape, const policy::Decision& decision, int threads) {
  metrics::RecordBackendChoice({shape.op, shape.dtype, shape.layout, metrics::SizeBucket(shape.elements),
                                decision.route, decision.isa, static_cast<uint16_t>(threads), decision.reason});
}

// Whether the memory of x, which is contiguous, lies beside the single element of `out`.
bool LiesBeside(const ArrayView& x, const MutableArrayView& out) {
  const uintptr_t begin = reinterpret_cast<uintptr_t>(x.data()), at = reinterpret_cast<uintptr_t>(out.data());
  return at + out.item_size() <= begin || at >= begin + x.size() * x.item_size();
}

// The call that is made most often: all elements of contiguous inputs to one value, on one thread. It needs no nest,
// and of a few elements the nest would be the larger part. False if the call is another one; nothing has happened then.
bool RunContiguous(const Call& call, const context::Settings& settings, const policy::Limits& limits,
                   const MutableArrayView& out) {
  const ArrayView& x = *call.x;
  if (!x.IsContiguous() || out.size() != 1 || x.empty() || !LiesBeside(x, out)) return false;
  if (call.y != nullptr && (!call.y->IsContiguous() || !LiesBeside(*call.y, out))) return false;
  if (limits.determinism == policy::Determinism::kFast) return false;
  policy::CallShape shape;
  shape.op = call.op;
  shape.dtype = x.dtype();
  shape.elements = x.size();
  shape.outputs = 1;
  shape.layout = Layout::kContiguous;
  shape.inner = x.size();
  const policy::Decision decision = policy::Decide(shape, settings.machine, limits, *settings.profile);
  if (decision.threads != 1) return false;
  if (ABSL_PREDICT_FALSE(settings.verbose_decisions)) context::LogDecision(shape, decision);

  const ReduceAxis axis = {x.size(), {x.item_size(), x.item_size()}};
  ReduceArgs args;
  args.form = ReduceForm::kSequences;
  args.stage = ReduceStage::kWhole;
  args.lanes = 0;
  args.in[0] = static_cast<const char*>(x.data());
  args.in[1] = call.y == nullptr ? nullptr : static_cast<const char*>(call.y->data());
  args.axes = &axis;
  args.num_axes = 1;
  args.begin = 0;
  args.end = x.size();
  args.kept = 1;
  args.kept_stride[0] = args.kept_stride[1] = 0;
  args.out = static_cast<char*>(out.data());
  args.out_stride = 0;
  args.scalar = ScalarOf(call, x.size());
  KernelOf(call.op, x.dtype(), decision)(args);
  if (call.op == Op::kNrm2) FinishNorm(call, decision, static_cast<double*>(out.data()));
  Count(shape, decision, 1);
  return true;
}

// Plans, decides, runs and counts. For nrm2, `out` gets the norm in float64.
absl::Status Run(const Call& call, const context::Settings& settings, const MutableArrayView& out) {
  const policy::Limits limits = LimitsOf(settings, call.options);
  if (RunContiguous(call, settings, limits, out)) return absl::OkStatus();
  Array temporary;
  const MutableArrayView* target = &out;
  const bool overlaps = MayOverlap(out, *call.x) && Overlaps(out, *call.x);
  if (ABSL_PREDICT_FALSE(overlaps)) {
    absl::StatusOr<Array> array = Array::Create(out.dtype(), out.shape());
    if (!array.ok()) return std::move(array).status();
    temporary = *std::move(array);
    target = &temporary.mutable_view();
  }
  ReduceNest nest = MakeNest(call, *target);
  policy::CallShape shape = ShapeOf(call, nest, overlaps);
  if (ABSL_PREDICT_FALSE(limits.determinism == policy::Determinism::kFast) && nest.size() > 0) {
    shape.blas_strides = HasBlasReduction(call.op, *call.x, call.y, call.reduced, *target);
    shape.blas_values = true;
  }
  const policy::Decision decision = policy::Decide(shape, settings.machine, limits, *settings.profile);
  if (ABSL_PREDICT_FALSE(settings.verbose_decisions)) context::LogDecision(shape, decision);

  int threads = 1;
  if (ABSL_PREDICT_FALSE(nest.size() == 0)) {
    if (!out.empty()) FillEmpty(call.op, out);
  } else if (decision.route == Route::kBlas) {
    threads = RunBlasReduction(call.op, *call.x, call.y, call.reduced, out, decision.threads);
  } else {
    if (call.op == Op::kMean || call.op == Op::kNrm2) nest.set_scalar(ScalarOf(call, nest.folded()));
    threads = Execute(call.op, call.x->dtype(), nest, decision);
    if (call.op == Op::kNrm2) FinishNorm(call, decision, static_cast<double*>(out.data()));
    if (ABSL_PREDICT_FALSE(overlaps)) CopyElements(temporary.view(), out);
  }
  Count(shape, decision, threads);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunReduce(Op op, const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  const absl::StatusOr<uint64_t> reduced = Resolve(options.axes, x.ndim());
  if (!reduced.ok()) return reduced.status();
  if (out.dtype() != ResultDType(op, x.dtype()) ||
      !IsReducedShape(out.shape(), x.shape(), *reduced, options.keepdims)) {
    return OutError(op, x, *reduced, options.keepdims, out);
  }
  const Call call{op, &x, nullptr, *reduced, {options.max_threads, options.determinism}};
  RAPTORS_RETURN_IF_ERROR(ValidateCall(call));
  return Run(call, settings, out);
}

absl::StatusOr<Array> RunReduceToNew(Op op, const ArrayView& x, const ReduceOptions& options) {
  const absl::StatusOr<uint64_t> reduced = Resolve(options.axes, x.ndim());
  if (!reduced.ok()) return reduced.status();
  absl::StatusOr<Array> out =
      Array::Create(ResultDType(op, x.dtype()), ReducedShape(x.shape(), *reduced, options.keepdims));
  if (!out.ok()) return out;
  RAPTORS_RETURN_IF_ERROR(RunReduce(op, x, out->mutable_view(), options));
  return out;
}

absl::Status RunReduceToValue(Op op, const ArrayView& x, DType dtype, void* value, const CallOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  if (dtype != ResultDType(op, x.dtype())) return DTypeError("T", dtype, ResultDType(op, x.dtype()), "the result");
  const Call call{op, &x, nullptr, AllAxes(x.ndim()), options};
  RAPTORS_RETURN_IF_ERROR(ValidateCall(call));
  return Run(call, settings, internal::ViewBuilder::MakeMutableElement(value, dtype));
}

absl::StatusOr<double> RunReduceVectors(Op op, const ArrayView& x, const ArrayView* y, const CallOptions& options) {
  const context::Settings& settings = context::Current();
  if (ABSL_PREDICT_FALSE(!settings.status.ok())) return settings.status;
  RAPTORS_RETURN_IF_ERROR(ValidateVector(x, "x"));
  if (y != nullptr) {
    RAPTORS_RETURN_IF_ERROR(ValidateVector(*y, "y"));
    if (y->dtype() != x.dtype()) return DTypeError("y.dtype", y->dtype(), x.dtype(), "x");
    if (y->shape() != x.shape()) {
      return ArgumentError("y.shape", FormatTuple(y->shape()),
                           absl::StrCat(FormatTuple(x.shape()), ", the shape of x"));
    }
  }
  const Call call{op, &x, y, 1, options};
  RAPTORS_RETURN_IF_ERROR(ValidateCall(call));
  union {
    float f32;
    double f64;
  } value = {};
  const bool narrow = x.dtype() == DType::kFloat32 && op != Op::kNrm2;
  const DType dtype = narrow ? DType::kFloat32 : DType::kFloat64;
  RAPTORS_RETURN_IF_ERROR(Run(call, settings, internal::ViewBuilder::MakeMutableElement(&value, dtype)));
  if (narrow) return value.f32;
  return x.dtype() == DType::kFloat32 ? static_cast<float>(value.f64) : value.f64;
}

}  // namespace raptors::internal
