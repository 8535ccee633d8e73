// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The policy: which path a call takes. Decide() is a pure function of what the call looks like (CallShape), what the
// machine can do (Machine), what the user allows (Limits) and what was measured (Profile). It reads no globals, no
// files and no environment, allocates nothing and takes a few nanoseconds, so every operation asks it on every call.
//
//   policy::Decision d = policy::Decide(shape, settings.machine, settings.limits, *settings.profile);
//
// raptors/policy/explain.h lists the candidates that a decision was taken from. Thresholds come from the profile only:
// there is no number with a crossover in this package.

#ifndef RAPTORS_POLICY_POLICY_H_
#define RAPTORS_POLICY_POLICY_H_

#include <stdint.h>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"

namespace raptors::policy {

// What a call looks like once its loop nest is sorted and coalesced.
struct CallShape {
  Op op = {};
  DType dtype = {};
  Layout layout = {};
  bool in_place = false;     // the output is exactly an input view
  bool buffered = false;     // the output overlaps an input otherwise: computed through a buffer
  bool blas_values = false;  // for these scalars the BLAS routine means what our kernels mean
  int64_t elements = 0;      // maps, products: of the output; reductions: of one input; >= 0
  int64_t outputs = 0;       // reductions: results
  int64_t inner = 0;         // extent of the innermost axis; products: the extent that is summed over
  // A BLAS routine takes this layout: the strides are multiples of the item size, the data is aligned to it, and what
  // else the routine demands. Products: always, because what it does not take is copied beforehand.
  bool blas_strides = false;
};

// What this machine and this build can do.
struct Machine {
  IsaSet usable;         // levels that are built and supported; always holds kScalar
  IsaSet supported;      // levels that the processor has
  int cores = 1;         // usable cores, >= 1
  int64_t l1_bytes = 0;  // data caches; 0: unknown
  int64_t l2_bytes = 0;  // where unknown, the next known cache stands in for it
  int64_t l3_bytes = 0;
  bool blas = false;  // this build has a BLAS

  // Size of the last-level cache in bytes, 0 if unknown.
  constexpr int64_t LastLevelCacheBytes() const { return l3_bytes > 0 ? l3_bytes : l2_bytes; }
};

enum class SimdRule : uint8_t {
  kAuto,    // the best usable level
  kOff,     // the scalar level
  kDemand,  // exactly Limits::isa
  kCap,     // the best usable level up to Limits::isa
};
enum class BlasMode : uint8_t {
  kAuto,    // where the profile says that it is faster
  kOff,     // never
  kPrefer,  // wherever its result is acceptable
};
enum class Determinism : uint8_t {
  kReproducible,  // the same bits on every ISA, thread count, alignment and layout
  kFast,          // BLAS may also compute what it rounds differently
};

// What the user allows, after precedence (call argument > scope > environment) has been applied.
struct Limits {
  SimdRule simd = SimdRule::kAuto;
  Isa isa = Isa::kScalar;  // for kDemand (precondition: usable) and kCap; else ignored
  int max_threads = 0;     // 0: as many as there are cores; else the limit, which may exceed the cores
  BlasMode blas = BlasMode::kAuto;
  Determinism determinism = Determinism::kReproducible;
};

// Bound of Thresholds::tile_l2_share.
inline constexpr double kMaxTileShare = 1024;

// A threshold that is never reached.
inline constexpr int64_t kNever = INT64_MAX;

// The crossovers for one (op, dtype, layout). The initial values mean: one thread, no streaming, our own kernels.
// "Bytes moved" are the bytes read plus the bytes written, BytesMoved().
struct Thresholds {
  int64_t parallel_min_bytes = kNever;  // several threads pay from this many bytes moved
  int64_t thread_min_bytes = 1;         // each thread gets at least this many bytes moved; >= 1
  int64_t blas_min_elements = kNever;   // BLAS is faster from this many elements; products: multiplications
  // Stores go past the caches from this many bytes moved, as a share of the last-level cache; infinity: never.
  double stream_llc_share = __builtin_huge_val();
  // Bytes moved by one tile, as a share of the L2 cache; > 0, at most
  // kMaxTileShare. Several threads and buffered calls work in tiles.
  double tile_l2_share = 0.5;
};

struct Profile {
  Thresholds rows[kNumOps][kNumDTypes][kNumLayouts];

  const Thresholds& At(Op op, DType dtype, Layout layout) const {
    return rows[static_cast<int>(op)][static_cast<int>(dtype)][static_cast<int>(layout)];
  }
  Thresholds& At(Op op, DType dtype, Layout layout) {
    return rows[static_cast<int>(op)][static_cast<int>(dtype)][static_cast<int>(layout)];
  }
};

// How a call is computed.
struct Decision {
  Route route = Route::kScalar;
  Isa isa = Isa::kScalar;  // level of our kernels; for kBlas the level that they would have had
  int threads = 1;         // >= 1; 1 for a buffered call
  // Elements of the output in one tile, or of an input in one unit of a reduction; with one thread and no buffer, the
  // whole call.
  int64_t tile_elements = 0;
  bool stream = false;  // store past the caches; never in place, never buffered
  Reason reason = Reason::kEmpty;
};

// The decision. Preconditions: shape.elements >= 0; machine.usable holds kScalar, and limits.isa under kDemand.
//
// Level: the best allowed one. Threads: the largest count that gives each thread thread_min_bytes, up to the limit; one
// below parallel_min_bytes. Tiles: as large as tile_l2_share allows, the same number of them for every thread; units of
// a reduction: some for every thread.
// BLAS: where it is built, allowed, has a routine for the call and gives bits that the mode accepts. A demand, a cap or
// "off" for SIMD excludes it too, because BLAS chooses its own level.
// The reason is the first that applies: empty, BLAS, buffered, what the user said about SIMD, threads, best level.
// Products have no kernels of ours: where BLAS is not chosen they go to Eigen's, and the reason says why not to BLAS.
// Their tiles are the share of each thread: what computes them makes blocks for the caches by itself.
Decision Decide(const CallShape& shape, const Machine& machine, const Limits& limits, const Profile& profile);

// Bytes read plus bytes written by a call, saturating at INT64_MAX. Of a product: those that its innermost loop reads,
// two items a multiplication, because its time goes with them and not with the sizes of the matrices.
int64_t BytesMoved(const CallShape& shape);

}  // namespace raptors::policy

#endif  // RAPTORS_POLICY_POLICY_H_
