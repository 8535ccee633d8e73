// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The checks of disassembly.h on recorded output of llvm-objdump: each has to fail where it should.

#include "tools/build_tests/disassembly.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace raptors {
namespace build_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

struct Case {
  const char* bytes;
  const char* text;
  const char* above;  // what AboveFloor() says
};

TEST(AboveFloor, X86) {
  static constexpr Case kCases[] = {
      {"0f 58 c8", "addps\t%xmm0, %xmm1", ""},
      {"f2 0f 59 c8", "mulsd\t%xmm0, %xmm1", ""},
      {"f3 44 0f 6f 08", "movdqu\t(%rax), %xmm9", ""},
      {"66 0f 38 00 c8", "pshufb\t%xmm0, %xmm1", "SSSE3 or later"},
      {"f2 0f 7c c8", "haddps\t%xmm0, %xmm1", "SSE3"},
      {"f2 0f 12 c8", "movddup\t%xmm0, %xmm1", "SSE3"},
      {"f3 0f 16 c8", "movshdup\t%xmm0, %xmm1", "SSE3"},
      {"f2 0f f0 00", "lddqu\t(%rax), %xmm0", "SSE3"},
      {"f3 48 0f b8 c0", "popcntq\t%rax, %rax", "popcnt"},
      {"f3 48 0f bd c0", "lzcntq\t%rax, %rax", "lzcnt"},
      {"f3 48 0f bc c0", "tzcntq\t%rax, %rax", ""},
      {"48 0f bc c0", "bsfq\t%rax, %rax", ""},
      {"48 0f c7 08", "cmpxchg16b\t(%rax)", "cmpxchg16b"},
      {"0f c7 08", "cmpxchg8b\t(%rax)", ""},
      {"c5 f0 59 d0", "vmulps\t%xmm0, %xmm1, %xmm2", "VEX"},
      {"c5 f4 59 d0", "vmulps\t%ymm0, %ymm1, %ymm2", "VEX"},
      {"c4 41 24 59 e2", "vmulps\t%ymm10, %ymm11, %ymm12", "VEX"},
      {"62 f1 74 48 59 d0", "vmulps\t%zmm0, %zmm1, %zmm2", "EVEX"},
      {"66 0f 3a 08 c8 01", "roundps\t$0x1, %xmm0, %xmm1", "SSSE3 or later"},
      {"0f 2b 00", "movntps\t%xmm0, (%rax)", ""},
      {"f3 90", "pause", ""},
      {"0f 38 f0 00", "movbel\t(%rax), %eax", "SSSE3 or later"},
      {"f2 0f 38 f0 c8", "crc32b\t%al, %ecx", "SSSE3 or later"},
      {"0f 12 08", "movlps\t(%rax), %xmm1", ""},
      {"64 48 8b 04 25 00 00 00 00", "movq\t%fs:0x0, %rax", ""},
      {"45 0f 59 da", "mulps\t%xmm10, %xmm11", ""},
      {"f0", "lock", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(AboveFloor(Cpu::kX86_64, {c.bytes, c.text}), c.above) << c.text;
}

TEST(AboveFloor, Aarch64) {
  static constexpr Case kCases[] = {
      {"6e22dc20", "fmul\tv0.4s, v1.4s, v2.4s", ""},
      {"65820820", "fmul\tz0.s, z1.s, z2.s", "SVE"},
      {"2598e3e0", "ptrue\tp0.s", "SVE"},
      {"a540a000", "ld1w\t{ z0.s }, p0/z, [x0]", "SVE"},
      {"04a0e3e0", "cntw\tx0", "SVE"},
      {"25a11c00", "whilelo\tp0.s, x0, x1", "SVE"},
      {"f8200041", "ldadd\tx0, x1, [x2]", "LSE atomics or RCPC"},
      {"b8e08041", "swpal\tw0, w1, [x2]", "LSE atomics or RCPC"},
      {"f8bfc020", "ldapr\tx0, [x1]", "LSE atomics or RCPC"},
      {"c8e0fc41", "casal\tx0, x1, [x2]", "LSE compare-and-swap"},
      {"c8a07c41", "cas\tx0, x1, [x2]", "LSE compare-and-swap"},
      {"48207c82", "casp\tx0, x1, x2, x3, [x4]", "LSE compare-and-swap of pairs"},
      {"1ac24020", "crc32b\tw0, w1, w2", "CRC32"},
      {"9ac25c20", "crc32cx\tw0, w1, x2", "CRC32"},
      {"4e284820", "aese\tv0.16b, v1.16b", "AES"},
      {"5e282820", "sha256su0\tv0.4s, v1.4s", "SHA"},
      {"5e020020", "sha1c\tq0, s1, v2.4s", "SHA"},
      {"4e829420", "sdot\tv0.4s, v1.16b, v2.16b", "dot product"},
      {"2e829420", "udot\tv0.2s, v1.8b, v2.8b", "dot product"},
      {"6e421c20", "fmul\tv0.8h, v1.8h, v2.8h", "half precision"},
      {"0ee2e020", "pmull\tv0.1q, v1.1d, v2.1d", "PMULL of 64 bits"},
      {"0e22e020", "pmull\tv0.8h, v1.8b, v2.8b", ""},
      {"4e629c20", "mul\tv0.8h, v1.8h, v2.8h", ""},
      {"ac000400", "stnp\tq0, q1, [x0]", ""},
      {"c85ffc20", "ldaxr\tx0, [x1]", ""},
      {"c800fc41", "stlxr\tw0, x1, [x2]", ""},
      {"f8627820", "ldr\tx0, [x1, x2, lsl #3]", ""},
      {"0e621c20", "bic\tv0.8b, v1.8b, v2.8b", ""},
      {"4e020020", "tbl\tv0.16b, { v1.16b }, v2.16b", ""},
      {"9ac22020", "lsl\tx0, x1, x2", ""},
      {"04a0e3e0", ".word\t0x04a0e3e0", ""},
      {"zz", "?", "not an instruction"},
  };
  for (const Case& c : kCases) EXPECT_EQ(AboveFloor(Cpu::kAarch64, {c.bytes, c.text}), c.above) << c.text;
}

constexpr char kRecorded[] = R"(
elementwise.pic.o:	file format elf64-x86-64

Disassembly of section .text.one:

0000000000000000 <one>:
       0: 55                           	pushq	%rbp
       1: e8 00 00 00 00               	callq	0x6 <one+0x6>
		0000000000000002:  R_X86_64_PLT32	.text._Z5rowsAv-0x4
       6: e8 00 00 00 00               	callq	0xb <one+0xb>
		0000000000000007:  R_X86_64_PLT32	memcpy-0x4
       b: 0f 84 10 00 00 00            	je	0x20 <two+0x10>
      11: 64 48 8b 04 25 00 00 00 00   	movq	%fs:0x0, %rax

0000000000000010 <two>:
      10: c3                           	retq
)";

TEST(ParseDisassembly, FunctionsInstructionsReferences) {
  const std::vector<Function> functions = ParseDisassembly(kRecorded);
  ASSERT_THAT(functions, SizeIs(2));
  EXPECT_EQ(functions[0].symbol, "one");
  ASSERT_THAT(functions[0].body, SizeIs(5));
  EXPECT_EQ(functions[0].body[4].bytes, "64 48 8b 04 25 00 00 00 00");
  EXPECT_EQ(functions[0].body[4].text, "movq\t%fs:0x0, %rax");
  EXPECT_THAT(functions[0].references, UnorderedElementsAre("one", "two", "_Z5rowsAv", "memcpy"));
  EXPECT_EQ(functions[1].symbol, "two");
  EXPECT_THAT(functions[1].body, SizeIs(1));
}

// A kernel that jumps to a function of its namespace, which does the work.
class CheckObjectTest : public ::testing::Test {
 protected:
  static constexpr char kKernel[] = "_ZN7raptors6N_AVX212_GLOBAL__N_16KernelINS1_5ScaleEfEEvRKNS_10KernelArgsE";
  static constexpr char kRows[] = "_ZN7raptors6N_AVX212_GLOBAL__N_14RowsEv";

  void SetUp() override {
    const Instruction nothing = {"90", "nop"};
    Function kernel{kKernel, std::vector<Instruction>(9, nothing), {kRows}};
    Function rows{kRows, std::vector<Instruction>(9, nothing), {kKernel}};
    rows.body.push_back({"c5 f4 59 d0", "vmulps\t%ymm0, %ymm1, %ymm2"});
    object_ = {kernel, rows};
  }

  std::vector<std::string> Check(Cpu cpu = Cpu::kX86_64) const { return CheckObject(cpu, &avx2_, object_); }

  const Level avx2_{"avx2", "HWY_AVX2", "vmulp[sd].*%ymm", "vpaddd.*%ymm", "%zmm"};
  std::vector<Function> object_;
};

TEST_F(CheckObjectTest, GoodObject) {
  EXPECT_THAT(Check(), IsEmpty());
  EXPECT_THAT(Kernels(avx2_, object_),
              ElementsAre("_ZN7raptors12_GLOBAL__N_16KernelINS1_5ScaleEfEEvRKNS_10KernelArgsE"));
}

TEST_F(CheckObjectTest, VexOutsideOfTheLevel) {
  object_.push_back({"_ZSt4sortIPfEvT_S1_", {{"c5 f0 59 d0", "vmulps\t%xmm0, %xmm1, %xmm2"}}, {}});
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("is VEX, outside of a level")));
  // Another level's namespace is outside too.
  object_.back().symbol = "_ZN7raptors6N_AVX34RowsEv";
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("is VEX, outside of a level")));
  object_.back().symbol = "_ZN7raptors6N_AVX24RowsEv";
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(CheckObjectTest, ObjectsWithoutLevelAreHeldToTheFloor) {
  EXPECT_THAT(CheckObject(Cpu::kX86_64, nullptr, object_), ElementsAre(HasSubstr("is VEX")));
  object_[1].body.pop_back();
  EXPECT_THAT(CheckObject(Cpu::kX86_64, nullptr, object_), IsEmpty());
}

