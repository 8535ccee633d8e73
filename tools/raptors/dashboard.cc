// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors dashboard: a metrics snapshot as one HTML page. docs/dashboard.md says why this command serves nothing.

#include <stdint.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/status.h"
#include "raptors/dashboard/estimate.h"
#include "raptors/dashboard/page.h"
#include "raptors/dashboard/process.h"
#include "raptors/dashboard/snapshot_json.h"
#include "raptors/metrics/metrics.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/file.h"

namespace raptors::tools {
namespace {

// The flag's value times `unit`, into *rate where the flag was given.
absl::Status ReadRate(const Args& args, const char* flag, double unit, double* rate) {
  const std::optional<std::string> text = args.Value(flag);
  if (!text.has_value()) return absl::OkStatus();
  double value = 0;
  if (!absl::SimpleAtod(*text, &value) || !(value >= 0.001 && value <= 1e6)) {
    return AsUsageError(
        ArgumentError(absl::StrCat("--", flag), absl::StrCat("'", *text, "'"), "a number from 0.001 to 1000000"));
  }
  *rate = value * unit;
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  const absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return file.status();
  const absl::StatusOr<int64_t> size = file->Size();
  if (!size.ok()) return size.status();
  std::string text(static_cast<size_t>(*size), '\0');
  RAPTORS_RETURN_IF_ERROR(file->ReadAll(0, text.data(), *size));
  return text;
}

absl::StatusOr<std::string> Run(const Args& args) {
  dashboard::Content content;
  RAPTORS_RETURN_IF_ERROR(ReadRate(args, "bandwidth", 1e9, &content.model.bytes_per_second));
  RAPTORS_RETURN_IF_ERROR(ReadRate(args, "gflops", 1e9, &content.model.flops_per_second));
  const std::string& path = args.positional(0);
  const absl::StatusOr<std::string> json = ReadWholeFile(path);
  if (!json.ok()) return json.status();
  absl::StatusOr<metrics::Snapshot> snapshot = dashboard::ParseSnapshot(*json);
  if (!snapshot.ok()) {
    return AsUsageError(absl::Status(snapshot.status().code(), absl::StrCat(path, ": ", snapshot.status().message())));
  }
  content.source = path;
  content.time = absl::StrCat("drawn ", dashboard::TimeNow());
  content.snapshot = *std::move(snapshot);
  const std::string page = dashboard::Page(content);

  const std::optional<std::string> output = args.Value("output");
  if (!output.has_value()) return page;
  absl::StatusOr<OutputFile> file = OutputFile::Create(*output);
  if (!file.ok()) return file.status();
  RAPTORS_RETURN_IF_ERROR(file->Write(page.data(), static_cast<int64_t>(page.size())));
  RAPTORS_RETURN_IF_ERROR(file->Commit());
  return std::string();
}

}  // namespace

const Command& DashboardCommand() {
  static const auto* command = new Command{
      "dashboard",
      "draw a metrics snapshot as one HTML page: routes, estimated time, reasons",
      {"SNAPSHOT.json"},
      {{"output", "FILE", "write the page to FILE, whole or not at all, instead of stdout"},
       {"bandwidth", "GB/S", "what a thread moves, for the estimate of times (default 20)"},
       {"gflops", "GFLOP/S", "what a thread computes of a matrix product, for the estimate (default 50)"}},
      /*settings=*/false,
      "SNAPSHOT.json is what metrics::ToJson() writes, or raptors.metrics() in Python. `python -m raptors dashboard`\n"
      "also takes --port=N: it serves the page and /metrics on 127.0.0.1 and reads the file again for each request.\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
