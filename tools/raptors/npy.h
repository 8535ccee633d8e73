// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The .npy file format: what stands before the data.
//
//   absl::StatusOr<NpyHeader> header = ParseNpyHeader(first_bytes_of_the_file);
//   ... header->data_bytes bytes of data follow from byte header->data_offset on, to the end of the file ...
//   std::string bytes = FormatNpyHeader(*header);
//
// Format versions 1.0, 2.0 and 3.0 are read; 1.0 is written, byte for byte as NumPy does. Elements are those of
// RAPTORS_DTYPES in little-endian order; a header for anything else (objects, structured or other types, another byte
// order) is refused. The bytes may come from anywhere: nothing is trusted, and nothing larger than the header is
// allocated.

#ifndef TOOLS_RAPTORS_NPY_H_
#define TOOLS_RAPTORS_NPY_H_

#include <stdint.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/array/shape.h"
#include "raptors/base/dtype.h"

namespace raptors::tools {

struct NpyHeader {
  DType dtype = {};
  bool fortran_order = false;  // the first axis is contiguous in the file, else the last
  Dims shape;
  int64_t data_offset = 0;  // bytes before the data, in the file that was read; not used by FormatNpyHeader()
  int64_t data_bytes = 0;   // elements times item size
};

// Magic string, version, length field of at most four bytes, and dictionary. Version 1.0 can tell no greater length;
// dictionaries that later versions make longer describe structured types.
inline constexpr int64_t kMaxNpyDictBytes = 65535;
inline constexpr int64_t kMaxNpyHeaderBytes = 12 + kMaxNpyDictBytes;

// `bytes`: the beginning of a file, its first kMaxNpyHeaderBytes or, of a shorter one, all. InvalidArgument names what
// was found and what was expected.
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view bytes);

// The header of version 1.0 of an array of header.dtype, header.shape and header.fortran_order.
// Precondition: at most kMaxRank extents, each >= 0.
std::string FormatNpyHeader(const NpyHeader& header);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_NPY_H_
