// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Every peer and every roofline loop of every level that this processor has gives the right answer, on one thread and
// in parts.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "benchmarks/answers.h"
#include "benchmarks/cell.h"
#include "benchmarks/grid.h"
#include "benchmarks/operands.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/peer_library.h"
#include "benchmarks/peers/split.h"
#include "benchmarks/roof/roof_check.h"
#include "benchmarks/shape.h"
#include "gtest/gtest.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
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

Shape Small(const std::string& name, const std::vector<int64_t>& extents) { return {name, extents, true, false}; }

// Runs every peer of every cell on one thread and on three; the names of those that ran, and their families by cell.
struct Seen {
  std::set<std::string> names;
  std::map<std::string, std::set<std::string>> families;
};
Seen CheckAll(Grid grid, const std::vector<Shape>& shapes) {
  Seen seen;
  Operands operands;
  for (const Cell& cell : grid({GridName::kSmoke, shapes, {}, 1})) {
    if (!cell.Auto()) continue;
    EXPECT_TRUE(operands.Prepare(cell).ok());
    const Answers answers(operands);
    for (const Contestant& peer :
         PeerContestants(Libraries(), "BLAS", cell.op, cell.dtype, operands.peer_args(operands.check_scalar()), 3)) {
      operands.ResetOutput();
      EXPECT_FALSE(answers.Check(Whose::kPeers).ok()) << cell.Name() << ": a reset output must not pass";
      peer.time(1);
      const absl::Status status = answers.Check(Whose::kPeers);
      EXPECT_TRUE(status.ok()) << cell.Name() << " by " << peer.name << ": " << status;
      seen.names.insert(peer.name);
      seen.families[cell.Name()].insert(peer.family);
    }
  }
  return seen;
}

const std::vector<Shape>& Shapes() {
  static const auto* shapes =
      new std::vector<Shape>{Small("1031", {1031}), Small("37x41", {37, 41}), Small("64x64", {64, 64}),
                             Small("101x3", {101, 3}), Small("3x501", {3, 501})};
  return *shapes;
}

TEST(PeersTest, Elementwise) {
  const Seen seen = CheckAll(ElementwiseGrid, Shapes());
  for (const PeerLibrary& library : Libraries()) {
    for (const char* variant : {"", " x3", ", blocks of 32", ", stride 2", ", rows of 3"}) {
      EXPECT_EQ(seen.names.count("plain " + library.level + variant), 1u) << variant;
    }
    EXPECT_EQ(seen.names.count("Eigen " + library.level + " x3"), 1u);
  }
  for (const auto& [cell, families] : seen.families) EXPECT_EQ(families.count("plain"), 1u) << cell;
}

TEST(PeersTest, Scale) {
  const Seen seen = CheckAll(ScaleGrid, Shapes());
  for (const auto& [cell, families] : seen.families) {
    EXPECT_EQ(families.count("plain"), 1u) << cell;
    EXPECT_EQ(families.count("Eigen"), 1u) << cell;
    EXPECT_EQ(families.count("BLAS"), RAPTORS_HAVE_BLAS) << cell;
  }
}

TEST(PeersTest, Broadcast) {
  const Seen seen = CheckAll(BroadcastGrid, {Small("37x41", {37, 41}), Small("101x3", {101, 3}),
                                             Small("3x501", {3, 501}), Small("5x7x9", {5, 7, 9})});
  for (const auto& [cell, families] : seen.families) EXPECT_EQ(families.count("plain"), 1u) << cell;
}

TEST(PeersTest, Reductions) {
  std::vector<Shape> shapes = Shapes();
  shapes.push_back(Small("9000x4", {9000, 4}));
  shapes.push_back(Small("4x9000", {4, 9000}));
  const Seen seen = CheckAll(ReductionGrid, shapes);
  for (const PeerLibrary& library : Libraries()) {
    for (const char* variant : {", 3 columns by period x3", ", 8 rows at a time", ", strided", ", stride 2"}) {
      EXPECT_EQ(seen.names.count("plain " + library.level + variant), 1u) << variant;
    }
  }
  if (RAPTORS_HAVE_BLAS) EXPECT_EQ(seen.names.count("BLAS gemv by ones x3"), 1u);
  for (const auto& [cell, families] : seen.families) EXPECT_GE(families.size(), 1u) << cell;
}

TEST(PeersTest, Products) {
  const Seen seen = CheckAll(MatmulGrid, {Small("16", {16, 16, 16}), Small("37x41x19", {37, 41, 19}),
                                          Small("1x20x9", {1, 20, 9}), Small("64x1x70", {64, 1, 70})});
  for (const auto& [cell, families] : seen.families) {
    EXPECT_EQ(families.count("Eigen"), 1u) << cell;
    EXPECT_EQ(families.count("BLAS"), RAPTORS_HAVE_BLAS) << cell;
  }
}

TEST(RoofTest, EveryLoopIsRightAtEveryLength) {
  constexpr int64_t kLongest = 700;
  std::vector<double> a(kLongest + 1), b(kLongest + 1), c(kLongest + 1), out(kLongest + 1);
  std::set<int> ops;
  for (const PeerLibrary& library : Libraries()) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      ops.insert(roof.op);
      for (int64_t n : {1, 2, 15, 16, 63, 64, 65, 129, 512, 700}) {
        for (int64_t offset : {0, 1}) {  // parts of a split begin at cache lines, but nothing depends on it
          const int64_t bytes = offset * (CountsWords(roof.op) ? 8 : ItemSize(roof.dtype));
          PeerRoofArgs args = {};
          args.a = reinterpret_cast<const char*>(a.data()) + bytes;
          args.b = reinterpret_cast<const char*>(b.data()) + bytes;
          args.c = reinterpret_cast<const char*>(c.data()) + bytes;
          args.out = reinterpret_cast<char*>(out.data()) + bytes;
          args.n = n;
          args.factor = roof.op == kRoofFma ? 1.0 : 1.1;
          const absl::Status status = CheckRoof(library, roof, args);
          EXPECT_TRUE(status.ok()) << status << " n = " << n;
        }
      }
    }
  }
  EXPECT_EQ(ops.size(), static_cast<size_t>(kRoofFma) + 1);
}

TEST(RoofTest, NamesLeadBackToTheLoop) {
  for (const PeerLibrary& library : Libraries()) {
    for (size_t i = 0; i < library.table->num_roofs; ++i) {
      const PeerRoof& roof = library.table->roofs[i];
      for (const char* threads : {"", " x2"}) {
        const FoundRoof found = FindRoof(Libraries(), roof.op, roof.dtype, RoofName(library, roof) + threads);
        EXPECT_EQ(found.roof, &roof) << Name(roof.op) << " " << RoofName(library, roof);
      }
    }
  }
  EXPECT_EQ(FindRoof(Libraries(), kRoofCopy, DType::kFloat32, "x86-64-v9, unroll 4").roof, nullptr);
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
