// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/raptors/npy.h"

#include <stddef.h>
#include <stdint.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "raptors/array/shape.h"
#include "raptors/base/dtype.h"

namespace raptors::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Golden(absl::string_view name) {
  const std::string path = absl::StrCat("tools/raptors/testdata/", name, ".npy");
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// The files of version 1.0 that NumPy wrote.
const char* const kGoldens[] = {"c_float32",      "fortran_float64", "fortran_3d_float32",
                                "vector_float32", "zero_d_float64",  "empty_float32"};

std::string Dict(absl::string_view shape, absl::string_view descr = "<f4") {
  return absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': ", shape, ", }\n");
}

std::string File(int major, absl::string_view dict) {
  std::string bytes = absl::StrCat("\x93NUMPY", std::string(1, static_cast<char>(major)), std::string(1, '\0'));
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i) bytes += static_cast<char>(dict.size() >> (8 * i) & 0xff);
  return absl::StrCat(bytes, dict);
}

TEST(Npy, ReadsNumpysFiles) {
  for (const char* name : kGoldens) {
    const std::string bytes = Golden(name);
    const absl::StatusOr<NpyHeader> header = ParseNpyHeader(bytes);
    ASSERT_TRUE(header.ok()) << name << ": " << header.status();
    EXPECT_EQ(header->data_offset % 64, 0) << name;
    EXPECT_EQ(header->data_offset + header->data_bytes, static_cast<int64_t>(bytes.size())) << name;
  }
  const absl::StatusOr<NpyHeader> header = ParseNpyHeader(Golden("fortran_float64"));
  EXPECT_EQ(header->dtype, DType::kFloat64);
  EXPECT_TRUE(header->fortran_order);
  EXPECT_THAT(header->shape, ElementsAre(3, 5));
  EXPECT_THAT(ParseNpyHeader(Golden("zero_d_float64"))->shape, ElementsAre());
  EXPECT_THAT(ParseNpyHeader(Golden("empty_float32"))->shape, ElementsAre(0, 3));
}

TEST(Npy, ReadsLaterVersions) {
  for (const char* name : {"c_float32_version_2", "c_float32_version_3"}) {
    const std::string bytes = Golden(name);
    const absl::StatusOr<NpyHeader> header = ParseNpyHeader(bytes);
    ASSERT_TRUE(header.ok()) << name << ": " << header.status();
    EXPECT_THAT(header->shape, ElementsAre(3, 4));
    EXPECT_EQ(header->data_offset + header->data_bytes, static_cast<int64_t>(bytes.size())) << name;
  }
}

TEST(Npy, WritesNumpysBytes) {
  for (const char* name : kGoldens) {
    const std::string bytes = Golden(name);
    const absl::StatusOr<NpyHeader> header = ParseNpyHeader(bytes);
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(FormatNpyHeader(*header), bytes.substr(0, header->data_offset)) << name;
  }
}

TEST(Npy, WritesAlignedHeadersOfEveryLength) {
  NpyHeader header;
  header.dtype = DType::kFloat64;
  for (int rank = 0; rank <= kMaxRank; ++rank, header.shape.push_back(rank % 3 == 0 ? 1 : 0)) {
    const std::string bytes = FormatNpyHeader(header);
    EXPECT_EQ(bytes.size() % 64, 0u);
    const absl::StatusOr<NpyHeader> back = ParseNpyHeader(bytes);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->shape, header.shape);
    EXPECT_EQ(back->data_offset, static_cast<int64_t>(bytes.size()));
  }
}

