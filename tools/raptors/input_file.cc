// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/raptors/file.h"

namespace raptors::tools {

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  InputFile file(path, fd);
  struct stat info;
  if (fstat(fd, &info) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  if (!S_ISREG(info.st_mode))
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", path, ": not a regular file"));
  return file;
}

InputFile::~InputFile() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<int64_t> InputFile::Size() const {
  struct stat info;
  if (fstat(fd_, &info) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
  return static_cast<int64_t>(info.st_size);
}

absl::StatusOr<int64_t> InputFile::ReadSome(int64_t offset, void* to, int64_t bytes) const {
  int64_t done = 0;
  while (done < bytes) {
    // A single read is limited to somewhat less than 2 GiB by the system anyway.
    const size_t piece = static_cast<size_t>(std::min<int64_t>(bytes - done, int64_t{1} << 30));
    const ssize_t got = pread(fd_, static_cast<char*>(to) + done, piece, offset + done);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
    done += got;
  }
  return done;
}

absl::Status InputFile::ReadAll(int64_t offset, void* to, int64_t bytes) const {
  const absl::StatusOr<int64_t> got = ReadSome(offset, to, bytes);
  if (!got.ok()) return got.status();
  if (*got == bytes) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(path_, ": ends at byte ", offset + *got, "; expected ", offset + bytes, " bytes"));
}

}  // namespace raptors::tools
