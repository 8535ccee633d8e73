// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/npy.h"

#include <stddef.h>
#include <stdint.h>

#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "raptors/array/shape.h"
#include "raptors/base/dtype.h"
#include "raptors/base/status.h"
#include "tools/raptors/npy_literal.h"

namespace raptors::tools {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "file data is used as it is");

constexpr absl::string_view kMagic = "\x93NUMPY";
constexpr size_t kPreamble = 8;  // magic string and version

// NumPy's array-protocol type string: byte order, kind, bytes.
template <typename T>
std::string DescrOf() {
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return absl::StrCat(sizeof(T) == 1 ? "|" : "<", std::string(1, kind), sizeof(T));
}

std::string Descr(DType dtype) {
  switch (dtype) {
#define RAPTORS_X(id, type, name) \
  case DType::id:                 \
    return DescrOf<type>();
    RAPTORS_DTYPES(RAPTORS_X)
#undef RAPTORS_X
  }
  return "";
}

absl::StatusOr<DType> ParseDescr(absl::string_view descr) {
  std::string known;
  for (const DType dtype : kAllDTypes) {
    if (descr == Descr(dtype)) return dtype;
    absl::StrAppend(&known, known.empty() ? "" : ", ", Name(dtype), " ('", Descr(dtype), "')");
  }
  if (absl::StrContains(descr, 'O'))
    return ArgumentError("descr", absl::StrCat("'", descr, "' (Python objects)"), known);
  if (absl::StartsWith(descr, ">")) {
    return ArgumentError("descr", absl::StrCat("'", descr, "' (big-endian)"), absl::StrCat("little-endian ", known));
  }
  return ArgumentError("descr", absl::StrCat("'", descr, "'"), known);
}

uint32_t LittleEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view bytes) {
  if (!absl::StartsWith(bytes, kMagic)) {
    return absl::InvalidArgumentError(absl::StrCat("not a .npy file: begins with \"",
                                                   absl::CHexEscape(bytes.substr(0, kMagic.size())),
                                                   "\"; expected \"\\x93NUMPY\""));
  }
  if (bytes.size() < kPreamble) return absl::InvalidArgumentError("truncated: the file ends before its format version");
  const int major = static_cast<unsigned char>(bytes[6]);
  const int minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    return ArgumentError("format version", absl::StrCat(major, ".", minor), "1.0, 2.0 or 3.0");
  }
  const size_t length_bytes = major == 1 ? 2 : 4;
  const size_t dict_begin = kPreamble + length_bytes;
  if (bytes.size() < dict_begin) return absl::InvalidArgumentError("truncated: the file ends inside its header length");
  const int64_t dict_bytes = LittleEndian(bytes.substr(kPreamble, length_bytes));
  if (dict_bytes > kMaxNpyDictBytes) {
    return ArgumentError("header length", dict_bytes, absl::StrCat("at most ", kMaxNpyDictBytes, " bytes"));
  }
  if (static_cast<int64_t>(bytes.size() - dict_begin) < dict_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("truncated: the file ends inside its header of ", dict_bytes, " bytes"));
  }
  const absl::string_view dict = bytes.substr(dict_begin, static_cast<size_t>(dict_bytes));
  if (!absl::EndsWith(dict, "\n")) return absl::InvalidArgumentError("header: does not end with a newline");

  absl::StatusOr<NpyLiteral> literal = ParseNpyLiteral(dict, /*long_suffix=*/major < 3);
  if (!literal.ok()) return std::move(literal).status();
  const absl::StatusOr<DType> dtype = ParseDescr(literal->descr);
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<int64_t> elements = CheckedElementCount(literal->shape, ItemSize(*dtype));
  if (!elements.ok()) return elements.status();

  NpyHeader header;
  header.dtype = *dtype;
  header.fortran_order = literal->fortran_order;
  header.shape = std::move(literal->shape);
  header.data_offset = static_cast<int64_t>(dict_begin) + dict_bytes;
  header.data_bytes = *elements * ItemSize(*dtype);
  return header;
}

std::string FormatNpyHeader(const NpyHeader& header) {
  // NumPy leaves room for the axis that a file can grow along to become any 64-bit number, and pads with 1 to 64
  // blanks so that the data begins at a multiple of 64.
  constexpr size_t kGrowthDigits = 21;
  constexpr size_t kAlign = 64;
  std::string dict =
      absl::StrCat("{'descr': '", Descr(header.dtype), "', 'fortran_order': ", header.fortran_order ? "True" : "False",
                   ", 'shape': ", FormatTuple(header.shape), ", }");
  if (!header.shape.empty()) {
    const int64_t growing = header.fortran_order ? header.shape.back() : header.shape.front();
    dict.append(kGrowthDigits - absl::StrCat(growing).size(), ' ');
  }
  const size_t unpadded = kPreamble + 2 + dict.size() + 1;
  dict.append(kAlign - unpadded % kAlign, ' ');
  dict += '\n';
  std::string bytes(kMagic);
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(dict.size() & 0xff);
  bytes += static_cast<char>(dict.size() >> 8);
  return bytes + dict;
}

}  // namespace raptors::tools
