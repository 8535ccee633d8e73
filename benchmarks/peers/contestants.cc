// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/contestants.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/blas_peer.h"
#include "raptors/parallel/pool.h"

namespace raptors::benchmarks {
namespace {

constexpr int64_t kLineBytes = 64;

PeerDType ToPeer(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return kPeerFloat32;
    case DType::kFloat64:
      return kPeerFloat64;
    case DType::kInt32:
    case DType::kInt64:
      break;  // no cell of the grid has them
  }
  return kPeerFloat32;
}

// Pieces of [0, n) in whole cache lines of elements, at most `threads`, none empty.
std::vector<std::pair<int64_t, int64_t>> Pieces(int64_t n, int64_t item_size, int threads) {
  const int64_t line = kLineBytes / item_size;
  const int64_t size = std::max(line, (n + threads - 1) / threads / line * line + line);
  std::vector<std::pair<int64_t, int64_t>> pieces;
  for (int64_t begin = 0; begin < n; begin += size) pieces.emplace_back(begin, std::min(size, n - begin));
  return pieces;
}

// An operand that a loop does not have stays null.
const char* Plus(const void* p, int64_t bytes) { return p == nullptr ? nullptr : static_cast<const char*>(p) + bytes; }
char* Plus(void* p, int64_t bytes) { return p == nullptr ? nullptr : static_cast<char*>(p) + bytes; }

// Args: PeerScaleArgs or PeerRoofArgs. F: called with a pointer to a part.
template <typename Args, typename F>
Contestant Make(std::string family, std::string name, F run, std::vector<Args> parts) {
  Contestant contestant;
  contestant.family = std::move(family);
  contestant.threads = static_cast<int>(parts.size());
  if (contestant.threads == 1) {
    contestant.name = std::move(name);
    contestant.time = [run, args = parts[0]](int64_t reps) mutable { return TimeCalls(reps, [&] { run(&args); }); };
    return contestant;
  }
  contestant.name = absl::StrCat(name, " x", parts.size());
  contestant.time = [run, parts = std::move(parts)](int64_t reps) mutable {
    const int count = static_cast<int>(parts.size());
    return TimeCalls(reps, [&] {
      parallel::Run(count, count, [&](int64_t begin, int64_t end) {
        for (int64_t part = begin; part < end; ++part) run(&parts[part]);
      });
    });
  };
  return contestant;
}

}  // namespace

std::vector<PeerScaleArgs> Split(const PeerScaleArgs& args, int64_t item_size, int threads) {
  std::vector<PeerScaleArgs> parts;
  if (args.rows > 1) {
    const int count = static_cast<int>(std::min<int64_t>(threads, args.rows));
    for (int k = 0; k < count; ++k) {
      const parallel::Range rows = parallel::Partition(args.rows, count, k);
      PeerScaleArgs part = args;
      part.rows = rows.end - rows.begin;
      part.in = Plus(args.in, rows.begin * args.in_row * item_size);
      part.out = Plus(args.out, rows.begin * args.out_row * item_size);
      parts.push_back(part);
    }
    return parts;
  }
  for (const auto& [begin, size] : Pieces(args.cols, item_size, threads)) {
    PeerScaleArgs part = args;
    part.cols = size;
    part.in = Plus(args.in, begin * args.in_col * item_size);
    part.out = Plus(args.out, begin * item_size);
    part.in_row = size * args.in_col;
    part.out_row = size;
    parts.push_back(part);
  }
  return parts;
}

std::vector<PeerRoofArgs> Split(const PeerRoofArgs& args, PeerRoofOp op, int64_t item_size, int threads) {
  if (op == kRoofFma) return std::vector<PeerRoofArgs>(threads, args);
  if (op == kRoofRead) item_size = sizeof(uint64_t);
  std::vector<PeerRoofArgs> parts;
  for (const auto& [begin, size] : Pieces(args.n, item_size, threads)) {
    PeerRoofArgs part = args;
    part.n = size;
    part.a = Plus(args.a, begin * item_size);
    part.b = Plus(args.b, begin * item_size);
    part.out = Plus(args.out, begin * item_size);
    parts.push_back(part);
  }
  return parts;
}

int64_t FmaIterations(int64_t multiply_adds, const PeerLibrary& library, const PeerRoof& roof) {
  const int64_t item_size = roof.dtype == kPeerFloat32 ? 4 : 8;
  return multiply_adds / (2 * roof.unroll * (library.table->vector_bytes / item_size));
}

std::vector<Contestant> PeerContestants(const std::vector<PeerLibrary>& libraries, const std::string& blas_name,
                                        DType dtype, const PeerScaleArgs& args, int max_threads) {
  std::vector<Contestant> contestants;
  const int64_t item_size = ItemSize(dtype);
  const auto add = [&](const PeerScale& scale, const std::string& name) {
    if (scale.dtype != ToPeer(dtype) || !scale.accepts(&args)) return;
    contestants.push_back(Make<PeerScaleArgs>(scale.family, name, scale.run, {args}));
    if (max_threads <= 1) return;
    std::vector<PeerScaleArgs> parts = Split(args, item_size, max_threads);
    if (parts.size() > 1) contestants.push_back(Make(scale.family, name, scale.run, std::move(parts)));
  };
  for (const PeerLibrary& library : libraries) {
    for (size_t i = 0; i < library.table->num_scales; ++i) {
      const PeerScale& scale = library.table->scales[i];
      const absl::string_view variant = scale.variant;
      add(scale, absl::StrCat(scale.family, " ", library.level, variant.empty() ? "" : ", ", variant));
    }
  }
  for (const PeerScale& scale : BlasScales()) add(scale, absl::StrCat(blas_name, " ", scale.variant));
  return contestants;
}

std::vector<Contestant> RoofContestants(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype,
                                        const PeerRoofArgs& args, const std::vector<int>& threads,
                                        const RoofFamily& family) {
  std::vector<Contestant> contestants;
  for (const PeerLibrary& library : libraries) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      if (roof.op != op || roof.dtype != ToPeer(dtype)) continue;
      for (int count : threads) {
        PeerRoofArgs whole = args;
        if (op == kRoofFma) whole.n = FmaIterations(args.n, library, roof);
        std::vector<PeerRoofArgs> parts = {whole};
        if (count > 1) parts = Split(whole, op, ItemSize(dtype), count);
        if (count > 1 && parts.size() == 1) continue;
        contestants.push_back(Make(family(roof, count), RoofName(library, roof), roof.run, std::move(parts)));
      }
    }
  }
  return contestants;
}

}  // namespace raptors::benchmarks
