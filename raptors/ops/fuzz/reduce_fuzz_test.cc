// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random reductions against the reference of docs/reductions.md, bit by bit: any operation, dtype, rank, set of axes,
// strides (negative, zero, no multiple of the item size), output layout, level and number of threads. All memory around
// the output must stay as it was.
//
//   bazel run //raptors/ops/fuzz:reduce_fuzz_test -- --seconds=60 [--seed=N]
//
// As a test it runs a fixed number of calls from a fixed seed. A failure prints the seed that repeats it.

#include <stdint.h>
#include <string.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/reduce.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/fuzz.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reduce_reference.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/tolerance.h"

namespace raptors {
namespace {

using test::FuzzResult;
using test::Pick;
using test::Random;
using test::RandomView;

template <typename T>
bool Same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return test::SameResult(a, b);
  } else {
    return a == b;
  }
}

absl::Status Run(Op op, const ArrayView& x, const MutableArrayView& out, const ReduceOptions& options) {
  switch (op) {
    case Op::kSum:
      return Sum(x, out, options);
    case Op::kMean:
      return Mean(x, out, options);
    case Op::kMin:
      return Min(x, out, options);
    case Op::kMax:
      return Max(x, out, options);
    default:
      return absl::UnimplementedError(Name(op));
  }
}

template <Op kOp, typename T>
FuzzResult RunCase(Random& random) {
  using Result = typename test::Reduction<kOp, T>::Result;
  // Now and then enough elements for several blocks.
  const bool large = random() % 8 == 0;
  const int64_t bytes = large ? 1 << 18 : 1 << 15;
  std::vector<char> memory(bytes);
  const bool special = random() % 4 == 0;
  for (size_t i = 0; i + sizeof(T) <= memory.size(); i += sizeof(T)) {
    T value = test::RandomValue<T>(random);
    // Mostly ordinary numbers: one NaN hides everything else.
    if constexpr (std::is_floating_point_v<T>) {
      if (!special && !std::isnormal(value)) value = static_cast<T>(i);
    }
    memcpy(&memory[i], &value, sizeof(T));
  }
  FuzzResult result = {/*ok=*/true};
  const std::vector<int64_t> shape = test::RandomShape(random, large ? 30000 : 3000);
  const std::optional<ArrayView> x = RandomView(random, DTypeOf<T>::value, shape, memory.data(), bytes);
  if (!x) return result;

  ReduceOptions options;
  std::vector<int> axes;
  for (int axis = 0; axis < x->ndim(); ++axis) {
    if (random() % 2 == 0) axes.push_back(axis);
  }
  options.axes = Axes(axes);
  options.keepdims = random() % 2 == 0;
  options.max_threads = static_cast<int>(Pick(random, 0, 5));
  std::vector<int64_t> out_shape;
  int64_t reduced = 1;
  size_t next = 0;
  for (int axis = 0; axis < x->ndim(); ++axis) {
    if (next < axes.size() && axes[next] == axis) {
      ++next;
      reduced *= x->shape(axis);
      if (options.keepdims) out_shape.push_back(1);
    } else {
      out_shape.push_back(x->shape(axis));
    }
  }
  const bool undefined = (kOp == Op::kMin || kOp == Op::kMax) && reduced == 0;

  std::vector<char> target(bytes, 0x5a);
  const std::optional<ArrayView> place = RandomView(random, DTypeOf<Result>::value, out_shape, target.data(), bytes);
  if (!place) return result;
  const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(
      DTypeOf<Result>::value, const_cast<void*>(place->data()), place->shape(), place->strides());
  if (!out.ok()) return result;  // it overlaps itself

  const absl::Status status = Run(kOp, *x, *out, options);
  if (status.ok() == undefined) {
    std::cerr << status << "\n";
    return {};
  }
  std::vector<char> want(bytes, 0x5a);
  bool same = true;
  if (!undefined) {
    const std::vector<Result> expected = test::ReferenceReduce<kOp, T>({*x}, axes);
    size_t i = 0;
    test::ForEachIndex(out->shape(), [&](auto index) {
      const Result got = test::Load<Result>(*out, index);
      if (same && !Same(got, expected[i])) {
        std::cerr << Name(kOp) << ": got " << got << ", expected " << expected[i] << " in result " << i << "\n";
        same = false;
      }
      ++i;
      memcpy(&want[static_cast<size_t>(static_cast<char*>(out->data()) - target.data() + test::OffsetOf(*out, index))],
             &got, sizeof(Result));
    });
  }
  if (same && target != want) {
    std::cerr << Name(kOp) << ": wrote outside the output\n";
    same = false;
  }
  metrics::Choice choice;
  const bool decided = metrics::LastDecision(&choice);
  if (!same) {
    std::cerr << "in  " << x->DebugString() << "\nout " << out->DebugString() << "\naxes";
    for (const int axis : axes) std::cerr << " " << axis;
    std::cerr << "\n";
  }
  if (!same && decided) {
    std::cerr << Name(choice.layout) << ", " << Name(choice.route) << ", " << choice.threads << " threads, "
              << Name(choice.reason) << "\n";
  }
  result.ok = same;
  result.ran = true;
  if (x->size() > 0 && decided) {
    result.parallel = choice.threads > 1;
    result.special = choice.layout == Layout::kColumns || choice.layout == Layout::kNarrow;
  }
  return result;
}

template <typename T>
FuzzResult RunOp(Random& random) {
  switch (random() % 4) {
    case 0:
      return RunCase<Op::kSum, T>(random);
    case 1:
      return RunCase<Op::kMean, T>(random);
    case 2:
      return RunCase<Op::kMin, T>(random);
    default:
      return RunCase<Op::kMax, T>(random);
  }
}

FuzzResult RunSeed(uint64_t seed) {
  static const std::vector<Isa>* const isas = new std::vector<Isa>(test::RunnableIsas());
  Random random(seed);
  const Isa isa = (*isas)[random() % isas->size()];
  const absl::StatusOr<context::Scope> simd = context::ScopedSimd(isa);
  if (!simd.ok()) return {};
  const context::Scope profile = test::EagerProfile(std::numeric_limits<double>::infinity());
  FuzzResult result;
  switch (kAllDTypes[random() % kNumDTypes]) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    result = RunOp<type>(random); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  if (!result.ok) std::cerr << "at " << Name(isa) << "\n";
  return result;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) { return raptors::test::FuzzMain(argc, argv, &raptors::RunSeed); }
