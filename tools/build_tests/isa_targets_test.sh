#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Asks Bazel, for each platform, which per-ISA kernel targets the dispatch table links, and compares them with the dict
# in raptors/simd/isa.bzl. Asks, too, whether any kernel is compiled with an instruction-set flag.
#   tools/build_tests/isa_targets_test.sh [STARTUP_OPTION_OF_BAZEL...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

startup=("$@")
bazel() { ./bazelw "${startup[@]}" "$1" --noshow_progress --ui_event_filters=-info,-debug,-warning "${@:2}"; }
status=0
fail() {
  echo "FAILED: $*"
  status=1
}

# Lines of: X("avx2", "x86_64", ...
bazel build --show_result=0 //tools/build_tests:levels
header=$(bazel cquery --output=files //tools/build_tests:levels)
mapfile -t levels < <(sed -nE 's/^ *X\("([^"]+)", "([^"]+)".*/\1 \2/p' "$(bazel info execution_root)/$header")
if ((${#levels[@]} < 2)); then fail "expected levels in $header, found: ${levels[*]}"; fi

for cpu in x86_64 aarch64; do
  mapfile -t targets < <(
    bazel cquery "--platforms=//platforms:linux_$cpu" --output=starlark \
      --starlark:expr='str(target.label).split("//")[1]' \
      'attr(tags, "isa=", deps(//raptors/dispatch:dispatch))' | sort
  )
  mapfile -t families < <(printf '%s\n' "${targets[@]}" | sed -nE 's/^raptors\/simd:(.*)_scalar$/\1/p')
  if ((${#families[@]} == 0)); then fail "$cpu: no family of kernels among: ${targets[*]}"; fi
  expected=()
  for family in "${families[@]}"; do
    for level in "${levels[@]}"; do
      if [[ " ${level#* } " == *" $cpu "* ]]; then expected+=("raptors/simd:${family}_${level%% *}"); fi
    done
  done
  if ! difference=$(diff <(printf '%s\n' "${expected[@]}" | sort) <(printf '%s\n' "${targets[@]}")); then
    fail "$cpu: the dict (<) and the targets that are linked (>) differ:"$'\n'"$difference"
  else
    echo "$cpu: ${targets[*]}"
  fi

  flags=$(bazel aquery "--platforms=//platforms:linux_$cpu" \
    'mnemonic("CppCompile", attr(tags, "isa=", deps(//raptors/dispatch:dispatch)))')
  if [[ $flags != *RAPTORS_HWY_TARGET* ]]; then fail "$cpu: no compilation of a kernel was found"; fi
  if grep -E -- "-m(arch|cpu|tune|avx|sse|fma|sve)" <<< "$flags"; then
    fail "$cpu: a kernel is compiled with an instruction-set flag (above)"
  fi
done
exit "$status"
