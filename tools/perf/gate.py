# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Fails when Raptors lost speed: python tools/perf/gate.py BASELINE RESULTS [RESULTS...]

Both are files of asv's results or directories of them; of several the median counts. What is compared is Raptors' time
over NumPy's, both timed in turns in one process (track_relative_time), so that the machine's own speed cancels out.
Absolute times are never compared.

A regression is
  - a cell whose ratio is more than --cell times the baseline's,
  - a benchmark the geometric mean of whose ratios is more than --group times the baseline's,
  - a cell of the baseline that failed or is not there.
Cells that the baseline lacks are counted and pass. Exit status: 0 none, 1 regressions, 2 unusable input.
"""

import argparse
import pathlib
import sys
from typing import NamedTuple

import results
from results import Key


class Verdict(NamedTuple):
    """`changes` is cell -> ratio over the baseline's; `regressions` are lines of text."""

    changes: dict[Key, float]
    groups: dict[str, float]
    regressions: list[str]
    unknown: int


def judge(
    baseline: dict[Key, float | None], current: dict[Key, float | None], cell_limit: float, group_limit: float
) -> Verdict:
    """Compares two runs, cell by cell and benchmark by benchmark."""
    changes: dict[Key, float] = {}
    regressions = []
    for key, before in baseline.items():
        if before is None:
            continue
        after = current.get(key)
        if after is None:
            regressions.append(f"{key}: {'failed' if key in current else 'missing'}; expected about {before:.3f}")
            continue
        changes[key] = after / before
        if changes[key] > cell_limit:
            regressions.append(f"{key}: {before:.3f} -> {after:.3f}, {changes[key]:.2f} times the baseline")
    groups = {}
    for name in sorted({key.benchmark for key in changes}):
        groups[name] = results.geometric_mean(value for key, value in changes.items() if key.benchmark == name)
        if groups[name] > group_limit:
            regressions.append(f"{name}: {groups[name]:.2f} times the baseline in the geometric mean")
    return Verdict(changes, groups, regressions, len(current.keys() - baseline.keys()))


def limit(text: str) -> float:
    value = float(text)
    if not value > 1:
        raise argparse.ArgumentTypeError(f"got {text}; expected a factor above 1")
    return value


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("baseline", type=pathlib.Path)
    parser.add_argument("results", type=pathlib.Path, nargs="+")
    parser.add_argument("--cell", type=limit, default=2.0, help="limit of one cell (default: %(default)s)")
    parser.add_argument("--group", type=limit, default=1.1, help="limit of a benchmark's mean (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        before = results.medians(results.files(options.baseline), results.RELATIVE_TIME)
        places = [path for place in options.results for path in results.files(place)]
        after = results.medians(places, results.RELATIVE_TIME)
        if not any(value is not None for value in before.values()):
            raise results.Error(f"{options.baseline}: has no {results.RELATIVE_TIME} to compare with")
    except results.Error as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2
    verdict = judge(before, after, options.cell, options.group)
    for name, change in verdict.groups.items():
        print(f"{name:<45} {change:6.3f} times the baseline's Raptors / NumPy")
    worst = sorted(verdict.changes.items(), key=lambda item: -item[1])[:5]
    for key, change in worst:
        print(f"  worst: {change:6.3f}  {key}")
    for line in verdict.regressions:
        print(f"REGRESSION {line}")
    count = len(verdict.regressions)
    print(f"gate: {len(verdict.changes)} cells, {verdict.unknown} without a baseline, {count} regressions")
    return 1 if verdict.regressions else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
