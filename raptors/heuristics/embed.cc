// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// embed IN OUT NAMESPACE NAME: writes a header that holds the text of IN as NAMESPACE::NAME. A build step.

#include <stdio.h>

#include <fstream>
#include <sstream>
#include <string>

namespace {

constexpr char kDelimiter[] = "RAPTORS";

int Fail(const std::string& message) {
  fprintf(stderr, "embed: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return Fail("expected IN OUT NAMESPACE NAME");
  std::ifstream in(argv[1], std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty()) return Fail(std::string("cannot read ") + argv[1]);
  if (text.str().find(std::string(")") + kDelimiter + "\"") != std::string::npos) {
    return Fail(std::string(argv[1]) + " holds the end of a raw string literal");
  }
  std::ofstream out(argv[2], std::ios::binary);
  out << "// Generated.\n#pragma once\nnamespace " << argv[3] << " {\ninline constexpr char " << argv[4] << "[] = R\""
      << kDelimiter << "(" << text.str() << ")" << kDelimiter << "\";\n}  // namespace " << argv[3] << "\n";
  out.close();
  return out ? 0 : Fail(std::string("cannot write ") + argv[2]);
}
