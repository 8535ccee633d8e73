// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Results of reductions on every platform: hashes of a fixed grid, checked in. Every level of every architecture must
// reproduce them, on any number of threads. They change only with docs/reductions.md; then the file is written anew,
// after bazel build, by
//   bazel-bin/raptors/ops/reduce_golden_test --print > raptors/ops/testdata/reduce_golden.inc
// on a machine of either architecture.

#include <cstdio>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "raptors/array/view.h"
#include "raptors/ops/reduce.h"
#include "raptors/ops/reduce_testing.h"
#include "raptors/testing/isa.h"
#include "raptors/testing/views.h"

namespace raptors {
namespace {

using test::LayoutCase;
using test::MakeLayout;
using test::RandomCase;

struct Golden {
  std::string name;
  uint64_t hash;
};

const std::vector<Golden>& Expected() {
  static const auto* const golden = new std::vector<Golden>{
#include "raptors/ops/testdata/reduce_golden.inc"
  };
  return *golden;
}

// FNV-1a of 64 bits.
class Hash {
 public:
  void Add(const void* data, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) value_ = (value_ ^ static_cast<const unsigned char*>(data)[i]) * 0x100000001B3u;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xCBF29CE484222325u;
};

std::vector<LayoutCase> Grid() {
  return {
      MakeLayout({}, {}, "scalar"),
      MakeLayout({{1000}}, {0}, "short"),
      MakeLayout({{20011}}, {0}, "vector"),
      MakeLayout({{20011, -3}}, {0}, "vector_back3"),
      MakeLayout({{20011, 1, 3}}, {0}, "vector_odd"),
      MakeLayout({{70}, {1}}, {0, 1}, "column"),
      MakeLayout({{9001}, {2}}, {0, 1}, "narrow2"),
      MakeLayout({{9001}, {3}}, {0, 1}, "narrow3"),
      MakeLayout({{3}, {9001}}, {0, 1}, "three_rows"),
      MakeLayout({{2100}, {7, 2}}, {0, 1}, "narrow7_step2"),
      MakeLayout({{300}, {65}}, {0, 1}, "wide"),
      MakeLayout({{65}, {300}}, {1, 0}, "wide_transposed"),
      MakeLayout({{140}, {33, -1, 5}}, {0, 1}, "wide_odd"),
      MakeLayout({{7}, {131, 0}, {5}}, {0, 1, 2}, "broadcast"),
      MakeLayout({{5}, {140}, {6}}, {1, 2, 0}, "three_axes"),
      MakeLayout({{4}, {5}, {6}, {7}}, {2, 0, 3, 1}, "four_axes"),
  };
}

template <typename T>
void AddSpecials(const ArrayView& x) {
  if constexpr (std::is_floating_point_v<T>) {
    using L = std::numeric_limits<T>;
    std::vector<T> values = test::ToVector<T>(x);
    const T specials[] = {L::quiet_NaN(), L::infinity(), -L::infinity(), T(-0.0), L::denorm_min(), L::max()};
    for (size_t i = 0; i < values.size(); i += 97) values[i] = specials[i / 97 % 6];
    size_t next = 0;
    test::ForEachIndex(x.shape(), [&](auto index) {
      memcpy(static_cast<char*>(const_cast<void*>(x.data())) + test::OffsetOf(x, index), &values[next++], sizeof(T));
    });
  }
}

// All results of one operation on one view: over every set of axes, one after the other.
uint64_t HashOf(Op op, const ArrayView& x, int threads) {
  Hash hash;
  for (uint64_t set = 0; set < uint64_t{1} << x.ndim(); ++set) {
    const absl::StatusOr<Array> result = test::Reduce(op, x, {test::AxesOf(set), false, threads});
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) continue;
    const test::Bytes bytes = test::BytesOf(result->view());
    hash.Add(bytes.data(), bytes.size());
  }
  return hash.value();
}

uint64_t HashOf(const absl::StatusOr<double>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
  Hash hash;
  if (result.ok()) hash.Add(&*result, sizeof(*result));
  return hash.value();
}

std::vector<Golden> Compute(int threads) {
  std::vector<Golden> golden;
  for (const DType dtype : kAllDTypes) {
    uint64_t seed = 1;
    for (const LayoutCase& layout : Grid()) {
      const RandomCase c(layout, dtype, ++seed);
      for (const Op op : test::kAxisOps) {
        golden.push_back({absl::StrCat(Name(op), " ", Name(dtype), " ", layout.name), HashOf(op, c.x, threads)});
      }
      if (!IsFloat(dtype)) continue;
      if (c.x.ndim() == 1) {
        const RandomCase other(MakeLayout({{c.x.size(), 2}}, {0}, "y"), dtype, seed + 100);
        const std::string suffix = absl::StrCat(" ", Name(dtype), " ", layout.name);
        golden.push_back({absl::StrCat("dot", suffix), HashOf(Dot(c.x, other.x, {threads}))});
        golden.push_back({absl::StrCat("nrm2", suffix), HashOf(Nrm2(c.x, {threads}))});
        golden.push_back({absl::StrCat("asum", suffix), HashOf(Asum(c.x, {threads}))});
      }
      dtype == DType::kFloat32 ? AddSpecials<float>(c.x) : AddSpecials<double>(c.x);
      for (const Op op : test::kAxisOps) {
        golden.push_back({absl::StrCat(Name(op), " ", Name(dtype), " ", layout.name, " with special values"),
                          HashOf(op, c.x, threads)});
      }
    }
  }
  return golden;
}

class GoldenTest : public test::IsaTest {};
RAPTORS_INSTANTIATE_FOR_EACH_ISA(GoldenTest);

TEST_P(GoldenTest, ResultsAreThoseOfTheFile) {
  for (const int threads : {1, 5}) {
    const std::vector<Golden> got = Compute(threads);
    EXPECT_TRUE(RanHere());
    ASSERT_EQ(got.size(), Expected().size());
    EXPECT_GT(got.size(), 300u);
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].name, Expected()[i].name);
      EXPECT_EQ(got[i].hash, Expected()[i].hash) << got[i].name;
    }
  }
}

void Print() {
  std::puts("// Copyright The Raptors Authors\n// SPDX-License-Identifier: Apache-2.0\n//");
  std::puts("// Written by: bazel-bin/raptors/ops/reduce_golden_test --print");
  for (const Golden& golden : Compute(1)) {
    std::puts(absl::StrFormat("{\"%s\", 0x%016xu},", golden.name, golden.hash).c_str());
  }
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc == 2 && strcmp(argv[1], "--print") == 0) {
    raptors::Print();
    return 0;
  }
  if (argc > 1) {
    std::fprintf(stderr, "unknown argument %s: expected --print or nothing\n", argv[1]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
