// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The roofline loops: the least a processor can do for every kind of traffic over consecutive elements (so many arrays
// read, one written or none, in place or not), and its peak of fused multiply-adds. Written apart from Raptors'
// kernels, so that one can judge the other.
//
// kUnroll vectors per iteration; each has a name of its own because SVE vectors cannot stand in arrays.

#ifndef RAPTORS_BENCHMARKS_PEERS_ROOF_H_
#define RAPTORS_BENCHMARKS_PEERS_ROOF_H_

#include <utility>

#include "benchmarks/peers/peer.h"
#include "benchmarks/peers/vector.h"

namespace raptors::benchmarks::roof {

template <typename F, size_t... kI>
inline __attribute__((always_inline)) void Steps(const F& f, std::index_sequence<kI...>) {
  (f(kI), ...);
}

// out[i] = vector(i) for i in [0, n); scalar(i) does single elements: up to the alignment that streaming needs, and the
// tail.
template <typename T, int kUnroll, bool kStream, typename VectorF, typename ScalarF>
inline __attribute__((always_inline)) void Map(T* out, size_t n, const VectorF& vector, const ScalarF& scalar) {
  using S = Simd<T>;
  const size_t lanes = S::Lanes();
  size_t i = 0;
  if (kStream) {
    for (; i < n && reinterpret_cast<uintptr_t>(out + i) % (lanes * sizeof(T)) != 0; ++i) out[i] = scalar(i);
  }
  for (; i + kUnroll * lanes <= n; i += kUnroll * lanes) {
    Steps(
        [&](size_t u) __attribute__((always_inline)) {
          const size_t j = i + u * lanes;
          if (kStream) {
            S::Stream(out + j, vector(j));
          } else {
            S::Store(out + j, vector(j));
          }
        },
        std::make_index_sequence<kUnroll>());
  }
  for (; i < n; ++i) out[i] = scalar(i);
  if (kStream) FenceStream();
}

template <typename T, int kUnroll, bool kStream>
void Copy(PeerRoofArgs* p) {
  const T* a = static_cast<const T*>(p->a);
  Map<T, kUnroll, kStream>(
      static_cast<T*>(p->out), p->n, [=](size_t i) { return Simd<T>::Load(a + i); }, [=](size_t i) { return a[i]; });
}

template <typename T, int kUnroll, bool kStream>
void Scale(PeerRoofArgs* p) {
  const T* a = static_cast<const T*>(p->a);
  const T f = static_cast<T>(p->factor);
  const auto factor = Simd<T>::Set(f);
  Map<T, kUnroll, kStream>(
      static_cast<T*>(p->out), p->n, [&](size_t i) { return Simd<T>::Mul(factor, Simd<T>::Load(a + i)); },
      [=](size_t i) { return f * a[i]; });
}

template <typename T, int kUnroll, bool kStream>
void ScaleInPlace(PeerRoofArgs* p) {
  T* x = static_cast<T*>(p->out);
  const T f = static_cast<T>(p->factor);
  const auto factor = Simd<T>::Set(f);
  Map<T, kUnroll, kStream>(
      x, p->n, [&](size_t i) { return Simd<T>::Mul(factor, Simd<T>::Load(x + i)); },
      [=](size_t i) { return f * x[i]; });
}

template <typename T, int kUnroll, bool kStream>
void Add(PeerRoofArgs* p) {
  const T* a = static_cast<const T*>(p->a);
  const T* b = static_cast<const T*>(p->b);
  Map<T, kUnroll, kStream>(
      static_cast<T*>(p->out), p->n, [=](size_t i) { return Simd<T>::Add(Simd<T>::Load(a + i), Simd<T>::Load(b + i)); },
      [=](size_t i) { return a[i] + b[i]; });
}

// Traffic alone: words, whose arithmetic is an exclusive or, the cheapest there is.
template <int kUnroll, bool kStream>
void Fill(PeerRoofArgs* p) {
  const auto one = Simd<uint64_t>::Set(1);
  Map<uint64_t, kUnroll, kStream>(
      static_cast<uint64_t*>(p->out), p->n, [&](size_t) { return one; }, [](size_t) { return uint64_t{1}; });
}

template <int kUnroll, bool kStream>
void Flip(PeerRoofArgs* p) {
  using S = Simd<uint64_t>;
  uint64_t* out = static_cast<uint64_t*>(p->out);
  const auto one = S::Set(1);
  Map<uint64_t, kUnroll, kStream>(
      out, p->n, [&](size_t i) { return S::Xor(S::Load(out + i), one); }, [=](size_t i) { return out[i] ^ 1; });
}

// Of a and b; with c, of three; with kInto, of the output too.
template <int kUnroll, bool kStream, int kInputs, bool kInto>
void Mix(PeerRoofArgs* p) {
  using S = Simd<uint64_t>;
  uint64_t* out = static_cast<uint64_t*>(p->out);
  const uint64_t* a = static_cast<const uint64_t*>(p->a);
  const uint64_t* b = static_cast<const uint64_t*>(kInputs > 1 ? p->b : p->a);
  const uint64_t* c = static_cast<const uint64_t*>(kInputs > 2 ? p->c : p->a);
  Map<uint64_t, kUnroll, kStream>(
      out, p->n,
      [=](size_t i) __attribute__((always_inline)) {
        auto v = S::Load(a + i);
        if (kInputs > 1) v = S::Xor(v, S::Load(b + i));
        if (kInputs > 2) v = S::Xor(v, S::Load(c + i));
        if (kInto) v = S::Xor(v, S::Load(out + i));
        return v;
      },
      [=](size_t i) { return a[i] ^ (kInputs > 1 ? b[i] : 0) ^ (kInputs > 2 ? c[i] : 0) ^ (kInto ? out[i] : 0); });
}

// Declares v0..v7 of the loops below.
#define RAPTORS_EIGHT(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

// kInputs: one array or two.
template <int kUnroll, int kInputs>
void Read(PeerRoofArgs* p) {
  using S = Simd<uint64_t>;
  const uint64_t* a = static_cast<const uint64_t*>(p->a);
  const uint64_t* b = static_cast<const uint64_t*>(kInputs > 1 ? p->b : p->a);
  const size_t n = p->n;
  const size_t lanes = S::Lanes();
#define RAPTORS_X(k) auto v##k = S::Set(0);
  RAPTORS_EIGHT(RAPTORS_X)
#undef RAPTORS_X
  size_t i = 0;
  for (; i + kUnroll * lanes <= n; i += kUnroll * lanes) {
#define RAPTORS_X(k)                                                            \
  if constexpr (k < kUnroll) {                                                  \
    v##k = S::Xor(v##k, S::Load(a + i + k * lanes));                            \
    if constexpr (kInputs > 1) v##k = S::Xor(v##k, S::Load(b + i + k * lanes)); \
  }
    RAPTORS_EIGHT(RAPTORS_X)
#undef RAPTORS_X
  }
  uint64_t words[256 / sizeof(uint64_t)];  // SVE vectors have up to 256 bytes
  S::Store(words, S::Xor(S::Xor(S::Xor(v0, v1), S::Xor(v2, v3)), S::Xor(S::Xor(v4, v5), S::Xor(v6, v7))));
  uint64_t result = 0;
  for (size_t k = 0; k < lanes; ++k) result ^= words[k];
  for (; i < n; ++i) result ^= a[i] ^ (kInputs > 1 ? b[i] : 0);
  p->result = result;
}

// Two chains per count of kUnroll: 2 to 16 multiply-adds in flight, where 4 cycles of latency at two a cycle ask for 8.
template <typename T, int kUnroll>
void Fma(PeerRoofArgs* p) {
  using S = Simd<T>;
  const auto factor = S::Set(static_cast<T>(p->factor));
  const auto one = S::Set(1);
// Different starts, or the compiler would compute equal chains once.
#define RAPTORS_X(k) auto v##k = S::Set(k < kUnroll ? k : 0), w##k = S::Set(k < kUnroll ? 8 + k : 0);
  RAPTORS_EIGHT(RAPTORS_X)
#undef RAPTORS_X
  for (int64_t i = 0; i < p->n; ++i) {
#define RAPTORS_X(k)                     \
  if constexpr (k < kUnroll) {           \
    v##k = S::MulAdd(v##k, factor, one); \
    w##k = S::MulAdd(w##k, factor, one); \
  }
    RAPTORS_EIGHT(RAPTORS_X)
#undef RAPTORS_X
  }
  auto sum = S::Set(0);
#define RAPTORS_X(k) sum = S::Add(sum, S::Add(v##k, w##k));
  RAPTORS_EIGHT(RAPTORS_X)
#undef RAPTORS_X
  T lanes[256 / sizeof(T)];
  S::Store(lanes, sum);
  double total = 0;
  for (size_t k = 0; k < S::Lanes(); ++k) total += static_cast<double>(lanes[k]);
  memcpy(&p->result, &total, sizeof(total));
}

#undef RAPTORS_EIGHT

}  // namespace raptors::benchmarks::roof

#endif  // RAPTORS_BENCHMARKS_PEERS_ROOF_H_
