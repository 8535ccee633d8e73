// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/contestants.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/blas_peer.h"
#include "benchmarks/peers/split.h"
#include "raptors/parallel/pool.h"

namespace raptors::benchmarks {
namespace {

// The loops of maps do one plane; products have their inner axis there.
void RunPlanes(const PeerLoop& loop, const PeerArgs& args) {
  if (args.extent[kPlanes] == 1 || Info(loop.op).kind == OpKind::kProduct) return loop.run(&args);
  PeerArgs plane = args;
  plane.extent[kPlanes] = 1;
  const int64_t item = ItemSize(loop.dtype);
  for (int64_t p = 0; p < args.extent[kPlanes]; ++p) {
    loop.run(&plane);
    for (int k = 0; k < kPeerOperands; ++k) {
      if (plane.ptr[k] != nullptr) plane.ptr[k] = static_cast<char*>(plane.ptr[k]) + args.stride[k][kPlanes] * item;
    }
  }
}

// f(k) for every part, on as many threads.
template <typename F>
void InParallel(size_t parts, const F& f) {
  const int count = static_cast<int>(parts);
  parallel::Run(count, count, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) f(static_cast<size_t>(k));
  });
}

Contestant MakePeer(const PeerLoop& loop, const std::string& name, const PeerArgs& args) {
  return {loop.family, name, 1, [loop, args](int64_t reps) { return TimeCalls(reps, [&] { RunPlanes(loop, args); }); }};
}

Contestant MakePeer(const PeerLoop& loop, const std::string& name, const PeerArgs& args, std::shared_ptr<Parts> parts) {
  return {loop.family, absl::StrCat(name, " x", parts->args.size()), static_cast<int>(parts->args.size()),
          [loop, args, parts = std::move(parts)](int64_t reps) {
            return TimeCalls(reps, [&] {
              InParallel(parts->args.size(), [&](size_t k) { RunPlanes(loop, parts->args[k]); });
              Fold(*parts, args, loop.op, loop.dtype);
            });
          }};
}

Contestant MakeRoof(const PeerRoof& roof, const std::string& family, const std::string& name,
                    std::vector<PeerRoofArgs> parts) {
  const int count = static_cast<int>(parts.size());
  if (count == 1) {
    return {family, name, 1,
            [run = roof.run, args = parts[0]](int64_t reps) mutable { return TimeCalls(reps, [&] { run(&args); }); }};
  }
  return {family, absl::StrCat(name, " x", count), count,
          [run = roof.run, parts = std::move(parts)](int64_t reps) mutable {
            return TimeCalls(reps, [&] { InParallel(parts.size(), [&](size_t k) { run(&parts[k]); }); });
          }};
}

bool Fits(const PeerRoof& roof, PeerRoofOp op, DType dtype) {
  return roof.op == op && (CountsWords(op) || ItemSize(roof.dtype) == ItemSize(dtype));
}

}  // namespace

int64_t FmaIterations(int64_t multiply_adds, const PeerLibrary& library, const PeerRoof& roof) {
  return std::max<int64_t>(1, multiply_adds / (2 * roof.unroll * (library.table->vector_bytes / ItemSize(roof.dtype))));
}

std::vector<Contestant> PeerContestants(const std::vector<PeerLibrary>& libraries, const std::string& blas_name, Op op,
                                        DType dtype, const PeerArgs& args, int max_threads) {
  std::vector<Contestant> contestants;
  const auto add = [&](const PeerLoop& loop, const std::string& name) {
    if (loop.op != op || loop.dtype != dtype || !loop.accepts(&args)) return;
    contestants.push_back(MakePeer(loop, name, args));
    if (max_threads <= 1) return;
    std::shared_ptr<Parts> parts = Split(args, op, dtype, max_threads);
    if (parts->args.size() > 1) contestants.push_back(MakePeer(loop, name, args, std::move(parts)));
  };
  for (const PeerLibrary& library : libraries) {
    for (const PeerLoops& loops : library.table->loops) {
      for (size_t i = 0; i < loops.count; ++i) {
        const PeerLoop& loop = loops.rows[i];
        const absl::string_view variant = loop.variant;
        add(loop, absl::StrCat(loop.family, " ", library.level, variant.empty() ? "" : ", ", variant));
      }
    }
  }
  for (const PeerLoop& loop : BlasLoops()) add(loop, absl::StrCat(blas_name, " ", loop.variant));
  return contestants;
}

std::vector<Contestant> RoofContestants(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype,
                                        const PeerRoofArgs& args, const std::vector<int>& threads,
                                        const RoofFamily& family) {
  std::vector<Contestant> contestants;
  for (const PeerLibrary& library : libraries) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      if (!Fits(roof, op, dtype)) continue;
      for (int count : threads) {
        PeerRoofArgs whole = args;
        if (op == kRoofFma) whole.n = FmaIterations(args.n, library, roof);
        std::vector<PeerRoofArgs> parts = {whole};
        if (count > 1) parts = Split(whole, op, ItemSize(dtype), count);
        if (count > 1 && parts.size() == 1) continue;
        contestants.push_back(MakeRoof(roof, family(roof, count), RoofName(library, roof), std::move(parts)));
      }
    }
  }
  return contestants;
}

FoundRoof FindRoof(const std::vector<PeerLibrary>& libraries, PeerRoofOp op, DType dtype, const std::string& name) {
  for (const PeerLibrary& library : libraries) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      const std::string own = RoofName(library, roof);
      if (Fits(roof, op, dtype) && (name == own || absl::StartsWith(name, absl::StrCat(own, " x")))) {
        return {&library, &roof};
      }
    }
  }
  return {nullptr, nullptr};
}

}  // namespace raptors::benchmarks
