#!/usr/bin/env bash
# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes the virtual environment that asv runs from, with the pinned benchmarks/requirements.txt:
#   tools/perf/venv.sh [DIRECTORY]      (default: benchmarks/.asv/venv)
# Prints the directory. One that is there and holds these pins is left as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

dir=${1:-benchmarks/.asv/venv}
python=${PYTHON:-python3}
requirements=benchmarks/requirements.txt

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
  echo "venv.sh: '$python' is no Python 3.11 or later, which the pinned NumPy needs: set PYTHON" >&2
  exit 1
fi
if [[ ! -f $dir/pins ]] || ! cmp -s "$requirements" "$dir/pins"; then
  if [[ -e $dir && ! -f $dir/pyvenv.cfg ]]; then
    echo "venv.sh: $dir is there and is no virtual environment: expected one, or a directory to be made" >&2
    exit 1
  fi
  rm -rf "$dir"
  if ! "$python" -m venv "$dir" >&2; then
    echo "venv.sh: '$python -m venv' failed (on Debian: apt-get install python3-venv)" >&2
    exit 1
  fi
  if ! "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2; then
    echo "venv.sh: pip could not install $requirements: is the package index within reach (pip config list)?" >&2
    exit 1
  fi
  cp "$requirements" "$dir/pins"
fi
printf '%s\n' "$dir"
