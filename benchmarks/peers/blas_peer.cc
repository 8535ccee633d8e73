// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/blas_peer.h"

#if RAPTORS_HAVE_BLAS
#include <algorithm>

#include "cblas.h"
#endif

namespace raptors::benchmarks {

#if RAPTORS_HAVE_BLAS

namespace {

void Scal(int64_t n, float factor, float* x) { cblas_sscal(static_cast<int>(n), factor, x, 1); }
void Scal(int64_t n, double factor, double* x) { cblas_dscal(static_cast<int>(n), factor, x, 1); }
void Copy(int64_t n, const float* x, int64_t step, float* y) {
  cblas_scopy(static_cast<int>(n), x, static_cast<int>(step), y, 1);
}
void Copy(int64_t n, const double* x, int64_t step, double* y) {
  cblas_dcopy(static_cast<int>(n), x, static_cast<int>(step), y, 1);
}

bool IsInPlace(const PeerScaleArgs* p) { return p->in == p->out; }
bool IsOutOfPlace(const PeerScaleArgs* p) { return p->in != p->out; }

template <typename T>
void InPlace(const PeerScaleArgs* p) {
  Scal(p->cols, static_cast<T>(p->factor), static_cast<T*>(p->out));
}

// Half of a first-level cache of 32 KiB, so that scal finds what copy wrote.
template <typename T>
constexpr int64_t kPiece = 16384 / sizeof(T);

template <typename T>
void CopyThenScal(const PeerScaleArgs* p) {
  const T factor = static_cast<T>(p->factor);
  for (int64_t i = 0; i < p->rows; ++i) {
    const T* in = static_cast<const T*>(p->in) + i * p->in_row;
    T* out = static_cast<T*>(p->out) + i * p->out_row;
    for (int64_t j = 0; j < p->cols; j += kPiece<T>) {
      const int64_t n = std::min(kPiece<T>, p->cols - j);
      Copy(n, in + j * p->in_col, p->in_col, out + j);
      Scal(n, factor, out + j);
    }
  }
}

#ifdef OPENBLAS_VERSION

// Rows of consecutive elements, or columns of them.
bool HasOmatcopy(const PeerScaleArgs* p) { return IsOutOfPlace(p) && (p->in_col == 1 || p->in_row == 1); }

void Omatcopy(CBLAS_TRANSPOSE op, int64_t rows, int64_t cols, float factor, const float* in, int64_t in_ld, float* out,
              int64_t out_ld) {
  cblas_somatcopy(CblasRowMajor, op, static_cast<int>(rows), static_cast<int>(cols), factor, in,
                  static_cast<int>(in_ld), out, static_cast<int>(out_ld));
}
void Omatcopy(CBLAS_TRANSPOSE op, int64_t rows, int64_t cols, double factor, const double* in, int64_t in_ld,
              double* out, int64_t out_ld) {
  cblas_domatcopy(CblasRowMajor, op, static_cast<int>(rows), static_cast<int>(cols), factor, in,
                  static_cast<int>(in_ld), out, static_cast<int>(out_ld));
}

template <typename T>
void MatrixCopy(const PeerScaleArgs* p) {
  const T* in = static_cast<const T*>(p->in);
  T* out = static_cast<T*>(p->out);
  const T factor = static_cast<T>(p->factor);
  if (p->in_col == 1) {
    Omatcopy(CblasNoTrans, p->rows, p->cols, factor, in, p->in_row, out, p->out_row);
  } else {
    Omatcopy(CblasTrans, p->cols, p->rows, factor, in, p->in_col, out, p->out_row);
  }
}

#endif

}  // namespace

std::vector<PeerScale> BlasScales() {
  return {
      {"BLAS", "scal", kPeerFloat32, IsInPlace, InPlace<float>},
      {"BLAS", "scal", kPeerFloat64, IsInPlace, InPlace<double>},
      {"BLAS", "copy+scal", kPeerFloat32, IsOutOfPlace, CopyThenScal<float>},
      {"BLAS", "copy+scal", kPeerFloat64, IsOutOfPlace, CopyThenScal<double>},
#ifdef OPENBLAS_VERSION
      {"BLAS", "omatcopy", kPeerFloat32, HasOmatcopy, MatrixCopy<float>},
      {"BLAS", "omatcopy", kPeerFloat64, HasOmatcopy, MatrixCopy<double>},
#endif
  };
}

#else

std::vector<PeerScale> BlasScales() { return {}; }

#endif

}  // namespace raptors::benchmarks
