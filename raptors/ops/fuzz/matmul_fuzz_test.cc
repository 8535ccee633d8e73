// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Random matrix products of small whole numbers, whose sums are exact in any order, against the sums themselves: sizes
// around the edges of the blocks in which BLAS libraries work, any layout of each operand, every route, alone and on
// several threads. Nothing around the output may change.
//
//   bazel run //raptors/ops/fuzz:matmul_fuzz_test -- --seconds=60 [--seed=N]
//
// As a test it runs a fixed number of calls from a fixed seed. A failure prints the seed that repeats it.

#include <stdint.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/array/view.h"
#include "raptors/base/choice.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/linalg.h"
#include "raptors/policy/policy.h"
#include "raptors/testing/eager_profile.h"
#include "raptors/testing/emulator.h"
#include "raptors/testing/fuzz.h"

namespace raptors {
namespace {

using test::FuzzResult;
using test::Pick;
using test::Random;

// Multiplications of one call at most, and elements of one operand.
const int64_t kWork = test::IsEmulated() ? 200 * 1000 : 12 * 1000 * 1000;
const int64_t kElements = test::IsEmulated() ? 100 * 1000 : 600 * 1000;

// Registers of kernels take up to 32 rows, blocks in caches some hundreds.
int64_t RandomExtent(Random& random) {
  constexpr int64_t kEdges[] = {16, 32, 64, 192, 256, 320, 384, 512, 768};
  constexpr int64_t kPrimes[] = {5, 7, 13, 31, 61, 127, 211, 307, 401, 509, 613, 701, 809, 907, 1021};
  switch (random() % 4) {
    case 0:
      return Pick(random, 0, 3);
    case 1:
      return kPrimes[random() % (sizeof(kPrimes) / sizeof(kPrimes[0]))];
    default:
      return kEdges[random() % (sizeof(kEdges) / sizeof(kEdges[0]))] + Pick(random, -1, 1);
  }
}

// A matrix in memory of its own: row after row or column after column, without and with gaps, in reverse, or every
// other element.
template <typename T>
struct Matrix {
  std::vector<T> memory;
  int64_t first, row, col;  // elements

  Matrix(Random& random, int64_t rows, int64_t cols, T fill) {
    const bool turned = random() % 2 == 0;
    const int64_t inner = turned ? rows : cols, outer = turned ? cols : rows;
    const int64_t step = random() % 8 == 0 ? 2 : 1, gap = random() % 2 == 0 ? 0 : Pick(random, 1, 9);
    const int64_t lead = inner * step + gap;
    memory.assign(static_cast<size_t>(outer * lead + 16), fill);
    first = Pick(random, 0, 15);
    row = turned ? step : lead;
    col = turned ? lead : step;
    if (random() % 12 == 0 && rows > 0) first += (rows - 1) * row, row = -row;
    if (random() % 12 == 0 && cols > 0) first += (cols - 1) * col, col = -col;
  }
  T& At(int64_t i, int64_t j) { return memory[static_cast<size_t>(first + i * row + j * col)]; }
  absl::StatusOr<MutableArrayView> View(int64_t rows, int64_t cols) {
    constexpr int64_t kItem = sizeof(T);
    return MutableArrayView::Create(memory.data() + first, {rows, cols}, {row * kItem, col * kItem});
  }
};

template <typename T>
FuzzResult RunCase(Random& random) {
  FuzzResult result = {/*ok=*/true};
  const int64_t m = RandomExtent(random), n = RandomExtent(random), k = RandomExtent(random);
  if (m * n * k > kWork || std::max({m * n, n * k, m * k}) > kElements) return result;
  Matrix<T> a(random, m, k, T(1e30)), b(random, k, n, T(1e30)), c(random, m, n, T(-7.5));
  // |a| <= 8 and |b| <= 8: the sums of up to 1021 products stay below 2^17.
  std::vector<T> right(static_cast<size_t>(k * n));
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t l = 0; l < k; ++l) a.At(i, l) = static_cast<T>(Pick(random, -8, 8));
  }
  for (int64_t l = 0; l < k; ++l) {
    for (int64_t j = 0; j < n; ++j) {
      b.At(l, j) = right[static_cast<size_t>(l * n + j)] = static_cast<T>(Pick(random, -8, 8));
    }
  }
  Matrix<T> want = c;
  std::vector<T> sums(static_cast<size_t>(n));
  for (int64_t i = 0; i < m; ++i) {
    sums.assign(sums.size(), T(0));
    for (int64_t l = 0; l < k; ++l) {
      const T factor = a.At(i, l);
      const T* const row = right.data() + l * n;
      for (int64_t j = 0; j < n; ++j) sums[static_cast<size_t>(j)] += factor * row[j];
    }
    for (int64_t j = 0; j < n; ++j) want.At(i, j) = sums[static_cast<size_t>(j)];
  }
  const absl::StatusOr<MutableArrayView> x = a.View(m, k), y = b.View(k, n), out = c.View(m, n);
  if (!x.ok() || !y.ok() || !out.ok()) return {};
  const absl::Status status = Matmul(*x, *y, *out);
  if (!status.ok()) {
    std::cerr << status << "\n";
    return {};
  }
  result.ran = true;
  result.ok = c.memory == want.memory;
  metrics::Choice choice;
  if (!metrics::LastDecision(&choice)) return {};
  if (m * n * k > 0) {
    result.parallel = choice.threads > 1;
    result.blas = choice.route == Route::kBlas;
    result.special = std::max({m, n, k}) > 255;  // blocks in caches
  }
  if (!result.ok) {
    std::cerr << m << "x" << n << "x" << k << " " << x->DebugString() << " " << y->DebugString() << " -> "
              << out->DebugString() << " on " << choice.threads << " threads by " << Name(choice.route) << "\n";
  }
  return result;
}

FuzzResult RunSeed(uint64_t seed) {
  Random random(seed);
  std::vector<context::Scope> scopes;
  scopes.push_back(test::EagerProfile(1));
  // BLAS half of the time, else Eigen, now and then without SIMD.
  const int way = static_cast<int>(random() % 8);
  scopes.push_back(context::ScopedBlas(way < 4 ? policy::BlasMode::kPrefer : policy::BlasMode::kOff));
  absl::StatusOr<context::Scope> simd = context::ScopedSimd(way == 7 ? "off" : "auto");
  if (!simd.ok()) return {};
  scopes.push_back(*std::move(simd));
  absl::StatusOr<context::Scope> threads = context::ScopedThreads(random() % 2 == 0 ? 1 : 3);
  if (!threads.ok()) return {};
  scopes.push_back(*std::move(threads));
  const FuzzResult result = random() % 2 == 0 ? RunCase<float>(random) : RunCase<double>(random);
  while (!scopes.empty()) scopes.pop_back();  // newest first
  return result;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) {
  // Under an emulator fewer of the default number.
  const int64_t calls = raptors::test::FuzzCalls() / (raptors::test::IsEmulated() ? 5 : 1);
  return raptors::test::FuzzMain(argc, argv, &raptors::RunSeed, raptors::context::Current().machine.blas, calls);
}
