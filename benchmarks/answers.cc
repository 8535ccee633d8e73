// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/answers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"

namespace raptors::benchmarks {
namespace {

// Integers wrap around.
template <typename T, bool kFloat = std::is_floating_point_v<T>>
struct Wrap {
  using Type = T;
};
template <typename T>
struct Wrap<T, false> {
  using Type = std::make_unsigned_t<T>;
};

template <typename T>
T Fused(T x, T y, T z) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fma(x, y, z);
  } else {
    return x * y + z;
  }
}

// One element of a map; `once`: with one rounding.
template <typename T>
T MapElement(Op op, bool once, T s, T x, T y, T z) {
  switch (op) {
    case Op::kScale:
      return s * x;
    case Op::kAdd:
      return x + y;
    case Op::kSubtract:
      return x - y;
    case Op::kMultiply:
      return x * y;
    case Op::kAxpy:
      return once ? Fused(s, x, y) : s * x + y;
    case Op::kMulAdd:
      return once ? Fused(x, y, z) : x * y + z;
    case Op::kFma:
      return Fused(x, y, z);
    default:
      return T{};
  }
}

// f(offsets of all operands) for every element, in the order of the axes.
template <typename F>
void ForEach(const PeerArgs& args, const F& f) {
  int64_t at[kPeerOperands];
  for (int64_t p = 0; p < args.extent[kPlanes]; ++p) {
    for (int64_t i = 0; i < args.extent[kRows]; ++i) {
      for (int64_t j = 0; j < args.extent[kCols]; ++j) {
        for (int k = 0; k < kPeerOperands; ++k) {
          at[k] = p * args.stride[k][kPlanes] + i * args.stride[k][kRows] + j * args.stride[k][kCols];
        }
        f(at);
      }
    }
  }
}

constexpr double kNormTolerance32 = 1e-5, kNormTolerance64 = 1e-12;
// Means: a product instead of a division, for each part: a few units in the last place of the largest value that a part
// can have.
constexpr double kMeanUlps = 4;
constexpr double kLargestSmallValue = 8;

double Tolerance(Op op, bool single, Whose whose) {
  if (op == Op::kNrm2 || op == Op::kAsum) return single ? kNormTolerance32 : kNormTolerance64;
  if (op == Op::kMean && whose == Whose::kPeers) {
    return kMeanUlps * (single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon());
  }
  return 0;
}

}  // namespace

template <typename T>
void Answers::ComputeMap() {
  using U = typename Wrap<T>::Type;
  const Op op = operands_.cell().op;
  const int64_t size = operands_.output().view().size();
  const U s = static_cast<U>(static_cast<T>(args_.scalar));
  const U* in[3];
  for (int k = 0; k < 3; ++k) in[k] = static_cast<const U*>(args_.ptr[1 + k]);
  for (const bool once : {false, true}) {
    if (once && op != Op::kAxpy && op != Op::kMulAdd) break;
    std::vector<char>& bytes = once ? fused_ : expected_;
    bytes.resize(static_cast<size_t>(size) * sizeof(U));
    U* out = reinterpret_cast<U*>(bytes.data());
    ForEach(args_, [&](const int64_t* at) {
      out[at[0]] = MapElement<U>(op, once, s, in[0][at[1]], in[1] != nullptr ? in[1][at[2]] : U{},
                                 in[2] != nullptr ? in[2][at[3]] : U{});
    });
  }
}

