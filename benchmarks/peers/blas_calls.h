// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The cblas routines that the peers use, by the type of their elements.

#ifndef RAPTORS_BENCHMARKS_PEERS_BLAS_CALLS_H_
#define RAPTORS_BENCHMARKS_PEERS_BLAS_CALLS_H_

#include <stdint.h>

#include "cblas.h"

namespace raptors::benchmarks {

template <typename T>
struct Blas;

#define RAPTORS_BLAS(T, s)                                                                                             \
  template <>                                                                                                          \
  struct Blas<T> {                                                                                                     \
    static void Scal(int64_t n, T factor, T* x) { cblas_##s##scal(Int(n), factor, x, 1); }                             \
    static void Copy(int64_t n, const T* x, int64_t step, T* y) { cblas_##s##copy(Int(n), x, Int(step), y, 1); }       \
    static void Axpy(int64_t n, T factor, const T* x, int64_t step, T* y) {                                            \
      cblas_##s##axpy(Int(n), factor, x, Int(step), y, 1);                                                             \
    }                                                                                                                  \
    static T Dot(int64_t n, const T* x, int64_t step, const T* y) {                                                    \
      return cblas_##s##dot(Int(n), x, Int(step), y, 1);                                                               \
    }                                                                                                                  \
    static T Nrm2(int64_t n, const T* x) { return cblas_##s##nrm2(Int(n), x, 1); }                                     \
    static T Asum(int64_t n, const T* x) { return cblas_##s##asum(Int(n), x, 1); }                                     \
    static void Gemv(CBLAS_TRANSPOSE op, int64_t rows, int64_t cols, T factor, const T* a, int64_t lda, const T* x,    \
                     T* y) {                                                                                           \
      cblas_##s##gemv(CblasRowMajor, op, Int(rows), Int(cols), factor, a, Int(lda), x, 1, 0, y, 1);                    \
    }                                                                                                                  \
    static void Gemm(CBLAS_TRANSPOSE a_op, CBLAS_TRANSPOSE b_op, int64_t m, int64_t n, int64_t k, const T* a,          \
                     int64_t lda, const T* b, int64_t ldb, T* c, int64_t ldc) {                                        \
      cblas_##s##gemm(CblasRowMajor, a_op, b_op, Int(m), Int(n), Int(k), 1, a, Int(lda), b, Int(ldb), 0, c, Int(ldc)); \
    }                                                                                                                  \
    RAPTORS_OMATCOPY(T, s)                                                                                             \
                                                                                                                       \
   private:                                                                                                            \
    static int Int(int64_t value) { return static_cast<int>(value); }                                                  \
  };

#ifdef OPENBLAS_VERSION
#define RAPTORS_OMATCOPY(T, s)                                                                                       \
  static void Omatcopy(CBLAS_TRANSPOSE op, int64_t rows, int64_t cols, T factor, const T* in, int64_t in_ld, T* out, \
                       int64_t out_ld) {                                                                             \
    cblas_##s##omatcopy(CblasRowMajor, op, Int(rows), Int(cols), factor, in, Int(in_ld), out, Int(out_ld));          \
  }
#else
#define RAPTORS_OMATCOPY(T, s)
#endif

RAPTORS_BLAS(float, s)
RAPTORS_BLAS(double, d)

#undef RAPTORS_BLAS
#undef RAPTORS_OMATCOPY

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_PEERS_BLAS_CALLS_H_
