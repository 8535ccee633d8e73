#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# asv for benchmarks/asv.conf.json, in an environment that bends neither side:
#   tools/perf/asv.sh COMMAND ARGUMENTS...          for example: tools/perf/asv.sh run 'HEAD^!'
#   tools/perf/asv.sh --machine-name                prints what this machine's results are filed under
#   tools/perf/asv.sh --clean-environment COMMAND   runs another command in such an environment
# BENCHMARK_GRID is quick (the default) or full. Makes the virtual environment if there is none (venv.sh).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# What the results depend on: the processor's name, family and model (or part), and how many of them.
machine_name() {
  awk -F '[ \t]*:[ \t]*' -v cores="$(nproc)" '
    /^(model name|cpu family|model|CPU implementer|CPU part)[ \t]*:/ && !($1 in seen) { seen[$1] = $2 }
    END {
      name = ("model name" in seen) ? seen["model name"] : "arm " seen["CPU implementer"] " " seen["CPU part"]
      if ("cpu family" in seen) name = name " f" seen["cpu family"] "m" seen["model"]
      name = tolower(name " " cores "core")
      gsub(/[^a-z0-9]+/, "-", name)
      print name
    }' /proc/cpuinfo
}

if (($# == 0)); then
  echo "asv.sh: expected a command of asv (run, publish, compare, ...), --machine-name or --clean-environment" >&2
  exit 2
fi
machine=$(machine_name)
if [[ $1 == --machine-name ]]; then
  printf '%s\n' "$machine"
  exit
fi
# Variables that steer a BLAS or the library: the suite refuses to run with them. Two of ours belong to the build.
while IFS= read -r name; do
  if [[ $name != RAPTORS_BAZEL && $name != RAPTORS_DEBIAN_MIRROR ]]; then unset "$name"; fi
done < <(compgen -e | grep -E '^(RAPTORS|OPENBLAS|NVPL|OMP|MKL|BLIS)_' || true)
if [[ $1 == --clean-environment ]]; then exec "${@:2}"; fi

venv=$(tools/perf/venv.sh)
venv=$(readlink -f "$venv")
cd benchmarks
asv=("$venv/bin/python" -m asv)
memory=$(awk '/^MemTotal/ { print $2 * 1024 }' /proc/meminfo)
case $1 in
  run | continuous)
    cpu=$(sed -n 's/^model name[ \t]*: *//p' /proc/cpuinfo | head -n 1)
    "${asv[@]}" machine --machine "$machine" --arch "$(uname -m)" --cpu "${cpu:-unknown}" --num_cpu "$(nproc)" \
      --os "$(uname -sr)" --ram "$memory" > /dev/null
    # A process forked for each cell, not started: the quick subset is 1,776 cells by three.
    exec "${asv[@]}" "$1" --machine "$machine" --launch-method forkserver "${@:2}"
    ;;
  *) exec "${asv[@]}" "$@" ;;
esac
