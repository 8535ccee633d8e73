// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/testing/eager_profile.h"

#include <utility>

#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/context/context.h"
#include "raptors/policy/policy.h"
#include "raptors/profile/profile.h"

namespace raptors::test {

context::Scope EagerProfile(double stream_llc_share) {
  profile::LoadedProfile loaded = context::Current().profile_source->loaded;
  for (const OpInfo& op : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      for (int layout = 0; layout < kNumLayouts; ++layout) {
        policy::Thresholds& row = loaded.thresholds.At(op.op, dtype, static_cast<Layout>(layout));
        row.parallel_min_bytes = 1;
        row.thread_min_bytes = 1;
        row.stream_llc_share = stream_llc_share;
        row.tile_l2_share = 1e-4;
      }
    }
  }
  return context::ScopedProfile(std::move(loaded), "test");
}

}  // namespace raptors::test
