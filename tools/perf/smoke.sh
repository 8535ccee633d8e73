#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Everything about the ASV suite but its figures: tools/perf/smoke.sh [BENCHMARKS]
# Builds the wheel, installs it beside the pinned requirements, runs the suite's own tests and the completeness check,
# then each cell of the quick subset once (asv run --quick), and checks how many ran and how many were pruned.
# BENCHMARKS is a regular expression of names; the default has each set-up once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

benchmarks=${1:-'time_raptors|timeraw|Small.track'}
export BENCHMARK_GRID=quick
venv=$(readlink -f "$(tools/perf/venv.sh)")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/raptors-asv.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

./bazelw run --noshow_progress --ui_event_filters=-info //raptors/python:wheel -- "$scratch/wheels"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --force-reinstall \
  --find-links="$scratch/wheels" raptors

# Results of calls that ran once must not lie among the real ones.
python_code='
import json, sys
here, scratch = sys.argv[1:]
with open(here + "/benchmarks/asv.conf.json") as file:
    conf = json.load(file)
conf["repo"], conf["benchmark_dir"] = here, here + "/benchmarks"
conf["results_dir"], conf["html_dir"], conf["env_dir"] = (scratch + "/" + name for name in ("results", "html", "env"))
with open(scratch + "/asv.conf.json", "w") as file:
    json.dump(conf, file)
'
"$venv/bin/python" -c "$python_code" "$PWD" "$scratch"
clean() { tools/perf/asv.sh --clean-environment "$@"; }
clean "$venv/bin/python" tools/perf/suite_test.py
clean "$venv/bin/python" -m benchmarks.raptors.completeness
tools/perf/asv.sh run --config "$scratch/asv.conf.json" --environment "existing:$venv/bin/python" \
  --set-commit-hash HEAD --quick --bench "$benchmarks" > "$scratch/log" 2>&1 || {
  cat "$scratch/log"
  exit 1
}
grep -E 'failed$' "$scratch/log" || true
for file in "$scratch"/results/*/*-existing-*.json; do
  clean "$venv/bin/python" tools/perf/check_run.py "$file"
done
