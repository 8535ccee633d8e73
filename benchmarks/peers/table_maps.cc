// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "benchmarks/peers/eigen_maps.h"
#include "benchmarks/peers/functors.h"
#include "benchmarks/peers/plain_maps.h"
#include "benchmarks/peers/rows.h"

namespace raptors::benchmarks {
namespace {

// A row of the table. F, T: the functor and the element type.
template <typename F, typename T>
constexpr PeerLoop Loop(const char* family, const char* variant, bool (*accepts)(const PeerArgs*),
                        void (*run)(const PeerArgs*)) {
  return {family, variant, F::kOp, DTypeOf<T>::value, accepts, run};
}

template <typename F, typename T, int kExtent, int... kStep>
constexpr PeerLoop Plain(const char* variant) {
  return Loop<F, T>("plain", variant, AcceptsMap<kNotInPlace, kExtent, kStep...>,
                    plain::RowMajor<F, T, kExtent, kStep...>);
}
template <typename F, typename T, int... kStep>
constexpr PeerLoop EigenRows() {
  return Loop<F, T>("Eigen", "by rows", AcceptsMap<kNotInPlace, 0, kStep...>, eigen::ByRows<F, T, kStep...>);
}

// For every number of inputs: down the columns of transposed inputs, or in blocks.
template <typename F, typename T>
constexpr std::array<PeerLoop, 3> PlainTransposed() {
  constexpr auto accepts = AcceptsTransposed<F::kInputs>;
  return {{Loop<F, T>("plain", "input order", accepts, plain::Whole<F, T, true>),
           Loop<F, T>("plain", "blocks of 16", accepts, plain::Blocked<F, T, 16>),
           Loop<F, T>("plain", "blocks of 32", accepts, plain::Blocked<F, T, 32>)}};
}

bool IsInPlaceVector(const PeerArgs* p, int input) { return p->ptr[1 + input] == p->ptr[0] && Rows(p) == 1; }
template <int kInPlace>
bool AcceptsInPlace(const PeerArgs* p) {
  return IsInPlaceVector(p, kInPlace);
}
template <int kInputs>
bool AcceptsVector(const PeerArgs* p) {
  for (int k = 1; k <= kInputs; ++k) {
    if (ColStep(p, k) != 1) return false;
  }
  return Rows(p) == 1;
}
template <int kInputs, int kStep>
bool AcceptsWhole(const PeerArgs* p) {
  bool strided = false;
  for (int k = 1; k <= kInputs; ++k) {
    if (ColStep(p, k) == 0 || (kStep != kAnyStep && ColStep(p, k) != kStep)) return false;
    strided = strided || ColStep(p, k) != 1;
  }
  return InPlaceInput<kInputs>(p) == kNotInPlace && (kStep != kAnyStep || strided) && !AnyColumnOrder<kInputs>(p);
}

template <typename F, typename T>
constexpr std::array<PeerLoop, 5> EigenMatrices() {
  constexpr int kInputs = F::kInputs;
  return {{Loop<F, T>("Eigen", "", AcceptsVector<kInputs>, eigen::Contiguous<F, T>),
           Loop<F, T>("Eigen", "", AcceptsWhole<kInputs, 1>, eigen::Whole<F, T, 1>),
           Loop<F, T>("Eigen", "stride 2", AcceptsWhole<kInputs, 2>, eigen::Whole<F, T, 2>),
           Loop<F, T>("Eigen", "", AcceptsWhole<kInputs, kAnyStep>, eigen::Whole<F, T, kAnyStep>),
           Loop<F, T>("Eigen", "", eigen::AcceptsTransposed<F>, eigen::Transposed<F, T>)}};
}

template <typename F, typename T>
constexpr auto Unary() {
  constexpr std::array<PeerLoop, 5> plain = {{Plain<F, T, 0, 1>(""), Plain<F, T, 3, 1>("rows of 3"),
                                              Plain<F, T, 0, 2>("stride 2"), Plain<F, T, 0, kAnyStep>("strided"),
                                              Loop<F, T>("plain", "", AcceptsInPlace<0>, plain::InPlace<F, T, 0>)}};
  return Join(plain, PlainTransposed<F, T>(), EigenMatrices<F, T>());
}

template <typename F, typename T>
constexpr auto Binary() {
  constexpr std::array<PeerLoop, 11> plain = {{Plain<F, T, 0, 1, 1>(""), Plain<F, T, 0, 1, 0>(""),
                                               Plain<F, T, 0, 0, 1>(""), Plain<F, T, 3, 1, 1>("rows of 3"),
                                               Plain<F, T, 3, 1, 0>("rows of 3"), Plain<F, T, 0, 2, 2>("stride 2"),
                                               Plain<F, T, 0, kAnyStep, kAnyStep>("strided"),
                                               Loop<F, T>("plain", "", AcceptsInPlace<0>, plain::InPlace<F, T, 0>),
                                               Loop<F, T>("plain", "", AcceptsInPlace<1>, plain::InPlace<F, T, 1>),
                                               EigenRows<F, T, 1, 0>(), EigenRows<F, T, 0, 1>()}};
  constexpr std::array<PeerLoop, 1> eigen = {{EigenRows<F, T, 1, 1>()}};
  return Join(plain, eigen, PlainTransposed<F, T>(), EigenMatrices<F, T>());
}

template <typename F, typename T>
constexpr std::array<PeerLoop, 7> PlainTernary() {
  return {{Plain<F, T, 0, 1, 1, 1>(""), Plain<F, T, 0, 1, 0, 0>(""), Plain<F, T, 3, 1, 1, 1>("rows of 3"),
           Plain<F, T, 3, 1, 0, 0>("rows of 3"), Plain<F, T, 0, 2, 2, 2>("stride 2"),
           Plain<F, T, 0, kAnyStep, kAnyStep, kAnyStep>("strided"),
           Loop<F, T>("plain", "", AcceptsInPlace<2>, plain::InPlace<F, T, 2>)}};
}
template <typename F, typename T>
constexpr auto Ternary() {
  constexpr std::array<PeerLoop, 2> eigen = {{EigenRows<F, T, 1, 1, 1>(), EigenRows<F, T, 1, 0, 0>()}};
  return Join(PlainTernary<F, T>(), eigen, PlainTransposed<F, T>(), EigenMatrices<F, T>());
}

template <typename F>
constexpr auto UnaryOfNumbers() {
  return Join(Unary<F, float>(), Unary<F, double>(), Unary<F, int32_t>(), Unary<F, int64_t>());
}
template <typename F>
constexpr auto BinaryOfNumbers() {
  return Join(Binary<F, float>(), Binary<F, double>(), Binary<F, int32_t>(), Binary<F, int64_t>());
}

constexpr auto kRowsOfTable =
    Join(UnaryOfNumbers<Scale>(), BinaryOfNumbers<Add>(), BinaryOfNumbers<Subtract>(), BinaryOfNumbers<Multiply>(),
         Binary<Axpy, float>(), Binary<Axpy, double>(), Ternary<MulAdd, float>(), Ternary<MulAdd, double>(),
         PlainTernary<Fma, float>(), PlainTernary<Fma, double>(), PlainTransposed<Fma, float>(),
         PlainTransposed<Fma, double>());

}  // namespace

const PeerLoops kMapLoops = LoopsOf(kRowsOfTable);

}  // namespace raptors::benchmarks
