// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Vectors of one width for the roofline loops: the compiler's vector extension, and SVE's types, which have no size
// that it knows. RAPTORS_VECTOR_BYTES comes from peers.bzl; 0 means SVE.

#ifndef RAPTORS_BENCHMARKS_PEERS_VECTOR_H_
#define RAPTORS_BENCHMARKS_PEERS_VECTOR_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if !RAPTORS_VECTOR_BYTES
#include <arm_sve.h>
#endif

namespace raptors::benchmarks {

#if RAPTORS_VECTOR_BYTES

template <typename T>
struct Simd {
  typedef T V __attribute__((vector_size(RAPTORS_VECTOR_BYTES)));
  typedef T Unaligned __attribute__((vector_size(RAPTORS_VECTOR_BYTES), aligned(sizeof(T)), may_alias));

  static constexpr size_t Lanes() { return RAPTORS_VECTOR_BYTES / sizeof(T); }
  static V Set(T value) { return V{} + value; }
  static V Load(const T* p) { return *reinterpret_cast<const Unaligned*>(p); }
  static void Store(T* p, V v) { *reinterpret_cast<Unaligned*>(p) = v; }
  // p is aligned to the vector.
  static void Stream(T* p, V v) { __builtin_nontemporal_store(v, reinterpret_cast<V*>(p)); }
  static V Add(V a, V b) { return a + b; }
  static V Mul(V a, V b) { return a * b; }
  static V Xor(V a, V b) { return a ^ b; }
  static V MulAdd(V a, V b, V c) {
#pragma clang fp contract(fast)
    return a * b + c;
  }
};

#else

template <typename T>
struct Simd;

#define RAPTORS_SVE_COMMON(T, type, s, bits)                            \
  using V = type;                                                       \
  static size_t Lanes() { return svcntb() / sizeof(T); }                \
  static V Set(T value) { return svdup_##s(value); }                    \
  static V Load(const T* p) { return svld1_##s(svptrue_b##bits(), p); } \
  static void Store(T* p, V v) { svst1_##s(svptrue_b##bits(), p, v); }  \
  static void Stream(T* p, V v) { svstnt1_##s(svptrue_b##bits(), p, v); }

#define RAPTORS_SVE_FLOAT(T, type, s, bits)                                              \
  template <>                                                                            \
  struct Simd<T> {                                                                       \
    RAPTORS_SVE_COMMON(T, type, s, bits)                                                 \
    static V Add(V a, V b) { return svadd_##s##_x(svptrue_b##bits(), a, b); }            \
    static V Mul(V a, V b) { return svmul_##s##_x(svptrue_b##bits(), a, b); }            \
    static V MulAdd(V a, V b, V c) { return svmla_##s##_x(svptrue_b##bits(), c, a, b); } \
  };

RAPTORS_SVE_FLOAT(float, svfloat32_t, f32, 32)
RAPTORS_SVE_FLOAT(double, svfloat64_t, f64, 64)

template <>
struct Simd<uint64_t> {
  RAPTORS_SVE_COMMON(uint64_t, svuint64_t, u64, 64)
  static V Xor(V a, V b) { return sveor_u64_x(svptrue_b64(), a, b); }
};

#undef RAPTORS_SVE_FLOAT
#undef RAPTORS_SVE_COMMON

#endif

// Streaming stores are weakly ordered: whoever waits for the loop must see them.
inline void FenceStream() {
#if defined(__x86_64__)
  _mm_sfence();
#elif defined(__aarch64__)
  __asm__ volatile("dmb ishst" ::: "memory");
#endif
}

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_VECTOR_H_
