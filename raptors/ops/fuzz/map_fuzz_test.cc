// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random element-wise calls against a scalar reference, bit by bit: any operation, dtype, rank, broadcasting, strides
// (negative, zero, no multiple of the item size), overlap of output and inputs by any number of bytes, ISA, thread
// count, streaming, and scaling in place by the BLAS. All memory around the output must stay as it was.
//
//   bazel run //raptors/ops/fuzz:map_fuzz_test -- --seconds=60 [--seed=N]
//
// As a test it runs a fixed number of calls from a fixed seed. A failure prints the seed that repeats it.

#include <stdint.h>
#include <string.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/broadcast.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/map.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/fuzz.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/map_reference.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/tolerance.h"

namespace raptors {
namespace {

using test::FuzzResult;
using test::Pick;
using test::Random;
using test::RandomShape;
using test::RandomValue;
using test::RandomView;

template <typename T>
bool Same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return test::SameResult(a, b);
  } else {
    return a == b;
  }
}

// An input's shape that broadcasts to `shape`.
std::vector<int64_t> Shrunk(Random& random, std::vector<int64_t> shape) {
  for (int64_t& extent : shape) {
    if (random() % 5 == 0) extent = 1;
  }
  if (random() % 4 == 0)
    shape.erase(shape.begin(), shape.begin() + Pick(random, 0, static_cast<int64_t>(shape.size())));
  return shape;
}

// `in_place`: the first input is the output.
template <typename T>
FuzzResult RunCase(Random& random, Op op, DType dtype, bool in_place) {
  constexpr int64_t kBytes = 1 << 16, kShift = 128;
  std::vector<char> memory(3 * kBytes + 2 * kShift);
  char* const base = memory.data() + kShift;
  for (size_t i = 0; i + sizeof(T) <= memory.size(); i += sizeof(T)) {
    const T value = RandomValue<T>(random);
    memcpy(&memory[i], &value, sizeof(T));
  }
  const std::vector<int64_t> shape = RandomShape(random, 6000);

  const std::optional<ArrayView> target = RandomView(random, dtype, shape, base, kBytes);
  FuzzResult result = {/*ok=*/true};
  if (!target) return result;
  const absl::StatusOr<MutableArrayView> out =
      MutableArrayView::Create(dtype, const_cast<void*>(target->data()), target->shape(), target->strides());
  if (!out.ok()) return result;  // it overlaps itself
  const int count = Info(op).inputs;
  std::vector<ArrayView> inputs;
  // Sometimes all inputs are the output some bytes off.
  const bool shifted = random() % 4 == 0;
  for (int k = 0; k < count; ++k) {
    if (random() % 6 == 0 || (in_place && k == 0)) {
      inputs.push_back(out->view());
      continue;
    }
    if (shifted) {
      const void* const data = static_cast<const char*>(out->data()) + Pick(random, -kShift, kShift);
      inputs.push_back(*ArrayView::Create(dtype, data, out->shape(), out->strides()));
      continue;
    }
    // The output's memory half of the time.
    char* const from = base + (random() % 2 == 0 ? 0 : kBytes);
    const std::optional<ArrayView> input =
        RandomView(random, dtype, Shrunk(random, shape), from, from == base ? kBytes : 2 * kBytes);
    if (!input) return result;
    inputs.push_back(*input);
  }
  const T scalar = RandomValue<T>(random);

  // What must come out: everything else stays.
  std::vector<char> want = memory;
  std::vector<ArrayView> stretched;
  for (const ArrayView& input : inputs) stretched.push_back(*BroadcastTo(input, out->shape(), "x"));
  test::ForEachIndex(out->shape(), [&](auto index) {
    T v[3] = {};
    for (int k = 0; k < count; ++k) v[k] = test::Load<T>(stretched[k], index);
    const T expected = test::MapReference<T>(op, scalar, v);
    memcpy(&want[static_cast<size_t>(static_cast<char*>(out->data()) - memory.data() + test::OffsetOf(*out, index))],
           &expected, sizeof(T));
  });

  const ArrayView* pointers[3] = {};
  for (int k = 0; k < count; ++k) pointers[k] = &inputs[k];
  CallOptions options;
  options.max_threads = static_cast<int>(Pick(random, 0, 4));
  const absl::Status status = internal::RunMap(
      op, absl::MakeConstSpan(pointers, static_cast<size_t>(count)),
      Info(op).scalars > 0 ? std::vector<Scalar>{Scalar(scalar)} : std::vector<Scalar>{}, "scalar", *out, options);
  if (!status.ok()) {
    std::cerr << status << "\n";
    return {};
  }
  bool same = true;
  test::ForEachIndex(out->shape(), [&](auto index) {
    const T got = test::Load<T>(*out, index);
    T expected;
    char* const at =
        &want[static_cast<size_t>(static_cast<char*>(out->data()) - memory.data() + test::OffsetOf(*out, index))];
    memcpy(&expected, at, sizeof(T));
    if (same && !Same(got, expected)) {
      std::cerr << Name(op) << ": got " << got << ", expected " << expected << "\n";
      same = false;
    }
    memcpy(at, &got, sizeof(T));  // a NaN's payload is not specified
  });
  if (same && memory != want) {
    std::cerr << Name(op) << ": wrote outside the output\n";
    same = false;
  }
  metrics::Choice choice;
  const bool decided = metrics::LastDecision(&choice);
  if (!same) {
    std::cerr << "out " << out->DebugString() << "\n";
    for (const ArrayView& input : inputs) std::cerr << "in  " << input.DebugString() << "\n";
  }
  if (!same && decided) {
    std::cerr << Name(choice.layout) << ", " << Name(choice.route) << ", " << choice.threads << " threads, "
              << Name(choice.reason) << "\n";
  }
  result.ok = same;
  result.ran = true;
  if (out->size() > 0 && decided) {
    result.special = choice.reason == Reason::kOverlapBuffered;
    result.parallel = choice.threads > 1;
    result.blas = choice.route == Route::kBlas;
  }
  return result;
}

FuzzResult RunSeed(uint64_t seed) {
  static const std::vector<Isa>* const isas = new std::vector<Isa>(test::RunnableIsas());
  Random random(seed);
  // What is demanded of a level is not left to the BLAS: a share of the seeds demands none, and scales in place.
  const bool by_blas = random() % 4 == 0;
  const Op op = by_blas && random() % 2 == 0 ? Op::kScale : kOpInfos[random() % kNumMapOps].op;
  const DType dtype = kAllDTypes[random() % kNumDTypes];
  if (!Info(op).Takes(dtype)) return {/*ok=*/true};
  std::optional<context::Scope> scope;
  std::string settings = "BLAS where it may be";
  if (by_blas) {
    scope.emplace(context::ScopedBlas(policy::BlasMode::kPrefer));
  } else {
    const Isa isa = (*isas)[random() % isas->size()];
    absl::StatusOr<context::Scope> simd = context::ScopedSimd(isa);
    if (!simd.ok()) return {};
    scope.emplace(*std::move(simd));
    settings = Name(isa);
  }
  const context::Scope profile = test::EagerProfile(random() % 3 == 0 ? 0 : std::numeric_limits<double>::infinity());
  FuzzResult result;
  switch (dtype) {
#define RAPTORS_X(id, type, name)                       \
  case DType::id:                                       \
    result = RunCase<type>(random, op, dtype, by_blas); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  if (!result.ok) std::cerr << "at " << settings << "\n";
  return result;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) {
  return raptors::test::FuzzMain(argc, argv, &raptors::RunSeed, raptors::context::Current().machine.blas);
}
