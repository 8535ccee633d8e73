// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Introspection: what Raptors would do with a call and why, what it found on this machine, and what it holds. Functions
// return values and print nothing; raptors/introspect/text.h and json.h turn the values into text.
//
//   absl::StatusOr<introspect::Explanation> why = introspect::Explain(Op::kScale, DType::kFloat32, {1000, 1000});
//   if (why.ok()) std::cout << introspect::ToText(*why);
//
// All of it uses the settings in force on the calling thread. None of it is for a hot path.

#ifndef RAPTORS_INTROSPECT_INTROSPECT_H_
#define RAPTORS_INTROSPECT_INTROSPECT_H_

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/allocator.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/op.h"
#include "raptors/base/scalar.h"
#include "raptors/cpu/cpu.h"
#include "raptors/policy/explain.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::introspect {

// How the arrays of a call lie in memory, as far as the decision depends on it.
struct ExplainOptions {
  // Unset: C order without gaps.
  std::optional<Layout> layout;
  // Reductions: the axes that are reduced, negative ones counted from the end; unset: all of them.
  std::optional<std::vector<int>> axes;
  bool in_place = false;
  bool buffered = false;  // output and input overlap without being the same view
  Scalar factor = 2.0;    // the scalar parameter, for operations that have one
};

// The settings in force, as text.
struct SettingsInForce {
  absl::Status status;  // not OK: every operation returns it
  std::string simd;     // as RAPTORS_SIMD is written
  int max_threads = 0;  // 0: as many as there are usable cores
  std::string blas;
  std::string determinism;
  bool verbose_decisions = false;
  bool metrics = false;
};

struct ProfileInfo {
  std::string name;
  std::string source;   // "built-in" or the path of the file
  std::string pattern;  // the CPU pattern that matched
  profile::Provenance provenance;
  absl::Status file_status;  // why the file in RAPTORS_PROFILE was not used
};

struct ThresholdInfo {
  profile::Field field;
  profile::Threshold threshold;
};

struct Explanation {
  policy::CallShape shape;
  std::vector<int64_t> extents;
  int64_t bytes_moved = 0;
  // Decision and candidates; levels of other architectures are left out.
  policy::Explanation policy;
  std::vector<ThresholdInfo> thresholds;
  SettingsInForce settings;
  ProfileInfo profile;
};

// What Decide() does with a call of this shape on aligned arrays, and why. The extents are those of a map's output or a
// reduction's input; of a product (m, n, k), of one of (m, k) and (k, n), whose layouts are in
// raptors/heuristics/README.md. InvalidArgument naming the argument: a dtype that the operation does not take, a
// negative extent, too many axes or bytes ("extents"), a layout that such a call cannot have, axes that are not there,
// in_place and buffered at once; the settings' own status where that is not OK.
absl::StatusOr<Explanation> Explain(Op op, DType dtype, absl::Span<const int64_t> extents,
                                    const ExplainOptions& options = {});

struct LevelInfo {
  Isa isa;
  bool built;      // this binary holds kernels for it
  bool supported;  // the processor has it
  bool in_force;   // calls on this thread use it
};

struct BlasInfo {
  bool available;
  std::string name;    // "none" if not available
  std::string core;    // the core type whose kernels the library chose; may be empty
  std::string config;  // its own description; may be empty
};

struct SystemInfo {
  std::string version;
  cpu::Info cpu;
  std::vector<LevelInfo> levels;  // those that are built or supported, lowest first
  BlasInfo blas;
  AllocatorStats memory;
  int64_t pool_workers = 0;  // threads that exist now
  SettingsInForce settings;
  ProfileInfo profile;
};

// What Raptors found on this machine and what it holds. A bad environment is reported in settings.status.
SystemInfo Info();

// One kernel of the dispatch table.
struct TableRow {
  KernelEntry entry;
  bool supported;  // the processor has its level
};

// Every kernel in this binary: by operation, dtype and level.
std::vector<TableRow> Table();

}  // namespace raptors::introspect

#endif  // RAPTORS_INTROSPECT_INTROSPECT_H_
