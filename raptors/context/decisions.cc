// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/decisions.h"

#include <stdio.h>

#include <mutex>

#include "absl/strings/str_cat.h"

namespace raptors::context {

const char* DecisionHeader() {
  return "op,dtype,layout,elements,route,isa,threads,tile_elements,stream,reason,in_place";
}

std::string DecisionLine(const policy::CallShape& shape, const policy::Decision& decision) {
  return absl::StrCat(Name(shape.op), ",", Name(shape.dtype), ",", Name(shape.layout), ",", shape.elements, ",",
                      Name(decision.route), ",", Name(decision.isa), ",", decision.threads, ",", decision.tile_elements,
                      ",", decision.stream ? 1 : 0, ",", Name(decision.reason), ",", shape.in_place ? 1 : 0);
}

void LogDecision(const policy::CallShape& shape, const policy::Decision& decision) {
  static std::mutex* const mutex = new std::mutex;
  static bool header_written = false;  // guarded by mutex
  const std::string line = absl::StrCat(DecisionLine(shape, decision), "\n");
  const std::lock_guard<std::mutex> lock(*mutex);
  if (!header_written) fprintf(stderr, "%s\n", DecisionHeader());
  header_written = true;
  fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace raptors::context
