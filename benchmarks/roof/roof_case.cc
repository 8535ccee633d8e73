// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/roof/roof_case.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/roof/roof_check.h"

namespace raptors::benchmarks {
namespace {

constexpr int64_t kSmallest = int64_t{16} << 10;
constexpr int64_t kLargest = int64_t{256} << 20;
// Per call and thread: some 20 us, and few enough that float32 counts them exactly.
constexpr int64_t kMultiplyAdds = int64_t{1} << 22;

struct OpFacts {
  PeerRoofOp op;
  int arrays;   // that the operation touches
  int touches;  // bytes moved / bytes of one array
};
constexpr OpFacts kOps[] = {
    {kRoofRead, 1, 1},         {kRoofCopy, 2, 2}, {kRoofScale, 2, 2},
    {kRoofScaleInPlace, 1, 2}, {kRoofAdd, 3, 3},  {kRoofFma, 0, 0},
};

const OpFacts& Facts(PeerRoofOp op) {
  return *std::find_if(std::begin(kOps), std::end(kOps), [=](const OpFacts& facts) { return facts.op == op; });
}

// Items of each array: words for a read, else elements, in whole cache lines.
int64_t Items(const RoofCell& cell) {
  const int64_t item = cell.op == kRoofRead ? 8 : ItemSize(cell.dtype);
  return cell.working_set / Facts(cell.op).arrays / 64 * 64 / item;
}

void Fill(void* data, int64_t bytes, int seed) {
  float* values = static_cast<float*>(data);
  for (int64_t i = 0; i < bytes / 4; ++i) values[i] = 0.5F + static_cast<float>((i * 7 + seed) % 1013) / 1013;
}

// What a programmer has without writing vectors by hand.
std::vector<Contestant> Independent(const RoofCell& cell, const std::vector<PeerLibrary>& libraries,
                                    const PeerRoofArgs& args, int threads) {
  std::vector<Contestant> all;
  if (cell.op == kRoofScale || cell.op == kRoofScaleInPlace) {
    PeerArgs scale = {};
    scale.ptr[0] = args.out;
    scale.ptr[1] = cell.op == kRoofScale ? const_cast<void*>(args.a) : args.out;
    scale.extent[kPlanes] = scale.extent[kRows] = 1;
    scale.extent[kCols] = args.n;
    scale.stride[0][kRows] = scale.stride[1][kRows] = args.n;
    scale.stride[0][kCols] = scale.stride[1][kCols] = 1;
    scale.scalar = args.factor;
    for (Contestant& contestant : PeerContestants(libraries, "", Op::kScale, cell.dtype, scale, threads)) {
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

absl::StatusOr<RoofResult> RunRoofCase(const RoofCell& cell, const MeasureOptions& options,
                                       const std::vector<PeerLibrary>& libraries, int cores, RoofBuffers& buffers) {
  const OpFacts& facts = Facts(cell.op);
  const bool fma = cell.op == kRoofFma;
  RoofResult result;
  result.cell = cell;
  result.threads = cell.all_threads ? cores : 1;
  PeerRoofArgs args = {};
  args.factor = fma ? 1.0 : -1.0;  // in place, a billion calls change no magnitude
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
      if (roof.op != cell.op || (!CountsWords(cell.op) && roof.dtype != cell.dtype)) continue;
      PeerRoofArgs part = args;
      part.n = std::min(args.n, kChecked);
      status.Update(CheckRoof(library, roof, part));
    }
  }
  if (!status.ok()) return status;
  if (args.a != nullptr) Fill(const_cast<void*>(args.a), args.n * item, 1);
  if (args.b != nullptr) Fill(const_cast<void*>(args.b), args.n * item, 2);
  if (args.out != nullptr) Fill(args.out, args.n * item, 3);

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
