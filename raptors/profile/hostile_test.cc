// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Damaged documents: the reader returns a profile or an error, and neither throws, aborts nor reads out of bounds.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "raptors/profile/profile.h"

namespace raptors::profile {
namespace {

// Feeds a heap copy of exactly the text's size, so that a read past the end is seen. True if it was a profile.
bool Survives(const std::string& text) {
  const std::string exact(text.data(), text.size());
  const absl::StatusOr<LoadedProfile> loaded = Parse(exact, "AMD EPYC 9654");
  if (loaded.ok()) {
    EXPECT_GE(loaded->thresholds.At(Op::kScale, DType::kFloat32, Layout::kRows).thread_min_bytes, 1);
    EXPECT_GT(loaded->thresholds.At(Op::kScale, DType::kFloat32, Layout::kRows).tile_l2_share, 0);
  } else {
    EXPECT_FALSE(loaded.status().message().empty());
    EXPECT_LT(loaded.status().message().size(), 2000u);
  }
  return loaded.ok();
}

TEST(HostileTest, Truncations) {
  const std::string text(BuiltinJson());
  const size_t last_brace = text.rfind('}');
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(Survives(text.substr(0, size)), size > last_brace) << size;
  }
}

TEST(HostileTest, Mutations) {
  const std::string original(BuiltinJson());
  // Pieces that the grammar and the schema care about.
  const absl::string_view pieces[] = {"{",
                                      "}",
                                      "[",
                                      "]",
                                      ",",
                                      ":",
                                      "\"",
                                      "\\",
                                      "null",
                                      "-",
                                      "1e9",
                                      "1e999",
                                      "\"never\"",
                                      "\\ud800",
                                      "*",
                                      "\"op\"",
                                      "\x80",
                                      "(",
                                      "{0,9",
                                      "\\u0000",
                                      "99999999999999999999",
                                      "NaN",
                                      "\xEF\xBB\xBF",
                                      "\"value\": 1,"};
  std::mt19937 random(7);
  const auto below = [&](size_t n) { return random() % n; };
  int accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text = original;
    for (size_t change = 0, changes = 1 + below(3); change < changes; ++change) {
      const size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, pieces[below(sizeof(pieces) / sizeof(pieces[0]))]);
          break;
        case 3: {
          const std::string part = text.substr(at, 1 + below(40));
          text.insert(below(text.size()), part);
          break;
        }
        default:
          text.insert(at, 1, static_cast<char>(random()));
          break;
      }
      if (text.empty()) text = "x";
    }
    accepted += Survives(text);
  }
  // Changes inside provenance texts leave a valid profile; most others do not.
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 5000);
}

TEST(HostileTest, Noise) {
  std::mt19937 random(8);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 200, '\0');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_FALSE(Survives(text));
  }
}

// What costs much for its size: many keys, a long pattern, deep groups.
TEST(HostileTest, ExpensiveDocuments) {
  std::string keys = "{";
  for (int i = 0; keys.size() < 60000; ++i) keys += "\"" + std::to_string(i) + "\":0,";
  EXPECT_FALSE(Survives(keys + "\"x\":0}"));
  for (const std::string& pattern :
       {std::string(50000, '('), std::string(30000, 'a') + "{1000}", std::string("((((a{100}){100}){100}){100})")}) {
    std::string text(BuiltinJson());
    text.replace(text.find("\".*\""), 4, "\"" + pattern + "\"");
    EXPECT_FALSE(Survives(text));
  }
}

}  // namespace
}  // namespace raptors::profile
