# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The C++ benchmark programs: run with a filter, and their JSON read as cells."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from typing import Any

from raptors.bench.statistics import median

PROGRAMS = ("scale", "elementwise", "broadcast", "reductions", "matmul")
_ROOFLINE = "roofline"
_SUFFIX = "/iterations:1/manual_time"
_NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_PEERS = ("plain", "eigen", "blas")
_DTYPES = ("float32", "float64", "int32", "int64")

# The cells of each set: a filter of names, and which list it chooses from.
_FILTERS = {
    "smoke": ("smoke", "threads:1/simd:auto"),
    "quick": ("default", "float32/(64x64|1000x1000|1000)/.*threads:1/simd:auto"),
    "default": ("default", "float(32|64)/(64x64|1000x1000|2048x2048|64|1000)/.*threads:1/simd:auto"),
    "full": ("default", "simd:auto"),
}


class ProgramError(RuntimeError):
    """A program that ended without its JSON."""


def find(directory: str) -> dict[str, str]:
    """The programs in a directory, by name."""
    paths = {name: os.path.join(directory, name) for name in (*PROGRAMS, _ROOFLINE)}
    return {name: path for name, path in paths.items() if os.access(path, os.X_OK) and os.path.isfile(path)}


def run(path: str, cells: str, rounds: int) -> dict[str, Any]:
    """Google Benchmark's JSON of one run of a program over a set of cells, `rounds` rounds each. ProgramError."""
    grid, pattern = _FILTERS[cells]
    if os.path.basename(path) == _ROOFLINE:
        # The bandwidth of one dtype is that of another.
        grid, pattern = ("smoke", ".") if cells == "smoke" else ("default", "^(read|scale|add)/float32/")
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out.json")
        options = [f"--grid={grid}", f"--benchmark_filter={pattern}", f"--benchmark_min_time={rounds}x"]
        command = [path, *options, f"--benchmark_out={out}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS_", "NVPL_"))}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        try:
            with open(out, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            last = (done.stderr.strip().splitlines() or ["nothing on stderr"])[-1]
            raise ProgramError(f"{path}: exit status {done.returncode}, no JSON: {last}") from None


def _decision(label: str) -> dict[str, Any] | None:
    """Of a label such as "simd avx3 x1 stream; best-isa; best peer ..."."""
    path, _, rest = label.partition("; ")
    words = path.split()
    threads = next((word[1:] for word in words if word[0] == "x" and word[1:].isdigit()), None)
    if threads is None:
        return None
    isa = words[1] if len(words) > 1 and words[1] != "x" + threads else ""
    return {"route": words[0], "isa": isa, "threads": int(threads), "reason": rest.partition("; ")[0]}


def _facts(program: str, name: str) -> dict[str, Any]:
    """Of a name such as sum/float32/64x64/axis:0/C/threads:1/simd:auto; what is no such name is an operation."""
    parts = name.split("/")
    start = next((i for i, part in enumerate(parts[:2]) if part in _DTYPES), None)
    facts: dict[str, Any] = {"name": f"{program}/{name}", "source": program, "op": name, "dtype": "", "shape": ""}
    facts |= {"layout": "", "threads": 1, "out": None}
    options = dict(part.split(":", 1) for part in parts if ":" in part)
    plain = [part for part in parts if ":" not in part]
    if start is None or len(plain) != start + 3 or not options.get("threads", "1").isdigit():
        return facts
    op = plain[0] if start else program
    if options.get("axis", "none") != "none":
        op += "-axis" + options["axis"]
    facts |= {"op": op, "dtype": plain[start], "shape": plain[start + 1], "layout": plain[start + 2]}
    level = options.get("simd", "auto")
    facts["layout"] += "" if level == "auto" else " " + level
    return facts | {"threads": int(options.get("threads", "1"))}


def cells(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells of one run; repetitions count as rounds. KeyError, TypeError, ValueError for what is not its JSON."""
    program = os.path.basename(value["context"].get("executable", "benchmark"))
    found: dict[str, dict[str, Any]] = {}
    limits: dict[str, list[float]] = {}
    for entry in value["benchmarks"]:
        if entry.get("run_type") == "aggregate":
            continue
        name = entry["run_name" if "run_name" in entry else "name"].removesuffix(_SUFFIX)
        empty: dict[str, Any] = {"times": {}, "limit_ns": None, "decision": None, "error": None, "excluded": {}}
        cell = found.setdefault(name, _facts(program, name) | empty)
        if entry.get("error_occurred"):
            cell |= {"error": entry["error_message"], "times": {}}
        if cell["error"] is not None:
            continue
        times = {"raptors": entry["real_time"] * _NANOSECONDS[entry["time_unit"]]}
        times |= {peer: entry[peer + "_ns"] for peer in _PEERS if peer + "_ns" in entry}
        for contestant, time in times.items():
            cell["times"].setdefault(contestant, []).append(time)
        cell["decision"] = _decision(entry.get("label", ""))
        if "roof_ns" in entry:
            limits.setdefault(name, []).append(entry["roof_ns"])
            cell["limit_ns"] = median(limits[name])
    for cell in found.values():
        # A peer that was no finalist in every repetition has no time in some.
        count = len(cell["times"].get("raptors", []))
        cell["times"] = {peer: times for peer, times in cell["times"].items() if len(times) == count}
    return list(found.values())


def document(value: dict[str, Any], where: str) -> dict[str, Any]:
    """Google Benchmark's JSON as a document. DocumentError."""
    from raptors.bench.document import SCHEMA, VERSION, DocumentError

    try:
        records = cells(value)
        context = value["context"]
        rounds = max((len(times) for cell in records for times in cell["times"].values()), default=0)
        head = {"schema": SCHEMA, "version": VERSION, "date": context.get("date", ""), "commit": None}
        facts = {"cores": context.get("num_cpus"), "load_average": context.get("load_avg", [])}
        rest = {"command": [context.get("executable", "")], "seed": 0, "rounds": rounds, "machine": facts}
        return head | rest | {"libraries": {}, "notes": [], "cells": records}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentError(f"{where}: not Google Benchmark's JSON: {type(error).__name__}: {error}") from None
