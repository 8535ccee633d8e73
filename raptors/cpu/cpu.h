// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What this machine is: instruction-set levels, processor model, caches, usable cores. Facts only; what is done with
// them is policy's and context's business.
//
//   raptors::IsaSet isas = raptors::cpu::Supported();
//   const raptors::cpu::Info& info = raptors::cpu::GetInfo();
//   int64_t l2 = info.CacheBytes(2);
//
// Supported() and GetInfo() read the system once, at the first call, and are thread safe; later calls cost a load and a
// branch. A later change of the affinity mask or of a cgroup quota is not seen. Both may be used during static
// destruction.

#ifndef RAPTORS_CPU_CPU_H_
#define RAPTORS_CPU_CPU_H_

#include <stdint.h>

#include <string>
#include <vector>

#include "raptors/base/isa.h"

namespace raptors::cpu {

// The levels of RAPTORS_ISAS that the processor and the operating system support, whether or not they were built.
IsaSet Supported();

// A data or unified cache as the first processor sees it.
struct Cache {
  int level;           // 1 is nearest to the core
  int64_t bytes;       // whole size, also where it is shared
  int64_t line_bytes;  // coherency line
  int shared_by;       // logical processors that share it; 0: not known
};

// How many threads can run at the same time, and which limit says so.
struct UsableCores {
  int cores = 1;       // >= 1
  std::string source;  // "affinity", "cgroup v2 quota", "cgroup v1 quota" or "assumed"
};

struct Info {
  std::string architecture;   // as uname -m: "x86_64", "aarch64"
  std::string vendor;         // "AuthenticAMD", "Arm"; "unknown"
  std::string model;          // "AMD EPYC 9B14", "Cortex-A72"; "unknown"
  std::vector<Cache> caches;  // by level; never empty, and levels do not repeat
  std::string caches_source;  // "sysfs", "sysconf" or "assumed"
  int sve_vector_bits = 0;    // 0: no SVE
  UsableCores usable_cores;

  // Size of the cache of that level, 0 where there is none.
  int64_t CacheBytes(int level) const;
  // Size of the last level.
  int64_t LastLevelCacheBytes() const;
};

const Info& GetInfo();

}  // namespace raptors::cpu

#endif  // RAPTORS_CPU_CPU_H_
