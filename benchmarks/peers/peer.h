// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The C interface of a peer library: what Raptors is measured against, compiled once per processor level as a shared
// object of the benchmarks (peers.bzl). It exports RaptorsBenchmarkPeers() and nothing else, so that inline functions
// compiled for AVX-512 cannot replace the main program's.
//
// Everything here is plain data: the library and its user share no C++ types.

#ifndef RAPTORS_BENCHMARKS_PEERS_PEER_H_
#define RAPTORS_BENCHMARKS_PEERS_PEER_H_

#include <stddef.h>
#include <stdint.h>

namespace raptors::benchmarks {

enum PeerDType : int32_t { kPeerFloat32, kPeerFloat64 };

// out[i, j] = factor * in[i, j] for i in [0, rows), j in [0, cols). Strides in elements. in == out with equal strides
// is in place; otherwise the operands do not overlap. out is in C order (out_col == 1).
struct PeerScaleArgs {
  const void* in;
  void* out;
  int64_t rows, cols;
  int64_t in_row, in_col;
  int64_t out_row, out_col;
  double factor;
};

// One way to write the operation.
struct PeerScale {
  const char* family;   // "plain" or "Eigen"
  const char* variant;  // "" where there is one way only
  PeerDType dtype;
  bool (*accepts)(const PeerScaleArgs*);  // whether it is written for such operands
  void (*run)(const PeerScaleArgs*);
};

// What a roofline loop does with n items. Arrays are aligned to 64 bytes.
enum PeerRoofOp : int32_t {
  kRoofRead,          // result = bitwise xor of the 64-bit words of a; n counts words
  kRoofCopy,          // out = a
  kRoofScale,         // out = factor * a
  kRoofScaleInPlace,  // out = factor * out
  kRoofAdd,           // out = a + b
  kRoofFma,           // n times x = x * factor + 1 in 2 * unroll vectors x, which start as k and 8 + k, k < unroll;
                      // result = the bits of a double, the sum of all lanes
};

struct PeerRoofArgs {
  const void* a;
  const void* b;
  void* out;
  int64_t n;
  double factor;
  uint64_t result;
};

struct PeerRoof {
  PeerRoofOp op;
  PeerDType dtype;
  int32_t unroll;   // vectors per iteration
  int32_t streams;  // 1: stores go past the caches
  void (*run)(PeerRoofArgs*);
};

struct PeerTable {
  const PeerScale* scales;
  size_t num_scales;
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
