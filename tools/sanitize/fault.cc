// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// Commits the fault its argument names, for a sanitizer to see; "none" commits none. Everything goes
// through volatile, so that no optimizer removes the fault.

#include <cstdio>
#include <cstring>
#include <thread>

namespace {

void HeapOverflow() {
  volatile int size = 4;
  volatile int* data = new int[size];
  data[size] = 1;
  delete[] data;
}

void UseAfterScope() {
  volatile int* volatile outlives;
  {
    volatile int inner = 1;
    outlives = &inner;
  }
  *outlives = 2;
}

void Leak() {
  volatile int* volatile lost = new int[64];
  lost[0] = 1;
  lost = nullptr;
}

void SignedOverflow() {
  volatile int value = 0x7fffffff;
  value = value + 1;
}

void Misaligned() {
  alignas(8) char bytes[16] = {};
  // clang does not check volatile accesses, so only the pointer is volatile.
  double* volatile odd = reinterpret_cast<double*>(bytes + 1);
  *odd = 1;
}

volatile int g_shared;

void Race() {
  std::thread writer([] { g_shared = 1; });
  g_shared = 2;
  writer.join();
}

struct Fault {
  const char* name;
  void (*commit)();
};

constexpr Fault kFaults[] = {
    {"none", [] {}}, {"heap_overflow", HeapOverflow},     {"use_after_scope", UseAfterScope},
    {"leak", Leak},  {"signed_overflow", SignedOverflow}, {"misaligned", Misaligned},
    {"race", Race},
};

}  // namespace

int main(int argc, char** argv) {
  for (const Fault& fault : kFaults) {
    if (argc == 2 && std::strcmp(argv[1], fault.name) == 0) {
      fault.commit();
      return 0;
    }
  }
  std::fprintf(stderr, "fault: expected one name of a fault\n");
  return 2;
}
