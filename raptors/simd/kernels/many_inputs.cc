// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Test-only: the functors behind many_inputs.h. Compiled once per ISA by kernel_family() of isa.bzl.

#include "raptors/simd/target.h"
//
#include "raptors/simd/kernels/many_inputs.h"
#include "raptors/simd/loops/map-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

struct Subtract {
  static constexpr int kInputs = 2;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D, hn::Vec<D> x, hn::Vec<D> y) const {
    return hn::Sub(x, y);
  }
};

struct MultiplySubtract {
  static constexpr int kInputs = 3;
  template <class D>
  HWY_INLINE hn::Vec<D> operator()(D, hn::Vec<D> x, hn::Vec<D> y, hn::Vec<D> z) const {
    return hn::Sub(hn::Mul(x, y), z);
  }
};

template <class Functor>
void Kernel(const KernelArgs& args) {
  RunMap<SimdBackend, Functor, float>(Functor(), args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

namespace raptors {

const MapKernel RAPTORS_MANY_INPUTS_TABLE(RAPTORS_ISA)[2] = {
    &HWY_NAMESPACE::Kernel<HWY_NAMESPACE::Subtract>,
    &HWY_NAMESPACE::Kernel<HWY_NAMESPACE::MultiplySubtract>,
};

}  // namespace raptors
