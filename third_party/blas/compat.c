// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the pinned OpenBLAS asks for and the sysroot lacks: it was built against a glibc from 2.38 on,
// whose headers rename these functions to their C23 forms, and its LAPACK half names two functions of
// libgfortran. Weak, so that the real ones win where they are linked.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAPTORS_WEAK __attribute__((weak))

RAPTORS_WEAK long __isoc23_strtol(const char* text, char** end, int base) { return strtol(text, end, base); }

RAPTORS_WEAK unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }

RAPTORS_WEAK int __isoc23_sscanf(const char* text, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int fields = vsscanf(text, format, arguments);
  va_end(arguments);
  return fields;
}

// Fortran's a // b: joins two blank-padded strings, cut or padded to `size`.
RAPTORS_WEAK void _gfortran_concat_string(size_t size, char* out, size_t a_size, const char* a, size_t b_size,
                                          const char* b) {
  const size_t from_a = a_size < size ? a_size : size;
  const size_t from_b = b_size < size - from_a ? b_size : size - from_a;
  memcpy(out, a, from_a);
  memcpy(out + from_a, b, from_b);
  memset(out + from_a + from_b, ' ', size - from_a - from_b);
}

// Called by LAPACK's own timers only, which nothing here calls.
RAPTORS_WEAK void _gfortran_etime(float times[2], float* total) { times[0] = times[1] = *total = 0; }
