// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/status.h"
#include "tools/raptors/file.h"

namespace raptors::tools {
namespace {

constexpr int kSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

// The temporary file that a signal removes; empty: none. Written only while the signals are blocked.
char g_temporary[PATH_MAX];

void RemoveAndEnd(int signal_number) {
  unlink(g_temporary);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

// Blocks kSignals while it lives.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal_number : kSignals) sigaddset(&set, signal_number);
    pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

// Makes signals remove `path` ("": stop that). A signal that the caller ignores (nohup) stays ignored.
void RemoveOnSignal(const std::string& path) {
  memcpy(g_temporary, path.c_str(), path.size() + 1);
  for (const int signal_number : kSignals) {
    struct sigaction action;
    if (sigaction(signal_number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    signal(signal_number, path.empty() ? SIG_DFL : RemoveAndEnd);
  }
}

std::string Directory(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status CannotWrite(int error, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
}

}  // namespace

struct OutputFile::Target {
  std::string name;       // as the caller wrote it
  std::string path;       // where it lies: symbolic links followed
  std::string temporary;  // "" once it has been renamed
  bool exists = false;
  struct stat before;  // if it exists
};

OutputFile::OutputFile(std::unique_ptr<Target> target, int fd) : target_(std::move(target)), fd_(fd) {}
OutputFile::OutputFile(OutputFile&& other) noexcept
    : target_(std::move(other.target_)), fd_(std::exchange(other.fd_, -1)) {}

OutputFile::~OutputFile() {
  if (fd_ >= 0) close(fd_);
  if (target_ == nullptr || target_->temporary.empty()) return;
  const BlockedSignals blocked;
  unlink(target_->temporary.c_str());
  RemoveOnSignal("");
}

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  auto target = std::make_unique<Target>();
  target->name = path;
  target->path = path;
  struct stat info;
  if (lstat(path.c_str(), &info) == 0) {
    char resolved[PATH_MAX];
    if (S_ISLNK(info.st_mode)) {
      if (realpath(path.c_str(), resolved) == nullptr) return CannotWrite(errno, path);
      target->path = resolved;
    }
    if (stat(target->path.c_str(), &target->before) != 0) return CannotWrite(errno, path);
    target->exists = true;
    if (!S_ISREG(target->before.st_mode)) {
      return absl::FailedPreconditionError(absl::StrCat("cannot write ", path, ": not a regular file"));
    }
    if (access(target->path.c_str(), W_OK) != 0) return CannotWrite(errno, path);
  } else if (errno != ENOENT) {
    return CannotWrite(errno, path);
  }
  if (path.empty() || path.back() == '/') return CannotWrite(path.empty() ? ENOENT : EISDIR, path);

  const BlockedSignals blocked;
  // Until Commit() a file that replaces another is its writer's alone.
  const mode_t mode = target->exists ? 0600 : 0666;
  for (int n = 0;; ++n) {
    target->temporary = absl::StrCat(Directory(target->path), "/.raptors-", getpid(), "-", n, ".tmp");
    if (target->temporary.size() >= PATH_MAX) return CannotWrite(ENAMETOOLONG, path);
    const int fd = open(target->temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd >= 0) {
      RemoveOnSignal(target->temporary);
      return OutputFile(std::move(target), fd);
    }
    const int error = errno;
    target->temporary.clear();
    if (error != EEXIST || n == 1000) return CannotWrite(error, path);
  }
}

absl::Status OutputFile::Write(const void* data, int64_t bytes) {
  for (int64_t done = 0; done < bytes;) {
    const size_t piece = static_cast<size_t>(std::min<int64_t>(bytes - done, int64_t{1} << 30));
    const ssize_t put = write(fd_, static_cast<const char*>(data) + done, piece);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return CannotWrite(errno, target_->name);
    done += put;
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit() {
  if (target_->exists) {
    const struct stat& before = target_->before;
    struct stat now;
    if (fstat(fd_, &now) != 0) return CannotWrite(errno, target_->name);
    mode_t mode = before.st_mode & 0777;
    const bool same_owner = now.st_uid == before.st_uid && now.st_gid == before.st_gid;
    // Bits that were meant for another group must not open the file to ours.
    if (!same_owner && fchown(fd_, before.st_uid, before.st_gid) != 0 && now.st_gid != before.st_gid) mode &= 0707;
    if (fchmod(fd_, mode) != 0) return CannotWrite(errno, target_->name);
  }
  // Some file systems know no fsync: EINVAL.
  if (fsync(fd_) != 0 && errno != EINVAL) return CannotWrite(errno, target_->name);
  if (close(std::exchange(fd_, -1)) != 0) return CannotWrite(errno, target_->name);
  {
    const BlockedSignals blocked;
    if (rename(target_->temporary.c_str(), target_->path.c_str()) != 0) return CannotWrite(errno, target_->name);
    target_->temporary.clear();
    RemoveOnSignal("");
  }
  const int directory = open(Directory(target_->path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A directory may be writable and not readable; then its entry gets to the disk in the system's own time.
  if (directory < 0) return absl::OkStatus();
  const bool synced = fsync(directory) == 0 || errno == EINVAL;
  const int error = errno;
  close(directory);
  return synced ? absl::OkStatus() : CannotWrite(error, Directory(target_->path));
}

}  // namespace raptors::tools
