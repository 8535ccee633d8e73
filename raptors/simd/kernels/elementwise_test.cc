// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every element-wise kernel of every level that this machine has, and of the stress backend, against plain C++: all
// lengths around the vector and unroll sizes, all layouts, alignments, strides and special values, between guard bytes.

#include "raptors/simd/kernels/elementwise.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "raptors/base/kernel_args.h"
#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"

namespace raptors {
namespace {

// A kernel table under test: a level's, or the stress backend's.
struct Table {
  std::string name;
  const KernelEntry* entries;
};

std::vector<Table> Tables() {
  std::vector<Table> tables;
  const IsaSet usable = dispatch::Built() & cpu::Supported();
  for (const Isa isa : kAllIsas) {
    if (usable.Has(isa)) tables.push_back({Name(isa), dispatch::Lookup(Op::kScale, DType::kFloat32, isa)});
  }
  tables.push_back({"stress", RAPTORS_ELEMENTWISE_TABLE(stress)});
  return tables;
}

class ElementwiseKernelTest : public testing::TestWithParam<Table> {
 protected:
  MapKernel Kernel(DType dtype) const { return GetParam().entries[static_cast<int>(dtype)].map; }
};

template <typename T>
void SetFactor(KernelArgs& args, T factor) {
  if constexpr (sizeof(T) == 4) {
    args.scalar[0].f32 = factor;
  } else {
    args.scalar[0].f64 = factor;
  }
}

// Same bits, where any NaN equals any NaN.
template <typename T>
bool SameValue(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

template <typename T>
T SpecialValue(int64_t i) {
  using L = std::numeric_limits<T>;
  static const T kValues[] = {T(0),           T(-0.0),         L::infinity(),    -L::infinity(),
                              L::quiet_NaN(), L::denorm_min(), -L::denorm_min(), L::min(),
                              L::max(),       L::lowest(),     L::epsilon(),     T(1)};
  return kValues[i % (sizeof(kValues) / sizeof(kValues[0]))];
}

// One two-axis call: strides in bytes, offsets of the first elements from the start of their buffers in bytes.
struct Case {
  int64_t rows, cols;
  int64_t out_offset, out_row, out_col;
  int64_t in_offset, in_row, in_col;
  bool stream = false;
};

std::string Describe(const Case& c) {
  return "rows " + std::to_string(c.rows) + " cols " + std::to_string(c.cols) + " out " + std::to_string(c.out_offset) +
         "+" + std::to_string(c.out_row) + "," + std::to_string(c.out_col) + " in " + std::to_string(c.in_offset) +
         "+" + std::to_string(c.in_row) + "," + std::to_string(c.in_col) + " stream " + std::to_string(c.stream);
}

// The bytes that a view touches relative to its first element.
void Bounds(int64_t rows, int64_t cols, int64_t row, int64_t col, int64_t item, int64_t* low, int64_t* high) {
  *low = std::min<int64_t>(0, (rows - 1) * row) + std::min<int64_t>(0, (cols - 1) * col);
  *high = std::max<int64_t>(0, (rows - 1) * row) + std::max<int64_t>(0, (cols - 1) * col) + item;
}

template <typename T>
void Check(MapKernel kernel, const Case& c, T factor, bool special) {
  constexpr int64_t kGuard = 256;
  int64_t in_low, in_high, out_low, out_high;
  Bounds(c.rows, c.cols, c.in_row, c.in_col, sizeof(T), &in_low, &in_high);
  Bounds(c.rows, c.cols, c.out_row, c.out_col, sizeof(T), &out_low, &out_high);

  // Vectors of a 64-byte type, so that offsets are offsets from a cache line.
  struct alignas(64) Line {
    unsigned char bytes[64];
  };
  std::vector<Line> in_memory((in_high - in_low + c.in_offset + 2 * kGuard) / 64 + 2);
  std::vector<Line> out_memory((out_high - out_low + c.out_offset + 2 * kGuard) / 64 + 2);
  auto* in_bytes = reinterpret_cast<unsigned char*>(in_memory.data());
  auto* out_bytes = reinterpret_cast<unsigned char*>(out_memory.data());
  std::memset(out_bytes, 0xA5, out_memory.size() * sizeof(Line));
  // The input's gaps are NaNs: a kernel that computes with them and stores the result is seen.
  std::memset(in_bytes, 0xFF, in_memory.size() * sizeof(Line));
  unsigned char* in = in_bytes + kGuard + c.in_offset - in_low;
  unsigned char* out = out_bytes + kGuard + c.out_offset - out_low;

  std::vector<T> want(c.rows * c.cols);
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      const T x = special ? SpecialValue<T>(i * c.cols + j + i) : T(0.37) * T(i * c.cols + j + 1) - T(5);
      std::memcpy(in + i * c.in_row + j * c.in_col, &x, sizeof(T));
    }
  }
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      T x;  // read back: with a zero stride elements share memory
      std::memcpy(&x, in + i * c.in_row + j * c.in_col, sizeof(T));
      want[i * c.cols + j] = x * factor;
    }
  }

  KernelArgs args = {};
  args.ptr[0] = reinterpret_cast<char*>(out);
  args.ptr[1] = reinterpret_cast<char*>(in);
  args.stride[0][0] = c.out_row;
  args.stride[0][1] = c.out_col;
  args.stride[1][0] = c.in_row;
  args.stride[1][1] = c.in_col;
  args.extent[0] = c.rows;
  args.extent[1] = c.cols;
  args.stream = c.stream;
  args.layout = Classify(args, 2, sizeof(T));
  SetFactor(args, factor);
  kernel(args);

  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j = 0; j < c.cols; ++j) {
      T got;
      unsigned char* at = out + i * c.out_row + j * c.out_col;
      std::memcpy(&got, at, sizeof(T));
      ASSERT_TRUE(SameValue(got, want[i * c.cols + j]))
          << Describe(c) << ": [" << i << ", " << j << "] got " << got << ", want " << want[i * c.cols + j];
      std::memset(at, 0xA5, sizeof(T));
    }
  }
  // Every other byte still holds the pattern (each byte equals its neighbour, and the first is right).
  ASSERT_TRUE(out_bytes[0] == 0xA5 && std::memcmp(out_bytes, out_bytes + 1, out_memory.size() * sizeof(Line) - 1) == 0)
      << Describe(c) << ": wrote outside the output";
}