template <typename T>
void Answers::ComputeReduction() {
  using A = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
  const Op op = operands_.cell().op;
  const DType out_dtype = operands_.output().dtype();
  const size_t size = static_cast<size_t>(operands_.output().view().size());
  const T* x = static_cast<const T*>(args_.ptr[1]);
  const T* y = static_cast<const T*>(args_.ptr[2]);
  const bool least = op == Op::kMin, most = op == Op::kMax;
  std::vector<A> total(size, least  ? static_cast<A>(std::numeric_limits<T>::max())
                             : most ? static_cast<A>(std::numeric_limits<T>::lowest())
                                    : A{});
  ForEach(args_, [&](const int64_t* at) {
    A& a = total[static_cast<size_t>(at[0])];
    const A value = static_cast<A>(x[at[1]]);
    if (least) {
      a = std::min(a, value);
    } else if (most) {
      a = std::max(a, value);
    } else if (op == Op::kDot) {
      a += value * static_cast<A>(y[at[2]]);
    } else if (op == Op::kNrm2) {
      a += value * value;
    } else {
      a += op == Op::kAsum && value < 0 ? -value : value;
    }
  });
  const double count = static_cast<double>(operands_.input(0).size()) / static_cast<double>(size);
  expected_.resize(size * static_cast<size_t>(ItemSize(out_dtype)));
  const auto store = [&](auto* out) {
    using O = std::remove_pointer_t<decltype(out)>;
    for (size_t i = 0; i < size; ++i) {
      const double value = static_cast<double>(total[i]);
      out[i] = op == Op::kMean   ? static_cast<O>(value / count)
               : op == Op::kNrm2 ? static_cast<O>(std::sqrt(value))
                                 : static_cast<O>(total[i]);
    }
  };
  switch (out_dtype) {
#define RAPTORS_X(id, type, name)                     \
  case DType::id:                                     \
    store(reinterpret_cast<type*>(expected_.data())); \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
}

// Freivalds' check: with a vector v of whole numbers, C v = A (B v) exactly, and a wrong C hardly ever passes it.
template <typename T>
void Answers::ComputeProduct() {
  const int64_t m = args_.extent[kRows], inner = args_.extent[kPeerInner], n = args_.extent[kCols];
  const T* a = static_cast<const T*>(args_.ptr[1]);
  const T* b = static_cast<const T*>(args_.ptr[2]);
  vector_.resize(static_cast<size_t>(n));
  for (int64_t j = 0; j < n; ++j) vector_[static_cast<size_t>(j)] = static_cast<double>((j * 5 + j / 7) % 7 - 3);
  std::vector<double> second(static_cast<size_t>(inner));
  for (int64_t k = 0; k < inner; ++k) {
    for (int64_t j = 0; j < n; ++j) {
      second[static_cast<size_t>(k)] +=
          vector_[static_cast<size_t>(j)] *
          static_cast<double>(b[k * args_.stride[2][kPeerInner] + j * args_.stride[2][kCols]]);
    }
  }
  applied_.assign(static_cast<size_t>(m), 0);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t k = 0; k < inner; ++k) {
      applied_[static_cast<size_t>(i)] +=
          second[static_cast<size_t>(k)] *
          static_cast<double>(a[i * args_.stride[1][kRows] + k * args_.stride[1][kPeerInner]]);
    }
  }
}

template <typename T>
absl::Status Answers::CheckProduct() const {
  const T* c = static_cast<const T*>(args_.ptr[0]);
  for (int64_t i = 0; i < args_.extent[kRows]; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < args_.extent[kCols]; ++j) {
      sum += vector_[static_cast<size_t>(j)] * static_cast<double>(c[i * args_.stride[0][kRows] + j]);
    }
    if (sum != applied_[static_cast<size_t>(i)]) {
      return absl::InternalError(absl::StrCat("wrong answer: row ", i, " times the check's vector is ", sum,
                                              ", expected ", applied_[static_cast<size_t>(i)]));
    }
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status Answers::CheckElements(Whose whose) const {
  const T* out = static_cast<const T*>(operands_.output().data());
  const T* expected = reinterpret_cast<const T*>(expected_.data());
  const int64_t size = operands_.output().view().size();
  if (std::memcmp(out, expected, static_cast<size_t>(size) * sizeof(T)) == 0) return absl::OkStatus();
  const T* fused = whose == Whose::kPeers && !fused_.empty() ? reinterpret_cast<const T*>(fused_.data()) : expected;
  const double tolerance = Tolerance(operands_.cell().op, sizeof(T) == 4, whose);
  const double least = operands_.cell().op == Op::kMean ? kLargestSmallValue : 0;
  for (int64_t i = 0; i < size; ++i) {
    if (std::memcmp(out + i, expected + i, sizeof(T)) == 0 || std::memcmp(out + i, fused + i, sizeof(T)) == 0) continue;
    const double got = static_cast<double>(out[i]), want = static_cast<double>(expected[i]);
    // Zeros of either sign are one where additions may be reordered.
    if ((whose == Whose::kPeers && got == want) ||
        std::abs(got - want) <= tolerance * std::max(std::abs(want), least)) {
      continue;
    }
    return absl::InternalError(
        absl::StrCat("wrong answer: element ", i, " of ", size, " is ", out[i], ", expected ", expected[i]));
  }
  return absl::OkStatus();
}

Answers::Answers(Operands& operands) : operands_(operands), args_(operands.peer_args(operands.check_scalar())) {
  operands.ResetOutput();
  const OpKind kind = Info(operands.cell().op).kind;
  switch (operands.cell().dtype) {
#define RAPTORS_X(id, type, name)         \
  case DType::id:                         \
    if (kind == OpKind::kMap) {           \
      ComputeMap<type>();                 \
    } else if (kind == OpKind::kReduce) { \
      ComputeReduction<type>();           \
    } else {                              \
      ComputeProduct<type>();             \
    }                                     \
    break;
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
}

absl::Status Answers::Check(Whose whose) const {
  const bool product = Info(operands_.cell().op).kind == OpKind::kProduct;
  switch (operands_.output().dtype()) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return product ? CheckProduct<type>() : CheckElements<type>(whose);
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return absl::InternalError("unknown dtype");
}

}  // namespace raptors::benchmarks
