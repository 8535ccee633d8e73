// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/cpu/detect.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/detect_targets.h"

namespace raptors::cpu {
namespace {

// A directory that stands for "/".
class Tree {
 public:
  Tree() {
    static int number = 0;
    root_ = ::testing::TempDir() + "tree" + std::to_string(number++);
    mkdir(root_.c_str(), 0755);
  }
  Tree& Add(const std::string& path, const std::string& text) {
    for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
      mkdir((root_ + path.substr(0, slash)).c_str(), 0755);
    std::ofstream(root_ + path) << text;
    return *this;
  }
  Tree& AddCache(int index, const char* level, const char* type, const char* size, const char* line,
                 const char* shared) {
    const std::string directory = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    return Add(directory + "level", level)
        .Add(directory + "type", type)
        .Add(directory + "size", size)
        .Add(directory + "coherency_line_size", line)
        .Add(directory + "shared_cpu_list", shared);
  }
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

TEST(IsasTest, MapsHighwaysTargets) {
  EXPECT_EQ(IsasOf(0), IsaSet::Of(Isa::kScalar)) << "scalar needs nothing";
  EXPECT_EQ(IsasOf(HWY_AVX2), IsaSet::Of(Isa::kScalar) | IsaSet::Of(Isa::kAvx2));
  EXPECT_EQ(IsasOf(HWY_SSE2 | HWY_EMU128), IsaSet::Of(Isa::kScalar)) << "not levels of ours";
  int64_t all = 0;
#define RAPTORS_X(id, lower, name, target, ...) all |= target;
  RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
  for (Isa isa : kAllIsas) EXPECT_TRUE(IsasOf(all).Has(isa)) << Name(isa);
}

TEST(CpuInfoTest, X86) {
  const Model model = ParseCpuInfo(
      "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
      "model name\t: Intel(R) Xeon(R) Platinum 8124M CPU @ 3.00GHz\nstepping\t: 4\n\n"
      "processor\t: 1\nvendor_id\t: Other\nmodel name\t: other\n");
  EXPECT_EQ(model.vendor, "GenuineIntel");
  EXPECT_EQ(model.model, "Intel(R) Xeon(R) Platinum 8124M CPU @ 3.00GHz");
}

std::string Arm(const char* implementer, const char* part) {
  return std::string(
             "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: ") +
         implementer + "\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: " + part + "\nCPU revision\t: 3\n";
}

TEST(CpuInfoTest, Arm) {
  EXPECT_EQ(ParseCpuInfo(Arm("0x41", "0xd08")).vendor, "Arm");
  EXPECT_EQ(ParseCpuInfo(Arm("0x41", "0xd08")).model, "Cortex-A72");
  EXPECT_EQ(ParseCpuInfo(Arm("0x41", "0xd40")).model, "Neoverse-V1");
  EXPECT_EQ(ParseCpuInfo(Arm("0xc0", "0xac3")).vendor, "Ampere");
  EXPECT_EQ(ParseCpuInfo(Arm("0x41", "0xfff")).model, "Arm part 0xfff");
  EXPECT_EQ(ParseCpuInfo(Arm("0x99", "0x123")).vendor, "implementer 0x99");
  EXPECT_EQ(ParseCpuInfo(Arm("0x99", "0x123")).model, "implementer 0x99 part 0x123");
}

TEST(CpuInfoTest, Unreadable) {
  for (const char* text : {"", "\n\n", "model name", "CPU implementer : zebra\nCPU part : 0x\n", ":::\n"}) {
    EXPECT_EQ(ParseCpuInfo(text).vendor, "unknown") << text;
    EXPECT_EQ(ParseCpuInfo(text).model, "unknown") << text;
  }
}

TEST(CpuListTest, Counts) {
  EXPECT_EQ(CountCpuList("0\n"), 1);
  EXPECT_EQ(CountCpuList("0-3"), 4);
  EXPECT_EQ(CountCpuList("0-1,64-65,7\n"), 5);
  for (const char* bad : {"", "\n", "a", "1-", "-1", "3-1", "0-1-2", "0,,1", "0-9999999999"})
    EXPECT_EQ(CountCpuList(bad), 0) << bad;
}

TEST(CacheSizeTest, Parses) {
  EXPECT_EQ(ParseCacheSize("48K\n"), 48 << 10);
  EXPECT_EQ(ParseCacheSize("2M"), 2 << 20);
  EXPECT_EQ(ParseCacheSize("1G"), 1 << 30);
  EXPECT_EQ(ParseCacheSize("512"), 512);
  for (const char* bad : {"", "K", "-1K", "0", "1.5M", "12Q", "99999999999999999999K"})
    EXPECT_EQ(ParseCacheSize(bad), 0) << bad;
}

TEST(SysfsCachesTest, DataAndUnifiedByLevel) {
  Tree tree;
  tree.AddCache(0, "1\n", "Data\n", "48K\n", "64\n", "0\n")
      .AddCache(1, "1\n", "Instruction\n", "32K\n", "64\n", "0\n")
      .AddCache(2, "2\n", "Unified\n", "1024K\n", "64\n", "0-1\n")
      .AddCache(3, "3\n", "Unified\n", "32768K\n", "128\n", "0-15\n");
  const std::vector<Cache> caches = SysfsCaches(tree.root());
  ASSERT_EQ(caches.size(), 3u);
  EXPECT_EQ(caches[0].level, 1);
  EXPECT_EQ(caches[0].bytes, 48 << 10);
  EXPECT_EQ(caches[0].shared_by, 1);
  EXPECT_EQ(caches[1].bytes, 1 << 20);
  EXPECT_EQ(caches[1].line_bytes, 64);
  EXPECT_EQ(caches[1].shared_by, 2);
  EXPECT_EQ(caches[2].level, 3);
  EXPECT_EQ(caches[2].line_bytes, 128);
  EXPECT_EQ(caches[2].shared_by, 16);
}

TEST(SysfsCachesTest, SkipsWhatItCannotRead) {
  Tree tree;
  tree.AddCache(0, "zero\n", "Data\n", "48K\n", "64\n", "0\n")
      .AddCache(1, "2\n", "Unified\n", "?\n", "64\n", "0\n")
      .AddCache(2, "3\n", "Unified\n", "8M\n", "-\n", "all\n");
  const std::vector<Cache> caches = SysfsCaches(tree.root());
  ASSERT_EQ(caches.size(), 1u);
  EXPECT_EQ(caches[0].level, 3);
  EXPECT_EQ(caches[0].line_bytes, 64);
  EXPECT_EQ(caches[0].shared_by, 0);
  EXPECT_TRUE(SysfsCaches(Tree().root()).empty());
}

TEST(AffinityTest, GrowsTheMaskAsTheKernelAsks) {
  std::vector<size_t> sizes;
  EXPECT_EQ(CountAffinity([&](size_t bytes, void* mask) {
              sizes.push_back(bytes);
              if (bytes < 1024) return EINVAL;
              static_cast<unsigned char*>(mask)[0] = 0x0f;
              static_cast<unsigned char*>(mask)[1023] = 0x80;
              return 0;
            }),
            5);
  ASSERT_GE(sizes.size(), 2u);
  EXPECT_EQ(sizes.back(), 1024u);
  EXPECT_EQ(CountAffinity([](size_t, void*) { return EPERM; }), 0);
  EXPECT_EQ(CountAffinity([](size_t, void*) { return EINVAL; }), 0) << "and ends";
}

constexpr char kV2Mount[] = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

void ExpectQuota(const Tree& tree, int cores, const std::string& source) {
  const UsableCores quota = CgroupQuota(tree.root());
  EXPECT_EQ(quota.cores, cores);
  EXPECT_EQ(quota.source, source);
}

TEST(CgroupTest, V2RoundsUp) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "0::/app\n")
      .Add("/proc/self/mountinfo", std::string("21 1 8:1 / / rw - ext4 /dev/sda1 rw\n") + kV2Mount)
      .Add("/sys/fs/cgroup/app/cpu.max", "250000 100000\n");
  ExpectQuota(tree, 3, "cgroup v2 quota");
  tree.Add("/sys/fs/cgroup/app/cpu.max", "200000 100000\n");
  ExpectQuota(tree, 2, "cgroup v2 quota");
  tree.Add("/sys/fs/cgroup/app/cpu.max", "1000 100000\n");
  ExpectQuota(tree, 1, "cgroup v2 quota");
  tree.Add("/sys/fs/cgroup/app/cpu.max", "max 100000\n");
  ExpectQuota(tree, 0, "");
}

TEST(CgroupTest, V2AncestorsHoldToo) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "0::/slice/pod/app\n")
      .Add("/proc/self/mountinfo", kV2Mount)
      .Add("/sys/fs/cgroup/slice/pod/app/cpu.max", "max 100000\n")
      .Add("/sys/fs/cgroup/slice/pod/cpu.max", "400000 100000\n")
      .Add("/sys/fs/cgroup/slice/cpu.max", "600000 100000\n");
  ExpectQuota(tree, 4, "cgroup v2 quota");
  tree.Add("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  ExpectQuota(tree, 2, "cgroup v2 quota");
}

