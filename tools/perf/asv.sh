#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# asv for benchmarks/asv.conf.json, in an environment that bends neither side:
#   tools/perf/asv.sh COMMAND ARGUMENTS...          for example: tools/perf/asv.sh run 'HEAD^!'
#   tools/perf/asv.sh --machine-name                prints what this machine's results are filed under
#   tools/perf/asv.sh --clean-environment COMMAND   runs another command in such an environment
# BENCHMARK_GRID is quick (the default) or full. ASV_VENV is the virtual environment that has asv; unset, venv.sh makes
# one.
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

venv=${ASV_VENV:-$(tools/perf/venv.sh)}
if [[ ! -x $venv/bin/python ]] || ! "$venv/bin/python" -c 'import asv' 2> /dev/null; then
  echo "asv.sh: '$venv' has no asv: set ASV_VENV to a virtual environment with benchmarks/requirements.txt, or unset it" >&2
  exit 1
fi
venv=$(cd "$venv" && pwd)
cd benchmarks
asv=("$venv/bin/python" -m asv)
case $1 in
  run | continuous)
    # What `asv machine` would ask for.
    "$venv/bin/python" -c '
import sys
from asv.machine import Machine, MachineCollection
MachineCollection.save(sys.argv[1], Machine.get_defaults() | {"machine": sys.argv[1]})
' "$machine"
    # A process forked for each cell, not started: the quick subset is 1,776 cells by three.
    exec "${asv[@]}" "$1" --machine "$machine" --launch-method forkserver "${@:2}"
    ;;
  *) exec "${asv[@]}" "$@" ;;
esac
