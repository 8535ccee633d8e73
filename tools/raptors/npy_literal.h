// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The text of a .npy header: a Python dict literal with the keys 'descr', 'fortran_order' and 'shape'.
//
// A strict reader of just that: no other keys, no nesting, no escapes, nothing evaluated. It never reads past the text,
// allocates at most a few times its size, and takes time linear in it.

#ifndef TOOLS_RAPTORS_NPY_LITERAL_H_
#define TOOLS_RAPTORS_NPY_LITERAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/array/shape.h"

namespace raptors::tools {

struct NpyLiteral {
  std::string descr;  // as written, for example "<f4"
  bool fortran_order = false;
  Dims shape;  // extents as written: >= 0 each, at most kMaxRank of them
};

// Each key once, in any order; blanks and newlines between tokens and a trailing comma are allowed, as in Python.
// `long_suffix`: extents may end in 'L', as Python 2 wrote them. InvalidArgument says at which byte what was expected.
absl::StatusOr<NpyLiteral> ParseNpyLiteral(absl::string_view text, bool long_suffix);

}  // namespace raptors::tools

#endif  // TOOLS_RAPTORS_NPY_LITERAL_H_