template <typename T>
void CheckBothKinds(MapKernel kernel, const Case& c) {
  Check<T>(kernel, c, T(1.7), false);
  Check<T>(kernel, c, T(0), true);
  Check<T>(kernel, c, -std::numeric_limits<T>::infinity(), true);
}

// Lengths 0.. are cheap natively and slow under an emulator, where every third one after the first hundred remains.
int64_t NextLength(int64_t n) {
#if defined(__aarch64__)
  return n < 100 ? n + 1 : n + 29;
#else
  return n + 1;
#endif
}

template <typename T>
void ContiguousLengths(MapKernel kernel) {
  const int64_t item = sizeof(T);
  for (int64_t n = 1; n <= 1025; n = NextLength(n)) {
    const int64_t offset = (n * 7 % 16) * item;
    Check<T>(kernel, {1, n, offset, 0, item, (n % 5) * item, 0, item}, T(1.7), false);
    Check<T>(kernel, {1, n, (n % 3) * item, 0, item, offset, 0, item}, T(1.7), true);
    Check<T>(kernel, {1, n, offset, 0, item, 0, 0, item, true}, T(1.7), false);
  }
}

TEST_P(ElementwiseKernelTest, ContiguousLengths) {
  ContiguousLengths<float>(Kernel(DType::kFloat32));
  ContiguousLengths<double>(Kernel(DType::kFloat64));
}

template <typename T>
void ContiguousOffsets(MapKernel kernel) {
  const int64_t item = sizeof(T);
  for (const int64_t n : {1, 3, 16, 31, 64, 65, 130, 257}) {
    for (int64_t out = 0; out < 16; ++out) {
      for (int64_t in = 0; in < 16; in += 3) {
        for (const bool stream : {false, true}) {
          Check<T>(kernel, {1, n, out * item, 0, item, in * item, 0, item, stream}, T(-2.5), false);
        }
      }
    }
  }
}

TEST_P(ElementwiseKernelTest, ContiguousOffsets) {
  ContiguousOffsets<float>(Kernel(DType::kFloat32));
  ContiguousOffsets<double>(Kernel(DType::kFloat64));
}

