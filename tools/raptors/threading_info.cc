// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors threading-info: threads, SIMD levels and BLAS that a call would meet.

#include <string>

#include "absl/status/statusor.h"
#include "raptors/base/status.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "raptors/introspect/threading.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/settings.h"

namespace raptors::tools {
namespace {

absl::StatusOr<std::string> Run(const Args& args) {
  FlagSettings settings;
  RAPTORS_RETURN_IF_ERROR(settings.Apply(args));
  const introspect::ThreadingInfo now = introspect::GetThreadingInfo();
  return args.Has("json") ? introspect::ToJson(now) : introspect::ToText(now);
}

}  // namespace

const Command& ThreadingInfoCommand() {
  static const auto* command = new Command{
      "threading-info",
      "show thread limits, parallel thresholds, SIMD levels and BLAS in force",
      {},
      {kJsonFlag},
      /*settings=*/true,
      "Counts are those of this process, which has computed nothing; a program asks introspect::GetThreadingInfo().\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
