// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the result of a cell must be, by loops over indices that share nothing with Raptors, and whether it is.

#ifndef RAPTORS_BENCHMARKS_ANSWERS_H_
#define RAPTORS_BENCHMARKS_ANSWERS_H_

#include <vector>

#include "absl/status/status.h"
#include "benchmarks/operands.h"
#include "benchmarks/peers/peer.h"

namespace raptors::benchmarks {

// Whose answer it is. Peers may round a product and its sum once where Raptors rounds twice, and compute a mean by
// multiplication. Otherwise bits must be equal: what is added up are whole numbers, and their sums are exact in every
// order. Norms and sums of magnitudes may differ in their last digits.
enum class Whose { kRaptors, kPeers };

class Answers {
 public:
  // Computes them for the check scalar. The operands outlive this object; in place, their output is reset first.
  explicit Answers(Operands& operands);

  // Internal naming the first element that is wrong.
  absl::Status Check(Whose whose) const;

 private:
  template <typename T>
  void ComputeMap();
  template <typename T>
  void ComputeReduction();
  template <typename T>
  void ComputeProduct();
  template <typename T>
  absl::Status CheckElements(Whose whose) const;
  template <typename T>
  absl::Status CheckProduct() const;

  Operands& operands_;
  PeerArgs args_;
  std::vector<char> expected_;  // elements of the output's dtype
  // Of a map: also the answer with one rounding, where that differs.
  std::vector<char> fused_;
  // Of a product, which takes too long to compute: a vector, and the product applied to it.
  std::vector<double> vector_, applied_;
};

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_ANSWERS_H_
