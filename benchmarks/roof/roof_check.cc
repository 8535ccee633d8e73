// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/roof/roof_check.h"

#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/contestants.h"

namespace raptors::benchmarks {
namespace {

// Items of the arrays of CheckRoofByName(): several iterations of every unrolling, and a tail.
constexpr int64_t kChecked = 4099;

template <typename T>
void Fill(const void* data, int64_t n, int seed) {
  if (data == nullptr) return;
  T* values = static_cast<T*>(const_cast<void*>(data));
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(0.5 + static_cast<double>((i * 7 + seed) % 1013) / 1013);
}

template <typename T>
void FillAll(const PeerRoofArgs& args) {
  Fill<T>(args.a, args.n, 1);
  Fill<T>(args.b, args.n, 2);
  Fill<T>(args.c, args.n, 4);
  Fill<T>(args.out, args.n, 3);
}

template <typename T>
T Item(PeerRoofOp op, T a, T b, T out, T factor) {
  return op == kRoofCopy ? a : op == kRoofScale ? factor * a : op == kRoofAdd ? a + b : factor * out;
}

// A loop over single elements, compiled for the processor's floor.
template <typename T>
absl::Status CheckElements(const PeerRoof& roof, PeerRoofArgs args) {
  FillAll<T>(args);
  std::vector<T> expected(static_cast<size_t>(args.n));
  const T* a = static_cast<const T*>(args.a);
  const T* b = static_cast<const T*>(args.b);
  const T* out = static_cast<const T*>(args.out);
  for (int64_t i = 0; i < args.n; ++i) {
    expected[static_cast<size_t>(i)] =
        Item<T>(roof.op, a != nullptr ? a[i] : T{}, b != nullptr ? b[i] : T{}, out[i], static_cast<T>(args.factor));
  }
  roof.run(&args);
  if (std::memcmp(out, expected.data(), expected.size() * sizeof(T)) == 0) return absl::OkStatus();
  return absl::InternalError("the output is not that of a loop over single elements");
}

absl::Status CheckWords(const PeerRoof& roof, PeerRoofArgs args) {
  FillAll<double>(args);
  const auto word = [&](const void* data, int64_t i) {
    return data == nullptr ? 0 : static_cast<const uint64_t*>(data)[i];
  };
  const bool reads = roof.op == kRoofRead || roof.op == kRoofRead2;
  const bool two = roof.op == kRoofMix2 || roof.op == kRoofMix3 || roof.op == kRoofMixInto2 || roof.op == kRoofRead2;
  const bool into = roof.op == kRoofMixInto1 || roof.op == kRoofMixInto2;
  std::vector<uint64_t> expected(static_cast<size_t>(args.n));
  uint64_t all = 0;
  for (int64_t i = 0; i < args.n; ++i) {
    uint64_t value = word(args.a, i) ^ (two ? word(args.b, i) : 0) ^ (roof.op == kRoofMix3 ? word(args.c, i) : 0);
    if (into) value ^= word(args.out, i);
    if (roof.op == kRoofFill) value = 1;
    if (roof.op == kRoofFlip) value = word(args.out, i) ^ 1;
    expected[static_cast<size_t>(i)] = value;
    all ^= value;
  }
  roof.run(&args);
  if (reads) return args.result == all ? absl::OkStatus() : absl::InternalError("the words read do not add up");
  if (std::memcmp(args.out, expected.data(), expected.size() * 8) == 0) return absl::OkStatus();
  return absl::InternalError("the output is not that of a loop over single words");
}

absl::Status CheckFma(const PeerLibrary& library, const PeerRoof& roof, PeerRoofArgs args) {
  const int64_t lanes = library.table->vector_bytes / ItemSize(roof.dtype);
  double expected = 0;
  for (int k = 0; k < roof.unroll; ++k) {
    for (double x : {static_cast<double>(k), 8.0 + k}) {
      for (int64_t i = 0; i < args.n; ++i) x = x * args.factor + 1;
      expected += static_cast<double>(lanes) * x;
    }
  }
  roof.run(&args);
  double sum;
  std::memcpy(&sum, &args.result, sizeof(sum));
  if (sum == expected) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the sum is ", sum, ", expected ", expected));
}

}  // namespace

const char* Name(PeerRoofOp op) {
  switch (op) {
    case kRoofRead:
      return "read";
    case kRoofFill:
      return "fill";
    case kRoofCopy:
      return "copy";
    case kRoofScale:
      return "scale";
    case kRoofScaleInPlace:
      return "scale in place";
    case kRoofFlip:
      return "flip in place";
    case kRoofAdd:
      return "add";
    case kRoofMix2:
      return "mix of two";
    case kRoofMix3:
      return "mix of three";
    case kRoofMixInto1:
      return "mix into one";
    case kRoofMixInto2:
      return "mix two into one";
    case kRoofRead2:
      return "read of two";
    case kRoofFma:
      return "fma";
  }
  return "?";
}

absl::Status CheckRoof(const PeerLibrary& library, const PeerRoof& roof, PeerRoofArgs args) {
  const absl::Status status = roof.op == kRoofFma         ? CheckFma(library, roof, args)
                              : CountsWords(roof.op)      ? CheckWords(roof, args)
                              : ItemSize(roof.dtype) == 4 ? CheckElements<float>(roof, args)
                                                          : CheckElements<double>(roof, args);
  if (status.ok()) return status;
  return absl::InternalError(absl::StrCat(Name(roof.op), ", ", RoofName(library, roof), ": ", status.message()));
}

absl::Status CheckRoofByName(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype,
                             const std::string& name) {
  const FoundRoof found = FindRoof(libraries, op, dtype, name);
  if (found.roof == nullptr) return absl::InternalError(absl::StrCat("no roofline loop is called ", name));
  std::vector<double> a(kChecked), b(kChecked), c(kChecked), out(kChecked);
  PeerRoofArgs args = {};
  args.a = a.data();
  args.b = b.data();
  args.c = c.data();
  args.out = out.data();
  args.n = kChecked;
  args.factor = op == kRoofFma ? 1.0 : 1.1;
  return CheckRoof(*found.library, *found.roof, args);
}

}  // namespace raptors::benchmarks
