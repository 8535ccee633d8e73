// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The wide column skeleton: rows are folded eight at a time into a row of accumulators (docs/reductions.md, Columns).
// Columns are independent, so that they are done by tiles whose accumulators stay in the L1 cache.

#ifndef RAPTORS_SIMD_LOOPS_REDUCE_WIDE_INL_H_
#define RAPTORS_SIMD_LOOPS_REDUCE_WIDE_INL_H_

#include "raptors/simd/loops/reduce_axes-inl.h"
#include "raptors/simd/loops/reduce_tree-inl.h"
#include "raptors/simd/loops/strided-inl.h"

HWY_BEFORE_NAMESPACE();
namespace raptors {
namespace HWY_NAMESPACE {
namespace {

inline constexpr int64_t kGroup = 8;  // rows that are folded before they meet the accumulators

// The most columns of a tile: 8 KiB of accumulators. Shorter pieces of rows are read slower than longer ones.
template <class B, typename A>
inline constexpr int64_t kTileColumns = 32 * B::template kTileEdge<A>;

// The stack of blocks: 8 levels of a full tile, which are 32 thousand rows. Tiles are smaller for more rows.
inline constexpr int64_t kTreeBytes = 65536;

// The eight rows of a group from column 0 of the tile on.
template <class Op>
struct GroupOfRows {
  Elements<Op> row[kGroup];
};

// The totals of Lanes(d) columns, with those of the group's eight rows that load(row) gives folded into them.
template <class Op, class D, class Load>
HWY_INLINE hn::Vec<D> WithGroup(D d, hn::Vec<D> totals, const Load& load) {
  return Op::FoldGroup(d, totals, load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7));
}

// Elements from `in` to the next multiple of a vector's size, or those of a vector where there are none: loads that
// cross cache lines cost more where they come from afar.
template <class D, typename T>
HWY_INLINE int64_t UntilAligned(D d, const T* in) {
  const uintptr_t lanes = hn::Lanes(d);
  return static_cast<int64_t>(lanes - reinterpret_cast<uintptr_t>(in) / sizeof(T) % lanes);
}

// Folds a group into the vectors of totals that start from `first` on and before `end`, and into the first and the last
// vector, which overlap others and stay in registers: these become what the others store. load(row, column) gives
// elements, load_edge those of the first and the last vector.
template <class Op, class D, class Load, class LoadEdge>
HWY_INLINE void AddOneGroup(D d, typename Op::Acc* totals, int64_t first, int64_t end, const Load& load,
                            const LoadEdge& load_edge, hn::Vec<D>& at_begin, hn::Vec<D>& at_end) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  at_begin = WithGroup<Op>(d, at_begin, [&](int64_t row) HWY_ATTR { return load_edge(row, 0); });
  for (int64_t i = first; i < end; i += lanes) {
    const auto load_i = [&](int64_t row) HWY_ATTR { return load(row, i); };
    hn::StoreU(WithGroup<Op>(d, hn::LoadU(d, totals + i), load_i), d, totals + i);
  }
  at_end = WithGroup<Op>(d, at_end, [&](int64_t row) HWY_ATTR { return load_edge(row, end); });
}

// A group whose rows from kRows on are missing. If kStep is 2, rows hold every other item, and columns >= Lanes(d).
template <int kRows, int kStep, class Op>
HWY_NOINLINE void AddGroup(const Op& op, typename Op::Acc* totals, const GroupOfRows<Op>& rows, int64_t columns) {
  const AccTag<typename Op::Acc> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto missing = hn::Set(d, Op::Totals::Identity());
  if (kStep == 1 && columns < lanes) {
    const auto load = [&](int64_t row)
                          HWY_ATTR { return row < kRows ? LoadTermN(op, d, rows.row[row], 0, columns) : missing; };
    hn::StoreU(WithGroup<Op>(d, hn::LoadU(d, totals), load), d, totals);
    return;
  }
  const int64_t end = columns - lanes;
  auto at_begin = hn::LoadU(d, totals), at_end = hn::LoadU(d, totals + end);
  if constexpr (kStep == 1) {
    const auto load = [&](int64_t row, int64_t column)
                          HWY_ATTR { return row < kRows ? LoadTerm(op, d, rows.row[row], column) : missing; };
    AddOneGroup<Op>(d, totals, UntilAligned(d, rows.row[0].at[0]), end, load, load, at_begin, at_end);
  } else {
    static_assert(Op::kInputs == 1);
    const hn::Rebind<typename Op::In, decltype(d)> narrow;
    const auto load = [&](int64_t row, int64_t column) HWY_ATTR {
      if (row >= kRows) return missing;
      return op.Term(d, ToAccumulators(d, LoadStep<kStep, Reach::kOpen>(narrow, rows.row[row].at[0], column, kStep)));
    };
    const auto load_edge = [&](int64_t row, int64_t column) HWY_ATTR {
      if (row >= kRows) return missing;
      return op.Term(d, ToAccumulators(d, LoadStep<kStep, Reach::kClosed>(narrow, rows.row[row].at[0], column, kStep)));
    };
    AddOneGroup<Op>(d, totals, UntilAligned(d, rows.row[0].at[0]) / kStep, end, load, load_edge, at_begin, at_end);
  }
  hn::StoreU(at_begin, d, totals);
  hn::StoreU(at_end, d, totals + end);
}

// Rows that start at regular distances, in bytes.
template <class Op>
struct RegularRows {
  Elements<Op> first;
  int64_t stride[Op::kInputs];

