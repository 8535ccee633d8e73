# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what asv stores of a run: DIRECTORY/MACHINE/COMMIT-ENVIRONMENT.json."""

import itertools
import json
import math
import pathlib
import statistics
from collections.abc import Iterable
from typing import Any, NamedTuple

RELATIVE_TIME = "track_relative_time"


class Error(Exception):
    """A file that cannot be used, with its name and what is wrong."""


class Key(NamedTuple):
    """One cell of one benchmark."""

    benchmark: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.benchmark.removeprefix('raptors.')}({', '.join(self.values)})"


def load(path: pathlib.Path) -> dict[str, Any]:
    """The parsed file. Error if it is none of asv's results."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if {"result", "params"} <= set(data["result_columns"]) and isinstance(data["results"], dict):
            return data
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        pass
    raise Error(f"{path}: expected the results of an `asv run`, a JSON file with result_columns and results")


def cells(data: dict[str, Any], method: str) -> dict[Key, float | None]:
    """Cell -> what the method returned, in seconds or its unit; None where it failed. Pruned cells are left out."""
    found = {}
    for name, row in data["results"].items():
        benchmark, _, called = name.rpartition(".")
        if called != method:
            continue
        entry = dict(zip(data["result_columns"], row))
        # asv stores None for a benchmark none of whose cells gave a result.
        values = list(itertools.product(*entry["params"]))
        results = entry["result"] or [None] * len(values)
        for value, result in zip(values, results):
            if result is None or not math.isnan(result):
                found[Key(benchmark, tuple(text.strip("'") for text in value))] = result
    return found


def medians(files: Iterable[pathlib.Path], method: str) -> dict[Key, float | None]:
    """Cell -> the median over several runs; None where one of them failed."""
    runs = [cells(load(path), method) for path in files]
    merged: dict[Key, float | None] = {}
    for key in {key: None for run in runs for key in run}:
        values = [run[key] for run in runs if key in run]
        numbers = [value for value in values if value is not None]
        merged[key] = statistics.median(numbers) if len(numbers) == len(values) else None
    return merged


def files(place: pathlib.Path) -> list[pathlib.Path]:
    """The result files that a path names: itself, or all that lie in a machine's directory. Error if there is none."""
    if not place.is_dir():
        return [place]
    found = sorted(path for path in place.glob("*.json") if path.name != "machine.json")
    if not found:
        raise Error(f"{place}: expected result files of asv in this directory")
    return found


def geometric_mean(values: Iterable[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))
