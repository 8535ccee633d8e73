// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The shapes of the grids, read from data/shapes.json.

#ifndef RAPTORS_BENCHMARKS_SHAPE_H_
#define RAPTORS_BENCHMARKS_SHAPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace raptors::benchmarks {

struct Shape {
  std::string name;
  std::vector<int64_t> extents;  // one to three
  bool smoke = false;            // small enough for a test
  bool smoke_only = false;

  int64_t Elements() const;
};

// The shapes of one benchmark ("scale"), in their order. InvalidArgument naming what is wrong with the document.
absl::StatusOr<std::vector<Shape>> ParseShapes(absl::string_view json, absl::string_view benchmark);

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_SHAPE_H_