TEST(CgroupTest, V2InANamespace) {
  // The group shows as the root, or as a path that leads out of what is mounted.
  for (const char* group : {"0::/\n", "0::/../outside\n"}) {
    Tree tree;
    tree.Add("/proc/self/cgroup", group)
        .Add("/proc/self/mountinfo", kV2Mount)
        .Add("/sys/fs/cgroup/cpu.max", "300000 100000\n")
        .Add("/sys/fs/outside/cpu.max", "100000 100000\n");
    ExpectQuota(tree, 3, "cgroup v2 quota");
  }
}

TEST(CgroupTest, V1ContainerThatSeesTheHostsPaths) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/system.slice\n")
      .Add("/proc/self/mountinfo",
           "35 31 0:30 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
           "36 31 0:31 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:9 - cgroup cgroup rw,cpu,cpuacct\n")
      .Add("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "350000\n")
      .Add("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  ExpectQuota(tree, 4, "cgroup v1 quota");
  tree.Add("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  ExpectQuota(tree, 0, "");
}

TEST(CgroupTest, V1AncestorsAndPrefixes) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "3:cpu:/docker/abcdef/job\n2:cpuset:/\n")
      .Add("/proc/self/mountinfo",
           "36 31 0:31 /docker/abc /other ro - cgroup cgroup rw,cpu\n"  // not ours: a prefix of a name, no ancestor
           "37 31 0:31 /docker/abcdef /cpu\\040groups ro - cgroup cgroup rw,cpu\n")
      .Add("/cpu groups/job/cpu.cfs_quota_us", "800000")
      .Add("/cpu groups/job/cpu.cfs_period_us", "100000")
      .Add("/cpu groups/cpu.cfs_quota_us", "100000")
      .Add("/cpu groups/cpu.cfs_period_us", "50000");
  ExpectQuota(tree, 2, "cgroup v1 quota");
}

