// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/cpu/detect.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "hwy/detect_targets.h"

namespace raptors::cpu {
namespace {

struct ArmPart {
  int implementer;
  int part;
  const char* name;
};

// From the processors' main ID registers, as their manuals and the kernel's cputype.h list them.
constexpr ArmPart kArmParts[] = {
    {0x41, 0xd03, "Cortex-A53"},
    {0x41, 0xd04, "Cortex-A35"},
    {0x41, 0xd05, "Cortex-A55"},
    {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},
    {0x41, 0xd09, "Cortex-A73"},
    {0x41, 0xd0a, "Cortex-A75"},
    {0x41, 0xd0b, "Cortex-A76"},
    {0x41, 0xd0c, "Neoverse-N1"},
    {0x41, 0xd0d, "Cortex-A77"},
    {0x41, 0xd40, "Neoverse-V1"},
    {0x41, 0xd41, "Cortex-A78"},
    {0x41, 0xd44, "Cortex-X1"},
    {0x41, 0xd46, "Cortex-A510"},
    {0x41, 0xd47, "Cortex-A710"},
    {0x41, 0xd48, "Cortex-X2"},
    {0x41, 0xd49, "Neoverse-N2"},
    {0x41, 0xd4a, "Neoverse-E1"},
    {0x41, 0xd4b, "Cortex-A78C"},
    {0x41, 0xd4d, "Cortex-A715"},
    {0x41, 0xd4e, "Cortex-X3"},
    {0x41, 0xd4f, "Neoverse-V2"},
    {0x41, 0xd80, "Cortex-A520"},
    {0x41, 0xd81, "Cortex-A720"},
    {0x41, 0xd82, "Cortex-X4"},
    {0x41, 0xd84, "Neoverse-V3"},
    {0x41, 0xd8e, "Neoverse-N3"},
    {0x43, 0x0af, "ThunderX2"},
    {0x46, 0x001, "A64FX"},
    {0x48, 0xd01, "TaiShan-v110"},
    {0x4e, 0x004, "Carmel"},
    {0x51, 0x001, "Oryon"},
    {0x61, 0x022, "Apple-M1-Icestorm"},
    {0x61, 0x023, "Apple-M1-Firestorm"},
    {0xc0, 0xac3, "AmpereOne"},
    {0xc0, 0xac4, "AmpereOne-A"},
};

struct ArmImplementer {
  int implementer;
  const char* name;
};

constexpr ArmImplementer kArmImplementers[] = {
    {0x41, "Arm"},    {0x43, "Cavium"},   {0x46, "Fujitsu"}, {0x48, "HiSilicon"},
    {0x4e, "NVIDIA"}, {0x51, "Qualcomm"}, {0x61, "Apple"},   {0xc0, "Ampere"},
};

// Value of the first "key : value" line; "" if there is none.
absl::string_view Field(absl::string_view cpuinfo, absl::string_view key) {
  for (absl::string_view line : absl::StrSplit(cpuinfo, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(parts.first) == key) return absl::StripAsciiWhitespace(parts.second);
  }
  return "";
}

// Value of a hexadecimal field such as "0x41"; -1 if there is none.
int HexField(absl::string_view cpuinfo, absl::string_view key) {
  int value;
  return absl::SimpleHexAtoi(Field(cpuinfo, key), &value) ? value : -1;
}

// The first cache of each level, lowest level first.
std::vector<Cache> ByLevel(const std::vector<Cache>& caches) {
  constexpr int kMaxLevel = 8;
  std::vector<Cache> out;
  for (int level = 1; level <= kMaxLevel; ++level) {
    const auto found = absl::c_find_if(caches, [level](const Cache& cache) { return cache.level == level; });
    if (found != caches.end()) out.push_back(*found);
  }
  return out;
}

constexpr int64_t kAssumedLine = 64;

}  // namespace

std::string ReadFile(const std::string& path, size_t limit) {
  std::string text;
  FILE* const file = fopen(path.c_str(), "re");
  if (file == nullptr) return text;
  text.resize(limit);
  text.resize(fread(&text[0], 1, limit, file));
  fclose(file);
  return text;
}

IsaSet IsasOf(int64_t targets) {
  IsaSet set = IsaSet::Of(Isa::kScalar);
#define RAPTORS_X(id, lower, name, target, ...) \
  if (targets & target) set = set | IsaSet::Of(Isa::id);
  RAPTORS_ISAS(RAPTORS_X)
#undef RAPTORS_X
  return set;
}

std::string ArmPartName(int implementer, int part) {
  for (const ArmPart& known : kArmParts)
    if (known.implementer == implementer && known.part == part) return known.name;
  return "";
}

std::string ArmImplementerName(int implementer) {
  for (const ArmImplementer& known : kArmImplementers)
    if (known.implementer == implementer) return known.name;
  return "";
}

Model ParseCpuInfo(absl::string_view cpuinfo) {
  Model model;
  const absl::string_view vendor = Field(cpuinfo, "vendor_id");
  const absl::string_view name = Field(cpuinfo, "model name");
  const int implementer = HexField(cpuinfo, "CPU implementer");
  const int part = HexField(cpuinfo, "CPU part");
  if (!vendor.empty()) {
    model.vendor = std::string(vendor);
  } else if (implementer >= 0) {
    model.vendor = ArmImplementerName(implementer);
    if (model.vendor.empty()) model.vendor = absl::StrFormat("implementer 0x%02x", implementer);
  }
  if (!name.empty()) {
    model.model = std::string(name);
  } else if (implementer >= 0 && part >= 0) {
    model.model = ArmPartName(implementer, part);
    if (model.model.empty()) model.model = absl::StrFormat("%s part 0x%03x", model.vendor, part);
  }
  return model;
}

int CountCpuList(absl::string_view list) {
  int count = 0;
  for (absl::string_view item : absl::StrSplit(absl::StripAsciiWhitespace(list), ',')) {
    const std::vector<absl::string_view> ends = absl::StrSplit(item, '-');
    int first, last;
    if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &first) || !absl::SimpleAtoi(ends.back(), &last)) return 0;
    if (first < 0 || last < first || last > 1 << 20) return 0;
    count += last - first + 1;
  }
  return count;
}

