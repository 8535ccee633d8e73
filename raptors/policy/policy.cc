// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/policy/policy.h"

#include <assert.h>

#include "raptors/policy/verdicts.h"

namespace raptors::policy {
namespace {

// Tiles start at multiples of this many elements, so that a tile of an array that starts at a cache line does so too:
// 256 bytes of float32, a multiple of every cache line and of an unrolled loop of four 512-bit vectors.
constexpr int64_t kTileMultiple = 64;

// Units of a reduction that each thread gets at least. They keep nothing in a cache for one another, so fewer would do;
// but their sizes are powers of two of blocks, and a share of 8 to 16 units is even to an eighth.
constexpr int64_t kReduceUnits = 8;

constexpr int64_t CeilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

// The largest tiles within the share of the cache that give every thread the same number of them.
int64_t TileElements(const CallShape& shape, const Machine& machine, const Thresholds& thresholds, int threads) {
  if (threads == 1 && !InPieces(shape)) return shape.elements;
  const int64_t per_thread = CeilDiv(shape.elements, threads);
  if (Info(shape.op).kind == OpKind::kProduct) return per_thread;
  if (Info(shape.op).kind == OpKind::kReduce) return CeilDiv(per_thread, kReduceUnits);
  const int64_t cache = machine.l2_bytes > 0   ? machine.l2_bytes
                        : machine.l3_bytes > 0 ? machine.l3_bytes
                                               : machine.l1_bytes;
  const double bytes = thresholds.tile_l2_share * static_cast<double>(cache);
  // Items moved an element: every input is read, the output is written.
  int64_t fitting = static_cast<int64_t>(bytes) / ((Info(shape.op).inputs + 1) * ItemSize(shape.dtype));
  if (fitting < kTileMultiple) fitting = kTileMultiple;
  const int64_t tile = fitting >= per_thread ? per_thread : CeilDiv(per_thread, CeilDiv(per_thread, fitting));
  return CeilDiv(tile, kTileMultiple) * kTileMultiple;
}

bool Stream(const CallShape& shape, const Machine& machine, const Thresholds& thresholds, int64_t bytes_moved) {
  // A reduction writes too little for it.
  if (shape.in_place || shape.buffered || Info(shape.op).kind == OpKind::kReduce) return false;
  const int64_t cache = machine.LastLevelCacheBytes();
  return cache > 0 && static_cast<double>(bytes_moved) > thresholds.stream_llc_share * static_cast<double>(cache);
}

}  // namespace

int64_t BytesMoved(const CallShape& shape) {
  const OpInfo& info = Info(shape.op);
  int64_t items = 0;
  bool overflow = false;
  switch (info.kind) {
    case OpKind::kMap:  // every input is read, the output is written
      overflow = __builtin_mul_overflow(shape.elements, info.inputs + 1, &items);
      break;
    case OpKind::kReduce:
      overflow = __builtin_mul_overflow(shape.elements, info.inputs, &items) ||
                 __builtin_add_overflow(items, shape.outputs, &items);
      break;
    case OpKind::kProduct:
      overflow =
          __builtin_mul_overflow(shape.elements, shape.inner, &items) || __builtin_mul_overflow(items, 2, &items);
      break;
  }
  int64_t bytes;
  overflow = overflow || __builtin_mul_overflow(items, ItemSize(shape.dtype), &bytes);
  return overflow ? INT64_MAX : bytes;
}

Decision Decide(const CallShape& shape, const Machine& machine, const Limits& limits, const Profile& profile) {
  assert(shape.elements >= 0 && machine.cores >= 1 && machine.usable.Has(Isa::kScalar));
  const IsaSet allowed = AllowedIsas(machine, limits);
  assert(!allowed.empty());
  const Reason simd = SimdReason(machine, limits, allowed);

  Decision decision;
  decision.isa = Highest(allowed);
  decision.route = OwnRoute(shape.op, decision.isa);
  if (shape.elements == 0) return decision;

  const Thresholds& thresholds = profile.At(shape.op, shape.dtype, shape.layout);
  const int64_t bytes = BytesMoved(shape);
  const ThreadPlan threads = PlanThreads(shape, bytes, machine, limits, thresholds);
  decision.threads = threads.chosen;
  decision.tile_elements = TileElements(shape, machine, thresholds, threads.chosen);
  if (RoutineOf(shape.op).bits != BlasBits::kNoRoutine) {
    const BlasVerdict blas = JudgeBlas(shape, machine, limits, thresholds, simd);
    if (blas.chosen) decision.route = Route::kBlas;
    if (blas.chosen || decision.route == Route::kEigen) {
      decision.reason = blas.reason;
      return decision;
    }
  }
  decision.stream = Stream(shape, machine, thresholds, bytes);
  if (shape.buffered) {
    decision.reason = Reason::kOverlapBuffered;
  } else if (simd != Reason::kBestIsa) {
    decision.reason = simd;
  } else if (threads.chosen > 1) {
    decision.reason = Reason::kParallel;
  } else if (threads.by_work > 1) {
    decision.reason = Reason::kOneThreadAllowed;
  } else {
    decision.reason = Reason::kBestIsa;
  }
  return decision;
}

}  // namespace raptors::policy
