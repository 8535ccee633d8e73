# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The command `raptors`, which is `python -m raptors`: that of //tools/raptors, and what needs Python beside it."""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import TextIO

from raptors import _core

# What is written in Python: the command, what it does, and the module whose main(words) returns its exit status.
_TOOLS = {
    "bench": ("measure Raptors beside other libraries, and draw a report", "raptors.bench.command"),
    "bench-diff": ("compare two measurements cell by cell", "raptors.bench.diff"),
}


def _tool(words: Sequence[str]) -> tuple[str, Sequence[str]] | None:
    """The module of a command in Python and its words, or None."""
    name, rest = (words[0], words[1:]) if words else ("", [])
    if name == "help" and len(rest) == 1 and rest[0] in _TOOLS:
        return _tool([rest[0], "--help"])
    if name in _TOOLS:
        return _TOOLS[name][1], rest
    if name == "dashboard":
        from raptors import _dashboard_command

        if _dashboard_command.serves(rest):
            return "raptors._dashboard_command", rest
    return None


def _overview() -> bytes:
    width = max(map(len, _TOOLS)) + 2
    rows = "".join("  %-*s%s\n" % (width, name, text) for name, (text, _) in _TOOLS.items())
    return ("\nCommands in Python, with flags of their own:\n" + rows).encode()


def _write(stream: TextIO, data: bytes) -> None:
    stream.flush()
    if hasattr(stream, "buffer"):
        stream.buffer.write(data)
    else:
        # Somebody else's object in its place.
        stream.write(os.fsdecode(data))
    stream.flush()


def main(words: Sequence[str] | None = None) -> int:
    """Runs `raptors words...`, those of the command line by default; returns its exit status."""
    is_program = words is None
    words = sys.argv[1:] if words is None else list(words)
    tool = _tool(words)
    if tool is not None:
        return importlib.import_module(tool[0]).main(tool[1])
    if is_program and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Python would look at Ctrl-C when the engine's code returns, minutes later.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    status, output, message = _core.run_command([os.fsencode(word) for word in words])
    if words in (["help"], ["--help"], ["-h"]):
        output += _overview()
    _write(sys.stderr, message)
    try:
        _write(sys.stdout, output)
    except OSError as error:
        print("raptors: cannot write to stdout: %s" % error.strerror, file=sys.stderr)
        # Nor can what is left be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
