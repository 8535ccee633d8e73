// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random reductions against the reference of docs/reductions.md, bit by bit: any operation, dtype, rank, set of axes,
// strides (negative, zero, no multiple of the item size), output layout and overlap, level and number of threads. What
// the BLAS computes in fast mode must be within its bound. All memory around the output must stay as it was.
//
//   bazel run //raptors/ops/fuzz:reduce_fuzz_test -- --seconds=60 [--seed=N]
//
// As a test it runs a fixed number of calls from a fixed seed. A failure prints the seed that repeats it.

#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/reduce.h"
#include "raptors/policy/policy.h"
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

bool RanOnBlas() {
  metrics::Choice choice;
  return metrics::LastDecision(&choice) && choice.route == Route::kBlas;
}

// What a sum in any order may be.
struct Sums {
  int64_t count = 0;
  double sum = 0, magnitudes = 0;              // magnitudes: of the finite terms
  bool nan = false, up = false, down = false;  // a term is NaN or infinite

  void Add(double term) {
    ++count;
    nan = nan || std::isnan(term);
    (std::signbit(term) ? down : up) |= std::isinf(term);
    sum += term;
    if (std::isfinite(term)) magnitudes += std::fabs(term);
  }
  // `extra`: roundings of a term. Where partial sums may overflow, or not, by their order, anything goes.
  template <typename T>
  bool Allow(double got, int64_t extra = 0) const {
    if (nan || (up && down)) return std::isnan(got);
    if (magnitudes > static_cast<double>(std::numeric_limits<T>::max()) / 2) return true;
    if (up || down) return got == (up ? 1 : -1) * std::numeric_limits<double>::infinity();
    // The bound, that of the reference in float64, and what products lose by underflow.
    const double bound = (test::Gamma<T>(count + extra) + test::Gamma<double>(count)) * magnitudes +
                         static_cast<double>(count) * static_cast<double>(std::numeric_limits<T>::denorm_min());
    return std::fabs(got - sum) <= bound;
  }
};

// The sums over `axes`, for each index of the other axes in C order.
template <typename T>
std::vector<Sums> SumsOf(const ArrayView& x, const std::vector<int>& axes) {
  std::vector<int64_t> kept = {x.shape().begin(), x.shape().end()}, reduced(kept.size(), 1);
  for (const int axis : axes) std::swap(kept[static_cast<size_t>(axis)], reduced[static_cast<size_t>(axis)]);
  std::vector<Sums> all;
  std::vector<int64_t> at(kept.size());
  test::ForEachIndex(kept, [&](auto outer) {
    Sums sums;
    test::ForEachIndex(reduced, [&](auto inner) {
      for (size_t axis = 0; axis < at.size(); ++axis) at[axis] = outer[axis] + inner[axis];
      sums.Add(static_cast<double>(test::Load<T>(x, at)));
    });
    all.push_back(sums);
  });
  return all;
}

