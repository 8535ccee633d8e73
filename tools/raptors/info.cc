// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors info: what was found on this machine, and what is in force.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/base/status.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/json.h"
#include "raptors/introspect/text.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/settings.h"

namespace raptors::tools {
namespace {

absl::StatusOr<std::string> Run(const Args& args) {
  FlagSettings settings;
  RAPTORS_RETURN_IF_ERROR(settings.Apply(args));
  const introspect::SystemInfo info = introspect::Info();
  WarnOfForcedBlasCore();
  return args.Has("json") ? introspect::ToJson(info) : introspect::ToText(info);
}

}  // namespace

const Command& InfoCommand() {
  static const auto* command = new Command{
      "info",
      "describe this machine: processor, SIMD levels, caches, cores, BLAS, memory, profile",
      {},
      {kJsonFlag},
      /*settings=*/true,
      "The flags below show what they would put in force.\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
