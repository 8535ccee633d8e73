#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# The gate (gate.py) on what numbers.sh left, against the baseline of machines like this one:
#   tools/perf/gate.sh
# Where there is none yet, the nearest one is taken, with wider limits: ratios to NumPy differ between processors, but
# not without end. Commit a baseline for such machines (baseline.py) to have the narrow ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

machine=$(tools/perf/asv.sh --machine-name)
baselines=benchmarks/baselines/asv
limits=()
if [[ ! -d $baselines/$machine ]]; then
  nearest=amd-epyc-f26m2-2core
  echo "gate.sh: $baselines has no machine '$machine': taking '$nearest' with wider limits"
  machine=$nearest
  limits=(--cell=4 --group=1.5)
fi
"${PYTHON:-python3}" tools/perf/gate.py "${limits[@]}" "$baselines/$machine" benchmarks/.asv/runs