int64_t ParseCacheSize(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  int64_t unit = 1;
  if (absl::ConsumeSuffix(&text, "K"))
    unit = int64_t{1} << 10;
  else if (absl::ConsumeSuffix(&text, "M"))
    unit = int64_t{1} << 20;
  else if (absl::ConsumeSuffix(&text, "G"))
    unit = int64_t{1} << 30;
  int64_t value;
  if (!absl::SimpleAtoi(text, &value) || value <= 0 || value > int64_t{1} << 30) return 0;
  return value * unit;
}

std::vector<Cache> SysfsCaches(const std::string& root) {
  constexpr size_t kLimit = 4096;  // a page is the most that sysfs gives
  std::vector<Cache> caches;
  for (int i = 0;; ++i) {
    const std::string directory = absl::StrCat(root, "/sys/devices/system/cpu/cpu0/cache/index", i, "/");
    const std::string type(absl::StripAsciiWhitespace(ReadFile(directory + "type", kLimit)));
    if (type.empty()) break;
    if (type != "Data" && type != "Unified") continue;
    Cache cache = {};
    cache.bytes = ParseCacheSize(ReadFile(directory + "size", kLimit));
    if (!absl::SimpleAtoi(ReadFile(directory + "level", kLimit), &cache.level) || cache.level < 1 || cache.bytes == 0)
      continue;
    if (!absl::SimpleAtoi(ReadFile(directory + "coherency_line_size", kLimit), &cache.line_bytes) ||
        cache.line_bytes < 1)
      cache.line_bytes = kAssumedLine;
    cache.shared_by = CountCpuList(ReadFile(directory + "shared_cpu_list", kLimit));
    caches.push_back(cache);
  }
  return ByLevel(caches);
}

std::vector<Cache> SysconfCaches() {
  struct Names {
    int level, size, line;
  };
  std::vector<Cache> caches;
  for (const Names& names : {Names{1, _SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL1_DCACHE_LINESIZE},
                             Names{2, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL2_CACHE_LINESIZE},
                             Names{3, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL3_CACHE_LINESIZE}}) {
    const int64_t bytes = sysconf(names.size);
    const int64_t line = sysconf(names.line);
    if (bytes > 0) caches.push_back({names.level, bytes, line > 0 ? line : kAssumedLine, 0});
  }
  return caches;
}

std::vector<Cache> AssumedCaches() { return {{1, 32 << 10, kAssumedLine, 0}, {2, 1 << 20, kAssumedLine, 0}}; }

int CountAffinity(absl::FunctionRef<int(size_t bytes, void* mask)> get) {
  // The kernel refuses masks smaller than its own. 1 Mi processors are more than any has.
  for (size_t words = 16; words <= (size_t{1} << 20) / 64; words *= 2) {
    std::vector<uint64_t> mask(words);
    const int error = get(words * sizeof(uint64_t), mask.data());
    if (error == EINVAL) continue;
    if (error != 0) return 0;
    int count = 0;
    for (uint64_t word : mask) count += __builtin_popcountll(word);
    return count;
  }
  return 0;
}

UsableCores Combine(int affinity, const UsableCores& quota) {
  if (affinity < 1 && quota.cores < 1) return {1, "assumed"};
  if (affinity < 1 || (quota.cores >= 1 && quota.cores < affinity)) return quota;
  return {affinity, "affinity"};
}

Info Detect(const std::string& root, const std::string& architecture, int affinity, int sve_bits) {
  Info info;
  info.architecture = architecture;
  // The first processor's entry is enough; with hundreds of processors the file takes milliseconds to make.
  Model model = ParseCpuInfo(ReadFile(root + "/proc/cpuinfo", 16 << 10));
  info.vendor = std::move(model.vendor);
  info.model = std::move(model.model);
  info.caches = SysfsCaches(root);
  info.caches_source = "sysfs";
  if (info.caches.empty()) {
    info.caches = SysconfCaches();
    info.caches_source = "sysconf";
  }
  if (info.caches.empty()) {
    info.caches = AssumedCaches();
    info.caches_source = "assumed";
  }
  info.sve_vector_bits = sve_bits;
  info.usable_cores = Combine(affinity, CgroupQuota(root));
  return info;
}

}  // namespace raptors::cpu
