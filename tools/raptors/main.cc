// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The command `raptors`. Exit status: 0 done, 1 failed, 2 called wrongly (arguments or RAPTORS_* variables).

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"

namespace {

int Fail(int exit_status, const std::string& message) {
  fprintf(stderr, "raptors: %s\n", message.c_str());
  return exit_status;
}

}  // namespace

int main(int argc, char** argv) {
  // A full disk quota is an error of write(), which removes what was written so far, and no reason to die.
  signal(SIGXFSZ, SIG_IGN);
  // `bazel run` starts programs elsewhere; relative paths mean where the user is.
  if (const char* directory = getenv("BUILD_WORKING_DIRECTORY"); directory != nullptr && *directory != '\0') {
    if (chdir(directory) != 0) return Fail(1, std::string("BUILD_WORKING_DIRECTORY: ") + strerror(errno));
  }
  const std::vector<std::string> words(argv + (argc > 0), argv + argc);
  const absl::StatusOr<std::string> output = raptors::tools::RunRaptors(words);
  const std::string text = output.ok() ? *output : raptors::tools::OutputOf(output.status());
  if (fwrite(text.data(), 1, text.size(), stdout) != text.size() || fflush(stdout) != 0) {
    return Fail(1, std::string("cannot write to stdout: ") + strerror(errno));
  }
  if (output.ok()) return 0;
  return Fail(raptors::tools::IsUsageError(output.status()) ? 2 : 1, std::string(output.status().message()));
}
