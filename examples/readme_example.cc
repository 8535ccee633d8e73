// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The example of README.md, complete.

#include <iostream>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "raptors/raptors.h"

absl::Status Run() {
  const std::vector<float> data = {1, 2, 3, 4, 5, 6};
  const absl::StatusOr<raptors::ArrayView> x = raptors::ArrayView::Matrix(data.data(), 2, 3);
  if (!x.ok()) return x.status();

  // 2.5 times the transpose, into memory of our own. Nothing is copied first: a view carries its strides.
  std::vector<float> result(6);
  const absl::StatusOr<raptors::MutableArrayView> y = raptors::MutableArrayView::Matrix(result.data(), 3, 2);
  if (!y.ok()) return y.status();
  if (absl::Status status = raptors::Scale(x->Transposed(), 2.5, *y); !status.ok()) return status;
  for (float value : result) std::cout << value << ' ';  // 2.5 10 5 12.5 7.5 15
  std::cout << '\n';

  // Column means, and the matrix without them: NumPy's broadcasting, nothing is copied for it either.
  const absl::StatusOr<raptors::Array> means = raptors::Mean(*x, {/*axes=*/0});
  if (!means.ok()) return means.status();
  const absl::StatusOr<raptors::Array> centred = raptors::Subtract(*x, means->view());
  if (!centred.ok()) return centred.status();
  for (int i = 0; i < 6; ++i) std::cout << centred->data<float>()[i] << ' ';  // -1.5 -1.5 -1.5 1.5 1.5 1.5
  std::cout << '\n';

  // Errors are values, and say which argument is wrong.
  std::cout << raptors::Scale(*x, 2.5, *y).message() << '\n';

  // What would a large call do on this machine, and why?
  const auto why = raptors::introspect::Explain(raptors::Op::kScale, raptors::DType::kFloat32, {1000, 1000});
  if (!why.ok()) return why.status();
  std::cout << raptors::introspect::ToText(*why);
  return absl::OkStatus();
}

int main() {
  const absl::Status status = Run();
  if (!status.ok()) std::cerr << status << '\n';
  return status.ok() ? 0 : 1;
}
