// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/build_tests/disassembly.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace raptors {
namespace build_tests {
namespace {

// A kernel that does its work has a loop, its tail and its addressing; an empty one is a return.
constexpr int kMinInstructions = 16;

std::vector<uint8_t> Bytes(std::string_view hex) {
  std::vector<uint8_t> bytes;
  for (std::string_view part : absl::StrSplit(hex, ' ', absl::SkipEmpty())) {
    bytes.push_back(static_cast<uint8_t>(strtoul(std::string(part).c_str(), nullptr, 16)));
  }
  return bytes;
}

std::string AboveX86Floor(std::string_view hex) {
  const std::vector<uint8_t> bytes = Bytes(hex);
  size_t i = 0;
  bool operand_size = false, repne = false, rep = false;
  for (; i < bytes.size(); ++i) {
    const uint8_t b = bytes[i];
    if (b == 0x66) {
      operand_size = true;
    } else if (b == 0xF2) {
      repne = true;
    } else if (b == 0xF3) {
      rep = true;
    } else if (b != 0xF0 && b != 0x67 && b != 0x2E && b != 0x36 && b != 0x3E && b != 0x26 && b != 0x64 && b != 0x65) {
      break;
    }
  }
  const auto at = [&bytes](size_t k) { return k < bytes.size() ? bytes[k] : uint8_t{0}; };
  if (at(i) == 0xC4 || at(i) == 0xC5) return "VEX";
  if (at(i) == 0x62) return "EVEX";
  bool wide = false;
  if ((at(i) & 0xF0) == 0x40) wide = (at(i++) & 8) != 0;
  if (at(i) != 0x0F) return "";
  const uint8_t opcode = at(i + 1);
  if (opcode == 0x38 || opcode == 0x3A) return "SSSE3 or later";
  // SSE3: addsubp[sd], haddp[sd], hsubp[sd], lddqu, movddup, movsldup, movshdup.
  if ((operand_size || repne) && (opcode == 0xD0 || opcode == 0x7C || opcode == 0x7D)) return "SSE3";
  if (repne && (opcode == 0xF0 || opcode == 0x12)) return "SSE3";
  if (rep && (opcode == 0x12 || opcode == 0x16)) return "SSE3";
  // tzcnt (F3 0F BC) is what compilers write for bsf, and runs as bsf where it does not exist.
  if (rep && opcode == 0xB8) return "popcnt";
  if (rep && opcode == 0xBD) return "lzcnt";
  if (wide && opcode == 0xC7 && ((at(i + 2) >> 3) & 7) == 1) return "cmpxchg16b";
  return "";
}

std::string AboveAarch64Floor(std::string_view hex) {
  uint32_t word = 0;
  if (!absl::SimpleHexAtoi(hex, &word)) return "not an instruction";
  // The main decoding field, bits 28 to 25, is 0010 for SVE alone, and 0000 with bit 31 for SME.
  if (((word >> 25) & 15) == 2) return "SVE";
  if (((word >> 25) & 15) == 0 && (word >> 31) == 1) return "SME";
  static constexpr struct {
    uint32_t mask, value;
    const char* name;
  } kExtensions[] = {
      {0x3F200C00, 0x38200000, "LSE atomics or RCPC"},
      {0x3FA07C00, 0x08A07C00, "LSE compare-and-swap"},
      {0xBFA07C00, 0x08207C00, "LSE compare-and-swap of pairs"},
      {0x7FE0E000, 0x1AC04000, "CRC32"},
      {0xFF3E0C00, 0x4E280800, "AES"},
      {0xFF3E0C00, 0x5E280800, "SHA"},
      {0xFF208C00, 0x5E000000, "SHA"},
      {0x9F20FC00, 0x0E009400, "dot product"},
      {0x9F60C400, 0x0E400400, "half precision"},
      {0xBFE0FC00, 0x0EE0E000, "PMULL of 64 bits"},
  };
  for (const auto& extension : kExtensions) {
    if ((word & extension.mask) == extension.value) return extension.name;
  }
  return "";
}

// "N_AVX2" -> "6N_AVX2", as a name is mangled.
std::string Mangled(std::string_view highway_target) {
  const std::string name = absl::StrCat("N_", absl::StripPrefix(highway_target, "HWY_"));
  return absl::StrCat(name.size(), name);
}

bool Occurs(const RE2& pattern, const Instruction& instruction) { return RE2::PartialMatch(instruction.text, pattern); }

// Everything in `by_name` that is reached from `root`, itself included.
std::vector<const Function*> Reached(const Function& root, const std::map<std::string, const Function*>& by_name) {
  std::vector<const Function*> out = {&root};
  std::set<const Function*> seen = {&root};
  for (size_t i = 0; i < out.size(); ++i) {
    for (const std::string& reference : out[i]->references) {
      const auto it = by_name.find(reference);
      if (it != by_name.end() && seen.insert(it->second).second) out.push_back(it->second);
    }
  }
  return out;
}

bool IsKernel(const Level& level, const Function& function) {
  return absl::StrContains(function.symbol, absl::StrCat(level.name_space, "12_GLOBAL__N_16KernelI"));
}

void CheckKernel(const Level& level, const Function& kernel, const std::map<std::string, const Function*>& by_name,
                 std::vector<std::string>& problems) {
  // The dtype stands among the template arguments of Kernel<>: Kernel<Scale, float> or Kernel<Extreme<float, true>>.
  static const RE2& dtype = *new RE2("6Kernel.*[EI]([fdil])[EL]");
  char code = 0;
  if (!RE2::PartialMatch(kernel.symbol, dtype, &code)) {
    problems.push_back(absl::StrCat(kernel.symbol, ": no dtype in its name: expected f, d, i or l"));
    return;
  }
  const RE2& expect = code == 'f' || code == 'd' ? level.expect : level.expect_int;
  int instructions = 0, expected = 0;
  for (const Function* function : Reached(kernel, by_name)) {
    // What a level has no instruction for, the C library computes.
    expected += static_cast<int>(function->references.count("fma") + function->references.count("fmaf"));
    for (const Instruction& instruction : function->body) {
      ++instructions;
      expected += Occurs(expect, instruction);
    }
  }
  if (instructions < kMinInstructions) {
    problems.push_back(absl::StrCat(kernel.symbol, ": only ", instructions, " instructions: an empty kernel"));
  }
  if (expected == 0) {
    problems.push_back(absl::StrCat(kernel.symbol, ": nothing matches '", expect.pattern(),
                                    "': not the arithmetic of level ", level.name));
  }
}

}  // namespace

std::vector<Function> ParseDisassembly(std::string_view output) {
  // "0000000000000010 <symbol>:", "      1c: c5 fc 59 c1   \tvmulps\t%ymm1, %ymm0, %ymm0",
  // "\t\t0000000000000076:  R_X86_64_PLT32\t.text.symbol-0x4".
  static const RE2& header = *new RE2(R"(^[0-9a-f]{8,16} <(.+)>:$)");
  static const RE2& line_of_code = *new RE2(R"(^ +[0-9a-f]+: ([0-9a-f][0-9a-f ]*?)\s*\t(.*)$)");
  static const RE2& relocation =
      *new RE2(R"(^\s+[0-9a-f]+:\s+R_\S+\s+(?:\.text\.(?:unlikely\.|hot\.)?)?(\S+?)([-+]0x[0-9a-f]+)?$)");
  static const RE2& target = *new RE2(R"(<([^>+]+)(\+0x[0-9a-f]+)?>)");
  std::vector<Function> functions;
  for (std::string_view line : absl::StrSplit(output, '\n')) {
    std::string first, second;
    if (RE2::FullMatch(line, header, &first)) {
      functions.push_back({first, {}, {}});
    } else if (functions.empty()) {
      continue;
    } else if (RE2::FullMatch(line, line_of_code, &first, &second)) {
      Function& function = functions.back();
      std::string_view rest = second;
      std::string symbol;
      while (RE2::FindAndConsume(&rest, target, &symbol)) function.references.insert(symbol);
      function.body.push_back({std::move(first), std::move(second)});
    } else if (RE2::FullMatch(line, relocation, &first)) {
      functions.back().references.insert(first);
    }
  }
  return functions;
}

std::string AboveFloor(Cpu cpu, const Instruction& instruction) {
  // Data between functions, such as constants of aarch64, is printed as directives.
  if (absl::StartsWith(instruction.text, ".")) return "";
  return cpu == Cpu::kX86_64 ? AboveX86Floor(instruction.bytes) : AboveAarch64Floor(instruction.bytes);
}

Level::Level(std::string_view name, std::string_view highway_target, const std::string& expect,
             const std::string& expect_int, const std::string& forbid)
    : name(name), name_space(Mangled(highway_target)), expect(expect), expect_int(expect_int), forbid(forbid) {}

std::set<std::string> Kernels(const Level& level, const std::vector<Function>& functions) {
  std::set<std::string> out;
  for (const Function& function : functions) {
    if (!IsKernel(level, function)) continue;
    std::string symbol = function.symbol;
    RE2::GlobalReplace(&symbol, RE2::QuoteMeta(level.name_space), "");
    out.insert(symbol);
  }
  return out;
}

std::vector<std::string> CheckObject(Cpu cpu, const Level* level, const std::vector<Function>& functions) {
  std::vector<std::string> problems;
  std::map<std::string, const Function*> by_name;
  for (const Function& function : functions) by_name[function.symbol] = &function;
  int kernels = 0;
  for (const Function& function : functions) {
    const bool inside = level != nullptr && absl::StrContains(function.symbol, level->name_space);
    for (const Instruction& instruction : function.body) {
      if (inside) {
        if (!level->forbid.pattern().empty() && Occurs(level->forbid, instruction)) {
          problems.push_back(absl::StrCat(function.symbol, ": '", instruction.text, "' is beyond level ", level->name));
        }
      } else if (const std::string why = AboveFloor(cpu, instruction); !why.empty()) {
        problems.push_back(
            absl::StrCat(function.symbol, ": '", instruction.text, "' is ", why, ", outside of a level"));
      }
    }
    if (inside && IsKernel(*level, function)) {
      ++kernels;
      CheckKernel(*level, function, by_name, problems);
    }
  }
  if (level != nullptr && kernels == 0) problems.push_back(absl::StrCat("no kernel of level ", level->name));
  return problems;
}

}  // namespace build_tests
}  // namespace raptors
