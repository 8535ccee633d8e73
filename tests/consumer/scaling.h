// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// A consumer's own code over Raptors.

#ifndef TESTS_CONSUMER_SCALING_H_
#define TESTS_CONSUMER_SCALING_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace consumer {

// factor * x of a rows x columns matrix, transposed: element (c, r) of the result, at c * rows + r,
// is factor * x[r * columns + c]. InvalidArgument if x has not rows * columns elements.
template <typename T>
absl::StatusOr<std::vector<T>> ScaleTransposed(const std::vector<T>& x, int64_t rows, int64_t columns, T factor);

extern template absl::StatusOr<std::vector<float>> ScaleTransposed(const std::vector<float>&, int64_t, int64_t, float);
extern template absl::StatusOr<std::vector<double>> ScaleTransposed(const std::vector<double>&, int64_t, int64_t,
                                                                    double);

}  // namespace consumer

#endif  // TESTS_CONSUMER_SCALING_H_
