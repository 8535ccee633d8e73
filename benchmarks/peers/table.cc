// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/roof.h"
#include "benchmarks/peers/rows.h"
#include "benchmarks/peers/vector.h"

namespace raptors::benchmarks {
namespace {

template <typename T, int kUnroll>
constexpr std::array<PeerRoof, 9> Roofs() {
  constexpr DType kType = DTypeOf<T>::value;
  return {{
      {kRoofCopy, kType, kUnroll, 0, roof::Copy<T, kUnroll, false>},
      {kRoofCopy, kType, kUnroll, 1, roof::Copy<T, kUnroll, true>},
      {kRoofScale, kType, kUnroll, 0, roof::Scale<T, kUnroll, false>},
      {kRoofScale, kType, kUnroll, 1, roof::Scale<T, kUnroll, true>},
      {kRoofScaleInPlace, kType, kUnroll, 0, roof::ScaleInPlace<T, kUnroll, false>},
      {kRoofScaleInPlace, kType, kUnroll, 1, roof::ScaleInPlace<T, kUnroll, true>},
      {kRoofAdd, kType, kUnroll, 0, roof::Add<T, kUnroll, false>},
      {kRoofAdd, kType, kUnroll, 1, roof::Add<T, kUnroll, true>},
      {kRoofFma, kType, kUnroll, 0, roof::Fma<T, kUnroll>},
  }};
}

template <int kUnroll, bool kStream>
constexpr std::array<PeerRoof, 6> WordMaps() {
  constexpr DType kType = DType::kFloat64;
  return {{
      {kRoofFill, kType, kUnroll, kStream, roof::Fill<kUnroll, kStream>},
      {kRoofFlip, kType, kUnroll, kStream, roof::Flip<kUnroll, kStream>},
      {kRoofMix2, kType, kUnroll, kStream, roof::Mix<kUnroll, kStream, 2, false>},
      {kRoofMix3, kType, kUnroll, kStream, roof::Mix<kUnroll, kStream, 3, false>},
      {kRoofMixInto1, kType, kUnroll, kStream, roof::Mix<kUnroll, kStream, 1, true>},
      {kRoofMixInto2, kType, kUnroll, kStream, roof::Mix<kUnroll, kStream, 2, true>},
  }};
}

template <int kUnroll>
constexpr std::array<PeerRoof, 2> Reads() {
  return {{{kRoofRead, DType::kFloat64, kUnroll, 0, roof::Read<kUnroll, 1>},
           {kRoofRead2, DType::kFloat64, kUnroll, 0, roof::Read<kUnroll, 2>}}};
}

constexpr auto kRoofRows =
    Join(Roofs<float, 1>(), Roofs<float, 2>(), Roofs<float, 4>(), Roofs<float, 8>(), Roofs<double, 1>(),
         Roofs<double, 2>(), Roofs<double, 4>(), Roofs<double, 8>(), WordMaps<1, false>(), WordMaps<1, true>(),
         WordMaps<4, false>(), WordMaps<4, true>(), Reads<1>(), Reads<2>(), Reads<4>(), Reads<8>());
PeerTable table = {{}, kRoofRows.data(), kRoofRows.size(), 0};

}  // namespace
}  // namespace raptors::benchmarks

const raptors::benchmarks::PeerTable* RaptorsBenchmarkPeers(void) {
  using namespace raptors::benchmarks;  // NOLINT(google-build-using-namespace)
  table.loops[0] = kMapLoops;
  table.loops[1] = kReduceLoops;
  table.loops[2] = kProductLoops;
  // Only here because the width of SVE vectors is known at run time.
  table.vector_bytes = static_cast<int32_t>(Simd<double>::Lanes() * sizeof(double));
  return &table;
}
