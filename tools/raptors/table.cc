// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors table: the kernels in this binary.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/kernel_entry.h"
#include "raptors/base/status.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "re2/re2.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"

namespace raptors::tools {
namespace {

absl::StatusOr<std::string> Run(const Args& args) {
  std::vector<introspect::TableRow> table = introspect::Table();
  if (const std::optional<std::string> pattern = args.Value("filter")) {
    const RE2 regex(*pattern, RE2::Quiet);
    if (!regex.ok()) {
      return AsUsageError(ArgumentError("--filter", absl::StrCat("'", *pattern, "' (", regex.error(), ")"),
                                        "a regular expression of RE2"));
    }
    const auto unwanted = [&](const introspect::TableRow& row) {
      const KernelEntry& entry = row.entry;
      return !RE2::PartialMatch(absl::StrCat(Name(entry.op), " ", Name(entry.dtype), " ", Name(entry.isa)), regex);
    };
    table.erase(std::remove_if(table.begin(), table.end(), unwanted), table.end());
    if (table.empty()) return absl::NotFoundError(absl::StrCat("--filter: no row matches '", *pattern, "'"));
  }
  return args.Has("json") ? introspect::ToJson(table) : introspect::ToText(table);
}

}  // namespace

const Command& TableCommand() {
  static const auto* command = new Command{
      "table",
      "list the kernels in this binary, with their compile-time facts",
      {},
      {{"filter", "REGEX", "only rows whose \"OP DTYPE LEVEL\" matches somewhere (RE2 syntax)"}, kJsonFlag},
      /*settings=*/false,
      "For example: raptors table --filter='float32 (scalar|avx2)'\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
