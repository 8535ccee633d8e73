#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Passes where the host's compilers, headers and start files cannot be seen, as under --config=nohost.
status=0
for path in /usr/include/stdio.h /usr/include/c++ /usr/local/bin /usr/lib/gcc/*/* /usr/lib/*/crt1.o /usr/lib/*/libc.a \
  /usr/lib/*/pkgconfig/*.pc; do
  if [ -r "$path" ] && [ -s "$path" ]; then
    echo "the host's $path can be read"
    status=1
  fi
done
for program in cc gcc g++ clang ld ld.bfd ld.gold as ar python3 pkg-config; do
  if "$program" --version > /dev/null 2>&1; then
    echo "the host's $program runs"
    status=1
  fi
done
exit $status
