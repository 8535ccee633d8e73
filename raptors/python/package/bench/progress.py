# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""A progress bar on stderr: one line that is overwritten on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_WIDTH = 24
# Seconds between lines where they stay.
_QUIET = 10.0


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


class Progress:
    """Counts weighted steps, whose weights are guesses of their times."""

    def __init__(self, total: float, file: TextIO | None = None) -> None:
        self._file = sys.stderr if file is None else file
        self._total = total
        self._done = 0.0
        self._start = time.monotonic()
        self._shown = self._start - _QUIET
        self._is_terminal = self._file.isatty()

    def show(self, text: str) -> None:
        """What is being done now."""
        now = time.monotonic()
        if now - self._shown < (0.1 if self._is_terminal else _QUIET):
            return
        self._shown = now
        share = min(1.0, self._done / self._total) if self._total else 1.0
        left = f"{_duration((now - self._start) * (1 - share) / share)} left" if share > 0.02 else ""
        bar = "#" * int(share * _WIDTH)
        line = f"[{bar:<{_WIDTH}}] {share:4.0%} {left:>12}  {text}"
        if self._is_terminal:
            line = "\r\x1b[K" + line[:110]
        print(line, end="" if self._is_terminal else "\n", file=self._file, flush=True)

    def step(self, weight: float) -> None:
        """So much is done."""
        self._done += weight

    def end(self) -> None:
        """Clears the line."""
        if self._is_terminal:
            print("\r\x1b[K", end="", file=self._file, flush=True)
