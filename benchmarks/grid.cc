// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/grid.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace raptors::benchmarks {
namespace {

constexpr const char* kLayoutNames[] = {
#define RAPTORS_X(id, name, text) name,
    RAPTORS_GRID_LAYOUTS(RAPTORS_X)
#undef RAPTORS_X
};

constexpr GridLayout kAllLayouts[] = {
#define RAPTORS_X(id, name, text) GridLayout::id,
    RAPTORS_GRID_LAYOUTS(RAPTORS_X)
#undef RAPTORS_X
};

absl::StatusOr<Shape> ParseShape(const nlohmann::json& json) {
  Shape shape;
  for (const auto& [key, value] : json.items()) {
    if (key == "name" && value.is_string()) {
      shape.name = value.get<std::string>();
    } else if (key == "smoke" && value.is_boolean()) {
      shape.smoke = value.get<bool>();
    } else if (key == "smoke_only" && value.is_boolean()) {
      shape.smoke_only = value.get<bool>();
    } else if (key == "extents" && value.is_array()) {
      for (const nlohmann::json& extent : value) {
        if (!extent.is_number_unsigned() || extent.get<uint64_t>() < 1 || extent.get<uint64_t>() > (1u << 30)) {
          return absl::InvalidArgumentError(
              absl::StrCat("shapes: extent ", extent.dump(), ": expected an integer from 1 to 2^30"));
        }
        shape.extents.push_back(extent.get<int64_t>());
      }
    } else {
      return absl::InvalidArgumentError(absl::StrCat("shapes: unexpected \"", key, "\": ", value.dump(),
                                                     ": expected name, extents, smoke or smoke_only"));
    }
  }
  if (shape.name.empty() || shape.extents.empty() || shape.extents.size() > 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("shapes: ", json.dump(), ": expected a name and one or two extents"));
  }
  return shape;
}

bool InDefault(const Cell& cell) {
  const bool first_dtype = cell.dtype == kAllDTypes[0];
  const bool large = cell.shape.name == "1000x1000" || cell.shape.name == "16Mi";
  if (!cell.Auto()) {
    return first_dtype && cell.layout == GridLayout::kC && !cell.all_threads &&
           (cell.shape.name == "64x64" || cell.shape.name == "1000x1000");
  }
  if (!cell.all_threads) return true;
  return first_dtype ? cell.layout != GridLayout::kRowSlice : large && cell.Contiguous();
}

bool Includes(GridName name, const Cell& cell) {
  switch (name) {
    case GridName::kDefault:
      return !cell.shape.smoke_only && InDefault(cell);
    case GridName::kFull:
      return !cell.shape.smoke_only;
    case GridName::kSmoke:
      return cell.shape.smoke;
  }
  return false;
}

}  // namespace

const char* Name(GridLayout layout) { return kLayoutNames[static_cast<int>(layout)]; }

int64_t Shape::Elements() const {
  int64_t elements = 1;
  for (int64_t extent : extents) elements *= extent;
  return elements;
}

absl::StatusOr<std::vector<Shape>> ParseShapes(absl::string_view json) {
  const nlohmann::json document = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("shapes") || !document["shapes"].is_array()) {
    return absl::InvalidArgumentError("shapes: expected a JSON object with an array \"shapes\"");
  }
  std::vector<Shape> shapes;
  for (const nlohmann::json& entry : document["shapes"]) {
    absl::StatusOr<Shape> shape = ParseShape(entry);
    if (!shape.ok()) return shape.status();
    for (const Shape& other : shapes) {
      if (other.name == shape->name) {
        return absl::InvalidArgumentError(absl::StrCat("shapes: two are named \"", shape->name, "\""));
      }
    }
    shapes.push_back(*std::move(shape));
  }
  return shapes;
}

std::string Cell::Name() const {
  return absl::StrCat(raptors::Name(dtype), "/", shape.name, "/", benchmarks::Name(layout),
                      "/threads:", all_threads ? "all" : "1", "/simd:", simd);
}

absl::StatusOr<GridName> ParseGridName(absl::string_view name) {
  if (name == "default") return GridName::kDefault;
  if (name == "full") return GridName::kFull;
  if (name == "smoke") return GridName::kSmoke;
  return absl::InvalidArgumentError(absl::StrCat("--grid=", name, ": expected default, full or smoke"));
}

std::vector<Cell> MakeGrid(GridName name, const std::vector<Shape>& shapes, const std::vector<std::string>& levels,
                           int cores) {
  std::vector<std::string> simd = {"off"};
  simd.insert(simd.end(), levels.begin(), levels.end());
  simd.push_back("auto");
  std::vector<Cell> cells;
  for (DType dtype : kFloatDTypes) {
    for (const Shape& shape : shapes) {
      for (GridLayout layout : kAllLayouts) {
        if (shape.extents.size() < 2 && (layout == GridLayout::kTransposed || layout == GridLayout::kRowSlice))
          continue;
        for (int all = 0; all < (cores > 1 ? 2 : 1); ++all) {
          for (const std::string& level : simd) {
            Cell cell = {dtype, shape, layout, all == 1, level};
            if (Includes(name, cell)) cells.push_back(std::move(cell));
          }
        }
      }
    }
  }
  return cells;
}

}  // namespace raptors::benchmarks
