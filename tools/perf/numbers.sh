#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# A real run of a commit: tools/perf/numbers.sh [RUNS [COMMIT]]      (default: 3 HEAD)
# asv builds that commit's wheel and measures the grid that BENCHMARK_GRID names (quick, full), then the ratios to NumPy
# RUNS - 1 times again. benchmarks/.asv/runs/ gets a file of results for each; the gate takes their median.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=${1:-3}
if [[ ! $runs =~ ^[1-9]$ ]]; then
  echo "numbers.sh: RUNS is '$runs'; expected a number from 1 to 9" >&2
  exit 2
fi
commit=$(git rev-parse --verify "${2:-HEAD}^{commit}")
results=benchmarks/.asv/results/$(tools/perf/asv.sh --machine-name)
rm -rf benchmarks/.asv/runs
mkdir -p benchmarks/.asv/runs
# What an earlier run left would be merged with the new one.
rm -f "$results/${commit:0:8}"-virtualenv-*.json

for ((run = 1; run <= runs; run++)); do
  only=()
  if ((run > 1)); then only=(--bench track_relative_time); fi
  tools/perf/asv.sh run "${only[@]}" "$commit^!"
  cp "$results/${commit:0:8}"-virtualenv-*.json "benchmarks/.asv/runs/$run.json"
  for python in benchmarks/.asv/env/*/bin/python; do
    if "$python" -c 'import numpy, raptors, sys; sys.exit(raptors.__file__ is None)' 2> /dev/null; then break; fi
  done
  tools/perf/asv.sh --clean-environment "$python" tools/perf/check_run.py "benchmarks/.asv/runs/$run.json"
done
