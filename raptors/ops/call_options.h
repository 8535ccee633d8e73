// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// CallOptions: what one call asks for beyond the settings in force (raptors/context/scope.h).

#ifndef RAPTORS_OPS_CALL_OPTIONS_H_
#define RAPTORS_OPS_CALL_OPTIONS_H_

#include <optional>

#include "raptors/policy/policy.h"

namespace raptors {

using policy::Determinism;

struct CallOptions {
  // At most this many threads; 0: as the settings say. InvalidArgument if negative or above 1024.
  int max_threads = 0;
  // Whether BLAS may also compute what it rounds differently (axpy in place, sums over an axis of a matrix, dot, nrm2,
  // asum); none: as the settings say.
  std::optional<Determinism> determinism = {};
};

}  // namespace raptors

#endif  // RAPTORS_OPS_CALL_OPTIONS_H_
