#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds and tests tests/consumer, a workspace that depends on Raptors: with the pinned clang, with the
# host's compiler (install g++), and with flags that loosen floating point and without a BLAS. Raptors' .bazelrc is never
# read, and the digests of the results must agree; those of reductions with the ones that are checked in.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root/tests/consumer"
export CC=${CC:-gcc}
command -v "$CC" > /dev/null || {
  echo "consumer_test: no $CC on the PATH: install g++, or set CC" >&2
  exit 1
}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0 digests=""

# consumer TITLE FLAGS...: tests with these flags; the digests must be those of the first run.
consumer() {
  local title=$1 now ok=1
  shift
  "$root/bazelw" test --symlink_prefix=/ --noshow_progress --test_output=all --cache_test_results=no "$@" \
    //:consumer_test @raptors//raptors/ops:reduce_golden_test > "$output" 2>&1 || ok=0
  now=$(grep '^digest: ' "$output") || ok=0
  if [[ -z $digests ]]; then digests=$now; fi
  if [[ $now != "$digests" ]]; then ok=0; fi
  if ((ok)); then
    passed=$((passed + 1))
    echo "PASS: $title"
  else
    failed=$((failed + 1))
    echo "FAIL: $title"
    tail -n 40 "$output"
    printf 'digests of the first run:\n%s\n' "$digests"
  fi
}

consumer "the pinned clang" --config=hermetic
consumer "the host's $("$CC" --version | head -n 1)"
# Without a BLAS as well: a run of its own would compile most of this once more.
consumer "the host's compiler with -O3 -march=native -ffast-math, and no BLAS" --config=native \
  --@raptors//third_party/blas=@raptors//third_party/blas:none

echo "consumer_test: $passed passed, $failed failed"
((failed == 0))
