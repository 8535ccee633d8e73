// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/peer_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/peers/levels.h"
#include "tools/cpp/runfiles/runfiles.h"

namespace raptors::benchmarks {
namespace {

struct Level {
  const char* name;
  const char* file;
  const char* isa;  // whose support implies support of this level
};

constexpr Level kLevels[] = {
#define RAPTORS_X(name, file, isa) {name, file, isa},
    RAPTORS_PEER_LEVELS(RAPTORS_X)
#undef RAPTORS_X
};

bool Has(IsaSet supported, absl::string_view name) {
  for (Isa isa : kAllIsas) {
    if (Name(isa) == name) return supported.Has(isa);
  }
  return false;
}

}  // namespace

std::string RoofName(const PeerLibrary& library, const PeerRoof& roof) {
  return absl::StrCat(library.level, ", unroll ", roof.unroll, roof.streams ? ", streaming" : "");
}

absl::StatusOr<std::string> FindRunfile(const char* argv0, absl::string_view path) {
  using bazel::tools::cpp::runfiles::Runfiles;
  std::string error;
  std::unique_ptr<Runfiles> runfiles(Runfiles::Create(argv0, BAZEL_CURRENT_REPOSITORY, &error));
  if (runfiles == nullptr) return absl::NotFoundError(absl::StrCat("no runfiles beside ", argv0, ": ", error));
  // Under its own name this workspace is "raptors"; as an external one it may have another.
  const absl::string_view repository = BAZEL_CURRENT_REPOSITORY;
  const std::string file = runfiles->Rlocation(absl::StrCat(repository.empty() ? "raptors" : repository, "/", path));
  if (file.empty() || access(file.c_str(), R_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("runfile ", path, " is not there: looked for \"", file, "\""));
  }
  return file;
}

absl::StatusOr<std::vector<PeerLibrary>> LoadPeers(const char* argv0, IsaSet supported) {
  std::vector<PeerLibrary> libraries;
  for (const Level& level : kLevels) {
    if (!Has(supported, level.isa)) continue;
    absl::StatusOr<std::string> file = FindRunfile(argv0, absl::StrCat("benchmarks/peers/", level.file));
    if (!file.ok()) return file.status();
    void* handle = dlopen(file->c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr)
      return absl::FailedPreconditionError(absl::StrCat("cannot load ", level.file, ": ", dlerror()));
    const auto peers = reinterpret_cast<const PeerTable* (*)()>(dlsym(handle, "RaptorsBenchmarkPeers"));
    if (peers == nullptr) return absl::FailedPreconditionError(absl::StrCat(level.file, " exports no table"));
    libraries.push_back({level.name, peers()});
  }
  if (libraries.empty()) return absl::FailedPreconditionError("this processor supports no level of the peers");
  return libraries;
}

}  // namespace raptors::benchmarks
