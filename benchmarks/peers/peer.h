// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The C interface of a peer library: what Raptors is measured against, compiled once per processor level as a shared
// object of the benchmarks (peers.bzl). It exports RaptorsBenchmarkPeers() and nothing else, so that inline functions
// compiled for AVX-512 cannot replace the main program's.
//
// Everything here is plain data: the library and its user share the lists of raptors/base and no other C++ types.

#ifndef RAPTORS_BENCHMARKS_PEERS_PEER_H_
#define RAPTORS_BENCHMARKS_PEERS_PEER_H_

#include <stddef.h>
#include <stdint.h>

#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {

// Axes of a call. Maps and reductions iterate over all three. A product has its summed axis in the place of planes.
enum PeerAxis : int32_t { kPlanes, kRows, kCols };
inline constexpr int kPeerAxes = 3;
inline constexpr int kPeerInner = kPlanes;  // of products
inline constexpr int kPeerOperands = 4;

// A call: operand 0 is the output, 1 to 3 the inputs. Strides are in elements of the operand; 0 where an input is
// broadcast, where the output of a reduction is folded, or where an operand of a product does not have the axis.
//   maps        out[p, i, j] = op(in1[p, i, j], ...); out in C order
//   reductions  out[i, j] = op over the axes whose output stride is 0
//   products    out[i, j] = sum over k of in1[i, k] * in2[k, j]
// An input that is the output (equal pointers and strides) is computed in place; otherwise they do not overlap.
struct PeerArgs {
  void* ptr[kPeerOperands];
  int64_t extent[kPeerAxes];
  int64_t stride[kPeerOperands][kPeerAxes];
  double scalar;  // of scale and axpy; means: 1 / elements of each
};

// One way to write an operation.
struct PeerLoop {
  const char* family;   // "plain" or "Eigen"
  const char* variant;  // "" where there is one way only
  Op op;
  DType dtype;
  bool (*accepts)(const PeerArgs*);  // whether it is written for such operands
  void (*run)(const PeerArgs*);      // maps: one plane
};

// What a roofline loop does with n items. Arrays are aligned to 64 bytes. "Words" are of 64 bits and n counts them:
// such loops know no dtype and stand in the table once, as float64.
enum PeerRoofOp : int32_t {
  kRoofRead,          // words: result = bitwise xor of a
  kRoofFill,          // words: out = 1
  kRoofCopy,          // out = a
  kRoofScale,         // out = factor * a
  kRoofScaleInPlace,  // out = factor * out
  kRoofFlip,          // words: out = out ^ 1
  kRoofAdd,           // out = a + b
  kRoofMix2,          // words: out = a ^ b
  kRoofMix3,          // words: out = a ^ b ^ c
  kRoofMixInto1,      // words: out = out ^ a
  kRoofMixInto2,      // words: out = out ^ a ^ b
  kRoofRead2,         // words: result = bitwise xor of a and b
  kRoofFma,           // n times x = x * factor + 1 in 2 * unroll vectors x, which start as k and 8 + k, k < unroll;
                      // result = the bits of a double, the sum of all lanes
};

constexpr bool CountsWords(PeerRoofOp op) {
  return op != kRoofCopy && op != kRoofScale && op != kRoofScaleInPlace && op != kRoofAdd && op != kRoofFma;
}

struct PeerRoofArgs {
  const void* a;
  const void* b;
  const void* c;
  void* out;
  int64_t n;
  double factor;
  uint64_t result;
};

struct PeerRoof {
  PeerRoofOp op;
  DType dtype;
  int32_t unroll;   // vectors per iteration
  int32_t streams;  // 1: stores go past the caches
  void (*run)(PeerRoofArgs*);
};

struct PeerLoops {
  const PeerLoop* rows;
  size_t count;
};

struct PeerTable {
  PeerLoops loops[3];  // maps, reductions, products
  const PeerRoof* roofs;
  size_t num_roofs;
  int32_t vector_bytes;  // of the roofline loops, on this processor
};

}  // namespace raptors::benchmarks

extern "C" {
// The table of this library, in static memory.
__attribute__((visibility("default"))) const raptors::benchmarks::PeerTable* RaptorsBenchmarkPeers(void);
}

#endif  // RAPTORS_BENCHMARKS_PEERS_PEER_H_
