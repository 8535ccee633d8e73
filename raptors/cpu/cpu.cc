// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/cpu/cpu.h"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include <atomic>
#include <memory>

#include "hwy/targets.h"
#include "raptors/cpu/detect.h"

namespace raptors::cpu {
namespace {

int SveBits() {
  // Bytes of a vector and flags; fails where the processor has no SVE.
  const int length = prctl(PR_SVE_GET_VL, 0, 0, 0, 0);
  return length < 0 ? 0 : 8 * (length & PR_SVE_VL_LEN_MASK);
}

Info DetectHere() {
  utsname name;
  const bool named = uname(&name) == 0;
  const int affinity = CountAffinity([](size_t bytes, void* mask) {
    return sched_getaffinity(0, bytes, static_cast<cpu_set_t*>(mask)) == 0 ? 0 : errno;
  });
  return Detect("", named ? name.machine : "unknown", affinity, SveBits());
}

}  // namespace

IsaSet Supported() {
  static const IsaSet supported = IsasOf(hwy::SupportedTargets());
  return supported;
}

const Info& GetInfo() {
  // Not destroyed, for use during static destruction; and not behind the guard of a static, which one thread could hold
  // while another forks. Threads that come here at once each look, and one's finding is kept.
  static std::atomic<const Info*> known = {nullptr};
  const Info* info = known.load(std::memory_order_acquire);
  if (info == nullptr) {
    auto found = std::make_unique<const Info>(DetectHere());
    if (known.compare_exchange_strong(info, found.get(), std::memory_order_acq_rel)) info = found.release();
  }
  return *info;
}

int64_t Info::CacheBytes(int level) const {
  for (const Cache& cache : caches)
    if (cache.level == level) return cache.bytes;
  return 0;
}

int64_t Info::LastLevelCacheBytes() const { return caches.back().bytes; }

}  // namespace raptors::cpu
