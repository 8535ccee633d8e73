// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// A profile for tests in which everything pays: several threads for any size, tiles of a few elements, streaming
// stores, so that small operands reach the paths of large ones.

#ifndef RAPTORS_TESTING_EAGER_PROFILE_H_
#define RAPTORS_TESTING_EAGER_PROFILE_H_

#include "raptors/context/scope.h"

namespace raptors::test {

// In force on the calling thread while the scope lives. Stores stream from `stream_llc_share` times the last-level
// cache on: 0 always, infinity never.
context::Scope EagerProfile(double stream_llc_share);

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_EAGER_PROFILE_H_
