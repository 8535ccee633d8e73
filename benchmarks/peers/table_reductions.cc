// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "benchmarks/peers/eigen_reductions.h"
#include "benchmarks/peers/plain_reductions.h"
#include "benchmarks/peers/rows.h"

namespace raptors::benchmarks {
namespace {

template <typename R, typename X>
constexpr PeerLoop Loop(const char* family, const char* variant, bool (*accepts)(const PeerArgs*),
                        void (*run)(const PeerArgs*)) {
  return {family, variant, R::kOp, DTypeOf<X>::value, accepts, run};
}

bool AcceptsVector(const PeerArgs* p) { return Rows(p) == 1 && AcceptsReduction<true, true, 1, 1>(p); }
template <int kInputs>
bool AcceptsOneRow(const PeerArgs* p) {
  return Rows(p) == 1 && AcceptsReduction<true, true, 1, kInputs>(p);
}

// R: plain::Sum, ...
template <template <typename> class R, typename X>
constexpr std::array<PeerLoop, 18> OverAxes() {
  using F = R<X>;
  return {{
      Loop<F, X>("plain", "", AcceptsReduction<true, true, 1, 1>, plain::All<F, X, 1>),
      Loop<F, X>("plain", "stride 2", AcceptsReduction<true, true, 2, 1>, plain::All<F, X, 2>),
      Loop<F, X>("plain", "strided", AcceptsReduction<true, true, kAnyStep, 1>, plain::All<F, X, kAnyStep>),
      Loop<F, X>("plain", "", AcceptsReduction<false, true, 1, 1>, plain::EachRow<F, X, 1>),
      Loop<F, X>("plain", "stride 2", AcceptsReduction<false, true, 2, 1>, plain::EachRow<F, X, 2>),
      Loop<F, X>("plain", "strided", AcceptsReduction<false, true, kAnyStep, 1>, plain::EachRow<F, X, kAnyStep>),
      Loop<F, X>("plain", "row by row", AcceptsReduction<true, false, 1, 1>, plain::EachColumn<F, X, 1, 1>),
      Loop<F, X>("plain", "4 rows at a time", AcceptsReduction<true, false, 1, 1>, plain::EachColumn<F, X, 1, 4>),
      Loop<F, X>("plain", "8 rows at a time", AcceptsReduction<true, false, 1, 1>, plain::EachColumn<F, X, 1, 8>),
      Loop<F, X>("plain", "stride 2", AcceptsReduction<true, false, 2, 1>, plain::EachColumn<F, X, 2, 4>),
      Loop<F, X>("plain", "strided", AcceptsReduction<true, false, kAnyStep, 1>, plain::EachColumn<F, X, kAnyStep, 4>),
      Loop<F, X>("plain", "3 columns", AcceptsNarrow<3>, plain::Narrow<F, X, 3>),
      Loop<F, X>("plain", "3 columns by period", AcceptsNarrow<3>, plain::NarrowByPeriod<F, X, 3>),
      Loop<F, X>("Eigen", "", AcceptsVector, eigen::Vector<F, X>),
      Loop<F, X>("Eigen", "", AcceptsReduction<true, true, 1, 1>, eigen::All<F, X, 1>),
      Loop<F, X>("Eigen", "", AcceptsReduction<true, true, kAnyStep, 1>, eigen::All<F, X, kAnyStep>),
      Loop<F, X>("Eigen", "", AcceptsReduction<false, true, 1, 1>, eigen::EachRow<F, X, 1>),
      Loop<F, X>("Eigen", "", AcceptsReduction<true, false, 1, 1>, eigen::EachColumn<F, X, 1>),
  }};
}

// By type and not by operation: what Eigen does with gaps along the columns differs in nothing but its speed.
template <template <typename> class R, typename X>
constexpr std::array<PeerLoop, 2> Strided() {
  using F = R<X>;
  return {{Loop<F, X>("Eigen", "", AcceptsReduction<false, true, kAnyStep, 1>, eigen::EachRow<F, X, kAnyStep>),
           Loop<F, X>("Eigen", "", AcceptsReduction<true, false, kAnyStep, 1>, eigen::EachColumn<F, X, kAnyStep>)}};
}

template <typename X>
constexpr auto OfNumbers() {
  return Join(OverAxes<plain::Sum, X>(), OverAxes<plain::Mean, X>(), OverAxes<plain::Min, X>(),
              OverAxes<plain::Max, X>(), Strided<plain::Sum, X>(), Strided<plain::Mean, X>(), Strided<plain::Min, X>(),
              Strided<plain::Max, X>());
}

template <typename X>
constexpr std::array<PeerLoop, 6> OfVectors() {
  using plain::All;
  return {{
      Loop<plain::Dot<X>, X>("plain", "", AcceptsOneRow<2>, All<plain::Dot<X>, X, 1>),
      Loop<plain::Nrm2<X>, X>("plain", "", AcceptsOneRow<1>, All<plain::Nrm2<X>, X, 1>),
      Loop<plain::Asum<X>, X>("plain", "", AcceptsOneRow<1>, All<plain::Asum<X>, X, 1>),
      Loop<plain::Dot<X>, X>("Eigen", "", AcceptsOneRow<2>, eigen::Dot<X>),
      Loop<plain::Nrm2<X>, X>("Eigen", "", AcceptsOneRow<1>, eigen::Nrm2<X>),
      Loop<plain::Asum<X>, X>("Eigen", "", AcceptsOneRow<1>, eigen::Asum<X>),
  }};
}

constexpr auto kRowsOfTable = Join(OfNumbers<float>(), OfNumbers<double>(), OfNumbers<int32_t>(), OfNumbers<int64_t>(),
                                   OfVectors<float>(), OfVectors<double>());

}  // namespace

const PeerLoops kReduceLoops = LoopsOf(kRowsOfTable);

}  // namespace raptors::benchmarks
