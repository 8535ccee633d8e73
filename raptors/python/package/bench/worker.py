# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""python -m raptors.bench.worker: measures cells for a run, one JSON line in, one out.

A process of its own for each number of threads, because libraries read theirs from the environment, once; and because
a library that crashes must not take the run with it.
"""

from __future__ import annotations

import json
import random
import sys
import time
import timeit
from typing import Any

import raptors
from raptors.bench import operands
from raptors.bench.cells import Cell, from_facts
from raptors.bench.contestants import Contestant, peers, raptors_contestant
from raptors.bench.statistics import median

# Nanoseconds. Short calls are repeated to last so long, so that reading the clock is nothing.
SAMPLE = 100e3
# Calls that last longer are not preceded by an untimed one.
WARM_BELOW = 2e6
# Seconds after which a library's own threads have gone to sleep: those of OpenMP, which numba uses, keep a processor
# busy for some milliseconds after a call, and what is measured then is who gets it.
SETTLE = 0.01
THREADED = ("numba parallel", "numexpr")
# A peer that took so many times the fastest one's time leaves after the first visit; NumPy stays.
HOPELESS = 3.0


class Worker:
    """Measures visits of cells; keeps what it learnt at each cell's first one."""

    def __init__(self, libraries: list[str], seed: int) -> None:
        self._libraries = libraries
        self._buffers = operands.Buffers()
        self._random = random.Random(seed)
        self._calls: dict[str, dict[str, int]] = {}
        self._before = ""  # the library that ran last

    def visit(self, cell: Cell, samples: int) -> dict[str, Any]:
        """The median time of one call of each contestant in nanoseconds, and at the first visit what else is known."""
        names = operands.operands(self._buffers, cell)
        contestants = [raptors_contestant(cell, names), *peers(cell, names, self._libraries)]
        found: dict[str, Any] = {}
        if cell.name not in self._calls:
            found = self._first_visit(cell, contestants, names)
        calls = self._calls[cell.name]
        timers = {
            contestant.library: timeit.Timer(contestant.expression, globals=dict(contestant.names))
            for contestant in contestants
            if contestant.library in calls
        }
        times: dict[str, list[float]] = {library: [] for library in timers}
        for _ in range(samples):
            for library in self._random.sample(list(timers), len(timers)):
                if cell.threads > 1 and self._before in THREADED and library in ("raptors", *THREADED):
                    time.sleep(SETTLE)
                self._before = library
                if calls[library] > 1:
                    timers[library].timeit(1)
                times[library].append(timers[library].timeit(calls[library]) / calls[library] * 1e9)
        return found | {"times": {library: median(values) for library, values in times.items()}}

    def decide(self, cell: Cell) -> dict[str, Any]:
        """What Raptors does with the cell's call. To be asked last: recording makes all later calls a little slower."""
        contestant = raptors_contestant(cell, operands.operands(self._buffers, cell))
        try:
            with raptors.record() as calls:
                eval(contestant.expression, dict(contestant.names))
        except Exception as error:
            return {"decision": None, "error": f"{type(error).__name__}: {error}"}
        if len(calls) != 1 or calls[0].threads > cell.threads:
            return {
                "decision": None,
                "error": f"took {list(calls)}; expected one call on {cell.threads} threads at most",
            }
        return {"decision": {field: getattr(calls[0], field) for field in ("route", "isa", "threads", "reason")}}

    def _first_visit(self, cell: Cell, contestants: list[Contestant], names: dict[str, Any]) -> dict[str, Any]:
        """Checks the answers and finds how many calls make a sample. Chooses who comes again."""
        want = operands.expected(cell, names)
        error, excluded, durations = None, {}, {}
        for contestant in contestants:
            trouble = self._check(cell, contestant, names, want)
            if trouble and contestant.library == "raptors":
                error = trouble
            elif trouble:
                excluded[contestant.library] = trouble
            if not trouble:
                timer = timeit.Timer(contestant.expression, globals=dict(contestant.names))
                timer.timeit(1)
                durations[contestant.library] = min(timer.repeat(3, 1)) * 1e9
            self._before = contestant.library
        fastest = min((t for library, t in durations.items() if library != "raptors"), default=0.0)
        for library, duration in durations.items():
            if library not in ("raptors", "numpy") and duration > HOPELESS * fastest + SAMPLE / 10:
                excluded[library] = f"slow: {duration:.0f} ns"
        self._calls[cell.name] = {
            library: max(2 if duration < WARM_BELOW else 1, int(SAMPLE / duration))
            for library, duration in durations.items()
            if library not in excluded
        }
        return {"error": error, "excluded": excluded}

    def _check(self, cell: Cell, contestant: Contestant, names: dict[str, Any], want: Any) -> str | None:
        """None, or what is wrong with a contestant."""
        if cell.out:
            names["out"].fill(99)
        try:
            got = eval(contestant.expression, dict(contestant.names))
        except Exception as error:  # Whatever a library refuses an input with: it is reported, not judged.
            return f"{type(error).__name__}: {error}"
        if not operands.is_right(cell, names["out"] if "out" in contestant.expression else got, want):
            return "wrong answer"
        return None


def main() -> None:
    """The first line has "libraries" and "seed"; each later one a cell's facts and "samples", 0 for its decision."""
    # What a library prints must not come among the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    first = json.loads(sys.stdin.readline())
    worker = Worker(first["libraries"], first["seed"])
    for line in sys.stdin:
        request = json.loads(line)
        cell = from_facts(request["cell"])
        answer = worker.visit(cell, request["samples"]) if request["samples"] else worker.decide(cell)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
