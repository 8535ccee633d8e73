# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The machine's limit for a Python cell, from what the roofline program measured in the same run."""

from __future__ import annotations

import math
from typing import Any

from raptors.bench.cells import Cell, traffic
from raptors.bench.statistics import median

_UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _bytes(text: str) -> int | None:
    for unit, factor in _UNITS.items():
        if text.endswith(unit) and text[: -len(unit)].isdigit():
            return int(text[: -len(unit)]) * factor
    return None


class Limits:
    """Bandwidths by loop, threads and working set, between which one is interpolated by logarithms."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        rates: dict[tuple[str, bool], dict[int, list[float]]] = {}
        for run in runs:
            for entry in run["benchmarks"]:
                parts = entry["name"].split("/")
                size = _bytes(parts[2]) if len(parts) > 3 else None
                if size is not None and "gb_per_s" in entry:
                    series = rates.setdefault((parts[0], parts[3] == "threads:1"), {})
                    series.setdefault(size, []).append(entry["gb_per_s"] * 1e9)
        self._rates = {
            key: sorted((size, median(values)) for size, values in series.items()) for key, series in rates.items()
        }

    def _rate(self, loop: str, one_thread: bool, size: int) -> float | None:
        series = self._rates.get((loop, one_thread))
        if not series:
            return None
        if size <= series[0][0]:
            return series[0][1]
        for (low, slow), (high, fast) in zip(series, series[1:]):
            if size <= high:
                weight = math.log(size / low) / math.log(high / low)
                return math.exp((1 - weight) * math.log(slow) + weight * math.log(fast))
        return series[-1][1]

    def nanoseconds(self, cell: Cell) -> float | None:
        """The least time for the cell's traffic, consecutive in memory; None where nothing was measured.

        With several threads allowed, the better of one thread and all.
        """
        size, loop = traffic(cell)
        rates = [self._rate(loop, one, size) for one in ((True,) if cell.threads == 1 else (True, False))]
        found = [rate for rate in rates if rate]
        return size / max(found) * 1e9 if found else None
