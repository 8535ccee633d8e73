# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The JSON document of a run: read, checked and written. docs/perf/bench.md has the schema."""

from __future__ import annotations

import json
import math
from typing import Any

from raptors.bench.statistics import median, median_interval

SCHEMA = "raptors-bench"
VERSION = 1

# A ratio whose whole 95% interval lies below this is a loss.
LOSS_BELOW = 0.95

Document = dict[str, Any]
CellRecord = dict[str, Any]

_NUMBER = (int, float)
_DOCUMENT_KEYS: dict[str, tuple[type, ...]] = {
    "schema": (str,),
    "version": (int,),
    "date": (str,),
    "commit": (str, type(None)),
    "command": (list,),
    "seed": (int,),
    "rounds": (int,),
    "machine": (dict,),
    "libraries": (dict,),
    "notes": (list,),
    "cells": (list,),
}
_CELL_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "source": (str,),
    "op": (str,),
    "dtype": (str,),
    "shape": (str,),
    "layout": (str,),
    "threads": (int,),
    "out": (bool, type(None)),
    "times": (dict,),
    "limit_ns": (*_NUMBER, type(None)),
    "decision": (dict, type(None)),
    "error": (str, type(None)),
    "excluded": (dict,),
}
_DECISION_KEYS: dict[str, tuple[type, ...]] = {
    "route": (str,),
    "isa": (str, type(None)),
    "threads": (int,),
    "reason": (str,),
}


class DocumentError(ValueError):
    """A file that is no document; the text names the file and what was expected."""


def _check_keys(where: str, value: Any, keys: dict[str, tuple[type, ...]]) -> None:
    if not isinstance(value, dict):
        raise DocumentError(f"{where}: got {type(value).__name__}; expected an object")
    for key, types in keys.items():
        if key not in value:
            raise DocumentError(f"{where}: {key} is missing")
        if not isinstance(value[key], types) or isinstance(value[key], bool) and bool not in types:
            expected = " or ".join(kind.__name__ for kind in types)
            raise DocumentError(f"{where}: {key}: got {value[key]!r}; expected {expected}")
    unknown = sorted(value.keys() - keys.keys())
    if unknown:
        raise DocumentError(f"{where}: got the key {unknown[0]!r}; expected only {', '.join(keys)}")


def check(document: Any, where: str) -> Document:
    """The document, or DocumentError: every key is there, of its type, and no other."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise DocumentError(f"{where}: expected a document of raptors bench or Google Benchmark's JSON")
    if document.get("version") != VERSION:
        raise DocumentError(f"{where}: version: got {document.get('version')!r}; expected {VERSION}")
    _check_keys(where, document, _DOCUMENT_KEYS)
    names = set()
    for i, cell in enumerate(document["cells"]):
        place = f"{where}: cells[{i}]"
        _check_keys(place, cell, _CELL_KEYS)
        if cell["decision"] is not None:
            _check_keys(f"{place}: decision", cell["decision"], _DECISION_KEYS)
        if cell["name"] in names:
            raise DocumentError(f"{place}: the name {cell['name']!r} stands twice")
        names.add(cell["name"])
        for contestant, times in cell["times"].items():
            if not isinstance(times, list) or not times:
                raise DocumentError(f"{place}: times of {contestant}: got {times!r}; expected nanoseconds by round")
            for time in times:
                if isinstance(time, bool) or not isinstance(time, _NUMBER) or not math.isfinite(time) or time <= 0:
                    raise DocumentError(f"{place}: times of {contestant}: got {time!r}; expected a number above 0")
            if len(times) != len(cell["times"].get("raptors", times)):
                raise DocumentError(f"{place}: times of {contestant}: expected as many as of raptors")
        if cell["error"] is None and "raptors" not in cell["times"]:
            raise DocumentError(f"{place}: expected times of raptors, or an error")
    return document


def load(path: str) -> Document:
    """Reads a document, or Google Benchmark's JSON as one. DocumentError, OSError."""
    from raptors.bench import programs

    with open(path, encoding="utf-8") as file:
        try:
            value = json.load(file)
        except ValueError as error:
            raise DocumentError(f"{path}: not JSON: {error}") from None
    if isinstance(value, dict) and "benchmarks" in value and "context" in value:
        value = programs.document(value, path)
    return check(value, path)


def _rounded(value: Any) -> Any:
    """Five digits are more than any clock has to say."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def dumps(document: Document) -> str:
    """JSON with one cell a line, so that documents can be kept and compared as text."""
    head = {key: value for key, value in document.items() if key != "cells"}
    lines = ",\n".join("  " + json.dumps(_rounded(cell)) for cell in document["cells"])
    return json.dumps(head, indent=1)[:-2] + ',\n "cells": [\n' + lines + "\n ]\n}\n"


def peers(cell: CellRecord) -> dict[str, list[float]]:
    """The times of all contestants but Raptors."""
    return {name: times for name, times in cell["times"].items() if name != "raptors"}


def best_peer(cell: CellRecord) -> str | None:
    """The peer with the lowest median."""
    others = peers(cell)
    return min(others, key=lambda name: median(others[name])) if others else None


def ratios(cell: CellRecord, peer: str) -> list[float]:
    """By round, the peer's time over Raptors': above 1 Raptors is faster."""
    return [theirs / ours for theirs, ours in zip(cell["times"][peer], cell["times"]["raptors"])]


def ratio(cell: CellRecord, peer: str | None = None) -> float | None:
    """The median ratio to a peer, or to the best one; None where there is none."""
    peer = peer or best_peer(cell)
    if peer is None or cell["error"] is not None or not {peer, "raptors"} <= cell["times"].keys():
        return None
    return median(ratios(cell, peer))


def interval(cell: CellRecord) -> tuple[float, float] | None:
    """The 95% interval of the ratio to the best peer; None with too few rounds, or without a ratio."""
    peer = best_peer(cell)
    return median_interval(ratios(cell, peer)) if peer is not None and ratio(cell) is not None else None


def share(cell: CellRecord) -> float | None:
    """The share of the machine's limit that Raptors reaches."""
    if cell["limit_ns"] is None or "raptors" not in cell["times"]:
        return None
    return cell["limit_ns"] / median(cell["times"]["raptors"])


def is_loss(cell: CellRecord) -> bool:
    """Whether the cell failed, or is slower than its best peer beyond doubt."""
    found = interval(cell)
    return cell["error"] is not None or found is not None and found[1] < LOSS_BELOW