  HWY_INLINE Elements<Op> Row(int64_t row) const {
    Elements<Op> in = first;
    for (int k = 0; k < Op::kInputs; ++k) {
      in.at[k] = reinterpret_cast<const typename Op::In*>(reinterpret_cast<const char*>(in.at[k]) + row * stride[k]);
    }
    return in;
  }
};

// Groups of rows into kVectors vectors of totals at column i, which stay in registers. Results go to `to`.
template <int kVectors, class Op, class D>
HWY_INLINE void AddStrip(const Op& op, D d, const typename Op::Acc* totals, const RegularRows<Op>& rows, int64_t groups,
                         int64_t i, typename Op::Acc* to) {
  using V = hn::Vec<D>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  V t0 = hn::LoadU(d, totals + i);
  V t1 = t0, t2 = t0, t3 = t0;
  if constexpr (kVectors == 4) {
    t1 = hn::LoadU(d, totals + i + lanes);
    t2 = hn::LoadU(d, totals + i + 2 * lanes);
    t3 = hn::LoadU(d, totals + i + 3 * lanes);
  }
  for (int64_t group = 0; group < groups; ++group) {
    const auto add = [&](V t, int64_t column) HWY_ATTR {
      const auto load = [&](int64_t row) HWY_ATTR { return LoadTerm(op, d, rows.Row(group * kGroup + row), column); };
      return Op::FoldGroup(d, t, load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7));
    };
    t0 = add(t0, i);
    if constexpr (kVectors == 4) {
      t1 = add(t1, i + lanes);
      t2 = add(t2, i + 2 * lanes);
      t3 = add(t3, i + 3 * lanes);
    }
  }
  hn::StoreU(t0, d, to);
  if constexpr (kVectors == 4) {
    hn::StoreU(t1, d, to + lanes);
    hn::StoreU(t2, d, to + 2 * lanes);
    hn::StoreU(t3, d, to + 3 * lanes);
  }
}

// Whole groups of regular rows. Precondition: columns >= kVectors * Lanes(d).
template <int kVectors, class Op, class D>
HWY_NOINLINE void AddGroups(const Op& op, D d, typename Op::Acc* totals, const RegularRows<Op>& rows, int64_t groups,
                            int64_t columns) {
  const int64_t strip = kVectors * static_cast<int64_t>(hn::Lanes(d));
  // The last strip overlaps the one before it: it starts from the totals as they are now.
  const int64_t end = columns - strip;
  HWY_ALIGN typename Op::Acc at_end[4 * kSlack<typename Op::Acc>];
  AddStrip<kVectors>(op, d, totals, rows, groups, end, at_end);
  for (int64_t i = 0; i < end; i += strip) AddStrip<kVectors>(op, d, totals, rows, groups, i, totals + i);
  memcpy(totals + end, at_end, static_cast<size_t>(strip) * sizeof(at_end[0]));
}

