// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/file.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace raptors::tools {
namespace {

using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = ::testing::TempDir() + "/file_test_XXXXXX";
    ASSERT_NE(mkdtemp(dir_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  static void Put(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  static std::string Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  static mode_t Mode(const std::string& path) {
    struct stat info;
    return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }
  long Entries() const {
    return std::distance(std::filesystem::directory_iterator(dir_), std::filesystem::directory_iterator());
  }

  static absl::Status WriteAll(const std::string& path, const std::string& text) {
    absl::StatusOr<OutputFile> file = OutputFile::Create(path);
    if (!file.ok()) return file.status();
    const absl::Status written = file->Write(text.data(), static_cast<int64_t>(text.size()));
    return written.ok() ? file->Commit() : written;
  }

  std::string dir_;
};

TEST_F(FileTest, ReadsAtAnyOffset) {
  Put(Path("a"), "0123456789");
  const absl::StatusOr<InputFile> file = InputFile::Open(Path("a"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*file->Size(), 10);
  char bytes[16] = {};
  EXPECT_EQ(*file->ReadSome(7, bytes, 16), 3);
  EXPECT_STREQ(bytes, "789");
  EXPECT_TRUE(file->ReadAll(2, bytes, 3).ok());
  EXPECT_EQ(std::string(bytes, 3), "234");
  const absl::Status past = file->ReadAll(8, bytes, 3);
  EXPECT_EQ(past.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(past.message()), HasSubstr("ends at byte 10; expected 11 bytes"));
}

TEST_F(FileTest, InputErrorsNameThePath) {
  EXPECT_EQ(InputFile::Open(Path("none")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(InputFile::Open(Path("none")).status().message()), HasSubstr(Path("none")));
  EXPECT_THAT(std::string(InputFile::Open(dir_).status().message()), HasSubstr("not a regular file"));
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(std::string(InputFile::Open(Path("pipe")).status().message()), HasSubstr("not a regular file"));
}

TEST_F(FileTest, NewFileAppearsWholeWithTheUmasksMode) {
  const mode_t before = umask(027);
  absl::StatusOr<OutputFile> file = OutputFile::Create(Path("a"));
  umask(before);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->Write("abc", 3).ok());
  EXPECT_FALSE(std::filesystem::exists(Path("a")));
  ASSERT_TRUE(file->Commit().ok());
  EXPECT_EQ(Get(Path("a")), "abc");
  EXPECT_EQ(Mode(Path("a")), 0640u);
  EXPECT_EQ(Entries(), 1);
}

TEST_F(FileTest, WithoutCommitNothingStays) {
  Put(Path("a"), "old");
  {
    absl::StatusOr<OutputFile> file = OutputFile::Create(Path("a"));
    ASSERT_TRUE(file.ok()) << file.status();
    const OutputFile moved = *std::move(file);
    EXPECT_EQ(Entries(), 2);
  }
  EXPECT_EQ(Entries(), 1);
  EXPECT_EQ(Get(Path("a")), "old");
}

TEST_F(FileTest, ReplacedFileKeepsItsModeAndAReaderItsContents) {
  Put(Path("a"), "old");
  ASSERT_EQ(chmod(Path("a").c_str(), 0604), 0);
  const absl::StatusOr<InputFile> reader = InputFile::Open(Path("a"));
  ASSERT_TRUE(WriteAll(Path("a"), "newer").ok());
  EXPECT_EQ(Get(Path("a")), "newer");
  EXPECT_EQ(Mode(Path("a")), 0604u);
  char bytes[3];
  ASSERT_TRUE(reader->ReadAll(0, bytes, 3).ok());
  EXPECT_EQ(std::string(bytes, 3), "old");
}

TEST_F(FileTest, SymbolicLinkStaysAndItsTargetIsReplaced) {
  ASSERT_EQ(mkdir(Path("d").c_str(), 0700), 0);
  Put(Path("d/a"), "old");
  ASSERT_EQ(symlink("d/a", Path("link").c_str()), 0);
  ASSERT_TRUE(WriteAll(Path("link"), "new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
  EXPECT_EQ(Get(Path("d/a")), "new");
  ASSERT_EQ(symlink("nowhere", Path("dangling").c_str()), 0);
  EXPECT_EQ(OutputFile::Create(Path("dangling")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(FileTest, OutputErrorsNameThePath) {
  EXPECT_EQ(OutputFile::Create(Path("none/a")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(OutputFile::Create(Path("none/a")).status().message()), HasSubstr(Path("none/a")));
  EXPECT_THAT(std::string(OutputFile::Create(dir_).status().message()), HasSubstr("not a regular file"));
  EXPECT_FALSE(OutputFile::Create("").ok());
  EXPECT_FALSE(OutputFile::Create(Path("a/")).ok());
  EXPECT_FALSE(OutputFile::Create("/dev/full").ok());
  Put(Path("a"), "old");
  EXPECT_FALSE(OutputFile::Create(Path("a/b")).ok());
  EXPECT_EQ(Entries(), 1);
}

TEST_F(FileTest, AReadOnlyFileIsNotReplaced) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everything";
  Put(Path("a"), "old");
  ASSERT_EQ(chmod(Path("a").c_str(), 0444), 0);
  EXPECT_EQ(OutputFile::Create(Path("a")).status().code(), absl::StatusCode::kPermissionDenied);
}

// In a child: begins to write, and ends as `end` says.
template <typename F>
int ChildStatus(F end) {
  const pid_t child = fork();
  if (child == 0) {
    end();
    _exit(9);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST_F(FileTest, ASignalRemovesTheTemporaryFile) {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const int status = ChildStatus([&] {
      const absl::StatusOr<OutputFile> file = OutputFile::Create(Path("a"));
      if (!file.ok() || Entries() != 1) _exit(8);
      raise(signal_number);
    });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal_number) << signal_number << " " << status;
    EXPECT_EQ(Entries(), 0);
  }
}

TEST_F(FileTest, AnIgnoredSignalStaysIgnored) {
  const int status = ChildStatus([&] {
    signal(SIGHUP, SIG_IGN);
    absl::StatusOr<OutputFile> file = OutputFile::Create(Path("a"));
    raise(SIGHUP);
    _exit(file.ok() && file->Commit().ok() ? 0 : 8);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(std::filesystem::exists(Path("a")));
}

TEST_F(FileTest, AFullDiskLeavesTheOldFile) {
  Put(Path("a"), "old");
  const int status = ChildStatus([&] {
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {1000, 1000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(8);
    const absl::Status written = WriteAll(Path("a"), std::string(2000, 'x'));
    _exit(written.message().find(Path("a")) != absl::string_view::npos ? 0 : 7);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(Get(Path("a")), "old");
  EXPECT_EQ(Entries(), 1);
}

}  // namespace
}  // namespace raptors::tools