TEST_F(CheckObjectTest, SveOutsideOfTheLevel) {
  const Level sve{"sve", "HWY_SVE", "fmul\\s+z", "mul\\s+z", ""};
  const std::string kernel = "_ZN7raptors5N_SVE12_GLOBAL__N_16KernelIfEEvv";
  std::vector<Function> object = {{kernel, std::vector<Instruction>(20, {"65820820", "fmul\tz0.s, z1.s, z2.s"}), {}}};
  EXPECT_THAT(CheckObject(Cpu::kAarch64, &sve, object), IsEmpty());
  object.push_back({"_ZN7raptors6N_SVE24RowsEv", {{"65820820", "fmul\tz0.s, z1.s, z2.s"}}, {}});
  EXPECT_THAT(CheckObject(Cpu::kAarch64, &sve, object), ElementsAre(HasSubstr("is SVE, outside of a level")));
}

TEST_F(CheckObjectTest, BeyondTheLevel) {
  object_[1].body.push_back({"62 f1 74 48 59 d0", "vmulps\t%zmm0, %zmm1, %zmm2"});
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("is beyond level avx2")));
}

TEST_F(CheckObjectTest, AnotherRegisterClass) {
  object_[1].body.back() = {"c5 f0 59 d0", "vmulps\t%xmm0, %xmm1, %xmm2"};
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("nothing matches 'vmulp[sd].*%ymm'")));
}

