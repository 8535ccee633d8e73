// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// CallOptions: what one call asks for beyond the settings in force (raptors/context/scope.h).

#ifndef RAPTORS_OPS_CALL_OPTIONS_H_
#define RAPTORS_OPS_CALL_OPTIONS_H_

namespace raptors {

struct CallOptions {
  // At most this many threads; 0: as the settings say. InvalidArgument if negative or above 1024.
  int max_threads = 0;
};

}  // namespace raptors

#endif  // RAPTORS_OPS_CALL_OPTIONS_H_
