// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/roof_case.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/contestants.h"

namespace raptors::benchmarks {
namespace {

constexpr int64_t kSmallest = int64_t{16} << 10;
constexpr int64_t kLargest = int64_t{256} << 20;
// Per call and thread: some 20 us, and few enough that float32 counts them exactly.
constexpr int64_t kMultiplyAdds = int64_t{1} << 22;

struct OpFacts {
  PeerRoofOp op;
  const char* name;
  int arrays;   // that the operation touches
  int touches;  // bytes moved / bytes of one array
};
constexpr OpFacts kOps[] = {
    {kRoofRead, "read", 1, 1},   {kRoofCopy, "copy", 2, 2},
    {kRoofScale, "scale", 2, 2}, {kRoofScaleInPlace, "scale in place", 1, 2},
    {kRoofAdd, "add", 3, 3},     {kRoofFma, "fma", 0, 0},
};

const OpFacts& Facts(PeerRoofOp op) {
  return *std::find_if(std::begin(kOps), std::end(kOps), [=](const OpFacts& facts) { return facts.op == op; });
}

// Items of each array: words for a read, else elements, in whole cache lines.
int64_t Items(const RoofCell& cell) {
  const int64_t item = cell.op == kRoofRead ? 8 : ItemSize(cell.dtype);
  return cell.working_set / Facts(cell.op).arrays / 64 * 64 / item;
}

template <typename T>
void Fill(void* data, int64_t n, int seed) {
  T* values = static_cast<T*>(data);
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(0.5 + static_cast<double>((i * 7 + seed) % 1013) / 1013);
}

// A loop over single elements, compiled for the processor's floor.
template <typename T>
absl::Status CheckMap(const PeerRoof& roof, PeerRoofArgs args) {
  if (args.a != nullptr) Fill<T>(const_cast<void*>(args.a), args.n, 1);
  if (args.b != nullptr) Fill<T>(const_cast<void*>(args.b), args.n, 2);
  Fill<T>(args.out, args.n, 3);
  std::vector<T> expected(args.n);
  const T* a = static_cast<const T*>(args.a);
  const T* b = static_cast<const T*>(args.b);
  const T* out = static_cast<const T*>(args.out);
  const T factor = static_cast<T>(args.factor);
  for (int64_t i = 0; i < args.n; ++i) {
    expected[i] = roof.op == kRoofCopy    ? a[i]
                  : roof.op == kRoofScale ? factor * a[i]
                  : roof.op == kRoofAdd   ? a[i] + b[i]
                                          : factor * out[i];
  }
  roof.run(&args);
  if (std::memcmp(out, expected.data(), args.n * sizeof(T)) == 0) return absl::OkStatus();
  return absl::InternalError("the output is not that of a loop over single elements");
}

absl::Status CheckRead(const PeerRoof& roof, PeerRoofArgs args) {
  Fill<double>(const_cast<void*>(args.a), args.n, 1);
  const uint64_t* words = static_cast<const uint64_t*>(args.a);
  uint64_t expected = 0;
  for (int64_t i = 0; i < args.n; ++i) expected ^= words[i];
  roof.run(&args);
  return args.result == expected ? absl::OkStatus() : absl::InternalError("the words read do not add up");
}

absl::Status CheckFma(const PeerLibrary& library, const PeerRoof& roof, PeerRoofArgs args) {
  const int64_t lanes = library.table->vector_bytes / (roof.dtype == kPeerFloat32 ? 4 : 8);
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

// What a programmer has without writing vectors by hand.
std::vector<Contestant> Independent(const RoofCell& cell, const std::vector<PeerLibrary>& libraries,
                                    const PeerRoofArgs& args, int threads) {
  std::vector<Contestant> all;
  if (cell.op == kRoofScale || cell.op == kRoofScaleInPlace) {
    PeerScaleArgs scale = {};
    scale.in = cell.op == kRoofScale ? args.a : args.out;
    scale.out = args.out;
    scale.rows = 1;
    scale.cols = scale.in_row = scale.out_row = args.n;
    scale.in_col = scale.out_col = 1;
    scale.factor = args.factor;
    for (Contestant& contestant : PeerContestants(libraries, "", cell.dtype, scale, threads)) {
      if (contestant.family != "plain" || contestant.threads != threads) continue;
      contestant.family = "independent";
      all.push_back(std::move(contestant));
    }
  } else if (cell.op == kRoofCopy && threads == 1) {
    const int64_t bytes = args.n * ItemSize(cell.dtype);
    all.push_back({"independent", "memcpy", 1, [args, bytes](int64_t reps) {
                     return TimeCalls(reps, [&] { std::memcpy(args.out, args.a, static_cast<size_t>(bytes)); });
                   }});
  }
  return all;
}

}  // namespace

const char* Name(PeerRoofOp op) { return Facts(op).name; }

std::string FormatWorkingSet(int64_t bytes) {
  return bytes >= 1 << 20 ? absl::StrCat(bytes >> 20, "MiB") : absl::StrCat(bytes >> 10, "KiB");
}

std::string RoofCell::Name() const {
  return absl::StrCat(benchmarks::Name(op), "/", raptors::Name(dtype),
                      op == kRoofFma ? "" : absl::StrCat("/", FormatWorkingSet(working_set)),
                      "/threads:", all_threads ? "all" : "1");
}

std::vector<RoofCell> MakeRoofGrid(GridName name, int cores) {
  std::vector<RoofCell> cells;
  for (const OpFacts& facts : kOps) {
    for (DType dtype : kFloatDTypes) {
      const bool fma = facts.op == kRoofFma;
      if (name != GridName::kFull && dtype != kAllDTypes[0] && !fma) continue;
      const int64_t largest = name == GridName::kSmoke ? kSmallest : kLargest;
      for (int64_t bytes = kSmallest; bytes <= largest; bytes *= 4) {
        for (int all = 0; all < (cores > 1 ? 2 : 1); ++all)
          cells.push_back({facts.op, dtype, fma ? 0 : bytes, all == 1});
        if (fma) break;
      }
    }
  }
  return cells;
}

const Named& RoofResult::Best() const {
  const Named* best = &plain;
  for (const Named* other : {&streaming, &independent}) {
    if (other->present() && other->ns < best->ns) best = other;
  }
  return *best;
}

absl::Status CheckRoof(const PeerLibrary& library, const PeerRoof& roof, PeerRoofArgs args) {
  absl::Status status;
  if (roof.op == kRoofFma) {
    status = CheckFma(library, roof, args);
  } else if (roof.op == kRoofRead) {
    status = CheckRead(roof, args);
  } else {
    status = roof.dtype == kPeerFloat32 ? CheckMap<float>(roof, args) : CheckMap<double>(roof, args);
  }
  if (status.ok()) return status;
  return absl::InternalError(absl::StrCat(Name(roof.op), ", ", RoofName(library, roof), ": ", status.message()));
}

absl::StatusOr<RoofResult> RunRoofCase(const RoofCell& cell, const MeasureOptions& options,
                                       const std::vector<PeerLibrary>& libraries, int cores, RoofBuffers& buffers) {
  const OpFacts& facts = Facts(cell.op);
  const bool fma = cell.op == kRoofFma;
  RoofResult result;
  result.cell = cell;
  result.threads = cell.all_threads ? cores : 1;
  PeerRoofArgs args = {};
  args.factor = fma ? 1.0 : kTimedFactor;
  args.n = fma ? kMultiplyAdds : Items(cell);
  const int64_t item = cell.op == kRoofRead ? 8 : ItemSize(cell.dtype);
  result.work = fma ? 2.0 * kMultiplyAdds * result.threads : static_cast<double>(facts.touches * args.n * item);
  const auto use = [&](bool used, Buffer& buffer, auto* pointer) -> absl::Status {
    if (!used) return absl::OkStatus();
    if (absl::Status status = buffer.Reserve(static_cast<size_t>(args.n * item)); !status.ok()) return status;
    *pointer = buffer.data();
    return absl::OkStatus();
  };
  absl::Status status = use(!fma && cell.op != kRoofScaleInPlace, buffers.a, &args.a);
  status.Update(use(cell.op == kRoofAdd, buffers.b, &args.b));
  status.Update(use(!fma && cell.op != kRoofRead, buffers.out, &args.out));
  if (!status.ok()) return status;

  // Answers: every loop, on the first part of the buffers; peers_test does all lengths.
  constexpr int64_t kChecked = 4099;
  for (const PeerLibrary& library : libraries) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      if (roof.op != cell.op || (roof.dtype == kPeerFloat32) != (ItemSize(cell.dtype) == 4)) continue;
      PeerRoofArgs part = args;
      part.n = std::min(args.n, kChecked);
      status.Update(CheckRoof(library, roof, part));
    }
  }
  if (!status.ok()) return status;
  if (args.a != nullptr) Fill<float>(const_cast<void*>(args.a), args.n * item / 4, 1);
  if (args.b != nullptr) Fill<float>(const_cast<void*>(args.b), args.n * item / 4, 2);
  if (args.out != nullptr) Fill<float>(args.out, args.n * item / 4, 3);

  std::vector<Contestant> all =
      RoofContestants(libraries, cell.op, cell.dtype, args, {result.threads},
                      [](const PeerRoof& roof, int) { return std::string(roof.streams ? "streaming" : "plain"); });
  for (Contestant& contestant : Independent(cell, libraries, args, result.threads))
    all.push_back(std::move(contestant));
  std::vector<Contestant> finalists;
  for (int winner : BestOfFamilies(all, options)) finalists.push_back(all[winner]);
  const std::vector<Timing> timings = MeasureInRounds(finalists, options);
  for (size_t i = 0; i < finalists.size(); ++i) {
    Named& named = finalists[i].family == "plain"       ? result.plain
                   : finalists[i].family == "streaming" ? result.streaming
                                                        : result.independent;
    named = {finalists[i].name, timings[i].median_ns};
    if (&named == &result.Best()) result.spread = timings[i].spread;
  }
  return result;
}

}  // namespace raptors::benchmarks
