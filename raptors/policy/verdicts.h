// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The parts that Decide() consists of and Explain() reports. Internal to this package.

#ifndef RAPTORS_POLICY_VERDICTS_H_
#define RAPTORS_POLICY_VERDICTS_H_

#include <stdint.h>

#include "raptors/base/choice.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"

namespace raptors::policy {

// How the results of a BLAS routine relate to those of our kernels.
enum class BlasBits : uint8_t {
  kNoRoutine,  // BLAS does not compute this operation
  kSame,       // the same bits
  kFastOnly,   // rounds differently: a candidate in fast mode only
  kExempt,     // rounds differently, and the operation promises no bits
};

// What BLAS offers for an operation. A fact about the routine, not about a machine.
struct BlasRoutine {
  BlasBits bits = BlasBits::kNoRoutine;
  bool in_place_only = false;
};

constexpr BlasRoutine RoutineOf(Op op) {
  switch (op) {
    case Op::kScale:  // ?scal
      return {BlasBits::kSame, /*in_place_only=*/true};
    case Op::kAxpy:  // ?axpy
      return {BlasBits::kFastOnly, /*in_place_only=*/true};
    case Op::kSum:  // over one axis of a matrix: ?gemv with a vector of ones
    case Op::kDot:
    case Op::kNrm2:
    case Op::kAsum:
      return {BlasBits::kFastOnly};
    case Op::kMatmul:  // ?gemm, ?gemv
      return {BlasBits::kExempt};
    default:
      return {};
  }
}

// Whether the call goes through a buffer piece by piece. Products copy what overlaps, as a whole and beforehand.
constexpr bool InPieces(const CallShape& shape) { return shape.buffered && Info(shape.op).kind != OpKind::kProduct; }

// What a crossover to BLAS is compared with: elements, or of a product its multiplications, saturating.
inline int64_t BlasWork(const CallShape& shape) {
  if (Info(shape.op).kind != OpKind::kProduct) return shape.elements;
  int64_t multiplications;
  return __builtin_mul_overflow(shape.elements, shape.inner, &multiplications) ? INT64_MAX : multiplications;
}

// The levels that the user allows among the usable ones. Never empty, given Decide()'s preconditions.
inline IsaSet AllowedIsas(const Machine& machine, const Limits& limits) {
  switch (limits.simd) {
    case SimdRule::kAuto:
      break;
    case SimdRule::kOff:
      return IsaSet::Of(Isa::kScalar);
    case SimdRule::kDemand:
      return machine.usable & IsaSet::Of(limits.isa);
    case SimdRule::kCap:
      return machine.usable & IsaSet::UpTo(limits.isa);
  }
  return machine.usable;
}

// The highest level of a set that is not empty.
inline Isa Highest(IsaSet set) { return static_cast<Isa>(31 - __builtin_clz(set.bits)); }

// The route of an operation without BLAS.
constexpr Route OwnRoute(Op op, Isa isa) {
  if (Info(op).kind == OpKind::kProduct) return Route::kEigen;
  return isa == Isa::kScalar ? Route::kScalar : Route::kSimd;
}

// What the user's SIMD rule changed, as a reason; kBestIsa if nothing.
inline Reason SimdReason(const Machine& machine, const Limits& limits, IsaSet allowed) {
  switch (limits.simd) {
    case SimdRule::kAuto:
      break;
    case SimdRule::kOff:
      return Reason::kSimdOff;
    case SimdRule::kDemand:
      return Reason::kIsaDemanded;
    case SimdRule::kCap:
      return allowed != machine.usable ? Reason::kIsaCapped : Reason::kBestIsa;
  }
  return Reason::kBestIsa;
}

struct BlasVerdict {
  bool eligible;
  bool chosen;
  Reason reason;
};

// Precondition: RoutineOf(shape.op) is a routine. `simd` is SimdReason(): BLAS chooses its own level, so it is no
// candidate where the user's rule excludes levels.
inline BlasVerdict JudgeBlas(const CallShape& shape, const Machine& machine, const Limits& limits,
                             const Thresholds& thresholds, Reason simd) {
  const BlasRoutine routine = RoutineOf(shape.op);
  if (!machine.blas) return {false, false, Reason::kBlasNotBuilt};
  if (limits.blas == BlasMode::kOff) return {false, false, Reason::kBlasOff};
  if (simd != Reason::kBestIsa) return {false, false, simd};
  if (InPieces(shape) || !shape.blas_strides || (routine.in_place_only && !shape.in_place)) {
    return {false, false, Reason::kBlasLayout};
  }
  if (routine.bits == BlasBits::kFastOnly && limits.determinism == Determinism::kReproducible) {
    return {false, false, Reason::kBlasNotReproducible};
  }
  if (!shape.blas_values) return {false, false, Reason::kBlasValues};
  if (limits.blas == BlasMode::kPrefer) return {true, true, Reason::kBlasPreferred};
  if (BlasWork(shape) >= thresholds.blas_min_elements && thresholds.blas_min_elements != kNever) {
    return {true, true, Reason::kBlasFaster};
  }
  return {true, false, Reason::kBlasSlower};
}

struct ThreadPlan {
  int64_t by_work;  // threads that the size of the call pays for, >= 1
  int limit;        // threads that the user and the machine allow, >= 1
  int chosen;
};

inline ThreadPlan PlanThreads(const CallShape& shape, int64_t bytes_moved, const Machine& machine, const Limits& limits,
                              const Thresholds& thresholds) {
  ThreadPlan plan;
  plan.limit = limits.max_threads > 0 ? limits.max_threads : machine.cores;
  // What is computed through a buffer goes piece after piece, in an order that never overwrites an input too early.
  if (InPieces(shape)) plan.limit = 1;
  plan.by_work = 1;
  if (bytes_moved >= thresholds.parallel_min_bytes && thresholds.parallel_min_bytes != kNever) {
    plan.by_work = bytes_moved / thresholds.thread_min_bytes;
    if (plan.by_work < 1) plan.by_work = 1;
  }
  plan.chosen = plan.by_work < plan.limit ? static_cast<int>(plan.by_work) : plan.limit;
  return plan;
}

}  // namespace raptors::policy

#endif  // RAPTORS_POLICY_VERDICTS_H_
