#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Adds a level to a scratch copy of the workspace by one edit, one entry in the dict of raptors/simd/isa.bzl, and checks
# that the C++ list, the per-ISA targets, the dispatch table, the tests' lanes and the disassembly test all have it.
#   tools/build_tests/fake_isa_test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# What the workspace has unpacked already serves the copy too.
external=$(./bazelw info output_base)/external
reuse=()
for repository in clang llvm sysroot_linux_aarch64 sysroot_linux_x86_64; do
  if [[ -d $external/$repository ]]; then reuse+=("--override_repository=$repository=$external/$repository"); fi
done

# Bazel's sandbox hides /tmp. The copy keeps its place, so that what it built is found again.
scratch=${XDG_CACHE_HOME:-${HOME:?}/.cache}/raptors/fake_isa
mkdir -p "$scratch"
exec 9> "$scratch/lock"
flock 9
rm -rf "$scratch/workspace"
mkdir "$scratch/workspace"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [[ -f $file ]]; then printf '%s\0' "$file"; fi
done | tar -c --null --files-from=- | tar -x -C "$scratch/workspace"
cd "$scratch/workspace"

# Without the lock: a server outlives a test that was stopped, and would keep it.
bazel() { ./bazelw "--output_base=$scratch/out" "$@" 9>&-; }
printf 'common %s\n' "${reuse[@]}" > user.bazelrc
trap 'bazel shutdown || true' EXIT

status=0
# expect WHAT PATTERN: the pattern occurs in what is read.
expect() {
  if grep -Eq -- "$2"; then echo "ok: $1"; else
    echo "FAILED: $1: expected a match of '$2'"
    status=1
  fi
}

# Every x86_64 machine that runs this has SSE4, so the kernels of its twin do run.
entry='    "sse4_twin": struct(cpus = ["x86_64"], target = "HWY_SSE4", lane_bits = 128, backend = "sse4", expect = "^%s.*%%xmm" % _X86_PACKED_FLOAT, expect_int = "^%s.*%%xmm" % _X86_PACKED_ANY, forbid = "^v|%ymm"),'
awk -v entry="$entry" '{ print } /^ISAS = \{/ { inside = 1 } inside && /^    "sse4"/ { after = 1 } after && /^    \),/ { print entry; after = 0 }' \
  raptors/simd/isa.bzl > isa.bzl.new
mv isa.bzl.new raptors/simd/isa.bzl
if (($(grep -c sse4_twin raptors/simd/isa.bzl) != 1)); then
  echo "FAILED: the edit of raptors/simd/isa.bzl: expected a line with the new level after that of sse4"
  exit 1
fi

# The table is pinned by a file, so a new level changes that on purpose: what may differ is checked below.
tests=(//raptors/base/... //raptors/simd:elementwise_test //raptors/simd:reductions_test //raptors/dispatch/... //raptors/cpu/... //tools/build_tests/...)
bazel test --noshow_progress --test_output=errors --show_result=0 -- \
  "${tests[@]}" -//raptors/dispatch:table_golden_test || status=1

bin=$(bazel info bazel-bin)
logs=$(bazel info bazel-testlogs)
expect "the C++ list" 'X\(kSse4_twin, sse4_twin, "sse4_twin", HWY_SSE4, 128\)' < "$bin"/raptors/base/isa_list.h
expect "the dispatch table" 'X\(kSse4_twin, ' < "$bin"/raptors/dispatch/built_isas.h
bazel build --noshow_progress --show_result=0 //raptors/dispatch:table_golden_test || status=1
"$bin"/raptors/dispatch/table_golden_test --print > table.txt || status=1
expect "the table's rows" '^scale float32 sse4_twin: 128 ' < table.txt
if ! diff <(grep -v sse4_twin table.txt) raptors/dispatch/testdata/table_linux_x86_64.txt; then
  echo "FAILED: the rows of the other levels: expected those of raptors/dispatch/testdata/table_linux_x86_64.txt"
  status=1
fi
expect "the lanes of the kernels' tests" '/sse4_twin_scale_float32"' < "$logs"/raptors/simd/elementwise_test/test.xml
expect "the disassembly" 'elementwise_sse4_twin.sse4_twin' < "$bin"/tools/build_tests/objects_x86_64.manifest
tools/build_tests/isa_targets_test.sh "--output_base=$scratch/out" > targets.txt || status=1
expect "the targets for x86_64" '^x86_64: .*elementwise_sse4_twin' < targets.txt
if grep -q '^aarch64: .*sse4_twin' targets.txt; then
  echo "FAILED: the targets for aarch64: expected no sse4_twin"
  status=1
fi
exit "$status"
