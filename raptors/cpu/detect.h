// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Where cpu.h's facts come from, with the file system and the system calls as arguments, so that recorded machines can
// be tested. What cannot be read or understood is as if it were absent: each fact has a fallback that says so.

#ifndef RAPTORS_CPU_DETECT_H_
#define RAPTORS_CPU_DETECT_H_

#include <stddef.h>
#include <stdint.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "raptors/base/isa.h"
#include "raptors/cpu/cpu.h"

namespace raptors::cpu {

// The first `limit` bytes of a file; "" if it cannot be read.
std::string ReadFile(const std::string& path, size_t limit);

// Levels whose Highway target is in `targets`, plus scalar.
IsaSet IsasOf(int64_t targets);

struct Model {
  std::string vendor = "unknown";
  std::string model = "unknown";
};

// From the text of /proc/cpuinfo: "vendor_id" and "model name" where there are such lines (x86), else the names of the
// Arm "CPU implementer" and "CPU part", or their numbers if they are not known here.
Model ParseCpuInfo(absl::string_view cpuinfo);

// Name of an Arm part; "" if unknown.
std::string ArmPartName(int implementer, int part);
std::string ArmImplementerName(int implementer);

// Number of processors in a list such as "0-3,8,10-11"; 0 if it is malformed.
int CountCpuList(absl::string_view list);

// A size such as "48K", "2M" or "4096"; 0 if it is malformed.
int64_t ParseCacheSize(absl::string_view text);

// Data and unified caches in <root>/sys/devices/system/cpu/cpu0/cache, by level; empty if there are none.
std::vector<Cache> SysfsCaches(const std::string& root);

// What sysconf() knows (on x86 that is what cpuid says); empty if it knows nothing.
std::vector<Cache> SysconfCaches();

// 32 KiB for each core and 1 MiB: no larger than on any machine Raptors is likely to run on, since too small a tile
// costs less than one that does not fit.
std::vector<Cache> AssumedCaches();

// Processors in the affinity mask. `get` is sched_getaffinity(0, bytes, mask) but returns errno; 0 if it fails other
// than for a mask that is too small.
int CountAffinity(absl::FunctionRef<int(size_t bytes, void* mask)> get);

// The smallest CPU quota of the process's cgroup and its ancestors, in processors (a part counts as a whole one), as
// the files under <root>/proc/self and the cgroup mounts tell; cores == 0 where none is set.
UsableCores CgroupQuota(const std::string& root);

// The smaller of the two. affinity == 0: unknown.
UsableCores Combine(int affinity, const UsableCores& quota);

// All of it. `affinity` as from CountAffinity(), `sve_bits` as for Info.
Info Detect(const std::string& root, const std::string& architecture, int affinity, int sve_bits);

}  // namespace raptors::cpu

#endif  // RAPTORS_CPU_DETECT_H_
