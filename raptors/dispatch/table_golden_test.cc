// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// The dispatch table of this platform, row by row, against a file: a kernel that appears, vanishes or changes its facts
// shows in a review. With --print it writes the table instead:
//
//   bazel build //raptors/dispatch:table_golden_test
//   bazel-bin/raptors/dispatch/table_golden_test --print > raptors/dispatch/testdata/table_linux_x86_64.txt

#include <stdio.h>
#include <string.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

#include "raptors/base/dtype.h"
#include "raptors/base/isa.h"
#include "raptors/base/op.h"
#include "raptors/dispatch/dispatch.h"

namespace raptors {
namespace {

std::string Table() {
  std::ostringstream text;
  text << "# op dtype level: lane bits (0: scalable), alignment required, preferred, unroll, tile granularity, "
          "prefetch\n";
  for (const OpInfo& op : kOpInfos) {
    for (const DType dtype : kAllDTypes) {
      for (const Isa isa : kAllIsas) {
        const KernelEntry* const entry = dispatch::Lookup(op.op, dtype, isa);
        if (entry == nullptr) continue;
        text << op.name << ' ' << Name(dtype) << ' ' << Name(isa) << ": " << entry->lane_bits << ' '
             << entry->align_required << ' ' << entry->align_preferred << ' ' << entry->unroll << ' '
             << entry->tile_granularity << ' ' << entry->prefetch_distance << '\n';
      }
    }
  }
  return text.str();
}

int Main(int argc, char** argv) {
  const std::string table = Table();
  if (argc == 2 && strcmp(argv[1], "--print") == 0) {
    std::cout << table;
    return 0;
  }
  if (argc != 2) {
    std::cerr << "expected --print or the file to compare with\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!golden.empty() && golden == table) return 0;
  std::cerr << "FAILED: the table differs from " << argv[1] << "; if that is meant, write it anew with --print.\n"
            << "The table is now:\n"
            << table;
  return 1;
}

}  // namespace
}  // namespace raptors

int main(int argc, char** argv) { return raptors::Main(argc, argv); }
