// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Layouts for parameterised tests: the ways in which the elements of a shape can lie in memory.
//
//   for (const LayoutCase& layout : AllLayouts()) {
//     SCOPED_TRACE(layout.name);
//     LayoutBuffer x(layout, DType::kFloat32), y(layout.Output(), DType::kFloat32);
//     ... Scale(x.view(), 2, y.out()) ...
//     EXPECT_TRUE(y.GapsIntact());
//   }

#ifndef RAPTORS_TESTING_VIEWS_H_
#define RAPTORS_TESTING_VIEWS_H_

#include <stdint.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "raptors/array/view.h"
#include "raptors/base/dtype.h"

namespace raptors::test {

// How elements lie in memory, for any item size.
struct LayoutCase {
  // One axis of the shape.
  struct Axis {
    int64_t extent;
    int64_t step = 1;   // elements of this axis are |step| places apart, in reverse for a negative one; 0: stride 0
    int64_t extra = 0;  // bytes added to the stride; strides are then no multiple of the item size
  };

  std::string name;  // letters, digits and underscores
  std::vector<Axis> axes;
  std::vector<int> order;  // axis numbers from the outermost in memory to the innermost
  int64_t misalign = 0;    // bytes between the alignment of 64 and the lowest byte

  std::vector<int64_t> Shape() const;
  bool HasZeroStride() const;  // along an axis with extent > 1
  // The same layout without zero strides.
  LayoutCase Output() const;
};

std::ostream& operator<<(std::ostream& os, const LayoutCase& layout);

// Every layout of one shape: contiguous; all orders of the axes (up to rank 4; reversed only, above); each axis sliced
// with steps 2, 3, 113 (the last axis only), -1, -2; all axes reversed; gaps between rows; strides that are no multiple
// of the item size; addresses misaligned by 1, 4 and 7 bytes; zero strides along each axis and along all.
std::vector<LayoutCase> LayoutsOf(absl::Span<const int64_t> shape);

// LayoutsOf() shapes of rank 0 to 5 and 9: empty ones, extents of 1, around vector lengths, narrow and wide.
std::vector<LayoutCase> AllLayouts();

// Memory laid out as a case says, filled with distinct small numbers (element i in C order holds i % 251 + 1; for zero
// strides the last one written), the gaps with a pattern.
class LayoutBuffer {
 public:
  LayoutBuffer(const LayoutCase& layout, DType dtype);
  LayoutBuffer(const LayoutBuffer&) = delete;
  LayoutBuffer& operator=(const LayoutBuffer&) = delete;

  ArrayView view() const { return view_; }
  // Precondition: no zero strides.
  MutableArrayView out() const;
  // Whether every byte that belongs to no element still holds its pattern.
  bool GapsIntact() const;

 private:
  std::vector<char> memory_;
  std::vector<bool> element_;  // whether a byte belongs to an element
  ArrayView view_;
};

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_VIEWS_H_
