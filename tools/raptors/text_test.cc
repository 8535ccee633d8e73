// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/text.h"

#include <stdint.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace raptors::tools {
namespace {

TEST(Text, JsonKeepsTheOrderOfKeysAndIsAlwaysValid) {
  nlohmann::ordered_json json;
  json["b"] = 1;
  json["a"] = "x\"\xff";
  const std::string text = JsonText(json);
  EXPECT_EQ(text, "{\n  \"b\": 1,\n  \"a\": \"x\\\"\xef\xbf\xbd\"\n}\n");
  EXPECT_TRUE(nlohmann::json::accept(text));
}

TEST(Text, AlignsColumns) {
  const std::vector<std::vector<std::string>> rows = {{"op", "isa", "lanes"}, {"scale", "avx2", ""}, {"x"}, {}};
  EXPECT_EQ(Columns(rows), "op     isa   lanes\nscale  avx2\nx\n\n");
  EXPECT_EQ(Columns(std::vector<std::vector<std::string>>()), "");
}

TEST(Text, CountsAndSizes) {
  EXPECT_EQ(Count(0, "thread"), "0 threads");
  EXPECT_EQ(Count(1, "thread"), "1 thread");
  EXPECT_EQ(Bytes(0), "0 bytes");
  EXPECT_EQ(Bytes(1000), "1000 bytes");
  EXPECT_EQ(Bytes(48 << 10), "48 KiB");
  EXPECT_EQ(Bytes(1536 << 10), "1536 KiB");
  EXPECT_EQ(Bytes(int64_t{1} << 50), "1024 TiB");
}

}  // namespace
}  // namespace raptors::tools
