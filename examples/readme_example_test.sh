#!/bin/sh
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# readme_example_test.sh README_EXAMPLE: its output, as far as it is the same on every machine.
set -eu
output=$("$PWD/$1")
line() {
  echo "$output" | sed -n "$1p"
}
fail() {
  echo "FAILED: $*; the output was:" >&2
  echo "$output" >&2
  exit 1
}

[ "$(line 1)" = "2.5 10 5 12.5 7.5 15 " ] || fail "the transpose times 2.5"
[ "$(line 2)" = "-1.5 -1.5 -1.5 1.5 1.5 1.5 " ] || fail "the matrix without its column means"
case $(line 3) in
  *"(3, 2)"*"(2, 3)"*) ;;
  *) fail "the error should name both shapes" ;;
esac
case $(line '4,$') in
  *scale*float32*) ;;
  *) fail "no explanation" ;;
esac
