// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What the extension would else ask of glibc 2.35 and 2.36, so that wheels run on 2.34, which is RHEL 9's. Linked into
// the extension, whose version script keeps these names inside.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <unistd.h>

// Not even a program that has them may offer them to glibc's own references.
#pragma GCC visibility push(hidden)

// hypot and hypotf got a second version in 2.35, which is no more exact; this binds to the first.
#if defined(__x86_64__)
#define FIRST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST_VERSION "GLIBC_2.17"
#else
#error "expected x86_64 or aarch64"
#endif

__asm__(".symver first_hypot, hypot@" FIRST_VERSION);
__asm__(".symver first_hypotf, hypotf@" FIRST_VERSION);
__attribute__((visibility("default"))) double first_hypot(double x, double y);
__attribute__((visibility("default"))) float first_hypotf(float x, float y);

double hypot(double x, double y) { return first_hypot(x, y); }
float hypotf(float x, float y) { return first_hypotf(x, y); }

// For std::random_device of the static C++ library.
uint32_t arc4random(void) {
  uint32_t value;
  if (getentropy(&value, sizeof(value)) != 0) __builtin_trap();
  return value;
}

// For the unwinder of the static libgcc: where an exception passes, which file is it in, and where are its tables?
struct Search {
  uintptr_t pc;
  struct dl_find_object* result;
};

static int Visit(struct dl_phdr_info* info, size_t size, void* data) {
  struct Search* search = data;
  uintptr_t start = UINTPTR_MAX, end = 0;
  void* tables = NULL;
  int inside = 0;
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* header = &info->dlpi_phdr[i];
    const uintptr_t from = (uintptr_t)info->dlpi_addr + header->p_vaddr, to = from + header->p_memsz;
    if (header->p_type == PT_GNU_EH_FRAME) tables = (void*)from;
    if (header->p_type != PT_LOAD) continue;
    inside = inside || (search->pc >= from && search->pc < to);
    if (from < start) start = from;
    if (to > end) end = to;
  }
  if (!inside) return 0;
  search->result->dlfo_flags = 0;
  search->result->dlfo_map_start = (void*)start;
  search->result->dlfo_map_end = (void*)end;
  search->result->dlfo_link_map = NULL;
  search->result->dlfo_eh_frame = tables;
  return tables != NULL ? 1 : -1;
}

int _dl_find_object(void* pc, struct dl_find_object* result) {
  struct Search search = {(uintptr_t)pc, result};
  return dl_iterate_phdr(Visit, &search) == 1 ? 0 : -1;
}

#pragma GCC visibility pop
