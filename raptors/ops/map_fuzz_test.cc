// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random element-wise calls against a scalar reference, bit by bit: any operation, dtype, rank, broadcasting, strides
// (negative, zero, no multiple of the item size), overlap of output and inputs, ISA, thread count, streaming and BLAS
// mode. All memory around the output must stay as it was.
//
//   bazel run //raptors/ops:map_fuzz_test -- --seconds=60 [--seed=N]
//
// As a test it runs a fixed number of calls from a fixed seed. A failure prints the seed that repeats it as the first
// call.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <chrono>  // NOLINT(build/c++11)
#include <cmath>
#include <iostream>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "raptors/array/broadcast.h"
#include "raptors/array/view.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "raptors/ops/map.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/reference.h"
#include "raptors/testing/tolerance.h"

namespace raptors {
namespace {

using Random = std::mt19937_64;

int64_t Pick(Random& random, int64_t least, int64_t largest) {
  return least + static_cast<int64_t>(random() % static_cast<uint64_t>(largest - least + 1));
}

template <typename T>
T RandomValue(Random& random) {
  if constexpr (std::is_integral_v<T>) {
    return random() % 4 == 0 ? std::numeric_limits<T>::min() : static_cast<T>(random());
  } else {
    using L = std::numeric_limits<T>;
    const T specials[] = {T{0},           -T{0},           L::infinity(), -L::infinity(),
                          L::quiet_NaN(), L::denorm_min(), L::min(),      L::max()};
    if (random() % 8 == 0) return specials[random() % 8];
    return std::ldexp(static_cast<T>(Pick(random, -1000, 1000)), static_cast<int>(Pick(random, -12, 12)));
  }
}

// Integers wrap around.
template <typename T>
auto Wide(T v) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::make_unsigned_t<T>>(v);
  } else {
    return v;
  }
}

template <typename T>
T Reference(Op op, T x, T y, T z, T scalar) {
  volatile T product;  // its own rounding, whatever the compiler may do
  switch (op) {
    case Op::kScale:
      return static_cast<T>(Wide(x) * Wide(scalar));
    case Op::kAdd:
      return static_cast<T>(Wide(x) + Wide(y));
    case Op::kSubtract:
      return static_cast<T>(Wide(x) - Wide(y));
    case Op::kMultiply:
      return static_cast<T>(Wide(x) * Wide(y));
    default:
      break;
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (op == Op::kAxpy) return (product = scalar * x) + y;
    if (op == Op::kMulAdd) return (product = x * y) + z;
    if (op == Op::kFma) return std::fma(x, y, z);
  }
  abort();  // an operation that this reference does not know
}

template <typename T>
bool Same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return test::SameResult(a, b);
  } else {
    return a == b;
  }
}

