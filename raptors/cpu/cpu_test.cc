// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/cpu/cpu.h"

#include <unistd.h>

#include <fstream>
#include <initializer_list>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace raptors::cpu {
namespace {

TEST(CpuTest, ScalarIsAlwaysSupported) { EXPECT_TRUE(Supported().Has(Isa::kScalar)); }

TEST(CpuTest, LevelsAgreeWithTheKernel) {
  if (GetInfo().architecture == "aarch64") {
    EXPECT_TRUE(Supported().Has(Isa::kNeon)) << "part of the architecture";
    EXPECT_EQ(Supported().Has(Isa::kSve), GetInfo().sve_vector_bits > 0);
    return;
  }
  ASSERT_EQ(GetInfo().architecture, "x86_64");
  EXPECT_EQ(GetInfo().sve_vector_bits, 0);
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line) && line.rfind("flags", 0) != 0) {
  }
  std::istringstream words(line);
  std::set<std::string> flags;
  for (std::string word; words >> word;) flags.insert(word);
  ASSERT_FALSE(flags.empty());
  const auto have = [&](std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (flags.count(name) == 0) return false;
    return true;
  };
  EXPECT_EQ(Supported().Has(Isa::kSse4), have({"sse4_1", "sse4_2", "ssse3", "aes", "pclmulqdq"}));
  EXPECT_EQ(Supported().Has(Isa::kAvx2), have({"avx2", "fma", "bmi1", "bmi2", "f16c", "aes", "pclmulqdq"}));
  EXPECT_EQ(Supported().Has(Isa::kAvx3),
            have({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "fma"}));
}

TEST(CpuTest, NoLevelOfAnotherArchitecture) {
  const bool arm = GetInfo().architecture == "aarch64";
  EXPECT_FALSE(Supported().Has(arm ? Isa::kAvx2 : Isa::kNeon));
}

TEST(CpuTest, InfoIsPlausible) {
  const Info& info = GetInfo();
  EXPECT_FALSE(info.model.empty());
  EXPECT_FALSE(info.vendor.empty());
  ASSERT_FALSE(info.caches.empty());
  int level = 0;
  for (const Cache& cache : info.caches) {
    EXPECT_GT(cache.level, level);
    level = cache.level;
    EXPECT_GE(cache.bytes, 4 << 10);
    EXPECT_GE(cache.line_bytes, 16);
    EXPECT_EQ(info.CacheBytes(cache.level), cache.bytes);
  }
  EXPECT_EQ(info.LastLevelCacheBytes(), info.caches.back().bytes);
  EXPECT_GE(info.usable_cores.cores, 1);
  EXPECT_LE(info.usable_cores.cores, sysconf(_SC_NPROCESSORS_CONF));
  EXPECT_FALSE(info.usable_cores.source.empty());
}

TEST(CpuTest, OneAnswerForAllThreads) {
  std::vector<const Info*> seen(8);
  std::vector<std::thread> threads;
  for (const Info*& info : seen) threads.emplace_back([&info] { info = &GetInfo(); });
  for (std::thread& thread : threads) thread.join();
  for (const Info* info : seen) EXPECT_EQ(info, &GetInfo());
}

}  // namespace
}  // namespace raptors::cpu
