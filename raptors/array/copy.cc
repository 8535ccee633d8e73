// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/copy.h"

#include <string.h>

#include <utility>

#include "raptors/array/loop_nest.h"
#include "raptors/array/tile_grid.h"

namespace raptors {
namespace {

// Blocks of 64 x 64 items: as many cache lines on either side stay in the level-1 cache.
constexpr int64_t kCopyTile = 64 * 64;
constexpr int64_t kItemsPerLine = 16;

// memcpy of a constant size is one load or store of any alignment.
template <int64_t kItem>
void CopyItems(char* to, int64_t to_stride, const char* from, int64_t from_stride, int64_t n) {
  for (int64_t i = 0; i < n; ++i) memcpy(to + i * to_stride, from + i * from_stride, kItem);
}

}  // namespace

void CopyBlock(char* to, const int64_t (&to_stride)[2], const char* from, const int64_t (&from_stride)[2],
               const int64_t (&extent)[2], int64_t item_size) {
  const bool dense = to_stride[1] == item_size && from_stride[1] == item_size;
  for (int64_t row = 0; row < extent[0]; ++row) {
    char* const t = to + row * to_stride[0];
    const char* const f = from + row * from_stride[0];
    if (dense) {
      memcpy(t, f, static_cast<size_t>(extent[1] * item_size));
    } else if (item_size == 4) {
      CopyItems<4>(t, to_stride[1], f, from_stride[1], extent[1]);
    } else if (item_size == 8) {
      CopyItems<8>(t, to_stride[1], f, from_stride[1], extent[1]);
    } else {
      for (int64_t i = 0; i < extent[1]; ++i) {
        memcpy(t + i * to_stride[1], f + i * from_stride[1], static_cast<size_t>(item_size));
      }
    }
  }
}

void CopyElements(const ArrayView& from, const MutableArrayView& to) {
  const LoopNest nest = LoopNest::Make(to, from);
  const TileGrid grid(nest, kCopyTile, kItemsPerLine);
  grid.ForEach(0, grid.size(), [&](const KernelArgs& args) {
    CopyBlock(args.ptr[0], args.stride[0], args.ptr[1], args.stride[1], args.extent, nest.item_size());
  });
}

absl::StatusOr<ArrayCopy> CopyOf(const ArrayView& from) {
  Dims shape(from.shape().begin(), from.shape().end());
  for (int axis = 0; axis < from.ndim(); ++axis) {
    if (from.stride(axis) == 0 && shape[axis] > 1) shape[axis] = 1;
  }
  const ArrayView stored =
      internal::ViewBuilder::Make(from.data(), from.dtype(), shape, Dims(from.strides().begin(), from.strides().end()));
  absl::StatusOr<Array> storage = Array::EmptyLike(stored);
  if (!storage.ok()) return std::move(storage).status();
  CopyElements(stored, storage->mutable_view());
  Dims strides(storage->strides().begin(), storage->strides().end());
  for (int axis = 0; axis < from.ndim(); ++axis) {
    if (shape[axis] != from.shape(axis)) strides[axis] = 0;
  }
  ArrayView view = internal::ViewBuilder::Make(storage->data(), from.dtype(),
                                               Dims(from.shape().begin(), from.shape().end()), std::move(strides));
  return ArrayCopy{*std::move(storage), std::move(view)};
}

}  // namespace raptors