// A view somewhere in `memory`, with any strides that stay inside; nullopt where the draw does not fit.
std::optional<ArrayView> RandomView(Random& random, DType dtype, absl::Span<const int64_t> shape, int64_t bytes,
                                    char* memory) {
  const int64_t item = ItemSize(dtype);
  std::vector<int> order(shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  if (random() % 2 == 0) std::shuffle(order.begin(), order.end(), random);
  std::vector<int64_t> strides(shape.size());
  const int64_t odd = random() % 16 == 0 ? Pick(random, 1, 7) : 0;
  int64_t next = item + odd, low = 0, high = item;
  for (size_t i = order.size(); i-- > 0;) {
    const int axis = order[i];
    const int64_t steps[] = {1, 1, 1, 1, 2, 3, 113};
    int64_t stride = next * (random() % 4 == 0 ? steps[random() % 7] : 1);
    next = stride * std::max<int64_t>(shape[axis], 1) + (random() % 4 == 0 ? item * Pick(random, 0, 20) : 0);
    if (random() % 6 == 0) stride = -stride;
    if (random() % 10 == 0) stride = 0;
    strides[axis] = stride;
    const int64_t reach = (std::max<int64_t>(shape[axis], 1) - 1) * stride;
    (reach < 0 ? low : high) += reach;
  }
  const int64_t room = bytes - (high - low);
  if (room < 0) return std::nullopt;
  int64_t at = Pick(random, 0, room);
  if (random() % 4 != 0) at -= at % item;
  const absl::StatusOr<ArrayView> view = ArrayView::Create(dtype, memory + at - low, shape, strides);
  if (!view.ok()) return std::nullopt;
  return *view;
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

struct Tally {
  int64_t calls = 0;
  int64_t overlapping = 0;
  int64_t parallel = 0;
};

template <typename T>
bool RunCase(Random& random, Op op, DType dtype, Tally* tally) {
  constexpr int64_t kBytes = 1 << 16;
  std::vector<char> memory(3 * kBytes);
  for (size_t i = 0; i + sizeof(T) <= memory.size(); i += sizeof(T)) {
    const T value = RandomValue<T>(random);
    memcpy(&memory[i], &value, sizeof(T));
  }
  std::vector<int64_t> shape(random() % 5);
  int64_t left = Pick(random, 1, 6000);
  for (int64_t& extent : shape) {
    extent = random() % 40 == 0 ? 0 : Pick(random, 1, random() % 3 == 0 ? left : std::min<int64_t>(left, 9));
    left = std::max<int64_t>(1, left / std::max<int64_t>(extent, 1));
  }
  std::shuffle(shape.begin(), shape.end(), random);

  const std::optional<ArrayView> target = RandomView(random, dtype, shape, kBytes, memory.data());
  if (!target) return true;
  const absl::StatusOr<MutableArrayView> out =
      MutableArrayView::Create(dtype, const_cast<void*>(target->data()), target->shape(), target->strides());
  if (!out.ok()) return true;  // it overlaps itself
  const int count = Info(op).inputs;
  std::vector<ArrayView> inputs;
  for (int k = 0; k < count; ++k) {
    if (random() % 6 == 0) {
      inputs.push_back(out->view());
      continue;
    }
    // The output's memory half of the time.
    char* const from = memory.data() + (random() % 2 == 0 ? 0 : kBytes);
    const std::optional<ArrayView> input =
        RandomView(random, dtype, Shrunk(random, shape), from == memory.data() ? kBytes : 2 * kBytes, from);
    if (!input) return true;
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
    const T result = Reference<T>(op, v[0], v[1], v[2], scalar);
    memcpy(&want[static_cast<size_t>(static_cast<char*>(out->data()) - memory.data() + test::OffsetOf(*out, index))],
           &result, sizeof(T));
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
    return false;
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
  ++tally->calls;
  if (out->size() > 0 && metrics::LastDecision(&choice)) {
    tally->overlapping += choice.reason == Reason::kOverlapBuffered;
    tally->parallel += choice.threads > 1;
  }
  if (!same) {
    std::cerr << "out " << out->DebugString() << "\n";
    for (const ArrayView& input : inputs) std::cerr << "in  " << input.DebugString() << "\n";
  }
  return same;
}

bool RunSeed(uint64_t seed, const std::vector<Isa>& isas, Tally* tally) {
  Random random(seed);
  const Op op = kOpInfos[random() % kNumMapOps].op;
  const Isa isa = isas[random() % isas.size()];
  const absl::StatusOr<context::Scope> simd = context::ScopedSimd(isa);
  if (!simd.ok()) return false;
  const context::Scope profile = test::EagerProfile(random() % 3 == 0 ? 0 : std::numeric_limits<double>::infinity());
  switch (kAllDTypes[random() % kNumDTypes]) {
#define RAPTORS_X(id, type, name)                                              \
  case DType::id:                                                              \
    if (!Info(op).Takes(DType::id)) return true;                               \
    if (RunCase<type>(random, op, DType::id, tally)) return true;              \
    std::cerr << "repeat with --seed=" << seed << " at " << Name(isa) << "\n"; \
    return false;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return false;
}

int Main(absl::Span<char* const> args) {
  double seconds = 0;
  uint64_t seed = 1;
  for (const absl::string_view arg : args.subspan(1)) {
    absl::string_view value = arg;
    if (absl::ConsumePrefix(&value, "--seconds=") && absl::SimpleAtod(value, &seconds)) continue;
    value = arg;
    if (absl::ConsumePrefix(&value, "--seed=") && absl::SimpleAtoi(value, &seed)) continue;
    std::cerr << "got '" << arg << "'; expected --seconds=SECONDS or --seed=N\n";
    return 2;
  }
  const std::vector<Isa> isas = test::RunnableIsas();
  Tally tally;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  constexpr int64_t kCalls = 3000;
  for (uint64_t i = seed; seconds > 0 ? elapsed() < seconds : tally.calls < kCalls; ++i) {
    if (!RunSeed(i, isas, &tally)) return 1;
  }
  std::cout << tally.calls << " calls, " << tally.overlapping << " overlapping, " << tally.parallel
            << " on several threads, levels:";
  for (const Isa isa : isas) std::cout << " " << Name(isa);
  std::cout << "\n";
  // A fuzzer that hardly reaches the paths proves nothing.
  return tally.overlapping > tally.calls / 50 && tally.parallel > tally.calls / 50 ? 0 : 1;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) { return raptors::Main(absl::MakeConstSpan(argv, static_cast<size_t>(argc))); }
