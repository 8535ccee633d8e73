// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/dashboard/process.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "raptors/base/isa.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/threading.h"
#include "raptors/metrics/metrics.h"

namespace raptors::dashboard {

Content ThisProcess() {
  const introspect::SystemInfo info = introspect::Info();
  const introspect::ThreadingInfo threading = introspect::GetThreadingInfo();
  Content content;
  content.source = absl::StrCat("process ", getpid());
  content.time = TimeNow();
  content.snapshot = metrics::TakeSnapshot();
  content.facts = {
      {"Processor", info.cpu.model},
      {"Level in force", absl::StrCat(Name(threading.isa), ", ", threading.vector_bits, " bits")},
      {"Usable cores", absl::StrCat(threading.usable_cores, " (", threading.usable_cores_source, ")")},
      {"Threads for a call", absl::StrCat("at most ", threading.max_threads, threading.limited ? " (a setting)" : "")},
      {"Threads in the pool", absl::StrCat(threading.pool_workers)},
      {"BLAS", absl::StrCat(threading.blas.name, ", ", threading.blas_mode)},
      {"Determinism", threading.determinism},
      {"Profile", absl::StrCat(info.profile.name, " (", info.profile.source, ")")},
      {"Calls are counted", threading.metrics ? "yes" : "no (RAPTORS_METRICS=off)"},
  };
  return content;
}

std::string TimeNow() { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::Now(), absl::UTCTimeZone()); }

}  // namespace raptors::dashboard
