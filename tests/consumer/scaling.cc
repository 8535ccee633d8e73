// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaling.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/raptors.h"

namespace consumer {

template <typename T>
absl::StatusOr<std::vector<T>> ScaleTransposed(const std::vector<T>& x, int64_t rows, int64_t columns, T factor) {
  if (static_cast<int64_t>(x.size()) != rows * columns) {
    return absl::InvalidArgumentError("x: expected rows * columns elements");
  }
  std::vector<T> result(x.size());
  const auto in = raptors::ArrayView::Matrix(x.data(), rows, columns);
  if (!in.ok()) return in.status();
  constexpr int64_t kSize = sizeof(T);
  const auto out = raptors::MutableArrayView::Create(result.data(), {rows, columns}, {kSize, rows * kSize});
  if (!out.ok()) return out.status();
  const absl::Status status = raptors::Scale(*in, factor, *out);
  if (!status.ok()) return status;
  return result;
}

template absl::StatusOr<std::vector<float>> ScaleTransposed(const std::vector<float>&, int64_t, int64_t, float);
template absl::StatusOr<std::vector<double>> ScaleTransposed(const std::vector<double>&, int64_t, int64_t, double);

}  // namespace consumer
