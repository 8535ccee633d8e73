// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Files of the command: reading at any offset, and writing whole files or nothing.
//
//   absl::StatusOr<OutputFile> out = OutputFile::Create("out.npy");
//   if (!out.ok()) return out.status();
//   RAPTORS_RETURN_IF_ERROR(out->Write(data, bytes));
//   return out->Commit();
//
// Errors name the path. Neither class is thread safe.

#ifndef TOOLS_RAPTORS_FILE_H_
#define TOOLS_RAPTORS_FILE_H_

#include <stdint.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace raptors::tools {

// A regular file, open for reading. Move-only.
class InputFile {
 public:
  // NotFound, PermissionDenied, ...: as the system says. FailedPrecondition for what is no regular file, so that a pipe
  // without a writer cannot block.
  static absl::StatusOr<InputFile> Open(const std::string& path);
  InputFile(InputFile&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  const std::string& path() const { return path_; }
  // Bytes, now.
  absl::StatusOr<int64_t> Size() const;
  // Reads `bytes` bytes from `offset` on, or fewer where the file ends. Returns how many.
  absl::StatusOr<int64_t> ReadSome(int64_t offset, void* to, int64_t bytes) const;
  // The same; DataLoss where the file ends earlier.
  absl::Status ReadAll(int64_t offset, void* to, int64_t bytes) const;

 private:
  InputFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
};

// A file that appears under its name whole, or not at all: written to a temporary file in the same directory, which
// Commit() puts on the disk and renames. Without Commit(), or when a signal ends the process, the temporary file is
// removed (SIGKILL and a crash leave it: ".raptors-<pid>-<n>.tmp"). Move-only; at most one exists at a time.
//
// A file that is already there is replaced; it may be the very file that is being read. Its permission bits stay, its
// owner too where the system permits; a hard link to it keeps the old contents; a symbolic link stays, and the file it
// leads to is replaced. A new file has the permissions that the umask leaves.
class OutputFile {
 public:
  // NotFound when the directory does not exist; FailedPrecondition when `path` exists and is no regular file;
  // PermissionDenied when it exists and is not writable, or the directory is not.
  static absl::StatusOr<OutputFile> Create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  absl::Status Write(const void* data, int64_t bytes);
  // Nothing can be written afterwards. With an error, what was at the path before is still there, except that an error
  // about the directory means that a power failure may bring it back.
  absl::Status Commit();

 private:
  struct Target;
  OutputFile(std::unique_ptr<Target> target, int fd);

  std::unique_ptr<Target> target_;
  int fd_;
};

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_FILE_H_