template <typename T>
void Strides(MapKernel kernel) {
  const int64_t item = sizeof(T);
  const int64_t steps[] = {0, item, -item, 2 * item, -2 * item, 3 * item, 113 * item, item + 1, -item - 3, 1};
  for (const int64_t cols : {1, 2, 7, 8, 9, 33, 64, 150}) {
    for (const int64_t rows : {1, 3}) {
      for (const int64_t in : steps) {
        CheckBothKinds<T>(kernel, {rows, cols, 0, cols * item, item, 0, 3 * cols * item, in});
        CheckBothKinds<T>(kernel, {rows, cols, 0, cols * 3 * item, 3 * item, item, item, in});
        CheckBothKinds<T>(kernel, {rows, cols, 1, cols * item + 1, item, 3, 0, in});
      }
    }
  }
}

TEST_P(ElementwiseKernelTest, Strides) {
  Strides<float>(Kernel(DType::kFloat32));
  Strides<double>(Kernel(DType::kFloat64));
}

template <typename T>
void TransposedTiles(MapKernel kernel) {
  const int64_t item = sizeof(T);
  for (const int64_t rows : {2, 15, 16, 17, 48, 49, 100}) {
    for (const int64_t cols : {9, 16, 31, 48, 50, 97}) {
      const int64_t pad = rows % 3;
      CheckBothKinds<T>(kernel, {rows, cols, pad * item, (cols + pad) * item, item, 0, item, (rows + pad) * item});
      CheckBothKinds<T>(kernel, {rows, cols, 0, cols * item, item, item, item, -rows * item});
      // A leading dimension near the page size, on and off cache lines: the other way through.
      Check<T>(kernel, {rows, cols, 0, 4096, item, 0, item, 4096}, T(1.7), true);
      Check<T>(kernel, {rows, cols, item, 4096 + item, item, 0, item, 4096 - item}, T(1.7), false);
    }
  }
}

TEST_P(ElementwiseKernelTest, TransposedTiles) {
  TransposedTiles<float>(Kernel(DType::kFloat32));
  TransposedTiles<double>(Kernel(DType::kFloat64));
}

template <typename T>
void NarrowRows(MapKernel kernel) {
  const int64_t item = sizeof(T);
  for (int64_t cols = 1; cols <= kNarrowExtent + 1; ++cols) {
    for (const int64_t rows : {2, 5, 64}) {
      CheckBothKinds<T>(kernel, {rows, cols, 0, cols * item, item, 0, (cols + 1) * item, item});
      CheckBothKinds<T>(kernel, {rows, cols, item, (cols + 2) * item, item, 0, -cols * item, item});
      CheckBothKinds<T>(kernel, {rows, cols, 0, cols * item, item, 0, item, 0});
    }
  }
}

TEST_P(ElementwiseKernelTest, NarrowRows) {
  NarrowRows<float>(Kernel(DType::kFloat32));
  NarrowRows<double>(Kernel(DType::kFloat64));
}

// In place: the output is the input. Every element must be scaled exactly once.
template <typename T>
void InPlace(MapKernel kernel) {
  for (const int64_t step : {1, 2, 3, -1}) {
    for (int64_t n = 1; n < 300; n += n < 80 ? 1 : 7) {
      const int64_t size = (n - 1) * (step < 0 ? -step : step) + 1;
      std::vector<T> data(size), want;
      for (int64_t i = 0; i < size; ++i) data[i] = T(i) - T(20.5);
      want = data;
      const int64_t first = step < 0 ? size - 1 : 0;
      for (int64_t i = 0; i < n; ++i) want[first + i * step] *= T(3);
      KernelArgs args = {};
      args.ptr[0] = args.ptr[1] = reinterpret_cast<char*>(data.data() + first);
      args.stride[0][1] = args.stride[1][1] = step * static_cast<int64_t>(sizeof(T));
      args.extent[0] = 1;
      args.extent[1] = n;
      args.layout = Classify(args, 2, sizeof(T));
      SetFactor(args, T(3));
      kernel(args);
      ASSERT_EQ(data, want) << "n " << n << " step " << step;
    }
  }
}

TEST_P(ElementwiseKernelTest, InPlace) {
  InPlace<float>(Kernel(DType::kFloat32));
  InPlace<double>(Kernel(DType::kFloat64));
}

INSTANTIATE_TEST_SUITE_P(Isa, ElementwiseKernelTest, testing::ValuesIn(Tables()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace raptors
