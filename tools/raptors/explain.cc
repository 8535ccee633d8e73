// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors explain: what would be done with a call, and why.

#include <stdint.h>

#include <iterator>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/base/scalar.h"
#include "raptors/base/status.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/factor.h"
#include "tools/raptors/settings.h"

namespace raptors::tools {
namespace {

// The value among `values` that Name() calls `text`.
template <typename Values>
auto Find(absl::string_view what, absl::string_view text, const Values& values)
    -> absl::StatusOr<std::decay_t<decltype(*std::begin(values))>> {
  std::vector<std::string> names;
  for (const auto& value : values) {
    if (text == Name(value)) return value;
    names.push_back(Name(value));
  }
  return AsUsageError(ArgumentError(what, absl::StrCat("'", text, "'"),
                                    absl::StrCat(absl::StrJoin(names, ", "), DidYouMean(text, names))));
}

template <typename Enum>
std::vector<Enum> AllOf(int count) {
  std::vector<Enum> all;
  for (int i = 0; i < count; ++i) all.push_back(static_cast<Enum>(i));
  return all;
}

// "1000x1000", "32", "scalar": as FormatShape() writes them. More is checked by Explain().
absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view text) {
  std::vector<int64_t> shape;
  if (text == "scalar") return shape;
  for (const absl::string_view extent : absl::StrSplit(text, 'x')) {
    const bool digits = !extent.empty() && extent.find_first_not_of("0123456789") == absl::string_view::npos;
    if (!digits || !absl::SimpleAtoi(extent, &shape.emplace_back())) {
      return AsUsageError(ArgumentError("SHAPE", absl::StrCat("'", text, "'"),
                                        "extents below 2^63 with 'x' between them, such as 1000x1000, or 'scalar'"));
    }
  }
  return shape;
}

absl::StatusOr<std::string> Run(const Args& args) {
  FlagSettings settings;
  RAPTORS_RETURN_IF_ERROR(settings.Apply(args));
  const absl::StatusOr<Op> op = Find("OP", args.positional(0), AllOf<Op>(kNumOps));
  if (!op.ok()) return op.status();
  const absl::StatusOr<DType> dtype = Find("DTYPE", args.positional(1), kAllDTypes);
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<std::vector<int64_t>> shape = ParseShape(args.positional(2));
  if (!shape.ok()) return shape.status();

  introspect::ExplainOptions options;
  if (const std::optional<std::string> text = args.Value("layout")) {
    const absl::StatusOr<Layout> layout = Find("--layout", *text, AllOf<Layout>(kNumLayouts));
    if (!layout.ok()) return layout.status();
    options.layout = *layout;
  }
  if (const std::optional<std::string> text = args.Value("axes")) {
    std::vector<int>& axes = options.axes.emplace();
    for (const absl::string_view axis : absl::StrSplit(*text, ',', absl::SkipEmpty())) {
      if (!absl::SimpleAtoi(axis, &axes.emplace_back())) {
        return AsUsageError(ArgumentError("--axes", absl::StrCat("'", *text, "'"), "numbers with commas between them"));
      }
    }
  }
  options.in_place = args.Has("in-place");
  options.buffered = args.Has("overlapping");
  if (const std::optional<std::string> text = args.Value("factor")) {
    const absl::StatusOr<Scalar> factor = ParseFactor(*text);
    if (!factor.ok()) return factor.status();
    RAPTORS_RETURN_IF_ERROR(CheckFactor(*text, *factor, *dtype));
    options.factor = *factor;
  }
  const absl::StatusOr<introspect::Explanation> why = introspect::Explain(*op, *dtype, *shape, options);
  if (!why.ok()) return absl::IsInvalidArgument(why.status()) ? AsUsageError(why.status()) : why.status();
  return args.Has("json") ? introspect::ToJson(*why) : introspect::ToText(*why);
}

}  // namespace

const Command& ExplainCommand() {
  static const auto* layouts = new std::string(
      absl::StrCat("how the arrays lie in memory, if not in C order: ", absl::StrJoin(kLayoutNames, ", ")));
  static const auto* command = new Command{
      "explain",
      "say how a call would be computed, and why",
      {"OP", "DTYPE", "SHAPE"},
      {
          {"layout", "LAYOUT", layouts->c_str()},
          {"axes", "AXES", "the axes that a reduction folds, such as 0 or 0,-1 (default: all)"},
          {"in-place", nullptr, "the output is the input"},
          {"overlapping", nullptr, "output and input overlap otherwise"},
          {"factor", "X", "the scalar parameter (default 2)"},
          kJsonFlag,
      },
      /*settings=*/true,
      "For example: raptors explain scale float32 1000x1000 --layout=transposed\n"
      "             raptors explain mean float32 300000x3 --axes=0\n"
      "             raptors explain matmul float64 512x512x64 (m x n x k)\n"
      "Nothing is computed; the settings in force on this machine decide, and the flags below change them.\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
