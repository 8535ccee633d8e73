// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What a call can look like and what can be decided about it: layout classes, routes, reasons. Each is listed once; the
// names appear in counters, explanations, RAPTORS_VERBOSE=decisions lines and profiles.
//
// Plain C++ without dependencies: kernels include it.

#ifndef RAPTORS_BASE_CHOICE_H_
#define RAPTORS_BASE_CHOICE_H_

#include <stdint.h>

// X(enumerator, name). The two innermost axes of a call after sorting and coalescing decide the class.
#define RAPTORS_LAYOUTS(X)                                                                                       \
  X(kContiguous, "contiguous") /* one axis left, every operand contiguous (or a broadcast scalar) */             \
  X(kRows, "rows")             /* inner axis contiguous for every operand, gaps between rows */                  \
  X(kStrided, "strided")       /* an operand steps by something else along the inner axis */                     \
  X(kTransposed, "transposed") /* an input is contiguous along the outer axis, the output along the inner one */ \
  X(kNarrow, "narrow")         /* contiguous along an inner axis of a few elements, many rows */                 \
  X(kColumns, "columns")       /* a reduction that keeps its innermost axis: rows are folded into one row */

// X(enumerator, name). Where the arithmetic happens.
#define RAPTORS_ROUTES(X)                                    \
  X(kScalar, "scalar") /* our kernels at the scalar level */ \
  X(kSimd, "simd")     /* our kernels at a SIMD level */     \
  X(kBlas, "blas")     /* the BLAS library */                \
  X(kEigen, "eigen")   /* Eigen's own kernels, for matrix products without a BLAS */

// X(enumerator, name, text). Why the chosen path was chosen, or why a candidate was not.
#define RAPTORS_REASONS(X)                                                                                 \
  X(kEmpty, "empty", "there is nothing to compute")                                                        \
  X(kBestIsa, "best-isa", "the highest SIMD level that is built, supported and allowed")                   \
  X(kIsaDemanded, "isa-demanded", "the SIMD level was demanded by the caller or RAPTORS_SIMD")             \
  X(kIsaCapped, "isa-capped", "the SIMD level was capped by the caller or RAPTORS_SIMD")                   \
  X(kSimdOff, "simd-off", "SIMD was switched off by the caller or RAPTORS_SIMD")                           \
  X(kLowerIsa, "lower-isa", "a higher level is available")                                                 \
  X(kIsaNotSupported, "isa-not-supported", "the processor does not have this level")                       \
  X(kIsaNotBuilt, "isa-not-built", "this build has no kernels for this level")                             \
  X(kIsaNotAllowed, "isa-not-allowed", "the caller or RAPTORS_SIMD excludes this level")                   \
  X(kParallel, "parallel", "large enough that several threads pay")                                        \
  X(kTooSmallForThreads, "too-small-for-threads", "below the profile's crossover to several threads")      \
  X(kOneThreadAllowed, "one-thread-allowed", "a limit or the machine allows one thread only")              \
  X(kThreadsLimited, "threads-limited", "a limit allows fewer threads")                                    \
  X(kBlasFaster, "blas-faster", "the profile's crossover says that BLAS is faster here")                   \
  X(kBlasPreferred, "blas-preferred", "BLAS is preferred by the caller or RAPTORS_BLAS, and allowed here") \
  X(kBlasSlower, "blas-slower", "the profile's crossover says that BLAS is not faster here")               \
  X(kBlasOff, "blas-off", "BLAS was switched off by the caller or RAPTORS_BLAS")                           \
  X(kBlasNotBuilt, "blas-not-built", "this build has no BLAS")                                             \
  X(kBlasLayout, "blas-layout", "BLAS has no routine for this layout")                                     \
  X(kBlasValues, "blas-values", "BLAS would not give the same bits for these scalars")                     \
  X(kBlasNotReproducible, "blas-not-reproducible", "reproducible mode excludes BLAS for this operation")   \
  X(kOverlapBuffered, "overlap-buffered", "output and input overlap: computed through a buffer")

namespace raptors {

#define RAPTORS_X(id, ...) id,
enum class Layout : uint8_t { RAPTORS_LAYOUTS(RAPTORS_X) };
enum class Route : uint8_t { RAPTORS_ROUTES(RAPTORS_X) };
enum class Reason : uint8_t { RAPTORS_REASONS(RAPTORS_X) };
#undef RAPTORS_X

#define RAPTORS_X(...) +1
inline constexpr int kNumLayouts = 0 RAPTORS_LAYOUTS(RAPTORS_X);
inline constexpr int kNumRoutes = 0 RAPTORS_ROUTES(RAPTORS_X);
inline constexpr int kNumReasons = 0 RAPTORS_REASONS(RAPTORS_X);
#undef RAPTORS_X

// Names as they appear in counters, CSV lines and JSON.
#define RAPTORS_X(id, name, ...) name,
inline constexpr const char* kLayoutNames[] = {RAPTORS_LAYOUTS(RAPTORS_X)};
inline constexpr const char* kRouteNames[] = {RAPTORS_ROUTES(RAPTORS_X)};
inline constexpr const char* kReasonNames[] = {RAPTORS_REASONS(RAPTORS_X)};
#undef RAPTORS_X
constexpr const char* Name(Layout layout) { return kLayoutNames[static_cast<int>(layout)]; }
constexpr const char* Name(Route route) { return kRouteNames[static_cast<int>(route)]; }
constexpr const char* Name(Reason reason) { return kReasonNames[static_cast<int>(reason)]; }

// A reason as a sentence for people.
#define RAPTORS_X(id, name, text) text,
inline constexpr const char* kReasonTexts[] = {RAPTORS_REASONS(RAPTORS_X)};
#undef RAPTORS_X
constexpr const char* Text(Reason reason) { return kReasonTexts[static_cast<int>(reason)]; }

}  // namespace raptors

#endif  // RAPTORS_BASE_CHOICE_H_