// Arithmetic of the other kind, such as that of a loop's index, does not count.
TEST_F(CheckObjectTest, TheDtypeSaysWhichArithmetic) {
  const Instruction add_ints = {"c5 f5 fe d0", "vpaddd\t%ymm0, %ymm1, %ymm2"};
  object_[1].body.back() = add_ints;
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("nothing matches 'vmulp[sd].*%ymm'")));
  SetUp();
  object_[0].symbol = "_ZN7raptors6N_AVX212_GLOBAL__N_16KernelINS1_7ExtremeIlLb0EEEEEvRKNS_10ReduceArgsE";
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("nothing matches 'vpaddd.*%ymm'")));
  object_[1].body.back() = add_ints;
  EXPECT_THAT(Check(), IsEmpty());
  object_[0].symbol = "_ZN7raptors6N_AVX212_GLOBAL__N_16KernelINS1_5ScaleEcEEvRKNS_10KernelArgsE";
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("no dtype in its name")));
}

TEST_F(CheckObjectTest, ArithmeticThatTheKernelDoesNotReach) {
  object_[0].references.clear();
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("only 9 instructions"), HasSubstr("nothing matches")));
}

TEST_F(CheckObjectTest, EmptyKernel) {
  object_ = {{kKernel, {{"c3", "retq"}}, {}}};
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("an empty kernel"), HasSubstr("nothing matches")));
}

TEST_F(CheckObjectTest, EmptyObject) {
  object_.clear();
  EXPECT_THAT(Check(), ElementsAre("no kernel of level avx2"));
}

}  // namespace
}  // namespace build_tests
}  // namespace raptors
