// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Raptors' own objects, as they are built for the platforms: see disassembly.h for what is demanded of them.

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/build_tests/disassembly.h"
#include "tools/build_tests/levels.h"  // RAPTORS_LEVELS(X), generated from isa.bzl

namespace raptors {
namespace build_tests {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot open " << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::map<std::string, std::unique_ptr<Level>>& Levels() {
  static const auto& levels = *[] {
    auto* out = new std::map<std::string, std::unique_ptr<Level>>;
#define RAPTORS_X(name, cpus, target, expect, expect_int, forbid) \
  out->emplace(name, std::make_unique<Level>(name, target, expect, expect_int, forbid));
    RAPTORS_LEVELS(RAPTORS_X)
#undef RAPTORS_X
    return out;
  }();
  return levels;
}

// Levels that a cpu has, by isa.bzl.
std::set<std::string> LevelsOf(const std::string& cpu) {
  std::set<std::string> out;
#define RAPTORS_X(name, cpus, ...)                     \
  for (std::string_view c : absl::StrSplit(cpus, ' ')) \
    if (c == cpu) out.insert(name);
  RAPTORS_LEVELS(RAPTORS_X)
#undef RAPTORS_X
  return out;
}

class Objects : public ::testing::TestWithParam<std::string> {};

TEST_P(Objects, UseTheFloorOutsideOfTheirLevelAndTheLevelInside) {
  const Cpu cpu = GetParam() == "x86_64" ? Cpu::kX86_64 : Cpu::kAarch64;
  // Lines of: label, level or "-", disassembly.
  const std::string manifest = Read("tools/build_tests/objects_" + GetParam() + ".manifest");
  std::map<std::string, std::set<std::string>> kernels;  // of each level
  int others = 0;
  for (const std::string_view line : absl::StrSplit(manifest, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> field = absl::StrSplit(line, '\t');
    ASSERT_EQ(field.size(), 3u) << line;
    const std::vector<Function> functions = ParseDisassembly(Read(field[2]));
    const Level* level = nullptr;
    if (field[1] == "-") {
      others += !functions.empty();
    } else {
      level = Levels().at(field[1]).get();
      kernels[field[1]].merge(Kernels(*level, functions));
    }
    const std::vector<std::string> problems = CheckObject(cpu, level, functions);
    EXPECT_THAT(problems, ::testing::IsEmpty()) << field[0] << ":\n  " << absl::StrJoin(problems, "\n  ");
  }
  EXPECT_GT(others, 0) << "no code but kernels was looked at";

  std::set<std::string> seen;
  for (const auto& [level, names] : kernels) {
    seen.insert(level);
    EXPECT_EQ(names, kernels.at("scalar")) << level << " has other kernels than scalar";
  }
  EXPECT_EQ(seen, LevelsOf(GetParam())) << "kernels of other levels than isa.bzl has for " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Cpus, Objects, ::testing::Values("x86_64", "aarch64"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace build_tests
}  // namespace raptors
