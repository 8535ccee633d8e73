# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""raptors dashboard SNAPSHOT.json --port=N: serves the page of a file, which it reads again for each request."""

import argparse
import signal
import sys
from collections.abc import Sequence

from raptors import _core
from raptors._dashboard_server import REFRESH_SECONDS, Dashboard


def serves(words: Sequence[str]) -> bool:
    """Whether a call of `raptors dashboard` asks for a server."""
    return any(word == "--port" or word.startswith("--port=") for word in words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="raptors dashboard", description=__doc__.split(": ", 1)[1], allow_abbrev=False
    )
    parser.add_argument("snapshot", metavar="SNAPSHOT.json", help="what raptors.metrics() gives, as JSON")
    parser.add_argument("--port", type=int, required=True, metavar="N", help="on 127.0.0.1; 0: any that is free")
    parser.add_argument("--bandwidth", type=float, metavar="GB/S", help="what a thread moves (default 20)")
    parser.add_argument("--gflops", type=float, metavar="GFLOP/S", help="what a thread computes (default 50)")
    return parser


def _fail(status: int, error: Exception) -> int:
    print("raptors: %s" % error, file=sys.stderr)
    return status


def main(words: Sequence[str]) -> int:
    """Serves until SIGINT or SIGTERM; returns the exit status."""
    options = _parser().parse_args(words)

    def pages() -> tuple[bytes, bytes]:
        with open(options.snapshot, "rb") as file:
            snapshot = file.read()
        return _core.dashboard(snapshot, options.snapshot, REFRESH_SECONDS, options.bandwidth, options.gflops)

    # Threads inherit the mask, so that the signals wait for sigwait().
    ends = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        pages()
        with Dashboard(options.port, pages) as dashboard:
            print("%s and %smetrics show %s" % (dashboard.url, dashboard.url, options.snapshot), flush=True)
            signal.sigwait(ends)
    except ValueError as error:
        return _fail(2, error)
    except OSError as error:
        return _fail(1, error)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0
