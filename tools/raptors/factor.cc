// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/factor.h"

#include <stdint.h>

#include <cmath>
#include <system_error>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"
#include "raptors/base/status.h"
#include "tools/raptors/args.h"

namespace raptors::tools {
namespace {

absl::Status BadFactor(absl::string_view text, absl::string_view expected) {
  return AsUsageError(ArgumentError("factor", absl::StrCat("'", text, "'"), expected));
}

template <typename T>
bool Holds(Scalar factor) {
  if constexpr (!std::is_floating_point_v<T>) return factor.FitsIn<T>();
  const double wide = factor.As<double>();
  const T narrow = factor.As<T>();
  return !std::isfinite(wide) || (std::isfinite(narrow) && (narrow != 0 || wide == 0));
}

}  // namespace

absl::StatusOr<Scalar> ParseFactor(absl::string_view text) {
  absl::string_view number = text;
  if (absl::StartsWith(number, "+") && !absl::StartsWith(number, "+-")) number.remove_prefix(1);
  int64_t integer;
  const bool digits_only = number.find_first_not_of("-0123456789") == absl::string_view::npos;
  if (digits_only && absl::SimpleAtoi(number, &integer)) return Scalar(integer);
  double value;
  const absl::from_chars_result end = absl::from_chars(number.data(), number.data() + number.size(), value);
  if (end.ec == std::errc::result_out_of_range) return BadFactor(text, "a number that a double can hold");
  if (end.ec != std::errc() || end.ptr != number.data() + number.size()) return BadFactor(text, "a number");
  return Scalar(value);
}

absl::Status CheckFactor(absl::string_view text, Scalar factor, DType dtype) {
  bool holds = false;
  const char* expected = "";
  switch (dtype) {
#define RAPTORS_X(id, type, name)                                                      \
  case DType::id:                                                                      \
    holds = Holds<type>(factor);                                                       \
    expected = std::is_floating_point_v<type> ? "a number that " : "an integer that "; \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return holds ? absl::OkStatus() : BadFactor(text, absl::StrCat(expected, Name(dtype), " can hold"));
}

}  // namespace raptors::tools
