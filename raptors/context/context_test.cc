// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/context/context.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "raptors/base/isa.h"
#include "raptors/blas/blas.h"
#include "raptors/context/log.h"
#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/metrics/metrics.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::context {
namespace {

const Settings& With(const std::vector<std::string>& environment) {
  ResetForTesting(environment);
  return Current();
}

// The message of the settings that one variable makes.
std::string ErrorOf(const std::string& entry) {
  const Settings& settings = With({entry});
  EXPECT_EQ(settings.status.code(), absl::StatusCode::kFailedPrecondition) << entry;
  return std::string(settings.status.message());
}

std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

class LogTest : public testing::Test {
 protected:
  LogTest() {
    previous_ = SetLogHandler([this](absl::string_view message) { messages_.emplace_back(message); });
  }
  ~LogTest() override { SetLogHandler(previous_); }

  std::vector<std::string> messages_;
  LogHandler previous_;
};

TEST(ContextTest, AnEmptyEnvironmentMeansDefaults) {
  const Settings& settings = With({});
  EXPECT_TRUE(settings.status.ok()) << settings.status;
  EXPECT_EQ(settings.built, dispatch::Built());
  EXPECT_EQ(settings.machine.usable, dispatch::Built() & cpu::Supported());
  EXPECT_EQ(settings.machine.supported, cpu::Supported());
  EXPECT_TRUE(settings.machine.usable.Has(Isa::kScalar));
  EXPECT_EQ(settings.machine.cores, cpu::GetInfo().usable_cores.cores);
  EXPECT_GT(settings.machine.l1_bytes, 0);
  EXPECT_EQ(settings.machine.blas, blas::Available());
  EXPECT_EQ(settings.limits.simd, policy::SimdRule::kAuto);
  EXPECT_EQ(settings.limits.max_threads, 0);
  EXPECT_EQ(settings.limits.blas, policy::BlasMode::kAuto);
  EXPECT_EQ(settings.limits.determinism, policy::Determinism::kReproducible);
  EXPECT_FALSE(settings.verbose_decisions);
  EXPECT_TRUE(settings.metrics);
  EXPECT_EQ(settings.profile_source->source, "built-in");
  EXPECT_TRUE(settings.profile_source->file_status.ok());
  EXPECT_EQ(settings.profile, &settings.profile_source->loaded.thresholds);
}

TEST(ContextTest, EveryVariable) {
  const Settings& settings = With({"PATH=/bin", "RAPTORS_SIMD=<=scalar", "RAPTORS_THREADS=3", "RAPTORS_BLAS=prefer",
                                   "RAPTORS_DETERMINISM=fast", "RAPTORS_VERBOSE=decisions", "RAPTORS_METRICS=off"});
  EXPECT_TRUE(settings.status.ok()) << settings.status;
  EXPECT_EQ(settings.limits.simd, policy::SimdRule::kCap);
  EXPECT_EQ(settings.limits.isa, Isa::kScalar);
  EXPECT_EQ(settings.limits.max_threads, 3);
  EXPECT_EQ(settings.limits.blas, policy::BlasMode::kPrefer);
  EXPECT_EQ(settings.limits.determinism, policy::Determinism::kFast);
  EXPECT_TRUE(settings.verbose_decisions);
  EXPECT_FALSE(settings.metrics);
  EXPECT_FALSE(metrics::Enabled());
  With({});
  EXPECT_TRUE(metrics::Enabled());
}

TEST(ContextTest, OneThreadMeansOne) { EXPECT_EQ(With({"RAPTORS_THREADS=1"}).limits.max_threads, 1); }

TEST(ContextTest, EveryUsableLevelCanBeDemandedAndNoOther) {
  const IsaSet usable = With({}).machine.usable;
  for (const Isa isa : kAllIsas) {
    const Settings& settings = With({absl::StrCat("RAPTORS_SIMD=", Name(isa))});
    EXPECT_EQ(settings.status.ok(), usable.Has(isa)) << Name(isa);
    if (!settings.status.ok()) {
      EXPECT_TRUE(absl::StrContains(settings.status.message(), absl::StrCat("RAPTORS_SIMD: got \"", Name(isa), "\"")))
          << settings.status;
      EXPECT_TRUE(absl::StrContains(settings.status.message(), "built: scalar")) << settings.status;
      continue;
    }
    EXPECT_EQ(settings.limits.simd, policy::SimdRule::kDemand);
    EXPECT_EQ(settings.limits.isa, isa);
  }
}

TEST(ContextTest, MalformedValuesNameVariableValueAndWhatWasExpected) {
  EXPECT_EQ(ErrorOf("RAPTORS_THREADS=0"), "RAPTORS_THREADS: got \"0\"; expected a number from 1 to 1024");
  EXPECT_EQ(ErrorOf("RAPTORS_BLAS=yes"), "RAPTORS_BLAS: got \"yes\"; expected auto, off or prefer");
  EXPECT_EQ(ErrorOf("RAPTORS_DETERMINISM=slow"), "RAPTORS_DETERMINISM: got \"slow\"; expected reproducible or fast");
  EXPECT_EQ(ErrorOf("RAPTORS_VERBOSE=1"), "RAPTORS_VERBOSE: got \"1\"; expected decisions");
  EXPECT_EQ(ErrorOf("RAPTORS_METRICS=1"), "RAPTORS_METRICS: got \"1\"; expected on or off");
  EXPECT_TRUE(absl::StartsWith(ErrorOf("RAPTORS_SIMD=avx9"), "RAPTORS_SIMD: got \"avx9\"; expected auto, off,"));
}

TEST(ContextTest, EmptyValuesAreErrors) {
  for (const char* name : {"RAPTORS_SIMD", "RAPTORS_THREADS", "RAPTORS_BLAS", "RAPTORS_PROFILE", "RAPTORS_DETERMINISM",
                           "RAPTORS_VERBOSE", "RAPTORS_METRICS"}) {
    EXPECT_TRUE(absl::StartsWith(ErrorOf(absl::StrCat(name, "=")), absl::StrCat(name, ": got \"\"; expected"))) << name;
  }
}

TEST(ContextTest, UnknownVariablesAreErrors) {
  EXPECT_TRUE(
      absl::StartsWith(ErrorOf("RAPTORS_COLOUR=blue"), "RAPTORS_COLOUR: unknown variable; expected RAPTORS_SIMD"));
  EXPECT_TRUE(absl::StartsWith(ErrorOf("RAPTORS_=x"), "RAPTORS_: unknown variable"));
  EXPECT_TRUE(absl::StartsWith(ErrorOf("RAPTORS_simd=off"), "RAPTORS_simd: unknown variable"));
  EXPECT_TRUE(With({"RAPTOR_SIMD=x", "XRAPTORS_SIMD=x", "RAPTORS=x", "raptors_simd=x", "", "novalue"}).status.ok());
}

TEST(ContextTest, BuildVariablesAreIgnored) {
  EXPECT_TRUE(With({"RAPTORS_BAZEL=/opt/bazel", "RAPTORS_DEBIAN_MIRROR="}).status.ok());
}

TEST(ContextTest, AllErrorsAreToldInOrder) {
  const Settings& settings = With({"RAPTORS_X=1", "RAPTORS_THREADS=0", "RAPTORS_BLAS=?"});
  const std::string message(settings.status.message());
  EXPECT_LT(message.find("RAPTORS_BLAS: "), message.find("; RAPTORS_THREADS: "));
  EXPECT_LT(message.find("; RAPTORS_THREADS: "), message.find("; RAPTORS_X: "));
}

TEST(ContextTest, TheFirstOfTwoEntriesCounts) {
  EXPECT_EQ(With({"RAPTORS_THREADS=2", "RAPTORS_THREADS=5"}).limits.max_threads, 2);
}

TEST(ContextTest, ReplacedSettingsStayValid) {
  const Settings& old = With({"RAPTORS_THREADS=2"});
  With({"RAPTORS_THREADS=5"});
  EXPECT_EQ(old.limits.max_threads, 2);
  EXPECT_EQ(Current().limits.max_threads, 5);
}

TEST(ContextTest, OtherThreadsSeeTheProcessSettings) {
  With({"RAPTORS_THREADS=2"});
  int seen = 0;
  std::thread([&] { seen = Current().limits.max_threads; }).join();
  EXPECT_EQ(seen, 2);
}

TEST_F(LogTest, AProfileFileIsUsed) {
  std::string text(profile::BuiltinJson());
  const size_t at = text.find("\"name\": \"");
  text.replace(at, 9, "\"name\": \"mine_");
  const std::string path = WriteFile("good.json", text);
  const Settings& settings = With({absl::StrCat("RAPTORS_PROFILE=", path)});
  EXPECT_TRUE(settings.status.ok()) << settings.status;
  EXPECT_EQ(settings.profile_source->source, path);
  EXPECT_TRUE(absl::StartsWith(settings.profile_source->loaded.name, "mine_"));
  EXPECT_TRUE(settings.profile_source->file_status.ok());
  EXPECT_TRUE(messages_.empty());
}

TEST_F(LogTest, ABadProfileFileLeavesTheBuiltInOneCountedAndToldOnce) {
  const std::string pipe = absl::StrCat(testing::TempDir(), "/pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::pair<std::string, std::string> cases[] = {
      {WriteFile("broken.json", "{\n  oops"), "line 2, column 3"},
      {WriteFile("schema.json", "{}"), "(document): key"},
      {WriteFile("large.json", std::string(100000, ' ')), "expected at most 65536"},
      {absl::StrCat(testing::TempDir(), "/missing.json"), "No such file"},
      {testing::TempDir(), "not a regular file"},
      {pipe, "not a regular file"},
  };
  for (const auto& [path, text] : cases) {
    messages_.clear();
    const uint64_t before = metrics::TakeSnapshot()[metrics::Counter::kProfileFallback];
    const Settings& settings = With({absl::StrCat("RAPTORS_PROFILE=", path)});
    EXPECT_TRUE(settings.status.ok()) << settings.status;
    EXPECT_EQ(settings.profile_source->source, "built-in");
    EXPECT_FALSE(settings.profile_source->file_status.ok());
    EXPECT_TRUE(absl::StrContains(settings.profile_source->file_status.message(), text))
        << settings.profile_source->file_status;
    EXPECT_EQ(metrics::TakeSnapshot()[metrics::Counter::kProfileFallback], before + 1);
    for (int i = 0; i < 3; ++i) Current();
    ASSERT_EQ(messages_.size(), 1u);
    EXPECT_TRUE(absl::StrContains(messages_[0], path)) << messages_[0];
    EXPECT_TRUE(absl::StrContains(messages_[0], text)) << messages_[0];
  }
}

TEST_F(LogTest, AHandlerMayUseTheContext) {
  int threads = 0;
  SetLogHandler([&](absl::string_view) { threads = Current().limits.max_threads; });
  With({"RAPTORS_PROFILE=/nonexistent", "RAPTORS_THREADS=4"});
  EXPECT_EQ(threads, 4);
}

TEST(LogDefaultTest, WritesOneLineToStderr) {
  LogHandler previous = SetLogHandler(nullptr);
  testing::internal::CaptureStderr();
  Log("something happened");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "something happened\n");
  SetLogHandler(previous);
}

}  // namespace
}  // namespace raptors::context
