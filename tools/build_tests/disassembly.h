// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reads what llvm-objdump prints of Raptors' own objects, and says what in them breaks the rule that makes one binary
// fit every CPU: code outside a level's namespace uses the platform's floor only, code inside uses the level's
// registers.

#ifndef TOOLS_BUILD_TESTS_DISASSEMBLY_H_
#define TOOLS_BUILD_TESTS_DISASSEMBLY_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "re2/re2.h"

namespace raptors {
namespace build_tests {

enum class Cpu { kX86_64, kAarch64 };

struct Instruction {
  std::string bytes;  // hex digits, as printed: single bytes on x86_64, one word of 32 bits on aarch64
  std::string text;   // mnemonic, a tab, operands
};

struct Function {
  std::string symbol;  // mangled
  std::vector<Instruction> body;
  std::set<std::string> references;  // symbols of functions that its calls and addresses name
};

// The functions in the output of `llvm-objdump -d -r`.
std::vector<Function> ParseDisassembly(std::string_view output);

// Why an instruction is not part of the baseline that every CPU of the architecture has (SSE2; Armv8.0-A without
// optional extensions), or "" if it is. Decides by the encoding, so that no list of mnemonics can be incomplete where
// it matters most: VEX, EVEX, all opcodes of the 0F38 and 0F3A maps, SVE.
std::string AboveFloor(Cpu cpu, const Instruction& instruction);

// One instruction-set level, as raptors/simd/isa.bzl describes it.
struct Level {
  Level(std::string_view name, std::string_view highway_target, const std::string& expect,
        const std::string& expect_int, const std::string& forbid);

  std::string name;
  std::string name_space;  // as it appears in mangled names: "6N_AVX2" for HWY_AVX2
  RE2 expect;              // occurs in every kernel for floats
  RE2 expect_int;          // occurs in every kernel for integers
  RE2 forbid;              // occurs in none; "" forbids nothing
};

// The distinct kernels in an object: symbols of Kernel<functor, type> in the namespace of the level, without what
// differs from level to level.
std::set<std::string> Kernels(const Level& level, const std::vector<Function>& functions);

// What is wrong with one object, one line each; empty if nothing is.
//   level  the level of a kernel object; nullptr for all other objects, in which every function is held to the floor
std::vector<std::string> CheckObject(Cpu cpu, const Level* level, const std::vector<Function>& functions);

}  // namespace build_tests
}  // namespace raptors

#endif  // TOOLS_BUILD_TESTS_DISASSEMBLY_H_
