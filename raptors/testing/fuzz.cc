// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/fuzz.h"

#include <algorithm>
#include <chrono>  // NOLINT(build/c++11)
#include <iostream>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace raptors::test {

int64_t Pick(Random& random, int64_t least, int64_t largest) {
  return least + static_cast<int64_t>(random() % static_cast<uint64_t>(largest - least + 1));
}

std::vector<int64_t> RandomShape(Random& random, int64_t elements) {
  std::vector<int64_t> shape(random() % 5);
  int64_t left = Pick(random, 1, elements);
  for (int64_t& extent : shape) {
    extent = random() % 40 == 0 ? 0 : Pick(random, 1, random() % 3 == 0 ? left : std::min<int64_t>(left, 9));
    left = std::max<int64_t>(1, left / std::max<int64_t>(extent, 1));
  }
  std::shuffle(shape.begin(), shape.end(), random);
  return shape;
}

std::optional<ArrayView> RandomView(Random& random, DType dtype, absl::Span<const int64_t> shape, char* memory,
                                    int64_t bytes) {
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

int FuzzMain(int argc, char** argv, const std::function<FuzzResult(uint64_t seed)>& run, bool has_blas,
             int64_t calls_wanted) {
  double seconds = 0;
  uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    const absl::string_view arg = argv[i];
    absl::string_view value = arg;
    if (absl::ConsumePrefix(&value, "--seconds=") && absl::SimpleAtod(value, &seconds) && seconds > 0) continue;
    value = arg;
    if (absl::ConsumePrefix(&value, "--seed=") && absl::SimpleAtoi(value, &seed)) continue;
    std::cerr << "got '" << arg << "'; expected --seconds=SECONDS or --seed=N\n";
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  int64_t calls = 0, parallel = 0, special = 0, blas = 0;
  for (uint64_t i = seed; seconds > 0 ? elapsed() < seconds : calls < calls_wanted; ++i) {
    const FuzzResult result = run(i);
    if (!result.ok) {
      std::cerr << "repeat with --seed=" << i << "\n";
      return 1;
    }
    calls += result.ran;
    parallel += result.parallel;
    special += result.special;
    blas += result.blas;
  }
  std::cout << "seeds from " << seed << ": " << calls << " calls, " << parallel << " on several threads, " << special
            << " on the special path, " << blas << " by the BLAS\n";
  return parallel > calls / 50 && special > calls / 50 && (!has_blas || blas > calls / 50) ? 0 : 1;
}

}  // namespace raptors::test
