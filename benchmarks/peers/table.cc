// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "benchmarks/peers/eigen.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/plain.h"
#include "benchmarks/peers/roof.h"
#include "benchmarks/peers/vector.h"

namespace raptors::benchmarks {
namespace {

// X(family, variant, accepts, function template over the element type, further template arguments).
#define RAPTORS_SCALES(X)                                                     \
  X("plain", "", plain::IsContiguous, (plain::Contiguous<T>))                 \
  X("plain", "", plain::IsContiguousInPlace, (plain::ContiguousInPlace<T>))   \
  X("plain", "rows", plain::IsRows, (plain::RowMajor<T, 1, 0>))               \
  X("plain", "rows of 3", plain::IsThreeColumns, (plain::RowMajor<T, 1, 3>))  \
  X("plain", "strided", plain::IsStrided, (plain::RowMajor<T, 0, 0>))         \
  X("plain", "stride 2", plain::IsEverySecond, (plain::RowMajor<T, 2, 0>))    \
  X("plain", "output order", plain::IsTransposed, (plain::RowMajor<T, 0, 0>)) \
  X("plain", "input order", plain::IsTransposed, (plain::ColumnMajor<T>))     \
  X("plain", "blocks of 16", plain::IsTransposed, (plain::Blocked<T, 16>))    \
  X("plain", "blocks of 32", plain::IsTransposed, (plain::Blocked<T, 32>))    \
  X("Eigen", "", plain::IsContiguous, (eigen::Contiguous<T>))                 \
  X("Eigen", "", plain::IsContiguousInPlace, (eigen::ContiguousInPlace<T>))   \
  X("Eigen", "", plain::IsRows, (eigen::Rows<T>))                             \
  X("Eigen", "", plain::IsStrided, (eigen::Strided<T>))                       \
  X("Eigen", "stride 2", plain::IsEverySecond, (eigen::EverySecond<T>))       \
  X("Eigen", "", plain::IsTransposed, (eigen::Transposed<T>))

template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr PeerDType value = kPeerFloat32;
};
template <>
struct DTypeOf<double> {
  static constexpr PeerDType value = kPeerFloat64;
};

#define RAPTORS_UNPAREN(...) __VA_ARGS__
#define RAPTORS_X(family, variant, accepts, run) {family, variant, DTypeOf<T>::value, accepts, RAPTORS_UNPAREN run},
#define RAPTORS_SCALE_COUNT(...) +1
constexpr int kScales = 0 RAPTORS_SCALES(RAPTORS_SCALE_COUNT);

template <typename T>
constexpr std::array<PeerScale, kScales> Scales() {
  return {{RAPTORS_SCALES(RAPTORS_X)}};
}
#undef RAPTORS_SCALE_COUNT
#undef RAPTORS_X

template <typename T, int kUnroll>
constexpr std::array<PeerRoof, 10> Roofs() {
  constexpr PeerDType kType = DTypeOf<T>::value;
  return {{
      {kRoofRead, kType, kUnroll, 0, roof::Read<kUnroll>},
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

template <typename T, size_t... kN>
constexpr std::array<T, (kN + ...)> Join(const std::array<T, kN>&... parts) {
  std::array<T, (kN + ...)> all = {};
  size_t i = 0;
  const auto append = [&](const auto& part) {
    for (const T& row : part) all[i++] = row;
  };
  (append(parts), ...);
  return all;
}

constexpr auto kScaleRows = Join(Scales<float>(), Scales<double>());
constexpr auto kRoofRows = Join(Roofs<float, 1>(), Roofs<float, 2>(), Roofs<float, 4>(), Roofs<float, 8>(),
                                Roofs<double, 1>(), Roofs<double, 2>(), Roofs<double, 4>(), Roofs<double, 8>());
PeerTable table = {kScaleRows.data(), kScaleRows.size(), kRoofRows.data(), kRoofRows.size(), 0};

}  // namespace
}  // namespace raptors::benchmarks

const raptors::benchmarks::PeerTable* RaptorsBenchmarkPeers(void) {
  using raptors::benchmarks::table;
  // Only here because the width of SVE vectors is known at run time.
  table.vector_bytes = static_cast<int32_t>(raptors::benchmarks::Simd<double>::Lanes() * sizeof(double));
  return &table;
}
