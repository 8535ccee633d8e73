// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/shape.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace raptors::benchmarks {
namespace {

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
  if (shape.name.empty() || shape.extents.empty() || shape.extents.size() > 3) {
    return absl::InvalidArgumentError(
        absl::StrCat("shapes: ", json.dump(), ": expected a name and one to three extents"));
  }
  return shape;
}

}  // namespace

int64_t Shape::Elements() const {
  int64_t elements = 1;
  for (int64_t extent : extents) elements *= extent;
  return elements;
}

absl::StatusOr<std::vector<Shape>> ParseShapes(absl::string_view json, absl::string_view benchmark) {
  const nlohmann::json document = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const std::string key(benchmark);
  if (!document.is_object() || !document.contains(key) || !document[key].is_array()) {
    return absl::InvalidArgumentError(absl::StrCat("shapes: expected a JSON object with an array \"", key, "\""));
  }
  std::vector<Shape> shapes;
  for (const nlohmann::json& entry : document[key]) {
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

}  // namespace raptors::benchmarks
