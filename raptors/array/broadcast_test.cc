// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/array/broadcast.h"

#include <stdint.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "raptors/testing/reference.h"

namespace raptors {
namespace {

using Shape = std::vector<int64_t>;

std::string Broadcast(std::vector<Shape> shapes) {
  std::vector<absl::Span<const int64_t>> spans(shapes.begin(), shapes.end());
  const absl::string_view names[] = {"x", "y", "z"};
  const absl::StatusOr<Dims> result = BroadcastShapes(spans, names);
  return result.ok() ? FormatTuple(*result) : std::string(result.status().message());
}

TEST(BroadcastTest, Shapes) {
  EXPECT_EQ(Broadcast({}), "()");
  EXPECT_EQ(Broadcast({{3, 4}}), "(3, 4)");
  EXPECT_EQ(Broadcast({{3, 4}, {4}}), "(3, 4)");
  EXPECT_EQ(Broadcast({{4}, {3, 1}}), "(3, 4)");
  EXPECT_EQ(Broadcast({{}, {2, 3}}), "(2, 3)");
  EXPECT_EQ(Broadcast({{8, 1, 6, 1}, {7, 1, 5}}), "(8, 7, 6, 5)");
  EXPECT_EQ(Broadcast({{1}, {0}}), "(0,)");
  EXPECT_EQ(Broadcast({{2, 1}, {1, 3}, {4, 1, 1}}), "(4, 2, 3)");
}

TEST(BroadcastTest, ErrorsNameTheOperand) {
  EXPECT_EQ(Broadcast({{3, 4}, {3}}), "y: got shape (3,); expected a shape that broadcasts with (3, 4)");
  EXPECT_EQ(Broadcast({{2}, {1}, {0}}), "z: got shape (0,); expected a shape that broadcasts with (2,)");
}

TEST(BroadcastTest, To) {
  const std::vector<float> x = {1, 2, 3};
  const ArrayView row = x;
  const ArrayView rows = *BroadcastTo(row, {2, 3}, "x");
  EXPECT_EQ(test::ToVector<float>(rows), (std::vector<float>{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(rows.stride(0), 0);
  const ArrayView column = *ArrayView::Create(x.data(), {3, 1});
  EXPECT_EQ(test::ToVector<float>(*BroadcastTo(column, {3, 2}, "x")), (std::vector<float>{1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(BroadcastTo(*ArrayView::Create(x.data(), {}), {4, 5}, "x")->size(), 20);
  EXPECT_EQ(BroadcastTo(*ArrayView::Create(x.data(), {1}), {0}, "x")->size(), 0);
  EXPECT_EQ(BroadcastTo(row, {3}, "x")->data(), x.data());
}

TEST(BroadcastTest, ToErrors) {
  const std::vector<float> x = {1, 2, 3};
  EXPECT_EQ(BroadcastTo(x, {4}, "b").status().message(), "b: got shape (3,); expected a shape that broadcasts to (4,)");
  EXPECT_EQ(BroadcastTo(x, {}, "b").status().message(), "b: got shape (3,); expected a shape that broadcasts to ()");
  EXPECT_FALSE(BroadcastTo(x, {-1, 3}, "b").ok());
  EXPECT_FALSE(BroadcastTo(x, {int64_t{1} << 62, 3}, "b").ok());
}

}  // namespace
}  // namespace raptors
