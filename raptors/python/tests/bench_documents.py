# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""Made-up documents for the tests of raptors bench and raptors bench-diff."""

import json
import os
import tempfile
import unittest


def cell(name="python/scale/float32/64x64/C/threads:1/out", *, ours=(100.0,), numpy=(200.0,), rounds=9, **changes):
    """Times repeat over the rounds, each a little different from the one before."""
    parts = name.split("/")

    def times(values):
        return [values[i % len(values)] * (1 + 0.001 * i) for i in range(rounds)]

    made = {
        "name": name,
        "source": parts[0],
        "op": parts[1],
        "dtype": parts[2],
        "shape": parts[3],
        "layout": parts[4],
        "threads": int(parts[5].split(":")[1]),
        "out": parts[6] == "out",
        "times": {"raptors": times(ours), "numpy": times(numpy)},
        "limit_ns": 60.0,
        "decision": {"route": "simd", "isa": "avx2", "threads": 1, "reason": "best-isa"},
        "error": None,
        "excluded": {},
    }
    return made | changes


def document(*cells, **changes):
    made = {
        "schema": "raptors-bench",
        "version": 1,
        "date": "2026-01-02T03:04:05+00:00",
        "commit": "abc",
        "command": ["raptors", "bench"],
        "seed": 7,
        "rounds": 9,
        "machine": {"model": "a processor", "cores": 2, "levels": ["scalar"], "blas": None},
        "libraries": {"raptors": "1.0", "numpy": "2.0", "numba": None},
        "notes": [],
        "cells": list(cells),
    }
    return made | changes


def google_benchmark(*times, name="float32/64x64/C/threads:1/simd:auto", program="scale", **entry):
    """Google Benchmark's JSON with one repetition for each time in microseconds."""
    entries = [
        {
            "name": name + "/iterations:1/manual_time",
            "run_name": name + "/iterations:1/manual_time",
            "run_type": "iteration",
            "repetition_index": i,
            "real_time": time,
            "time_unit": "us",
            "plain_ns": 2000.0,
            "roof_ns": 900.0,
            "label": "simd avx2 x2 stream; best-isa; best peer plain",
        }
        | entry
        for i, time in enumerate(times)
    ]
    context = {"date": "2026-01-01T00:00:00+00:00", "executable": "/a/path/" + program, "num_cpus": 2}
    return {"context": context, "benchmarks": entries}


class DocumentCase(unittest.TestCase):
    """A test with a directory for files."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, value):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(value if isinstance(value, str) else json.dumps(value))
        return self.path(name)