// Groups one after the other: where rows are long, memory is read in order. Precondition: columns >= Lanes(d).
template <class Op, class D>
HWY_NOINLINE void AddLongGroups(const Op& op, D d, typename Op::Acc* totals, RegularRows<Op> rows, int64_t groups,
                                int64_t columns) {
  const int64_t end = columns - static_cast<int64_t>(hn::Lanes(d));
  const int64_t first = UntilAligned(d, rows.first.at[0]);
  const auto load = [&](int64_t row, int64_t column) HWY_ATTR { return LoadTerm(op, d, rows.Row(row), column); };
  auto at_begin = hn::LoadU(d, totals), at_end = hn::LoadU(d, totals + end);
  for (int64_t group = 0; group < groups; ++group, rows.first = rows.Row(kGroup)) {
    AddOneGroup<Op>(d, totals, first, end, load, load, at_begin, at_end);
  }
  hn::StoreU(at_begin, d, totals);
  hn::StoreU(at_end, d, totals + end);
}

// Whole groups of regular rows, of any number of columns; where rows are short, as many groups at a time as stay in the
// L1 cache. False if there are too few columns.
template <class B, class Op>
HWY_NOINLINE bool AddAllGroups(const Op& op, typename Op::Acc* totals, RegularRows<Op> rows, int64_t groups,
                               int64_t columns) {
  constexpr int64_t kPieceBytes = B::kUnroll * 4096;
  const AccTag<typename Op::Acc> d;
  const hn::CappedTag<typename Op::Acc, 32 / sizeof(typename Op::Acc)> half;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  if (columns < static_cast<int64_t>(hn::Lanes(half))) return false;
  const int64_t group_bytes = kGroup * columns * int64_t{sizeof(typename Op::In)};
  if (group_bytes > kPieceBytes / 2 && columns >= lanes) {
    AddLongGroups(op, d, totals, rows, groups, columns);
    return true;
  }
  const int64_t piece = HWY_MAX(int64_t{1}, kPieceBytes / group_bytes);
  for (int64_t done = 0; done < groups; done += piece) {
    const int64_t n = HWY_MIN(piece, groups - done);
    if (columns >= 4 * lanes) {
      AddGroups<4>(op, d, totals, rows, n, columns);
    } else if (columns >= lanes) {
      AddGroups<1>(op, d, totals, rows, n, columns);
    } else {
      AddGroups<1>(op, half, totals, rows, n, columns);
    }
    rows.first = rows.Row(n * kGroup);
  }
  return true;
}

// Buffers of one tile.
template <class B, class Op>
struct WideBuffers {
  using A = typename Op::Acc;
  using T = typename Op::In;
  static constexpr int64_t kColumns = kTileColumns<B, A>;
  static constexpr int64_t kEvenColumns = kColumns / 2;
  static constexpr int64_t kPackedColumns = kColumns / 8;

  HWY_ALIGN A totals[kColumns + kSlack<A>];
  HWY_ALIGN T missing[kColumns + 64];  // a row of Fill()
  HWY_ALIGN T packed[Op::kInputs][kGroup][kPackedColumns];
  HWY_ALIGN A tree[kTreeBytes / sizeof(A)];
};

// How the elements of a row are read.
enum class RowAccess {
  kInPlace,  // they follow one another
  kEven,     // every other item, by shuffles
  kPacked,   // from a copy
};

// Operations that have kEven, for tiles of at least that many columns.
template <class Op>
inline constexpr bool kHasEven = Op::kInputs == 1 && !Op::kOfVectors && HWY_TARGET != HWY_SCALAR;
inline constexpr int64_t kFewestEven = 64;

