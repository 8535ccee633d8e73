// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The calls that are timed: every operation on operands of every layout it can meet, over one set of buffers. They are
// the public functions, so that what is timed is what a user's call does: validation, plan, decision, dispatch.
//
// Operands are filled with values that stay finite and normal, whichever dtype reads them and however often a call is
// repeated.

#ifndef RAPTORS_TUNE_CALLS_H_
#define RAPTORS_TUNE_CALLS_H_

#include <stdint.h>

#include <array>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "raptors/array/array.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/kernel_args.h"
#include "raptors/base/op.h"

namespace raptors::tune {

// How operands lie, and for reductions which axis of a matrix is folded.
struct Recipe {
  Layout layout = Layout::kContiguous;
  int axis = kAll;
  bool in_place = false;

  static constexpr int kAll = -1;
};

// Those of an operation, out of place ones first; never empty. In place there are those of maps with a scalar: it can
// be chosen so that values stay as large as they are, however often the call is repeated.
std::vector<Recipe> RecipesOf(Op op);

// Memory for the operands of one call at a time.
class Buffers {
 public:
  // ResourceExhausted when there is not that much.
  static absl::StatusOr<Buffers> Create(int64_t bytes_each);

  // Of the output (0) or an input. They start at different places of their pages, so that a load does not wait for a
  // store whose address only looks the same to the processor.
  char* operand(int k) { return static_cast<char*>(arrays_[static_cast<size_t>(k)].data()) + k * kStagger; }
  int64_t bytes_each() const { return bytes_each_; }

 private:
  static constexpr int64_t kStagger = 17 * 64;  // bytes: cache lines

  std::array<Array, kMaxOperands> arrays_;
  int64_t bytes_each_ = 0;
};

struct Call {
  std::function<absl::Status()> run;
  int64_t elements = 0;     // as MakeCall() counts them
  int64_t outputs = 1;      // elements of the result
  int64_t inner = 0;        // of a product: the extent that is summed over
  int64_t bytes_moved = 0;  // policy::BytesMoved()
  absl::Span<const char> result;
};

// About `elements` elements (of the output of a map, of the input of a reduction; for a product multiplications), as
// many as the buffers hold at most. InvalidArgument for a recipe that is not one of the operation's.
absl::StatusOr<Call> MakeCall(Op op, DType dtype, const Recipe& recipe, int64_t elements, Buffers& buffers);

// Bytes that each buffer needs for calls of up to `elements` elements of `item_size` bytes, whatever the recipe.
int64_t BufferBytes(int64_t elements, int64_t item_size);

}  // namespace raptors::tune

#endif  // RAPTORS_TUNE_CALLS_H_
