// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Factors and other texts on the command line that become values of the library.

#ifndef TOOLS_RAPTORS_FACTOR_H_
#define TOOLS_RAPTORS_FACTOR_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"

namespace raptors::tools {

// A number as C writes them: an integer of 64 bits stays one, else a double. "inf" and "nan" are numbers; what a double
// cannot hold (1e999, 1e-999) is not. A usage error otherwise.
absl::StatusOr<Scalar> ParseFactor(absl::string_view text);

// A usage error when the factor would become infinite or zero in the dtype although it is not. `text`: as it was
// written.
absl::Status CheckFactor(absl::string_view text, Scalar factor, DType dtype);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_FACTOR_H_
