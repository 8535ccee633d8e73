// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/peers/blas_peer.h"

#if RAPTORS_HAVE_BLAS
#include <algorithm>
#include <array>

#include "benchmarks/peers/accepts.h"
#include "benchmarks/peers/blas_calls.h"
#endif

namespace raptors::benchmarks {

#if RAPTORS_HAVE_BLAS

namespace {

// ---- maps

// Half of a first-level cache of 32 KiB, so that the second routine finds what the first wrote.
template <typename T>
constexpr int64_t kPiece = 16384 / sizeof(T);

// f(output, first input, second input, size) for pieces of rows, in order.
template <typename T, typename F>
void ForPieces(const PeerArgs* p, const F& f) {
  for (int64_t i = 0; i < Rows(p); ++i) {
    const auto at = [&](int k, int64_t j) {
      T* data = static_cast<T*>(p->ptr[k]);
      return data == nullptr ? nullptr : data + i * RowStep(p, k) + j * ColStep(p, k);
    };
    for (int64_t j = 0; j < Cols(p); j += kPiece<T>) {
      f(at(0, j), at(1, j), at(2, j), std::min(kPiece<T>, Cols(p) - j));
    }
  }
}

bool IsInPlace(const PeerArgs* p) { return p->ptr[0] == p->ptr[1]; }
bool IsOutOfPlace(const PeerArgs* p) { return !IsInPlace(p); }
// Routines exist that take the inputs as they are.
bool TakesInputs(const PeerArgs* p) { return ColStep(p, 1) > 0 && ColStep(p, 2) > 0; }

template <typename T>
void Scal(const PeerArgs* p) {
  Blas<T>::Scal(Cols(p), static_cast<T>(p->scalar), static_cast<T*>(p->ptr[0]));
}
template <typename T>
void CopyThenScal(const PeerArgs* p) {
  ForPieces<T>(p, [&](T* out, const T* x, const T*, int64_t n) {
    Blas<T>::Copy(n, x, ColStep(p, 1), out);
    Blas<T>::Scal(n, static_cast<T>(p->scalar), out);
  });
}

// out = y, then out += factor * x; where the output is y, without the copy.
template <typename T>
void CopyThenAxpy(const PeerArgs* p, int x, int y, T factor) {
  const bool in_place = p->ptr[y] == p->ptr[0];
  ForPieces<T>(p, [&](T* out, const T* first, const T* second, int64_t n) {
    if (!in_place) Blas<T>::Copy(n, y == 1 ? first : second, ColStep(p, y), out);
    Blas<T>::Axpy(n, factor, x == 1 ? first : second, ColStep(p, x), out);
  });
}
bool IsAxpy(const PeerArgs* p) { return TakesInputs(p) && p->ptr[0] != p->ptr[1]; }
template <typename T>
void Axpy(const PeerArgs* p) {
  CopyThenAxpy<T>(p, 1, 2, static_cast<T>(p->scalar));
}
// Of two inputs: the output is neither or the first.
bool IsSum(const PeerArgs* p) { return TakesInputs(p) && p->ptr[0] != p->ptr[2]; }
template <typename T, int kSign>
void AddTo(const PeerArgs* p) {
  CopyThenAxpy<T>(p, 2, 1, kSign);
}

#ifdef OPENBLAS_VERSION
// Rows of consecutive elements, or columns of them.
bool HasOmatcopy(const PeerArgs* p) { return IsOutOfPlace(p) && (ColStep(p, 1) == 1 || RowStep(p, 1) == 1); }
template <typename T>
void MatrixCopy(const PeerArgs* p) {
  const T* in = static_cast<const T*>(p->ptr[1]);
  T* out = static_cast<T*>(p->ptr[0]);
  const T factor = static_cast<T>(p->scalar);
  if (ColStep(p, 1) == 1) {
    Blas<T>::Omatcopy(CblasNoTrans, Rows(p), Cols(p), factor, in, RowStep(p, 1), out, RowStep(p, 0));
  } else {
    Blas<T>::Omatcopy(CblasTrans, Cols(p), Rows(p), factor, in, ColStep(p, 1), out, RowStep(p, 0));
  }
}
#endif

// ---- reductions

// As many ones as any call needs: accepts() grows them, before the clock starts and on the main thread.
template <typename T>
std::vector<T>& Ones() {
  static std::vector<T>* ones = new std::vector<T>();
  return *ones;
}
template <typename T>
const T* OnesFor(int64_t n) {
  if (static_cast<int64_t>(Ones<T>().size()) < n) Ones<T>().assign(static_cast<size_t>(n), T{1});
  return Ones<T>().data();
}

template <typename T>
bool IsTotal(const PeerArgs* p) {
  OnesFor<T>(kPiece<T>);
  return p->stride[0][kRows] == 0 && p->stride[0][kCols] == 0;
}
template <typename T, bool kMean>
void Total(const PeerArgs* p) {
  const T* ones = Ones<T>().data();
  double total = 0;
  for (int64_t i = 0; i < Rows(p); ++i) {
    const T* row = static_cast<const T*>(p->ptr[1]) + i * RowStep(p, 1);
    for (int64_t j = 0; j < Cols(p); j += kPiece<T>) {
      const int64_t n = std::min(kPiece<T>, Cols(p) - j);
      total += static_cast<double>(Blas<T>::Dot(n, row + j * ColStep(p, 1), ColStep(p, 1), ones));
    }
  }
  *static_cast<T*>(p->ptr[0]) = static_cast<T>(kMean ? total * p->scalar : total);
}

template <typename T>
bool IsAxisSum(const PeerArgs* p) {
  OnesFor<T>(std::max(Rows(p), Cols(p)));
  const bool rows = p->stride[0][kRows] == 0, cols = p->stride[0][kCols] == 0;
  return rows != cols && ColStep(p, 1) == 1 && RowStep(p, 1) >= Cols(p) && p->stride[0][rows ? kCols : kRows] == 1;
}
template <typename T, bool kMean>
void AxisSum(const PeerArgs* p) {
  const CBLAS_TRANSPOSE op = p->stride[0][kRows] == 0 ? CblasTrans : CblasNoTrans;
  Blas<T>::Gemv(op, Rows(p), Cols(p), kMean ? static_cast<T>(p->scalar) : T{1}, static_cast<const T*>(p->ptr[1]),
                RowStep(p, 1), Ones<T>().data(), static_cast<T*>(p->ptr[0]));
}

bool IsVector(const PeerArgs* p) { return Rows(p) == 1 && ColStep(p, 1) == 1; }
template <typename T>
const T* FirstVector(const PeerArgs* p) {
  return static_cast<const T*>(p->ptr[1]);
}
template <typename T>
void Dot(const PeerArgs* p) {
  *static_cast<T*>(p->ptr[0]) = Blas<T>::Dot(Cols(p), FirstVector<T>(p), 1, static_cast<const T*>(p->ptr[2]));
}
template <typename T>
void Nrm2(const PeerArgs* p) {
  *static_cast<T*>(p->ptr[0]) = Blas<T>::Nrm2(Cols(p), FirstVector<T>(p));
}
template <typename T>
void Asum(const PeerArgs* p) {
  *static_cast<T*>(p->ptr[0]) = Blas<T>::Asum(Cols(p), FirstVector<T>(p));
}

// ---- products

// An operand as gemm takes it.
struct Order {
  CBLAS_TRANSPOSE op;
  int64_t ld;  // 0: it cannot
};
// Of an operand with so many rows and columns and these strides.
Order OrderOf(int64_t rows, int64_t cols, int64_t row_step, int64_t col_step) {
  if (col_step == 1 && row_step >= cols) return {CblasNoTrans, row_step};
  if (row_step == 1 && col_step >= rows) return {CblasTrans, col_step};
  return {CblasNoTrans, 0};
}
Order First(const PeerArgs* p) {
  return OrderOf(Rows(p), p->extent[kPeerInner], p->stride[1][kRows], p->stride[1][kPeerInner]);
}
Order Second(const PeerArgs* p) {
  return OrderOf(p->extent[kPeerInner], Cols(p), p->stride[2][kPeerInner], p->stride[2][kCols]);
}
bool IsGemm(const PeerArgs* p) { return First(p).ld > 0 && Second(p).ld > 0; }
template <typename T>
void Gemm(const PeerArgs* p) {
  const Order a = First(p), b = Second(p);
  Blas<T>::Gemm(a.op, b.op, Rows(p), Cols(p), p->extent[kPeerInner], static_cast<const T*>(p->ptr[1]), a.ld,
                static_cast<const T*>(p->ptr[2]), b.ld, static_cast<T*>(p->ptr[0]), RowStep(p, 0));
}

template <typename T>
void Append(std::vector<PeerLoop>* loops) {
  const auto add = [&](const char* variant, Op op, bool (*accepts)(const PeerArgs*), void (*run)(const PeerArgs*)) {
    loops->push_back({"BLAS", variant, op, DTypeOf<T>::value, accepts, run});
  };
  add("scal", Op::kScale, IsInPlace, Scal<T>);
  add("copy+scal", Op::kScale, IsOutOfPlace, CopyThenScal<T>);
#ifdef OPENBLAS_VERSION
  add("omatcopy", Op::kScale, HasOmatcopy, MatrixCopy<T>);
#endif
  add("axpy", Op::kAxpy, IsAxpy, Axpy<T>);
  add("axpy", Op::kAdd, IsSum, AddTo<T, 1>);
  add("axpy", Op::kSubtract, IsSum, AddTo<T, -1>);
  add("dot with ones", Op::kSum, IsTotal<T>, Total<T, false>);
  add("dot with ones", Op::kMean, IsTotal<T>, Total<T, true>);
  add("gemv by ones", Op::kSum, IsAxisSum<T>, AxisSum<T, false>);
  add("gemv by ones", Op::kMean, IsAxisSum<T>, AxisSum<T, true>);
  add("dot", Op::kDot, IsVector, Dot<T>);
  add("nrm2", Op::kNrm2, IsVector, Nrm2<T>);
  add("asum", Op::kAsum, IsVector, Asum<T>);
  add("gemm", Op::kMatmul, IsGemm, Gemm<T>);
}

}  // namespace

const std::vector<PeerLoop>& BlasLoops() {
  static const std::vector<PeerLoop>* loops = [] {
    auto* all = new std::vector<PeerLoop>();
    Append<float>(all);
    Append<double>(all);
    return all;
  }();
  return *loops;
}

#else

const std::vector<PeerLoop>& BlasLoops() {
  static const std::vector<PeerLoop>* loops = new std::vector<PeerLoop>();
  return *loops;
}

#endif

}  // namespace raptors::benchmarks
