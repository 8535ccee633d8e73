# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A run: rounds, each of which visits every Python cell and every C++ program once, in an order drawn anew.

What the machine does beside meets all of them alike, and a cell's values lie as far apart as the run is long.
"""

from __future__ import annotations

import datetime
import os
import platform
import random
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import raptors
from raptors.bench import cells, contestants, programs, roofline
from raptors.bench.document import SCHEMA, VERSION, CellRecord, Document
from raptors.bench.processes import Process, WorkerError
from raptors.bench.progress import Progress

# Rounds of a program, or samples of a Python cell, whose median is the value of one visit.
_PROGRAM_ROUNDS = 5
_SAMPLES = 3


@dataclass
class Plan:
    """What to run. programs: paths by name, empty for none; threads: of the Python cells."""

    cells: list[cells.Cell]
    programs: dict[str, str]
    set_name: str
    rounds: int
    seed: int
    command: list[str]
    commit: str | None = None
    notes: list[str] = field(default_factory=list)


def _machine() -> dict[str, Any]:
    info = raptors.info()
    return {
        "model": info["cpu"]["model"],
        "architecture": info["cpu"]["architecture"],
        "cores": info["cpu"]["usable_cores"],
        "caches": [{"level": cache["level"], "bytes": cache["bytes"]} for cache in info["cpu"]["caches"]],
        "levels": [level["isa"] for level in info["levels"] if level["supported"]],
        "blas": info["blas"]["name"] if info["blas"]["available"] else None,
        "profile": info["profile"]["source"],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": list(os.getloadavg()),
    }


def commit_of_directory() -> str | None:
    """The commit of the working directory, where it is a checkout of Raptors."""
    if not os.path.exists("raptors/python/BUILD.bazel"):
        return None
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None


class _Run:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._versions = contestants.installed() if plan.cells else {}
        libraries = [name for name, version in self._versions.items() if version]
        self._workers = {
            threads: Process(threads, libraries, plan.seed) for threads in sorted({c.threads for c in plan.cells})
        }
        self._records: dict[str, CellRecord] = {
            cell.name: cell.facts() | {"times": {}, "limit_ns": None, "decision": None, "error": None, "excluded": {}}
            for cell in plan.cells
        }
        self._program_runs: dict[str, list[dict[str, Any]]] = {name: [] for name in plan.programs}
        # A program takes about as long as so many cells: a guess for the progress bar.
        self._weight = max(5.0, len(plan.cells) / 20)

    def _visit(self, cell: cells.Cell) -> None:
        record = self._records[cell.name]
        if record["error"] is not None:
            return
        try:
            answer = self._workers[cell.threads].ask(cell, _SAMPLES)
        except WorkerError as error:
            record["error"] = str(error)
            return
        record["error"] = answer.get("error")
        record["excluded"] |= answer.get("excluded", {})
        for library, time in answer["times"].items():
            record["times"].setdefault(library, []).append(time)

    def _round(self, number: int, generator: random.Random, progress: Progress) -> None:
        tasks: list[cells.Cell | str] = [*self._plan.cells, *self._plan.programs]
        generator.shuffle(tasks)
        for task in tasks:
            where = f"round {number + 1} of {self._plan.rounds}  "
            if isinstance(task, str):
                progress.show(where + f"program {task}")
                path = self._plan.programs[task]
                self._program_runs[task].append(programs.run(path, self._plan.set_name, _PROGRAM_ROUNDS))
                progress.step(self._weight)
            else:
                progress.show(where + task.name)
                self._visit(task)
                progress.step(1)

    def measure(self) -> list[CellRecord]:
        plan = self._plan
        generator = random.Random(plan.seed)
        progress = Progress(plan.rounds * (len(plan.cells) + self._weight * len(plan.programs)))
        try:
            for number in range(plan.rounds):
                self._round(number, generator, progress)
            for cell in plan.cells:
                if self._records[cell.name]["error"] is None:
                    try:
                        self._records[cell.name] |= self._workers[cell.threads].ask(cell, 0)
                    except WorkerError as error:
                        self._records[cell.name]["error"] = str(error)
        finally:
            progress.end()
            for worker in self._workers.values():
                worker.close()
        limits = roofline.Limits(self._program_runs.pop("roofline", []))
        for cell in plan.cells:
            self._records[cell.name]["limit_ns"] = limits.nanoseconds(cell)
        records = list(self._records.values())
        for runs in self._program_runs.values():
            merged = {"context": runs[0]["context"], "benchmarks": [e for run in runs for e in run["benchmarks"]]}
            records += programs.cells(merged)
        for record in records:
            _keep_whole(record)
        return records

    def document(self) -> Document:
        plan, machine = self._plan, _machine()
        notes = list(plan.notes)
        if machine["load_average"][0] > 0.5:
            notes.append(
                f"loaded machine: other programs ran (load average {machine['load_average'][0]:.1f} at the start)"
            )
        start = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        records = self.measure()
        debug = [name for name, runs in self._program_runs.items() if _is_debug(runs)]
        if debug:
            notes.append(f"built without -c opt: {', '.join(debug)}")
        head = {"schema": SCHEMA, "version": VERSION, "date": start, "commit": plan.commit, "command": plan.command}
        rest = {"seed": plan.seed, "rounds": plan.rounds, "machine": machine, "libraries": self._libraries()}
        return head | rest | {"notes": notes, "cells": records}

    def _libraries(self) -> dict[str, str | None]:
        return {"raptors": raptors.__version__} | self._versions


def _is_debug(runs: list[dict[str, Any]]) -> bool:
    return any(run["context"].get("library_build_type") == "debug" for run in runs)


def _keep_whole(record: CellRecord) -> None:
    """Leaves a failed cell without times, and another one without peers that were not in every round."""
    count = len(record["times"].get("raptors", []))
    if record["error"] is not None:
        record["times"] = {}
    record["times"] = {name: times for name, times in record["times"].items() if len(times) == count}


def run(plan: Plan) -> Document:
    """Measures. ProgramError where a program gives no JSON."""
    return _Run(plan).document()


def this_command() -> list[str]:
    """As it was typed, but for the directories of absolute paths, which say nothing where a document is published."""
    words = ["raptors"]
    for word in sys.argv[1:]:
        option, equals, value = word.rpartition("=")
        if os.path.isabs(value) and os.path.isdir(os.path.dirname(value)):
            value = os.path.basename(value.rstrip("/"))
        words.append(option + equals + value)
    return words
