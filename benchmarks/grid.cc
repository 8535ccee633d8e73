// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/grid.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace raptors::benchmarks {

absl::StatusOr<GridName> ParseGridName(absl::string_view name) {
  if (name == "default") return GridName::kDefault;
  if (name == "full") return GridName::kFull;
  if (name == "smoke") return GridName::kSmoke;
  return absl::InvalidArgumentError(absl::StrCat("--grid=", name, ": expected default, full or smoke"));
}

void Expand(const GridOptions& options, const Shape& shape, Cell cell,
            const std::function<bool(const Cell&)>& in_default, std::vector<Cell>* cells) {
  if (options.name == GridName::kSmoke ? !shape.smoke : shape.smoke_only) return;
  std::vector<std::string> simd = {"off"};
  simd.insert(simd.end(), options.levels.begin(), options.levels.end());
  simd.push_back("auto");
  cell.shape = shape.name;
  for (const bool all : {false, true}) {
    if (all && options.cores <= 1) break;
    for (const std::string& level : simd) {
      cell.all_threads = all;
      cell.simd = level;
      if (options.name == GridName::kSmoke && all && !cell.Auto()) continue;
      if (options.name != GridName::kDefault || in_default(cell)) cells->push_back(cell);
    }
  }
}

}  // namespace raptors::benchmarks