// dot, nrm2 and asum, which return a value.
template <typename T>
FuzzResult RunVectors(Random& random) {
  const int64_t bytes = random() % 8 == 0 ? 1 << 18 : 1 << 14;
  std::vector<char> memory(bytes);
  // Ordinary numbers, special ones, or numbers whose squares leave the range of the dtype.
  const int kind = static_cast<int>(random() % 6);
  const int exponent = kind == 1 ? std::numeric_limits<T>::max_exponent * 2 / 3 : kind == 2 ? -200 : 0;
  for (size_t i = 0; i + sizeof(T) <= memory.size(); i += sizeof(T)) {
    T value = test::RandomValue<T>(random);
    if (kind > 0 && !std::isnormal(value)) value = T(1);
    value = std::ldexp(value, sizeof(T) == 4 && exponent < 0 ? -40 : exponent);
    memcpy(&memory[i], &value, sizeof(T));
  }
  FuzzResult result = {/*ok=*/true};
  const int64_t n = Pick(random, 0, random() % 2 == 0 ? 100 : bytes / static_cast<int64_t>(sizeof(T)));
  const std::optional<ArrayView> x = RandomView(random, DTypeOf<T>::value, {n}, memory.data(), bytes);
  const std::optional<ArrayView> y = RandomView(random, DTypeOf<T>::value, {n}, memory.data(), bytes);
  if (!x || !y) return result;
  CallOptions options;
  options.max_threads = static_cast<int>(Pick(random, 0, 5));
  const Op op = std::array{Op::kDot, Op::kNrm2, Op::kAsum}[random() % 3];
  const absl::StatusOr<double> got = op == Op::kDot    ? Dot(*x, *y, options)
                                     : op == Op::kNrm2 ? Nrm2(*x, options)
                                                       : Asum(*x, options);
  if (!got.ok()) {
    std::cerr << got.status() << "\n";
    return {};
  }
  result.ran = true;
  result.blas = n > 0 && RanOnBlas();
  metrics::Choice choice;
  result.parallel = n > 0 && metrics::LastDecision(&choice) && choice.threads > 1;
  double want = 0;
  const std::vector<T> a = test::ToVector<T>(*x), b = test::ToVector<T>(*y);
  if (op == Op::kNrm2) {
    // The exact norm, scaled by what makes squares safe.
    double largest = 0;
    Sums squares;
    for (const T v : a) largest = std::max(largest, std::isfinite(v) ? std::fabs(static_cast<double>(v)) : 0);
    const int scale = largest > 0 ? std::ilogb(largest) : 0;
    for (const T v : a) {
      const double scaled = std::ldexp(static_cast<double>(v), -scale);
      squares.Add(scaled * scaled);
    }
    want = std::ldexp(std::sqrt(squares.sum), scale);
    const bool special = squares.nan || squares.up;
    const double error = std::fabs(*got - want);
    const double bound = (test::Gamma<T>(n + 8) + test::Gamma<double>(n)) * want +
                         2 * static_cast<double>(std::numeric_limits<T>::denorm_min());
    // Overflow of the norm itself, give or take a rounding.
    const bool over = *got == std::numeric_limits<double>::infinity() &&
                      want > static_cast<double>(std::numeric_limits<T>::max()) * (1 - 0x1p-20);
    result.ok = special ? Same(*got, squares.nan ? std::nan("") : squares.sum) : over || error <= bound;
    // Our own kernels give the bits of the specification wherever squares need no scaling.
    const bool plain = sizeof(T) == 4 || (largest < 0x1p400 && (largest == 0 || largest > 0x1p-300));
    if (!result.blas && plain && !special && n > 0) {
      const double root = std::sqrt(test::ReferenceReduce<Op::kNrm2, T>({*x}, {0})[0]);
      want = static_cast<double>(static_cast<T>(root));
      result.ok = Same(*got, want);
    }
  } else if (result.blas) {
    Sums sums;
    for (size_t i = 0; i < a.size(); ++i) {
      const double left = static_cast<double>(a[i]), right = static_cast<double>(b[i]);
      const double term = op == Op::kDot ? left * right : std::fabs(left);
      if (std::isinf(term) && std::isfinite(left) && std::isfinite(right)) {
        sums.magnitudes = std::numeric_limits<double>::infinity();  // finite where it is fused with the addition
      } else {
        sums.Add(term);
      }
    }
    want = sums.sum;
    result.ok = sums.Allow<T>(*got, 1);
  } else if (n > 0) {
    want = static_cast<double>(op == Op::kDot ? test::ReferenceReduce<Op::kDot, T>({*x, *y}, {0})[0]
                                              : test::ReferenceReduce<Op::kAsum, T>({*x}, {0})[0]);
    result.ok = Same(*got, want);
  } else {
    result.ok = *got == 0;
  }
  if (!result.ok) {
    std::cerr << Name(op) << ": got " << *got << ", expected " << want << (result.blas ? " by the BLAS" : "") << "\nx "
              << x->DebugString() << "\ny " << y->DebugString() << "\n";
  }
  return result;
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

  // In memory of its own, or in that of the input.
  const bool shared = random() % 3 == 0;
  std::vector<char> own(bytes, 0x5a);
  std::vector<char>& target = shared ? memory : own;
  const std::optional<ArrayView> place = RandomView(random, DTypeOf<Result>::value, out_shape, target.data(), bytes);
  if (!place) return result;
  const absl::StatusOr<MutableArrayView> out = MutableArrayView::Create(
      DTypeOf<Result>::value, const_cast<void*>(place->data()), place->shape(), place->strides());
  if (!out.ok()) return result;  // it overlaps itself

  std::vector<Result> expected;
  std::vector<Sums> sums;
  if (!undefined) {
    expected = test::ReferenceReduce<kOp, T>({*x}, axes);
    if constexpr (kOp == Op::kSum && std::is_floating_point_v<T>) sums = SumsOf<T>(*x, axes);
  }
  std::vector<char> want = target;
  const absl::Status status = Run(kOp, *x, *out, options);
  if (status.ok() == undefined) {
    std::cerr << status << "\n";
    return {};
  }
  const bool by_blas = RanOnBlas();
  bool same = true;
  if (!undefined) {
    size_t i = 0;
    test::ForEachIndex(out->shape(), [&](auto index) {
      const Result got = test::Load<Result>(*out, index);
      const bool right = by_blas && !sums.empty() ? sums[i].Allow<T>(got) : Same(got, expected[i]);
      if (same && !right) {
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
    result.blas = by_blas;
  }
  return result;
}

// `fast`: in fast mode, where the BLAS takes vectors, and sums of some matrices.
template <typename T>
FuzzResult RunOp(Random& random, bool fast) {
  if constexpr (std::is_floating_point_v<T>) {
    if (random() % (fast ? 2 : 4) == 0) return RunVectors<T>(random);
  }
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
  // A share of the seeds in fast mode, with the BLAS wherever it has a routine.
  std::vector<context::Scope> scopes;
  std::string settings = "fast mode";
  const bool fast = random() % 3 == 0;
  if (fast) {
    scopes.push_back(context::ScopedBlas(policy::BlasMode::kPrefer));
    scopes.push_back(context::ScopedDeterminism(Determinism::kFast));
  } else {
    const Isa isa = (*isas)[random() % isas->size()];
    absl::StatusOr<context::Scope> simd = context::ScopedSimd(isa);
    if (!simd.ok()) return {};
    scopes.push_back(*std::move(simd));
    settings = Name(isa);
  }
  scopes.push_back(test::EagerProfile(std::numeric_limits<double>::infinity()));
  FuzzResult result;
  switch (kAllDTypes[random() % kNumDTypes]) {
#define RAPTORS_X(id, type, name)       \
  case DType::id:                       \
    result = RunOp<type>(random, fast); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  while (!scopes.empty()) scopes.pop_back();  // newest first
  if (!result.ok) std::cerr << "at " << settings << "\n";
  return result;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) {
  return raptors::test::FuzzMain(argc, argv, &raptors::RunSeed, raptors::context::Current().machine.blas);
}
