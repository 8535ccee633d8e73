#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Proves that each sanitizer configuration sees: a seeded fault must fail its test with the report
# expected, with a source line in it, and the same program without a fault must pass.
# RAPTORS_BAZEL_COMMAND: the command to use instead of ./bazelw, with arguments (a path must hold no blank).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
read -ra bazel <<< "${RAPTORS_BAZEL_COMMAND:-$root/bazelw}"
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0

# run CONFIG FAULT: the test's exit status; what it wrote is in $output.
run() {
  "${bazel[@]}" test "--config=$1" --noshow_progress --test_output=all "//tools/sanitize:fault_$2" > "$output" 2>&1
}

result() {
  if (($2)); then
    passed=$((passed + 1))
    echo "PASS: $1"
  else
    failed=$((failed + 1))
    echo "FAIL: $1"
    tail -n 40 "$output"
  fi
}

# sees CONFIG FAULT REPORT
sees() {
  local status=0
  run "$1" "$2" || status=$?
  # 3: built, and the test failed.
  if ((status == 3)) && grep -qF -- "$3" "$output" && grep -q "fault\.cc:[0-9]" "$output"; then
    result "$1 sees $2" 1
  else
    result "$1 sees $2 (exit status $status, expected 3 and '$3' at a line of fault.cc)" 0
  fi
}

for config in asan ubsan tsan asan_ubsan; do
  ok=1
  run $config none || ok=0
  result "$config passes what has no fault" $ok
done
for config in asan asan_ubsan; do
  sees $config heap_overflow "AddressSanitizer: heap-buffer-overflow"
  sees $config use_after_scope "AddressSanitizer: stack-use-after-scope"
  sees $config leak "LeakSanitizer: detected memory leaks"
done
for config in ubsan asan_ubsan; do
  sees $config signed_overflow "runtime error: signed integer overflow"
  sees $config misaligned "runtime error: store to misaligned address"
done
sees tsan race "ThreadSanitizer: data race"

echo "seeded_faults: $passed passed, $failed failed"
((failed == 0))