TEST(CgroupTest, HybridTakesTheSmaller) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "1:cpu:/\n0::/\n")
      .Add("/proc/self/mountinfo",
           "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
           "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n")
      .Add("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "500000")
      .Add("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")
      .Add("/sys/fs/cgroup/unified/cpu.max", "700000 100000");
  ExpectQuota(tree, 5, "cgroup v1 quota");
  tree.Add("/sys/fs/cgroup/unified/cpu.max", "200000 100000");
  ExpectQuota(tree, 2, "cgroup v2 quota");
}

TEST(CgroupTest, WhatCannotBeUnderstoodIsNoQuota) {
  for (const char* max : {"", "\n", "fast", "100000", "1 0", "-5 100000", "99999999999999999999 1", "1e5 1e5"}) {
    Tree tree;
    tree.Add("/proc/self/cgroup", "garbage\n0::/app\n::\n")
        .Add("/proc/self/mountinfo", std::string("a - b\n - \n") + kV2Mount);
    tree.Add("/sys/fs/cgroup/app/cpu.max", max);
    ExpectQuota(tree, 0, "");
  }
  ExpectQuota(Tree(), 0, "");
}

TEST(CgroupTest, AHugeQuotaDoesNotOverflow) {
  Tree tree;
  tree.Add("/proc/self/cgroup", "0::/\n").Add("/proc/self/mountinfo", kV2Mount);
  tree.Add("/sys/fs/cgroup/cpu.max", "9223372036854775807 1\n");
  ExpectQuota(tree, 2147483647, "cgroup v2 quota");
}

TEST(CombineTest, TheSmallerOneSaysSo) {
  const UsableCores none = {0, ""}, two = {2, "cgroup v2 quota"};
  EXPECT_EQ(Combine(4, none).cores, 4);
  EXPECT_EQ(Combine(4, none).source, "affinity");
  EXPECT_EQ(Combine(4, two).cores, 2);
  EXPECT_EQ(Combine(4, two).source, "cgroup v2 quota");
  EXPECT_EQ(Combine(2, two).source, "affinity");
  EXPECT_EQ(Combine(1, two).cores, 1);
  EXPECT_EQ(Combine(0, two).cores, 2);
  EXPECT_EQ(Combine(0, none).cores, 1);
  EXPECT_EQ(Combine(0, none).source, "assumed");
}

TEST(DetectTest, ARaspberryPi4) {
  Tree tree;
  tree.Add("/proc/cpuinfo", Arm("0x41", "0xd08"))
      .Add("/proc/self/cgroup", "0::/user.slice\n")
      .Add("/proc/self/mountinfo", kV2Mount)
      .AddCache(0, "1", "Data", "32K", "64", "0")
      .AddCache(1, "1", "Instruction", "48K", "64", "0")
      .AddCache(2, "2", "Unified", "1024K", "64", "0-3");
  const Info info = Detect(tree.root(), "aarch64", 4, 0);
  EXPECT_EQ(info.architecture, "aarch64");
  EXPECT_EQ(info.model, "Cortex-A72");
  EXPECT_EQ(info.caches_source, "sysfs");
  EXPECT_EQ(info.CacheBytes(1), 32 << 10);
  EXPECT_EQ(info.CacheBytes(2), 1 << 20);
  EXPECT_EQ(info.CacheBytes(3), 0);
  EXPECT_EQ(info.LastLevelCacheBytes(), 1 << 20);
  EXPECT_EQ(info.usable_cores.cores, 4);
  EXPECT_EQ(info.usable_cores.source, "affinity");
}

TEST(DetectTest, AnEmptySystemHasFallbacks) {
  const Info info = Detect(Tree().root(), "x86_64", 0, 0);
  EXPECT_EQ(info.model, "unknown");
  EXPECT_NE(info.caches_source, "sysfs");
  EXPECT_FALSE(info.caches.empty());
  EXPECT_EQ(info.usable_cores.cores, 1);
  EXPECT_EQ(info.usable_cores.source, "assumed");
  EXPECT_EQ(AssumedCaches().front().level, 1);
  EXPECT_EQ(AssumedCaches().back().bytes, 1 << 20);
}

}  // namespace
}  // namespace raptors::cpu
