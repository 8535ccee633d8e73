# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The worker processes of a run, one for each number of threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from raptors.bench.cells import Cell

# What steers the libraries in place of the options of the run.
_STEERING = ("OPENBLAS_", "NVPL_", "MKL_", "OMP_", "NUMBA_", "NUMEXPR_", "BLIS_", "GOTO_", "VECLIB_")


class WorkerError(RuntimeError):
    """A worker that ended."""


def environment(threads: int) -> dict[str, str]:
    """This process's environment, with every library held to `threads` threads."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_STEERING)}
    names = ("RAPTORS", "NUMEXPR", "NUMEXPR_MAX", "NUMBA", "OMP", "OPENBLAS", "MKL")
    variables = {"RAPTORS_THREADS" if name == "RAPTORS" else f"{name}_NUM_THREADS": str(threads) for name in names}
    variables["NUMEXPR_MAX_THREADS"] = variables.pop("NUMEXPR_MAX_NUM_THREADS")
    return kept | variables


class Process:
    """A worker; started at the first request, and again after it ended."""

    def __init__(self, threads: int, libraries: list[str], seed: int) -> None:
        self._threads = threads
        self._first = json.dumps({"libraries": libraries, "seed": seed})
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")

    def _start(self) -> subprocess.Popen[str]:
        # Where this very package lies, also if it is not installed.
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        variables = environment(self._threads)
        variables["PYTHONPATH"] = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "raptors.bench.worker"],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self._process

    def ask(self, cell: Cell, samples: int) -> dict[str, Any]:
        """The worker's answer: see worker.py. WorkerError."""
        opening = "" if self._process else self._first + "\n"
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(opening + json.dumps({"cell": cell.facts(), "samples": samples}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        process.communicate()
        status, self._process = process.returncode, None
        self._errors.seek(0)
        last = (self._errors.read().strip().splitlines() or ["nothing on stderr"])[-1]
        raise WorkerError(f"the process that measured it ended with status {status}: {last}")

    def close(self) -> None:
        """Ends the worker."""
        if self._process is not None:
            self._process.communicate()
            self._process = None
        self._errors.close()
