// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Profiles: measured crossovers as JSON (format: raptors/heuristics/README.md), read into flat arrays for Decide().
//
//   absl::StatusOr<profile::LoadedProfile> loaded = profile::Parse(text, cpu::GetInfo().model_name);
//   if (!loaded.ok()) ...  // "line 3, column 7: ..." or "/cpus/0/thresholds/1/tile/unit: ..."
//
// A document holds thresholds for several CPUs, each with an RE2 pattern on the CPU's model name; the first pattern
// that matches the whole name or a part of it wins. Parsing never throws and never aborts, whatever the bytes.

#ifndef RAPTORS_PROFILE_PROFILE_H_
#define RAPTORS_PROFILE_PROFILE_H_

#include <stdint.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/policy/policy.h"

namespace raptors::profile {

inline constexpr int kSchemaVersion = 1;
inline constexpr int64_t kMaxBytes = 64 * 1024;  // of a document
inline constexpr int kMaxDepth = 16;             // of nested objects and arrays

// Beyond 2^53 a JSON number no longer holds every whole number.
inline constexpr double kMaxWhole = 9007199254740992.0;

// X(enumerator, key, unit, may be "never", whole numbers only, least, largest value). The keys of a row of thresholds,
// each with its one unit.
#define RAPTORS_PROFILE_FIELDS(X)                                         \
  X(kParallelMin, "parallel_min", "bytes", true, true, 0, kMaxWhole)      \
  X(kThreadMin, "thread_min", "bytes", false, true, 1, kMaxWhole)         \
  X(kStreamMin, "stream_min", "llc", true, false, 0, 1024)                \
  X(kTile, "tile", "l2", false, false, 1.0 / 1024, policy::kMaxTileShare) \
  X(kBlasMin, "blas_min", "elements", true, true, 0, kMaxWhole)

enum class Field : uint8_t {
#define RAPTORS_X(id, ...) id,
  RAPTORS_PROFILE_FIELDS(RAPTORS_X)
#undef RAPTORS_X
};
#define RAPTORS_X(...) +1
inline constexpr int kNumFields = 0 RAPTORS_PROFILE_FIELDS(RAPTORS_X);
#undef RAPTORS_X

struct FieldInfo {
  const char* key;
  const char* unit;
  bool may_be_never;
  bool whole;
  double least;
  double largest;
};
inline constexpr FieldInfo kFieldInfos[] = {
#define RAPTORS_X(id, ...) {__VA_ARGS__},
    RAPTORS_PROFILE_FIELDS(RAPTORS_X)
#undef RAPTORS_X
};
constexpr const FieldInfo& Info(Field field) { return kFieldInfos[static_cast<int>(field)]; }

// One threshold as written: a number in the field's unit and range, or never.
struct Threshold {
  double value = 0;  // unused if never
  bool never = false;
  std::string provenance;  // machine, date, command and spread, or the derivation; not empty
};

// Thresholds for some calls. A missing op, dtype or layout means all of them. Later rows override earlier ones.
struct Row {
  std::optional<Op> op;
  std::optional<DType> dtype;
  std::optional<Layout> layout;
  std::optional<Threshold> fields[kNumFields];
};

struct CpuThresholds {
  std::string pattern;  // RE2, searched in the CPU's model name
  std::vector<Row> rows;
};

// Where a profile comes from. Empty strings are left out of the JSON.
struct Provenance {
  std::string machine;
  std::string date;
  std::string command;
  std::string note;
};

struct Document {
  std::string name;
  Provenance provenance;
  std::vector<CpuThresholds> cpus;  // the last pattern is ".*"
};

// Reads and checks a document. Errors are InvalidArgument: syntax errors begin with "line L, column C: ", all others
// with the JSON pointer of the offending value ("/cpus/0/pattern: ..."; "(document)" stands for the whole).
absl::StatusOr<Document> ParseDocument(absl::string_view json);

// The document as JSON: ParseDocument() of it gives the same document. Precondition: strings are valid UTF-8 (other
// bytes are replaced).
std::string Serialize(const Document& document);

// A profile for one CPU, ready for Decide().
struct LoadedProfile {
  std::string name;
  std::string pattern;  // the one that matched
  Provenance provenance;
  policy::Profile thresholds;

  // The threshold that applies to a call, as written, with its provenance.
  const Threshold& At(Op op, DType dtype, Layout layout, Field field) const;

  std::vector<Row> rows;  // those of the matching pattern
};

// Selects the rows for a CPU model name (as in /proc/cpuinfo; any text, also empty).
// InvalidArgument if no pattern matches, a (op, dtype, layout) is left without one of the thresholds, or a value is out
// of its range; none of this can happen to a document from ParseDocument().
absl::StatusOr<LoadedProfile> Compile(const Document& document, absl::string_view cpu_model);

// ParseDocument() and Compile().
absl::StatusOr<LoadedProfile> Parse(absl::string_view json, absl::string_view cpu_model);

// The profile that was embedded at build time for the target platform (raptors/heuristics).
absl::string_view BuiltinJson();

}  // namespace raptors::profile

#endif  // RAPTORS_PROFILE_PROFILE_H_
