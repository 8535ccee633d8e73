// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/harness/process.h"

#include <errno.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "raptors/base/isa.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/parse.h"
#include "raptors/cpu/cpu.h"

extern char** environ;

namespace raptors::benchmarks {
namespace {

std::string NameOf(absl::string_view assignment) { return std::string(assignment.substr(0, assignment.find('='))); }

std::string Bytes(int64_t bytes) {
  if (bytes % (1 << 20) == 0) return absl::StrCat(bytes >> 20, " MiB");
  return absl::StrCat(bytes >> 10, " KiB");
}

}  // namespace

std::vector<std::string> BlasVariables(const char* const* environment) {
  std::vector<std::string> names;
  for (; *environment != nullptr; ++environment) {
    const std::string name = NameOf(*environment);
    for (const char* prefix : {"OPENBLAS_", "GOTO_", "NVPL_"}) {
      if (absl::StartsWith(name, prefix)) names.push_back(name);
    }
  }
  return names;
}

std::vector<std::string> RestartWithoutBlasVariables(char** argv) {
  const std::vector<std::string> names = BlasVariables(environ);
  if (names.empty()) return names;
  for (const std::string& name : names) unsetenv(name.c_str());
  std::fprintf(stderr, "Unset, because BLAS would heed them: %s. Starting again.\n",
               absl::StrJoin(names, ", ").c_str());
  execv("/proc/self/exe", argv);
  std::fprintf(stderr, "WARNING: cannot start again: %s\n", std::strerror(errno));
  return names;
}

absl::Status CheckRaptorsVariables(const char* const* environment) {
  for (; *environment != nullptr; ++environment) {
    const std::string name = NameOf(*environment);
    if (!absl::StartsWith(name, "RAPTORS_") || name == "RAPTORS_PROFILE" || name == "RAPTORS_BAZEL" ||
        name == "RAPTORS_DEBIAN_MIRROR") {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        *environment, " is set: the benchmark itself sets SIMD level, threads and counting for each cell; unset it"));
  }
  return absl::OkStatus();
}

std::string BlasName() { return blas::Available() ? blas::Name() : ""; }

void PrintMachine(std::FILE* file, const std::vector<PeerLibrary>& libraries, const std::vector<std::string>& forced) {
  const cpu::Info& info = cpu::GetInfo();
  std::string caches;
  for (const cpu::Cache& cache : info.caches) absl::StrAppend(&caches, ", L", cache.level, " ", Bytes(cache.bytes));
  absl::FPrintF(file, "Processor: %s%s\n", info.model, caches);
  absl::FPrintF(file, "Cores:     %d usable (%s)\n", info.usable_cores.cores, info.usable_cores.source);
  const context::Settings& settings = context::Process();
  absl::FPrintF(file, "Raptors:   levels %s; profile %s\n", context::ToText(settings.machine.usable),
                settings.profile_source == nullptr ? "none" : settings.profile_source->source);
  std::string levels;
  for (const PeerLibrary& library : libraries) absl::StrAppend(&levels, levels.empty() ? "" : ", ", library.level);
  if (!libraries.empty()) {
    absl::FPrintF(file, "Peers:     plain loops and Eigen at -O3 for %s; the fastest counts\n", levels);
  }
  if (blas::Available()) {
    absl::FPrintF(file, "           %s with %s kernels\n", blas::Name(),
                  blas::Core().empty() ? "unknown" : blas::Core());
  } else {
    absl::FPrintF(file, "           no BLAS in this build\n");
  }
  if (!libraries.empty()) {
    absl::FPrintF(file, "           with threads: parts of equal size on Raptors' own pool\n");
  }
  if (!forced.empty()) {
    absl::FPrintF(file, "WARNING: %s: the BLAS may not have chosen its kernels itself.\n", absl::StrJoin(forced, ", "));
  }
#ifndef NDEBUG
  absl::FPrintF(file,
                "WARNING: not an optimised build; its figures mean nothing. Use: bazel run -c opt //benchmarks:...\n");
#endif
  double load = 0;
  if (getloadavg(&load, 1) == 1 && load > 0.5) {
    absl::FPrintF(file, "WARNING: the load average is %.1f: other programs run, and figures will be noisy.\n", load);
  }
}

}  // namespace raptors::benchmarks