// Columns first .. first + columns - 1.
template <class B, class Op>
HWY_INLINE void ReduceTile(const Op& op, FinishFunction<typename Op::Acc> finish, const ReduceArgs& args, int64_t first,
                           int64_t columns, RowAccess access, WideBuffers<B, Op>& buffers) {
  using T = typename Op::In;
  using A = typename Op::Acc;
  AxisCursor<Op::kInputs> cursor(args, args.begin);
  BlockTree<typename Op::Totals> tree(buffers.tree, columns);
  A* const totals = buffers.totals;
  SetIdentity<typename Op::Totals>(totals, columns + kSlack<A>);
  const bool one_block = args.end - args.begin <= kRowBlock;
  for (int64_t row = args.begin; row < args.end;) {
    const int64_t block = HWY_MIN(args.end - row, kRowBlock);
    SetIdentity<typename Op::Totals>(totals, columns + kSlack<A>);
    for (int64_t done = 0; done < block; done += kGroup) {
      if constexpr (!Op::kOfVectors) {
        const int64_t groups = HWY_MIN(block - done, cursor.Run()) / kGroup;
        if (access == RowAccess::kInPlace && groups > 0) {
          const char* at = cursor.at(0) + first * args.kept_stride[0];
          const RegularRows<Op> regular = {{{reinterpret_cast<const T*>(at)}}, {cursor.step(0)}};
          if (AddAllGroups<B>(op, totals, regular, groups, columns)) {
            cursor.Advance(groups * kGroup);
            done += groups * kGroup;
            if (done >= block) break;
          }
        }
      }
      GroupOfRows<Op> rows;
      for (int64_t i = 0; i < kGroup; ++i) {
        for (int k = 0; k < Op::kInputs; ++k) {
          const char* at = cursor.at(k) + first * args.kept_stride[k];
          if (done + i >= block) {
            rows.row[i].at[k] = buffers.missing;
          } else if (access != RowAccess::kPacked) {
            rows.row[i].at[k] = reinterpret_cast<const T*>(at);
          } else {
            PackElements(at, args.kept_stride[k], columns, buffers.packed[k][i]);
            rows.row[i].at[k] = buffers.packed[k][i];
          }
        }
        if (done + i < block) cursor.Advance(1);
      }
      const bool few = block - done <= 4;
      if constexpr (kHasEven<Op>) {
        if (access == RowAccess::kEven) {
          if (few) {
            AddGroup<4, 2>(op, totals, rows, columns);
          } else {
            AddGroup<8, 2>(op, totals, rows, columns);
          }
          continue;
        }
      }
      if (few) {
        AddGroup<4, 1>(op, totals, rows, columns);
      } else {
        AddGroup<8, 1>(op, totals, rows, columns);
      }
    }
    if (!one_block) tree.Push(totals);
    row += block;
  }
  if (!one_block) tree.Pop(totals);
  StoreTotals(finish, args, totals, first, columns);
}

// How many columns a tile has: as equal as possible, in whole cache lines.
HWY_INLINE int64_t TileOf(int64_t columns, int64_t most) {
  const int64_t tiles = (columns + most - 1) / most;
  return HWY_MIN(most, ((columns + tiles - 1) / tiles + 15) / 16 * 16);
}

template <class Op>
HWY_INLINE RowAccess AccessOf(const ReduceArgs& args) {
  constexpr int64_t kItem = sizeof(typename Op::In);
  if (!Aligned<kItem, Op::kInputs>(args)) return RowAccess::kPacked;
  bool in_place = true;
  for (int k = 0; k < Op::kInputs; ++k) in_place = in_place && (args.kept == 1 || args.kept_stride[k] == kItem);
  if (in_place) return RowAccess::kInPlace;
  return kHasEven<Op> && args.kept_stride[0] == 2 * kItem ? RowAccess::kEven : RowAccess::kPacked;
}

template <class B, class Op>
HWY_NOINLINE void ReduceWide(const Op& op, FinishFunction<typename Op::Acc> finish, const ReduceArgs& args) {
  using Buffers = WideBuffers<B, Op>;
  using A = typename Op::Acc;
  Buffers buffers;
  const RowAccess access = AccessOf<Op>(args);
  const int64_t rows = args.end - args.begin;
  const int64_t levels = Levels((rows + kRowBlock - 1) / kRowBlock);
  const int64_t most = HWY_MIN(access == RowAccess::kInPlace ? Buffers::kColumns
                               : access == RowAccess::kEven  ? Buffers::kEvenColumns
                                                             : Buffers::kPackedColumns,
                               kTreeBytes / static_cast<int64_t>(sizeof(A)) / levels / 16 * 16);
  const int64_t tile = TileOf(args.kept, most);
  if (rows % kGroup != 0) {
    const int64_t missing = HWY_MIN(tile, args.kept) * (access == RowAccess::kEven ? 2 : 1);
    for (int64_t i = 0; i < missing; ++i) buffers.missing[i] = Op::Fill();
  }
  for (int64_t first = 0; first < args.kept; first += tile) {
    const int64_t columns = HWY_MIN(tile, args.kept - first);
    const bool few = access == RowAccess::kEven && columns < kFewestEven;
    ReduceTile(op, finish, args, first, columns, few ? RowAccess::kPacked : access, buffers);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace raptors
HWY_AFTER_NAMESPACE();

#endif  // RAPTORS_SIMD_LOOPS_REDUCE_WIDE_INL_H_