TEST(Npy, SaysWhatIsWrong) {
  const std::string good = Golden("c_float32");
  const struct {
    std::string bytes;
    const char* message;
  } cases[] = {
      {"", "not a .npy file"},
      {"PK\x03\x04...", "begins with \"PK\\x03\\x04..\""},
      {good.substr(0, 7), "ends before its format version"},
      {good.substr(0, 9), "ends inside its header length"},
      {good.substr(0, 127), "truncated: the file ends inside its header of 118 bytes"},
      {File(4, Dict("(3,)")), "format version: got 4.0; expected 1.0, 2.0 or 3.0"},
      {std::string("\x93NUMPY\x01\x01\x10\x00", 10), "format version: got 1.1"},
      {std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'", 20), "header length: got 4294967295"},
      {File(2, absl::StrCat(Dict("(3,)"), std::string(70000, ' '), "\n")), "header length: got 70059"},
      {File(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"), "does not end with a newline"},
      {File(1, ""), "does not end with a newline"},
      {File(1, "[]\n"), "expected '{'"},
      {File(3, Dict("(3L,)")), "expected ','"},
      {File(1, Dict("(3,)", "|O")), "descr: got '|O' (Python objects); expected float32 ('<f4'), float64 ('<f8')"},
      {File(1, Dict("(3,)", ">f4")), "descr: got '>f4' (big-endian)"},
      {File(1, Dict("(3,)", "=f4")), "descr: got '=f4'"},
      {File(1, Dict("(3,)", "<f2")), "descr: got '<f2'"},
      {File(1, Dict("(3,)", "")), "descr: got ''"},
      {File(1, Dict("(4611686018427387904, 2)")), "shape: "},
      {File(1, Dict("(4294967296, 4294967296)")), "shape: "},
      {File(1, Dict("(0, 4294967296, 4294967296)")), "shape: "},
      {File(1, Dict("(9223372036854775807,)")), "shape: "},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<NpyHeader> header = ParseNpyHeader(c.bytes);
    ASSERT_FALSE(header.ok()) << c.message;
    EXPECT_EQ(header.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(header.status().message()), HasSubstr(c.message));
  }
  for (const char* name : {"big_endian", "int16", "object", "structured"})
    EXPECT_FALSE(ParseNpyHeader(Golden(absl::StrCat("refuse_", name))).ok()) << name;
}

// What is accepted can be written and read again and means the same.
void CheckAny(const std::string& bytes) {
  // A copy of exactly the size, so that a sanitizer sees any read past it.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  const absl::StatusOr<NpyHeader> header = ParseNpyHeader(absl::string_view(exact.data(), exact.size()));
  if (!header.ok()) {
    EXPECT_EQ(header.status().code(), absl::StatusCode::kInvalidArgument);
    return;
  }
  EXPECT_LE(header->data_offset, static_cast<int64_t>(bytes.size()));
  EXPECT_GE(header->data_bytes, 0);
  const absl::StatusOr<NpyHeader> back = ParseNpyHeader(FormatNpyHeader(*header));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->dtype, header->dtype);
  EXPECT_EQ(back->fortran_order, header->fortran_order);
  EXPECT_EQ(back->shape, header->shape);
  EXPECT_EQ(back->data_bytes, header->data_bytes);
}

TEST(Npy, EveryTruncationIsRefused) {
  for (const char* name : {"c_float32", "fortran_float64", "c_float32_version_2"}) {
    const std::string bytes = Golden(name);
    const int64_t offset = ParseNpyHeader(bytes)->data_offset;
    for (int64_t n = 0; n < offset; ++n) {
      EXPECT_FALSE(ParseNpyHeader(bytes.substr(0, n)).ok()) << n;
      CheckAny(bytes.substr(0, n));
    }
  }
}

TEST(Npy, EveryByteReplaced) {
  for (const char* name : {"c_float32", "c_float32_version_3"}) {
    const std::string bytes = Golden(name);
    for (size_t i = 0; i < 96; ++i) {
      for (int value = 0; value < 256; ++value) {
        std::string mutated = bytes;
        mutated[i] = static_cast<char>(value);
        CheckAny(mutated);
      }
    }
  }
}

TEST(Npy, RandomMutations) {
  std::mt19937 random(20240722);
  const std::string alphabet = "{}()[]',:\"\\ \n\tTFL-+.0123456789<>=|fiOdescrshape\x00\x80\xff";
  std::vector<std::string> seeds;
  for (const char* name : kGoldens) seeds.push_back(Golden(name));
  for (const char* name : {"c_float32_version_2", "refuse_structured"}) seeds.push_back(Golden(name));
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = seeds[random() % seeds.size()];
    for (uint32_t edits = 1 + random() % 4; edits > 0; --edits) {
      const size_t at = random() % bytes.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0:
          bytes[at] = c;
          break;
        case 1:
          bytes.insert(at, 1 + random() % 3, c);
          break;
        case 2:
          bytes.erase(at, 1 + random() % 3);
          break;
        case 3:
          bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 24));
          break;
      }
      if (bytes.empty()) bytes = "\x93";
    }
    CheckAny(bytes);
  }
}

}  // namespace
}  // namespace raptors::tools
