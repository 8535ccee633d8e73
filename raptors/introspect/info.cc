// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/base/version.h"
#include "raptors/blas/blas.h"
#include "raptors/context/context.h"
#include "raptors/context/parse.h"
#include "raptors/dispatch/dispatch.h"
#include "raptors/introspect/introspect.h"
#include "raptors/introspect/settings.h"
#include "raptors/metrics/metrics.h"
#include "raptors/parallel/pool.h"

namespace raptors::introspect {

SettingsInForce Describe(const context::Settings& settings) {
  SettingsInForce in_force;
  in_force.status = settings.status;
  in_force.simd = context::ToText(settings.limits.simd, settings.limits.isa);
  in_force.max_threads = settings.limits.max_threads;
  in_force.blas = context::Name(settings.limits.blas);
  in_force.determinism = context::Name(settings.limits.determinism);
  in_force.verbose_decisions = settings.verbose_decisions;
  in_force.metrics = metrics::Enabled();
  return in_force;
}

ProfileInfo Describe(const context::ProfileSource& source) {
  return {source.loaded.name, source.source, source.loaded.pattern, source.loaded.provenance, source.file_status};
}

SystemInfo Info() {
  const context::Settings& settings = context::Current();
  SystemInfo info;
  info.version = kVersion;
  info.cpu = cpu::GetInfo();
  // The level that any call gets; it does not depend on the call.
  policy::CallShape any;
  any.elements = 1;
  const Isa in_force = policy::Decide(any, settings.machine, settings.limits, *settings.profile).isa;
  for (const Isa isa : kAllIsas) {
    const LevelInfo level = {isa, settings.built.Has(isa), settings.machine.supported.Has(isa), isa == in_force};
    if (level.built || level.supported) info.levels.push_back(level);
  }
  info.blas = {blas::Available(), blas::Name(), blas::Core(), blas::Config()};
  info.memory = MemoryStats();
  info.pool_workers = parallel::GetStats().workers;
  info.settings = Describe(settings);
  info.profile = Describe(*settings.profile_source);
  return info;
}

std::vector<TableRow> Table() {
  const IsaSet supported = cpu::Supported();
  std::vector<TableRow> rows;
  for (const OpInfo& op : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      for (const Isa isa : kAllIsas) {
        const KernelEntry* const entry = dispatch::Lookup(op.op, dtype, isa);
        if (entry != nullptr) rows.push_back({*entry, supported.Has(isa)});
      }
    }
  }
  return rows;
}

}  // namespace raptors::introspect
