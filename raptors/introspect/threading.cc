// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/introspect/threading.h"

#include "raptors/context/context.h"
#include "raptors/cpu/cpu.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/introspect/settings.h"
#include "raptors/parallel/pool.h"
#include "raptors/policy/policy.h"

namespace raptors::introspect {
namespace {

bool Same(const policy::Thresholds& a, const policy::Thresholds& b) {
  return a.parallel_min_bytes == b.parallel_min_bytes && a.thread_min_bytes == b.thread_min_bytes;
}

bool AllLayoutsSame(const policy::Profile& profile, Op op, DType dtype) {
  for (int k = 1; k < kNumLayouts; ++k) {
    if (!Same(profile.At(op, dtype, static_cast<Layout>(k)), profile.At(op, dtype, Layout{}))) return false;
  }
  return true;
}

// One row for an operation, a row per dtype, or a row per dtype and layout: as few as say everything.
void AppendThresholds(const policy::Profile& profile, const OpInfo& info, std::vector<ParallelThreshold>* rows) {
  const auto append = [&](std::optional<DType> dtype, std::optional<Layout> layout, const policy::Thresholds& values) {
    rows->push_back({info.op, dtype, layout, values.parallel_min_bytes, values.thread_min_bytes});
  };
  bool same = true;
  const policy::Thresholds& first = profile.At(info.op, kAllDTypes[0], Layout{});
  for (const DType dtype : kAllDTypes) {
    if (!info.Takes(dtype)) continue;
    same = same && AllLayoutsSame(profile, info.op, dtype) && Same(first, profile.At(info.op, dtype, Layout{}));
  }
  if (same) return append(std::nullopt, std::nullopt, first);
  for (const DType dtype : kAllDTypes) {
    if (!info.Takes(dtype)) continue;
    if (AllLayoutsSame(profile, info.op, dtype)) {
      append(dtype, std::nullopt, profile.At(info.op, dtype, Layout{}));
      continue;
    }
    for (int k = 0; k < kNumLayouts; ++k) {
      append(dtype, static_cast<Layout>(k), profile.At(info.op, dtype, static_cast<Layout>(k)));
    }
  }
}

std::vector<RouteCount> CountRoutes(const metrics::Snapshot& snapshot) {
  uint64_t calls[kNumOps][kNumRoutes] = {};
  for (const metrics::Snapshot::Entry& entry : snapshot.entries) {
    calls[static_cast<int>(entry.choice.op)][static_cast<int>(entry.choice.route)] += entry.count;
  }
  std::vector<RouteCount> routes;
  for (int op = 0; op < kNumOps; ++op) {
    for (int route = 0; route < kNumRoutes; ++route) {
      if (calls[op][route] == 0) continue;
      routes.push_back({static_cast<Op>(op), static_cast<Route>(route), calls[op][route]});
    }
  }
  return routes;
}

int VectorBits(Isa isa) {
  const KernelEntry* const entry = dispatch::Lookup(Op::kScale, DType::kFloat32, isa);
  if (entry == nullptr) return 0;
  return entry->lane_bits > 0 ? entry->lane_bits : cpu::GetInfo().sve_vector_bits;
}

}  // namespace

ThreadingInfo GetThreadingInfo() {
  const context::Settings& settings = context::Current();
  const SystemInfo system = Info();
  ThreadingInfo now;
  now.usable_cores = system.cpu.usable_cores.cores;
  now.usable_cores_source = system.cpu.usable_cores.source;
  now.limited = settings.limits.max_threads > 0;
  now.max_threads = now.limited ? settings.limits.max_threads : settings.machine.cores;
  const parallel::Stats pool = parallel::GetStats();
  now.pool_workers = pool.workers;
  now.pool_limit = parallel::kMaxThreads;
  now.inline_nested = pool.inline_nested;
  now.inline_busy = pool.inline_busy;
  now.creation_failed = pool.creation_failed;
  for (const OpInfo& info : kOpInfos) AppendThresholds(*settings.profile, info, &now.thresholds);
  now.levels = system.levels;
  for (const LevelInfo& level : system.levels) {
    if (level.in_force) now.isa = level.isa;
  }
  now.vector_bits = VectorBits(now.isa);
  now.blas = system.blas;
  now.blas_threads = system.blas.available ? 1 : 0;
  now.blas_mode = system.settings.blas;
  now.determinism = system.settings.determinism;
  now.metrics = metrics::Enabled();
  const metrics::Snapshot snapshot = metrics::TakeSnapshot();
  now.routes = CountRoutes(snapshot);
  now.calls = snapshot.Calls();
  metrics::Choice last;
  if (metrics::LastDecision(&last)) now.last = last;
  return now;
}

}  // namespace raptors::introspect
