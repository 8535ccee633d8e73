# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a run measured what the grid says: python tools/perf/check_run.py RESULTS

With the interpreter that has the wheel, and with the run's BENCHMARK_GRID. For each benchmark of cells that the file
has, so many cells must have been measured and so many pruned in set-up, and none may have failed. Short calls must
have been timed many at a time. Exit status: 0 all is well, 1 it is not, 2 unusable input.
"""

import math
import pathlib
import sys
from typing import Any

import results

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from benchmarks.raptors import completeness, grid  # noqa: E402

# A call this short in seconds is not worth a sample of its own.
_SHORT = 20e-6


def complaints(data: dict[str, Any], expected: dict[str, tuple[int, int]]) -> tuple[list[str], int, int]:
    """(what is wrong, cells measured, cells pruned). `expected` is class -> the two numbers."""
    found = []
    totals = [0, 0]
    for name, row in sorted(data["results"].items()):
        entry = dict(zip(data["result_columns"], row))
        benchmark = name.split(".")[-2]
        values = entry["result"] or []
        failed = sum(value is None for value in values)
        pruned = sum(value is not None and math.isnan(value) for value in values)
        counted = (len(values) - failed - pruned, pruned)
        if not values or failed:
            found.append(f"{name}: {failed or 'all'} cells failed")
        elif benchmark in expected and counted != expected[benchmark]:
            found.append(f"{name}: (measured, pruned) is {counted}; expected {expected[benchmark]}")
        totals[0] += counted[0]
        totals[1] += counted[1]
        # A smoke run (--quick) has one repetition.
        if benchmark not in expected:
            continue
        for value, number, repeats in zip(values, entry.get("stats_number") or [], entry.get("stats_repeat") or []):
            if value is not None and value < _SHORT and number == 1 and repeats > 1:
                found.append(f"{name}: a call of {value * 1e6:.1f} us was timed alone")
                break
    return found, totals[0], totals[1]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(f"check_run: got {len(arguments)} arguments; expected RESULTS", file=sys.stderr)
        return 2
    try:
        data = results.load(pathlib.Path(arguments[0]))
    except results.Error as error:
        print(f"check_run: {error}", file=sys.stderr)
        return 2
    expected = {benchmark.__name__: completeness.counts(benchmark) for benchmark in completeness.benchmarks()}
    found, measured, pruned = complaints(data, expected)
    if not data["results"]:
        found.append("the file has no results")
    for complaint in found:
        print(f"check_run: {complaint}", file=sys.stderr)
    name = "quick" if grid.is_quick() else "full"
    verdict = "not what it should be" if found else "as it should be"
    print(f"check_run: {measured} measured, {pruned} pruned in set-up by the {name} grid: {verdict}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
