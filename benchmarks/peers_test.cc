// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every peer and every roofline loop of every level that this processor has gives the right answer, on one thread and
// in parts.

#include <set>
#include <string>
#include <vector>

#include "benchmarks/grid.h"
#include "benchmarks/operands.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/roof_case.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/cpu/cpu.h"

namespace raptors::benchmarks {
namespace {

const std::vector<PeerLibrary>& Libraries() {
  static const auto* libraries = [] {
    absl::StatusOr<std::vector<PeerLibrary>> loaded = LoadPeers("", cpu::Supported());
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return new std::vector<PeerLibrary>(loaded.ok() ? *loaded : std::vector<PeerLibrary>());
  }();
  return *libraries;
}

TEST(PeersTest, EverythingIsRight) {
  const std::vector<Shape> shapes = {{"1", {1}, true, false},          {"1031", {1031}, true, false},
                                     {"37x41", {37, 41}, true, false}, {"64x64", {64, 64}, true, false},
                                     {"1x5", {1, 5}, true, false},     {"101x3", {101, 3}, true, false}};
  std::set<std::string> seen;
  Operands operands;
  for (const Cell& cell : MakeGrid(GridName::kSmoke, shapes, {}, 1)) {
    if (!cell.Auto()) continue;
    ASSERT_TRUE(operands.Prepare(cell).ok());
    for (const Contestant& peer :
         PeerContestants(Libraries(), "BLAS", cell.dtype, operands.PeerArgs(kCheckFactor), 3)) {
      operands.ResetOutput();
      EXPECT_FALSE(operands.CheckOutput().ok()) << "a reset output must not pass";
      peer.time(1);
      const absl::Status status = operands.CheckOutput();
      EXPECT_TRUE(status.ok()) << cell.Name() << " by " << peer.name << ": " << status;
      seen.insert(peer.name);
    }
  }
  for (const PeerLibrary& library : Libraries()) {
    EXPECT_EQ(seen.count("plain " + library.level), 1u);
    EXPECT_EQ(seen.count("plain " + library.level + " x3"), 1u);
    EXPECT_EQ(seen.count("plain " + library.level + ", blocks of 32"), 1u);
    EXPECT_EQ(seen.count("plain " + library.level + ", stride 2"), 1u);
    EXPECT_EQ(seen.count("plain " + library.level + ", rows of 3"), 1u);
    EXPECT_EQ(seen.count("Eigen " + library.level + " x3"), 1u);
  }
}

TEST(PeersTest, EachFamilyHasAWayForEveryCell) {
  Operands operands;
  for (const Cell& cell : MakeGrid(GridName::kSmoke, {{"8x9", {8, 9}, true, false}}, {}, 1)) {
    ASSERT_TRUE(operands.Prepare(cell).ok());
    std::set<std::string> families;
    for (const Contestant& peer : PeerContestants(Libraries(), "BLAS", cell.dtype, operands.PeerArgs(1), 1)) {
      families.insert(peer.family);
    }
    EXPECT_EQ(families.count("plain"), 1u) << cell.Name();
    EXPECT_EQ(families.count("Eigen"), 1u) << cell.Name();
    EXPECT_EQ(families.count("BLAS"), RAPTORS_HAVE_BLAS) << cell.Name();
  }
}

TEST(RoofTest, EveryLoopIsRightAtEveryLength) {
  RoofBuffers buffers;
  constexpr int64_t kBytes = 8 * 700;
  for (Buffer* buffer : {&buffers.a, &buffers.b, &buffers.out}) ASSERT_TRUE(buffer->Reserve(kBytes + 64).ok());
  std::set<int> ops;
  for (const PeerLibrary& library : Libraries()) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      ops.insert(roof.op);
      for (int64_t n : {1, 2, 15, 16, 63, 64, 65, 129, 512, 700}) {
        for (int64_t offset : {0, 1}) {  // parts of a split begin at cache lines, but nothing depends on it
          PeerRoofArgs args = {};
          const int64_t item = roof.dtype == kPeerFloat32 && roof.op != kRoofRead ? 4 : 8;
          args.a = buffers.a.data() + offset * item;
          args.b = buffers.b.data() + offset * item;
          args.out = buffers.out.data() + offset * item;
          args.n = n;
          args.factor = roof.op == kRoofFma ? 1.0 : kCheckFactor;
          const absl::Status status = CheckRoof(library, roof, args);
          EXPECT_TRUE(status.ok()) << status << " n = " << n;
        }
      }
    }
  }
  EXPECT_EQ(ops.size(), 6u);
}

TEST(SplitTest, PartsAreWholeLinesAndCoverEverything) {
  for (int64_t n : {1, 15, 16, 17, 32, 1000, 1 << 20}) {
    for (int threads : {1, 2, 3, 64}) {
      PeerRoofArgs args = {};
      args.n = n;
      int64_t sum = 0;
      const std::vector<PeerRoofArgs> parts = Split(args, kRoofScale, 4, threads);
      EXPECT_LE(parts.size(), static_cast<size_t>(threads));
      for (const PeerRoofArgs& part : parts) {
        EXPECT_GT(part.n, 0);
        EXPECT_EQ(sum % 16, 0);
        sum += part.n;
      }
      EXPECT_EQ(sum, n);
    }
  }
}

}  // namespace
}  // namespace raptors::benchmarks
